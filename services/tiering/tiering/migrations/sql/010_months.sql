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

-- When a customer was closed: until then it counted.
ALTER TABLE customer ADD COLUMN closed_on date;

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

-- The customers of a unit whose revenue rose and fell most since the month before.
CREATE TABLE unit_mover (
  org_id text NOT NULL,
  month date NOT NULL,
  customer_id uuid NOT NULL,
  revenue numeric(17,2) NOT NULL,
  revenue_previous numeric(17,2) NOT NULL,
  PRIMARY KEY (month, org_id, customer_id));
CALL guard('unit_mover', 'org_id');

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
-- Of a file the unit that files it, with all below: a look at each of its rows would cost more than the sums; else the units of
-- the customers. The month after is compared with it. What a file says of merged customers counts where the survivor is.
CREATE FUNCTION usage_touches() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO month_touched (org_id, since, until, below)
  SELECT t.org_id, t.month, t.month + interval '1 month', true FROM (SELECT * FROM touched LIMIT 1) t
  WHERE t.usage_file_id IS NOT NULL;
  IF NOT FOUND THEN
    INSERT INTO month_touched (org_id, since, until, below)
    SELECT DISTINCT c.responsible_org_id, t.month, (t.month + interval '1 month')::date, false
    FROM touched t JOIN customer c ON c.customer_id = survivor_of(t.customer_id) WHERE c.responsible_org_id IS NOT NULL;
  ELSE
    INSERT INTO month_touched (org_id, since, until, below)
    SELECT DISTINCT c.responsible_org_id, t.month, (t.month + interval '1 month')::date, false
    FROM touched t JOIN customer_alias a ON a.customer_id = t.customer_id AND a.survivor_id IS NOT NULL
    JOIN customer c ON c.customer_id = survivor_of(t.customer_id) WHERE c.responsible_org_id IS NOT NULL;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER usage_touches AFTER INSERT ON usage
  REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION usage_touches();

-- Many customers come at once, and few change: those as a set, these row by row.
CREATE FUNCTION customers_touch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO month_touched (org_id, since, below)
  SELECT t.responsible_org_id, date_trunc('month', min(COALESCE(t.registered_on, '-infinity'))), false FROM touched t
  WHERE t.responsible_org_id IS NOT NULL GROUP BY t.responsible_org_id;
  RETURN NULL;
END $$;
CREATE TRIGGER customer_begins AFTER INSERT ON customer
  REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION customers_touch();
CREATE TRIGGER customer_ends AFTER DELETE ON customer
  REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION customers_touch();

CREATE FUNCTION customer_touches() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO month_touched (org_id, below)
  SELECT DISTINCT u.org_id, false FROM (VALUES (OLD.responsible_org_id), (NEW.responsible_org_id)) AS u(org_id)
  WHERE u.org_id IS NOT NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER customer_touches AFTER UPDATE ON customer FOR EACH ROW
  WHEN ((NEW.responsible_org_id, NEW.state, NEW.registered_on, NEW.closed_on, NEW.importance, NEW.code IS NULL)
    IS DISTINCT FROM (OLD.responsible_org_id, OLD.state, OLD.registered_on, OLD.closed_on, OLD.importance, OLD.code IS NULL))
  EXECUTE FUNCTION customer_touches();

-- A review that is published gives a class to everybody: that is noticed by the review, not by each of its rows. The class of
-- a registration begins with the customer.
CREATE FUNCTION class_touches() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO month_touched (org_id, since, below) VALUES (NEW.org_id, date_trunc('month', NEW.valid_from), TG_TABLE_NAME = 'review');
  RETURN NULL;
END $$;
CREATE TRIGGER class_touches AFTER INSERT ON tier FOR EACH ROW
  WHEN (NEW.basis NOT IN ('review', 'registration')) EXECUTE FUNCTION class_touches();
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

-- Take what was touched into what is due, month by month: months that no one has worked out yet are due for everybody, from
-- the first that anything was used in, at least from the January of the year before.
CREATE FUNCTION months_fall_due(last_month date) RETURNS void LANGUAGE sql AS $$
  WITH reach AS (
    SELECT LEAST(min(u.month), date_trunc('year', last_month - interval '1 year')::date) AS first_month FROM usage u),
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

-- Work out one month of the units it is due for, the newest first, with so many movers each way; gives it, null where
-- nothing is due.
CREATE FUNCTION sum_a_month(last_month date, movers integer) RETURNS date LANGUAGE plpgsql SET search_path = public, pg_temp
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
  DELETE FROM unit_mover f WHERE f.month = of_month AND f.org_id = ANY (units);
  PERFORM sum_units(of_month, units);
  INSERT INTO unit_mover (org_id, month, customer_id, revenue, revenue_previous)
  SELECT x.org_id, of_month, x.customer_id, x.revenue, x.revenue_previous
  FROM (
    SELECT k.org_id, k.customer_id, k.revenue, k.revenue_previous,
      row_number() OVER (PARTITION BY k.org_id ORDER BY k.revenue - k.revenue_previous DESC, k.customer_id) AS up,
      row_number() OVER (PARTITION BY k.org_id ORDER BY k.revenue - k.revenue_previous, k.customer_id) AS down
    FROM customer_figures(of_month) k WHERE k.org_id = ANY (units)) x
  WHERE x.revenue > x.revenue_previous AND x.up <= movers OR x.revenue < x.revenue_previous AND x.down <= movers;
  RETURN of_month;
