-- Months compared: what was used, by the unit that is responsible now, the line, and the class on the last day of each month.
-- Sums over usage, worked out again by unit and month wherever something they rest on was touched; a merged customer's usage
-- is its survivor's.
CREATE TABLE unit_month (
  org_id text NOT NULL,
  month date NOT NULL,
  class smallint,
  line text NOT NULL,
  revenue numeric(20,2) NOT NULL,
  pieces numeric(20) NOT NULL,
  weight_kg numeric(20,3) NOT NULL);
CREATE INDEX unit_month_key ON unit_month (month, org_id);
CALL guard('unit_month', 'org_id');

-- How many registered customers a unit had by the end of a month, and of how many anything was reported for it.
CREATE TABLE unit_customers (
  org_id text NOT NULL,
  month date NOT NULL,
  class smallint,
  importance text,
  customers bigint NOT NULL,
  reported bigint NOT NULL);
CREATE INDEX unit_customers_key ON unit_customers (month, org_id);
CALL guard('unit_customers', 'org_id');

-- What was touched since: rows are only added and taken away, so that no writer waits for another. `since` null is from the
-- first month on, `until` null to the last; `below` with the units below.
CREATE TABLE month_touched (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  org_id text NOT NULL,
  since date,
  until date,
  below boolean NOT NULL);
CALL guard('month_touched', 'org_id');

-- What of it is to be worked out again, and the months that were ever worked out for everybody.
CREATE TABLE month_due (
  month date NOT NULL,
  org_id text NOT NULL,
  PRIMARY KEY (month, org_id));
CALL guard('month_due', 'org_id');
CREATE TABLE month_begun (month date PRIMARY KEY);
CALL guard_any('month_begun');

-- Triggers, and not the writers' own statements: whoever comes to write these tables is noticed too.
CREATE FUNCTION usage_touches() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO month_touched (org_id, since, until, below) VALUES (NEW.org_id, NEW.month, NEW.month, true);
  RETURN NULL;
END $$;
CREATE TRIGGER usage_touches AFTER UPDATE OF version ON usage_month FOR EACH ROW
  WHEN (NEW.version <> OLD.version) EXECUTE FUNCTION usage_touches();

CREATE FUNCTION customer_touches() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND OLD.responsible_org_id IS NOT NULL THEN
    INSERT INTO month_touched (org_id, below) VALUES (OLD.responsible_org_id, false);
  END IF;
  IF TG_OP = 'INSERT' THEN
    INSERT INTO month_touched (org_id, since, below) VALUES (NEW.responsible_org_id, date_trunc('month', NEW.registered_on), false);
  ELSIF TG_OP = 'UPDATE' AND NEW.responsible_org_id IS NOT NULL THEN
    INSERT INTO month_touched (org_id, below) VALUES (NEW.responsible_org_id, false);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER customer_begins AFTER INSERT ON customer FOR EACH ROW
  WHEN (NEW.responsible_org_id IS NOT NULL) EXECUTE FUNCTION customer_touches();
CREATE TRIGGER customer_ends AFTER DELETE ON customer FOR EACH ROW EXECUTE FUNCTION customer_touches();
CREATE TRIGGER customer_touches AFTER UPDATE ON customer FOR EACH ROW
  WHEN ((NEW.responsible_org_id, NEW.state, NEW.registered_on, NEW.importance)
    IS DISTINCT FROM (OLD.responsible_org_id, OLD.state, OLD.registered_on, OLD.importance)) EXECUTE FUNCTION customer_touches();

-- A review that is published gives a class to everybody: that is noticed by the review, not by each of its rows.
CREATE FUNCTION class_touches() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO month_touched (org_id, since, below) VALUES (NEW.org_id, date_trunc('month', NEW.valid_from), TG_TABLE_NAME = 'review');
  RETURN NULL;
