-- Fees added up by customer and year: what rates, ranks and compares customers reads these, never every row of usage.

-- `months` holds one figure for each month of the year, 0.00 where there is none; `fees` is their sum. The customer is the
-- one that usage was filed under; whoever reads joins merged ones by aliases(). `org_id` follows the customer, as its classes do.
-- Pages are left part empty: a month is added where the row stands, without touching the index.
CREATE TABLE usage_sum (
  customer_id uuid NOT NULL,
  year integer NOT NULL,
  org_id text NOT NULL,
  fees numeric(17,2) NOT NULL CHECK (fees >= 0),
  months numeric(17,2)[] NOT NULL CHECK (0 <= ALL (months)),
  PRIMARY KEY (year, customer_id)) WITH (fillfactor = 70);
CALL guard('usage_sum', 'org_id');

-- How many months a year has, and where a month stands among them.
CREATE FUNCTION months_of(year integer) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
  SELECT extract(month FROM make_date(year + 1, 1, 1) - 1)::integer
$$;
CREATE FUNCTION place_of(month date) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
  SELECT extract(month FROM month)::integer
$$;

-- Sums are what the current rows of usage add up to after every statement that touches any, whoever makes it: what a row
-- brings is added, what one no longer says is taken away. They are not summed anew, so that two who write different lines
-- of one customer's month at once both count. Customers come in their order: nobody waits for one who waits for them.
CREATE FUNCTION sums_gain() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
  of_month date;
  place integer;
  none numeric(17,2)[];
BEGIN
  FOR of_month IN SELECT DISTINCT t.month FROM touched t WHERE t.current ORDER BY t.month LOOP
    place := place_of(of_month);
    none := array_fill(0.00, ARRAY[months_of(extract(year FROM of_month)::integer)]);
    INSERT INTO usage_sum AS s (customer_id, year, org_id, fees, months)
    SELECT d.customer_id, extract(year FROM of_month), COALESCE(c.responsible_org_id, d.org_id), d.fees,
      none[:place - 1] || d.fees || none[place + 1:]
    FROM (SELECT t.customer_id, min(t.org_id) AS org_id, sum(t.revenue) AS fees FROM touched t
          WHERE t.current AND t.month = of_month GROUP BY t.customer_id ORDER BY t.customer_id) d
    LEFT JOIN customer c ON c.customer_id = d.customer_id
    -- The unit stays as it is: what this statement saw of the customer may be older than its move.
    ON CONFLICT (year, customer_id) DO UPDATE SET
      fees = s.fees + excluded.fees, months[place] = s.months[place] + excluded.fees;
  END LOOP;
  RETURN NULL;
END $$;

CREATE FUNCTION sums_lose() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
  of_month date;
  place integer;
  unknown bigint;
BEGIN
  FOR of_month IN SELECT DISTINCT t.month FROM touched t WHERE t.current ORDER BY t.month LOOP
    place := place_of(of_month);
    -- Found by the key alone, as the gain is: a join would depend on what the planner knows of the year.
    WITH lost AS (
      INSERT INTO usage_sum AS s (customer_id, year, org_id, fees, months)
      SELECT t.customer_id, extract(year FROM of_month), min(t.org_id), sum(t.revenue), '{}' FROM touched t
      WHERE t.current AND t.month = of_month GROUP BY t.customer_id ORDER BY t.customer_id
      ON CONFLICT (year, customer_id) DO UPDATE SET
        fees = s.fees - excluded.fees, months[place] = s.months[place] - excluded.fees
      RETURNING WITH (OLD AS former) former.year AS known)
    SELECT count(*) INTO unknown FROM lost l WHERE l.known IS NULL;
    IF unknown > 0 THEN
      RAISE EXCEPTION 'usage of % customers in % was in no sum', unknown, of_month;
    END IF;
  END LOOP;
  RETURN NULL;
END $$;

-- Triggers of one event fire by their names: the gain first, so that no sum is ever below what it will be.
CREATE TRIGGER sums_gain_of_new AFTER INSERT ON usage
  REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION sums_gain();
CREATE TRIGGER sums_gain_of_changed AFTER UPDATE ON usage
  REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION sums_gain();
CREATE TRIGGER sums_lose_of_changed AFTER UPDATE ON usage
  REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION sums_lose();
CREATE TRIGGER sums_lose_of_removed AFTER DELETE ON usage
  REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION sums_lose();