END $$;

CREATE FUNCTION sum_units(of_month date, units text[]) RETURNS void LANGUAGE sql SET search_path = public, pg_temp AS $$
  WITH alias AS MATERIALIZED (SELECT * FROM aliases()),
  member AS (
    SELECT c.customer_id, c.responsible_org_id AS org_id, c.importance, t.class,
      (c.state = 'registered' OR c.state = 'closed' AND COALESCE(c.closed_on >= of_month + interval '1 month', false))
        AND COALESCE(c.registered_on < of_month + interval '1 month', true) AS counts
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

-- Customers with their revenue of a month, of the month before, of a year ago, and of both years so far; what was merged
-- counts for its survivor. It is inlined, so that what is not asked for is not joined, and runs with its caller's rights.
CREATE FUNCTION customer_figures(of_month date) RETURNS TABLE (customer_id uuid, code text, name text, org_id text,
  manager_id uuid, revenue numeric, revenue_previous numeric, revenue_year_ago numeric,
  revenue_cumulative numeric, revenue_cumulative_year_ago numeric) LANGUAGE sql STABLE AS $$
  SELECT c.customer_id, c.code, c.name, c.responsible_org_id, c.manager_id,
    COALESCE(y.months[place_of(of_month)], 0) + COALESCE(j.revenue, 0),
    COALESCE(CASE WHEN place_of(of_month) = 1 THEN p.months[place_of(of_month - 1)]
      ELSE y.months[place_of(of_month) - 1] END, 0) + COALESCE(j.revenue_previous, 0),
    COALESCE(p.months[place_of(of_month)], 0) + COALESCE(j.revenue_year_ago, 0),
    COALESCE((SELECT sum(v) FROM unnest(y.months[:place_of(of_month)]) AS v), 0) + COALESCE(j.revenue_cumulative, 0),
    COALESCE((SELECT sum(v) FROM unnest(p.months[:place_of(of_month)]) AS v), 0) + COALESCE(j.revenue_cumulative_year_ago, 0)
  FROM customer c
  LEFT JOIN usage_sum y ON y.year = extract(year FROM of_month)::integer AND y.customer_id = c.customer_id
  LEFT JOIN usage_sum p ON p.year = extract(year FROM of_month)::integer - 1 AND p.customer_id = c.customer_id
  LEFT JOIN (
    SELECT a.survivor_id AS customer_id, sum(m.fees) FILTER (WHERE m.month = of_month) AS revenue,
      sum(m.fees) FILTER (WHERE m.month = of_month - interval '1 month') AS revenue_previous,
      sum(m.fees) FILTER (WHERE m.month = of_month - interval '1 year') AS revenue_year_ago,
      sum(m.fees) FILTER (WHERE m.month BETWEEN date_trunc('year', of_month) AND of_month) AS revenue_cumulative,
      sum(m.fees) FILTER (WHERE m.month <= of_month - interval '1 year') AS revenue_cumulative_year_ago
    FROM aliases() a JOIN usage_sum s ON s.customer_id = a.customer_id
      AND s.year BETWEEN extract(year FROM of_month)::integer - 1 AND extract(year FROM of_month)::integer
    CROSS JOIN LATERAL (
      SELECT make_date(s.year, u.place::integer, 1) AS month, u.fees FROM unnest(s.months) WITH ORDINALITY AS u(fees, place)) m
    GROUP BY a.survivor_id) j ON j.customer_id = c.customer_id
  WHERE c.code IS NOT NULL
    AND NOT EXISTS (SELECT FROM customer_alias a WHERE a.customer_id = c.customer_id AND a.survivor_id IS NOT NULL)
$$;

-- What is asked of compared customers: below which path, and, where they are not null, of which manager, which one, which class.
CREATE TYPE compared_asked AS (of_path text, manager_id uuid, customer_id uuid, class smallint);

-- The conditions of what is asked, as text: only those that are, in terms of $1 (what is asked) and $2 (the month).
CREATE FUNCTION conditions_of(asked compared_asked) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT concat_ws(' AND ', 'true',
    CASE WHEN (asked).manager_id IS NOT NULL THEN 'k.manager_id = ($1).manager_id' END,
    CASE WHEN (asked).customer_id IS NOT NULL THEN 'k.customer_id = ($1).customer_id' END,
    CASE WHEN (asked).class IS NOT NULL THEN '($1).class = (SELECT t.class FROM tier t
      WHERE t.customer_id = k.customer_id AND t.valid_from < $2 + interval ''1 month''
      ORDER BY t.valid_from DESC, t.recorded DESC LIMIT 1)' END)
$$;

-- An organisation and all below it, where it is in scope: by their names the planner knows how many customers they have.
CREATE FUNCTION units_in_scope(of_path text) RETURNS text[] LANGUAGE sql STABLE AS $$
  SELECT array_agg(o.org_id) FROM organisation o
  WHERE (o.orgpath = of_path OR o.orgpath ^@ (of_path || '.')) AND is_in_scope(o.orgpath)
$$;

-- A page of compared customers in the order of a figure, behind the one with a value and an id. Past row-level security, which
-- would be asked for every row of every table; the scope is asked once. Growth from nothing stands between more and less.
CREATE FUNCTION compare_customers(asked compared_asked, of_month date, ordered_by text, downwards boolean, behind numeric,
  behind_id uuid, most integer)
  RETURNS TABLE (sorted numeric, customer_id uuid, code text, name text, org_id text, revenue numeric,
    revenue_previous numeric, revenue_year_ago numeric, revenue_cumulative numeric, revenue_cumulative_year_ago numeric)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET jit = off AS $$
DECLARE
  figure text := CASE ordered_by
    WHEN 'revenue' THEN 'k.revenue'
    WHEN 'cumulative' THEN 'k.revenue_cumulative'
    WHEN 'change_month' THEN 'k.revenue - k.revenue_previous'
    WHEN 'change_year' THEN 'k.revenue - k.revenue_year_ago'
    WHEN 'growth_month' THEN 'COALESCE((k.revenue - k.revenue_previous) / NULLIF(k.revenue_previous, 0), 0)'
    WHEN 'growth_year' THEN 'COALESCE((k.revenue - k.revenue_year_ago) / NULLIF(k.revenue_year_ago, 0), 0)'
    ELSE '0::numeric' END;
  way text := CASE WHEN downwards THEN 'DESC' ELSE 'ASC' END;
BEGIN
  RETURN QUERY EXECUTE format($page$
    SELECT t.sorted, f.customer_id, f.code, f.name, f.org_id, f.revenue, f.revenue_previous, f.revenue_year_ago,
      f.revenue_cumulative, f.revenue_cumulative_year_ago
    FROM (
      SELECT %1$s AS sorted, k.customer_id FROM customer_figures($2) k
      WHERE k.org_id = ANY ($6) AND %4$s
        AND ($4 IS NULL OR %1$s %3$s $3 OR %1$s = $3 AND k.customer_id > $4)
      ORDER BY 1 %2$s, k.customer_id LIMIT $5) t
    JOIN customer_figures($2) f ON f.customer_id = t.customer_id
    ORDER BY t.sorted %2$s, t.customer_id $page$, figure, way, CASE WHEN downwards THEN '<' ELSE '>' END,
      conditions_of(asked))
    USING asked, of_month, behind, behind_id, most, units_in_scope(asked.of_path);
END $$;

-- How many there are, counted up to a most.
CREATE FUNCTION count_compared(asked compared_asked, of_month date, most integer) RETURNS bigint
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  counted bigint;
BEGIN
  EXECUTE format('SELECT count(*) FROM (SELECT FROM customer_figures($2) k WHERE k.org_id = ANY ($4) AND %s LIMIT $3) x',
    conditions_of(asked)) INTO counted USING asked, of_month, most, units_in_scope(asked.of_path);
  RETURN counted;
END $$;

-- Pieces and weight of customers in scope by month, what was merged into them included.
CREATE FUNCTION volumes_of(customers uuid[], months date[])
  RETURNS TABLE (customer_id uuid, month date, pieces numeric, weight_kg numeric)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH named AS (
    SELECT i.customer_id, i.customer_id AS counts_for FROM unnest(customers) AS i(customer_id)
    UNION ALL SELECT a.customer_id, a.survivor_id FROM aliases() a WHERE a.survivor_id = ANY (customers))
  SELECT n.counts_for, u.month, sum(u.pieces), sum(u.weight_kg)
  FROM named n JOIN customer c ON c.customer_id = n.counts_for
  JOIN organisation o ON o.org_id = c.responsible_org_id AND is_in_scope(o.orgpath)
  JOIN usage u ON u.customer_id = n.customer_id AND u.month = ANY (months) AND u.current
  GROUP BY n.counts_for, u.month
$$;

-- When the first city of all filed its first month: since then those that did not are known to lack it.
CREATE FUNCTION first_filing() RETURNS timestamptz
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT min(m.filed_at) FROM usage_month m JOIN organisation o USING (org_id) WHERE o.kind = 'city'
$$;

-- Nobody writes these but the worker: the triggers do as it, whoever makes the change.
DO $$ DECLARE ours text; BEGIN
  FOREACH ours IN ARRAY ARRAY['usage_touches', 'customers_touch', 'customer_touches', 'class_touches', 'alias_touches', 'are_months_pending',
    'first_filing', 'compare_customers', 'count_compared', 'volumes_of'] LOOP
    EXECUTE format('ALTER FUNCTION %I OWNER TO %I', ours, current_setting('keypost.worker_role'));
  END LOOP;
  FOREACH ours IN ARRAY ARRAY['unit_month', 'unit_customers', 'unit_mover', 'month_touched', 'month_due', 'month_begun'] LOOP
    EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON %I FROM %I', ours, current_setting('keypost.app_role'));
  END LOOP;
END $$;