END $$;
CREATE TRIGGER class_touches AFTER INSERT ON tier FOR EACH ROW
  WHEN (NEW.basis <> 'review') EXECUTE FUNCTION class_touches();
CREATE TRIGGER review_touches AFTER UPDATE OF state ON review FOR EACH ROW
  WHEN (NEW.state = 'published' AND OLD.state <> NEW.state) EXECUTE FUNCTION class_touches();

CREATE FUNCTION alias_touches() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  led uuid[] := ARRAY[]::uuid[];
BEGIN
  IF TG_OP <> 'INSERT' THEN led := led || OLD.customer_id || OLD.survivor_id || survivor_of(OLD.survivor_id); END IF;
  IF TG_OP <> 'DELETE' THEN led := led || NEW.customer_id || NEW.survivor_id || survivor_of(NEW.survivor_id); END IF;
  INSERT INTO month_touched (org_id, below)
  SELECT DISTINCT c.responsible_org_id, false FROM customer c
  WHERE c.customer_id = ANY (led) AND c.responsible_org_id IS NOT NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER alias_touches AFTER INSERT OR UPDATE OR DELETE ON customer_alias FOR EACH ROW EXECUTE FUNCTION alias_touches();

-- Whether a file of a month is being loaded by a unit or one above or below it: its month is worked out when it is whole.
CREATE FUNCTION is_loading(of_org text, of_month date) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM usage_file f JOIN organisation a ON a.org_id = f.org_id JOIN organisation b ON b.org_id = of_org
    WHERE f.state = 'checking' AND f.month = of_month
      AND (a.org_id = b.org_id OR a.orgpath ^@ (b.orgpath || '.') OR b.orgpath ^@ (a.orgpath || '.')))
$$;

-- Take what was touched into what is due, month by month: months that no one has worked out yet are due for everybody.
CREATE FUNCTION months_fall_due(last_month date) RETURNS void LANGUAGE sql AS $$
  WITH reach AS (SELECT LEAST(min(u.month), last_month) AS first_month FROM usage u),
  begun AS (
    INSERT INTO month_begun SELECT g::date FROM reach r, generate_series(r.first_month, last_month, interval '1 month') g
    ON CONFLICT DO NOTHING RETURNING month),
  taken AS (
    DELETE FROM month_touched t WHERE t.since IS NULL OR t.until IS NULL OR NOT is_loading(t.org_id, t.since)
    RETURNING t.org_id, t.since, t.until, t.below),
  wide AS (
    SELECT DISTINCT t.org_id, t.since, t.until, t.below FROM taken t
    UNION SELECT o.org_id, b.month, b.month, false FROM organisation o CROSS JOIN begun b)
  INSERT INTO month_due (month, org_id)
  SELECT DISTINCT g::date, b.org_id
  FROM wide w JOIN organisation a ON a.org_id = w.org_id
  JOIN organisation b ON b.org_id = a.org_id OR w.below AND b.orgpath ^@ (a.orgpath || '.')
  CROSS JOIN reach r
  CROSS JOIN LATERAL generate_series(GREATEST(w.since, r.first_month), LEAST(w.until, last_month), interval '1 month') g
  ON CONFLICT DO NOTHING
$$;

-- Work out one month of the units it is due for, the newest first; gives it, null where nothing is due.
CREATE FUNCTION sum_a_month(last_month date) RETURNS date LANGUAGE plpgsql SET search_path = public, pg_temp
  SET plan_cache_mode = force_custom_plan SET work_mem = '64MB' AS $$
DECLARE
  of_month date;
  units text[];
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtextextended('unit_month', 0)) THEN
    RETURN NULL;
  END IF;
  PERFORM months_fall_due(last_month);
  SELECT max(d.month) INTO of_month FROM month_due d;
  IF of_month IS NULL THEN
    RETURN NULL;
  END IF;
  WITH taken AS (DELETE FROM month_due d WHERE d.month = of_month RETURNING d.org_id)
  SELECT array_agg(t.org_id) INTO units FROM taken t;
  DELETE FROM unit_month f WHERE f.month = of_month AND f.org_id = ANY (units);
  DELETE FROM unit_customers f WHERE f.month = of_month AND f.org_id = ANY (units);
  PERFORM sum_units(of_month, units);
  RETURN of_month;