-- Who may see a customer sees its sums.
CREATE FUNCTION sums_move() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE usage_sum s SET org_id = NEW.responsible_org_id
  WHERE s.customer_id = NEW.customer_id AND s.org_id <> NEW.responsible_org_id;
  RETURN NULL;
END $$;
CREATE TRIGGER sums_move AFTER UPDATE ON customer FOR EACH ROW
  WHEN (NEW.responsible_org_id IS DISTINCT FROM OLD.responsible_org_id) EXECUTE FUNCTION sums_move();

-- All sums made anew from the rows of usage: at the start, and after rows came in with the triggers disabled. Gives how many
-- were missing, wrong or of nothing.
CREATE FUNCTION sum_anew() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  written bigint;
  removed bigint;
BEGIN
  LOCK TABLE usage IN SHARE MODE;
  DELETE FROM usage_sum s WHERE NOT EXISTS (
    SELECT FROM usage u WHERE u.customer_id = s.customer_id AND u.current AND extract(year FROM u.month) = s.year);
  GET DIAGNOSTICS removed = ROW_COUNT;
  WITH monthly AS MATERIALIZED (
    SELECT u.customer_id, extract(year FROM u.month)::integer AS year, place_of(u.month) AS place,
      min(u.org_id) AS org_id, sum(u.revenue) AS fees
    FROM usage u WHERE u.current GROUP BY u.customer_id, u.month),
  yearly AS (SELECT m.customer_id, m.year, min(m.org_id) AS org_id FROM monthly m GROUP BY m.customer_id, m.year)
  INSERT INTO usage_sum AS s (customer_id, year, org_id, fees, months)
  SELECT y.customer_id, y.year, COALESCE(min(c.responsible_org_id), min(y.org_id)), sum(COALESCE(m.fees, 0)),
    array_agg(COALESCE(m.fees, 0) ORDER BY p.place)
  FROM yearly y CROSS JOIN LATERAL generate_series(1, months_of(y.year)) AS p(place)
  LEFT JOIN monthly m ON m.customer_id = y.customer_id AND m.year = y.year AND m.place = p.place
  LEFT JOIN customer c ON c.customer_id = y.customer_id
  GROUP BY y.customer_id, y.year
  ON CONFLICT (year, customer_id) DO UPDATE SET
    fees = excluded.fees, months = excluded.months, org_id = excluded.org_id
    WHERE (s.fees, s.months, s.org_id) IS DISTINCT FROM (excluded.fees, excluded.months, excluded.org_id);
  GET DIAGNOSTICS written = ROW_COUNT;
  RETURN written + removed;
END $$;

-- What counts for customers in a year by the ids that were filed under: the survivor with what was merged into it, whoever sees
-- those; nothing where it is not in scope itself.
CREATE FUNCTION fees_of(customers uuid[], of_year integer)
  RETURNS TABLE (filed_id uuid, customer_id uuid, code text, name text, org_id text, fees numeric)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT given.customer_id, c.customer_id, c.code, c.name, c.responsible_org_id,
    (SELECT COALESCE(sum(s.fees), 0.00) FROM usage_sum s
     WHERE s.year = of_year AND s.customer_id = ANY ((SELECT same_customer(c.customer_id))::uuid[]))
  FROM unnest(customers) AS given(customer_id) JOIN customer c ON c.customer_id = survivor_of(given.customer_id)
  JOIN organisation o ON o.org_id = c.responsible_org_id WHERE is_in_scope(o.orgpath)
$$;

-- Nobody writes sums but these functions.
DO $$ DECLARE past text; BEGIN
  EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON usage_sum FROM %I', current_setting('keypost.app_role'));
  FOREACH past IN ARRAY ARRAY['sums_gain', 'sums_lose', 'sums_move', 'sum_anew', 'fees_of'] LOOP
    EXECUTE format('ALTER FUNCTION %I OWNER TO %I', past, current_setting('keypost.worker_role'));
  END LOOP;
  PERFORM sum_anew();
  REVOKE EXECUTE ON FUNCTION sum_anew() FROM PUBLIC;
END $$;

-- A file's bytes are kept as they come: pressing them together costs more than writing them.
ALTER TABLE usage_file_part ALTER content SET STORAGE EXTERNAL;

-- The key of usage leads with the month: another index by month is work for nobody.
DROP INDEX usage_by_month;
