-- Portions of a file are written side by side; what each row of them costs is looked at once more.

-- A month of a province makes every sum grow once: with half of a page left free each stays where it stands, and its key where
-- it is in the index. With less nearly every one moved.
ALTER TABLE usage_sum SET (fillfactor = 45);

-- Sums that are there grow where they stand: to offer a row first and find that it is there costs twice as much. What another
-- writer adds meanwhile is found on the way. The year comes from the rows, and every call is planned anew: by a year of which it
-- knows nothing the planner would read all of it for each customer.
CREATE OR REPLACE FUNCTION sums_gain() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off SET enable_bitmapscan = off
  SET enable_nestloop = on SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  of_month date;
  of_year integer;
  place integer;
  none numeric(17,2)[];
BEGIN
  FOR of_month IN SELECT DISTINCT t.month FROM touched t WHERE t.current ORDER BY t.month LOOP
    place := place_of(of_month);
    of_year := extract(year FROM of_month);
    none := array_fill(0.00, ARRAY[months_of(of_year)]);
    WITH gained AS MATERIALIZED (
      SELECT t.customer_id, of_year AS year, min(t.org_id COLLATE "C") AS org_id, sum(t.revenue) AS fees FROM touched t
      WHERE t.current AND t.month = of_month GROUP BY t.customer_id ORDER BY t.customer_id),
    grown AS (
      UPDATE usage_sum s SET fees = s.fees + g.fees, months[place] = s.months[place] + g.fees
      FROM gained g WHERE s.year = g.year AND s.customer_id = g.customer_id RETURNING s.customer_id)
    INSERT INTO usage_sum AS s (customer_id, year, org_id, fees, months)
    SELECT g.customer_id, g.year, COALESCE(c.responsible_org_id, g.org_id), g.fees,
      none[:place - 1] || g.fees || none[place + 1:]
    FROM gained g LEFT JOIN customer c ON c.customer_id = g.customer_id
    WHERE g.customer_id NOT IN (SELECT w.customer_id FROM grown w) ORDER BY g.customer_id
    -- The unit stays as it is: what this statement saw of the customer may be older than its move.
    ON CONFLICT (year, customer_id) DO UPDATE SET
      fees = s.fees + excluded.fees, months[place] = s.months[place] + excluded.fees;
  END LOOP;
  RETURN NULL;
END $$;
