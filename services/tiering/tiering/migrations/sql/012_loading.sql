-- A month of a province comes as a million rows at once: what each of them costs is looked at here.

-- Events of usage are some fifty kilobytes, and move on to the log a moment later: pressing them together costs more
-- than to write them.
ALTER TABLE outbox ALTER payload SET STORAGE EXTERNAL;
ALTER TABLE event_log ALTER payload SET STORAGE EXTERNAL;

-- By the time first: what comes, comes at its end. The years are told apart in the index as before.
DROP INDEX usage_after_its_year;
CREATE INDEX usage_after_its_year ON usage (recorded, extract(year FROM month))
  WHERE extract(year FROM recorded AT TIME ZONE 'Asia/Shanghai') > extract(year FROM month);

-- As before, with what is the same for all customers of a month made once.
CREATE OR REPLACE FUNCTION sums_gain() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  SET enable_nestloop = on SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off
  SET enable_bitmapscan = off AS $$
DECLARE
  of_month date;
  of_year integer;
  place integer;
  before numeric(17,2)[];
  after numeric(17,2)[];
BEGIN
  FOR of_month IN SELECT DISTINCT t.month FROM touched t WHERE t.current ORDER BY t.month LOOP
    of_year := extract(year FROM of_month);
    place := place_of(of_month);
    before := array_fill(0.00, ARRAY[place - 1]);
    after := array_fill(0.00, ARRAY[months_of(of_year) - place]);
    INSERT INTO usage_sum AS s (customer_id, year, org_id, fees, months)
    SELECT d.customer_id, of_year, COALESCE(c.responsible_org_id, d.org_id), d.fees, before || d.fees || after
    FROM (SELECT t.customer_id, min(t.org_id) AS org_id, sum(t.revenue) AS fees FROM touched t
          WHERE t.current AND t.month = of_month GROUP BY t.customer_id ORDER BY t.customer_id) d
    LEFT JOIN customer c ON c.customer_id = d.customer_id
    -- The unit stays as it is: what this statement saw of the customer may be older than its move.
    ON CONFLICT (year, customer_id) DO UPDATE SET
      fees = s.fees + excluded.fees, months[place] = s.months[place] + excluded.fees;
  END LOOP;
  RETURN NULL;
END $$;

-- Whoever writes usage has its own ways to find things; these are theirs.
ALTER FUNCTION sums_lose() SET enable_nestloop = on;
ALTER FUNCTION usage_touches() SET enable_nestloop = on;
ALTER FUNCTION usage_touches() SET enable_hashjoin = on;
ALTER FUNCTION usage_touches() SET enable_seqscan = on;