END $$;

CREATE FUNCTION sum_units(of_month date, units text[]) RETURNS void LANGUAGE sql SET search_path = public, pg_temp AS $$
  WITH alias AS MATERIALIZED (SELECT * FROM aliases()),
  member AS (
    SELECT c.customer_id, c.responsible_org_id AS org_id, c.importance, t.class,
      c.state = 'registered' AND COALESCE(c.registered_on < of_month + interval '1 month', true) AS counts
    FROM customer c
    LEFT JOIN (
      SELECT DISTINCT ON (h.customer_id) h.customer_id, h.class FROM customer k JOIN tier h ON h.customer_id = k.customer_id
      WHERE k.responsible_org_id = ANY (units) AND h.valid_from < of_month + interval '1 month'
      ORDER BY h.customer_id, h.valid_from DESC, h.recorded DESC) t ON t.customer_id = c.customer_id
    WHERE c.responsible_org_id = ANY (units) AND NOT EXISTS (SELECT FROM alias x WHERE x.customer_id = c.customer_id)),
  used AS (
    SELECT m.customer_id, m.org_id, m.class, u.line, u.revenue, u.pieces, u.weight_kg
    FROM member m JOIN usage u ON u.month = of_month AND u.customer_id = m.customer_id AND u.current
    UNION ALL
    SELECT m.customer_id, m.org_id, m.class, u.line, u.revenue, u.pieces, u.weight_kg
    FROM alias x JOIN member m ON m.customer_id = x.survivor_id
    JOIN usage u ON u.month = of_month AND u.customer_id = x.customer_id AND u.current),
  summed AS (
    INSERT INTO unit_month (org_id, month, class, line, revenue, pieces, weight_kg)
    SELECT u.org_id, of_month, u.class, u.line, sum(u.revenue), sum(u.pieces), sum(u.weight_kg)
    FROM used u GROUP BY u.org_id, u.class, u.line)
  INSERT INTO unit_customers (org_id, month, class, importance, customers, reported)
  SELECT m.org_id, of_month, m.class, m.importance, count(*), count(r.customer_id)
  FROM member m LEFT JOIN (SELECT DISTINCT u.customer_id FROM used u) r ON r.customer_id = m.customer_id
  WHERE m.counts GROUP BY m.org_id, m.class, m.importance
$$;

-- Whether anything of an organisation and all below it is still to be worked out again.
CREATE FUNCTION are_months_pending(of_path text) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT is_in_scope(of_path) AND (
    EXISTS (SELECT FROM month_due d JOIN organisation o USING (org_id) WHERE o.orgpath = of_path OR o.orgpath ^@ (of_path || '.'))
    OR EXISTS (SELECT FROM month_touched t JOIN organisation o USING (org_id)
      WHERE o.orgpath = of_path OR o.orgpath ^@ (of_path || '.') OR t.below AND of_path ^@ (o.orgpath || '.')))
$$;

-- Nobody writes these but the worker: the triggers do as it, whoever makes the change.
DO $$ DECLARE ours text; BEGIN
  FOREACH ours IN ARRAY ARRAY['usage_touches', 'customer_touches', 'class_touches', 'alias_touches', 'are_months_pending'] LOOP
    EXECUTE format('ALTER FUNCTION %I OWNER TO %I', ours, current_setting('keypost.worker_role'));
  END LOOP;
  FOREACH ours IN ARRAY ARRAY['unit_month', 'unit_customers', 'month_touched', 'month_due', 'month_begun'] LOOP
    EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON %I FROM %I', ours, current_setting('keypost.app_role'));
  END LOOP;
END $$;
