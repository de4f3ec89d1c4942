-- Customers as tiering knows them, their classes, and reviews.

-- A projection of what the registry tells.
CREATE TABLE customer (
  customer_id uuid PRIMARY KEY,
  code text UNIQUE,
  name text NOT NULL DEFAULT '',
  state text NOT NULL DEFAULT 'prospect',
  division text,
  place_class text,
  importance text,
  importance_level text,
  reach text,
  vip boolean NOT NULL DEFAULT false,
  initial_class smallint,
  registered_on date,
  responsible_org_id text,
  manager_id uuid,
  registry_version bigint NOT NULL DEFAULT 0,
  placed_by uuid,
  version bigint NOT NULL DEFAULT 1);
CREATE INDEX customer_unit ON customer (responsible_org_id);
CALL guard('customer', 'responsible_org_id');

-- What pricing tells of agreements; `ended_on` is the first day without one that was ended before its term.
CREATE TABLE agreement (
  agreement_id uuid PRIMARY KEY,
  customer_id uuid NOT NULL,
  org_id text NOT NULL,
  state text NOT NULL,
  settlement_days integer NOT NULL,
  starts_on date NOT NULL,
  ends_on date,
  ended_on date,
  pricing_version bigint NOT NULL);
CREATE INDEX agreement_customer ON agreement (customer_id);
CALL guard('agreement', 'org_id');

CREATE FUNCTION in_force(a agreement, day date) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT a.starts_on <= day AND COALESCE(day <= a.ends_on, true) AND COALESCE(day < a.ended_on, true)
$$;

-- When the oldest open bill of a customer was to be settled.
CREATE TABLE arrears (
  customer_id uuid PRIMARY KEY,
  org_id text NOT NULL,
  oldest_due_on date,
  pricing_version bigint NOT NULL);
CALL guard('arrears', 'org_id');

-- Classes with their beginnings: on a day holds the last `valid_from` before or on it, of equal ones the last recorded.
-- `org_id` follows the customer; `version` counts what was told of the customer's class up to and with this row.
-- A row by review has its reasons in the review's line.
CREATE TABLE tier (
  customer_id uuid NOT NULL,
  valid_from date NOT NULL,
  recorded timestamptz NOT NULL,
  org_id text NOT NULL,
  scheme text,
  tier text,
  class smallint,
  service_class smallint,
  basis text NOT NULL CHECK (basis IN ('registration', 'review', 'correction', 'cultivation')),
  review_id uuid,
  because jsonb,
  version bigint NOT NULL,
  PRIMARY KEY (customer_id, valid_from, recorded));
CALL guard('tier', 'org_id');

-- `law` holds the provisions of each profile (organisations under equal law) as they were found when it was proposed;
-- json and not jsonb, for the order of a table's tiers means something.
CREATE TABLE review (
  id uuid PRIMARY KEY,
  org_id text NOT NULL,
  year integer NOT NULL,
  state text NOT NULL CHECK (state IN ('proposed', 'published', 'superseded')),
  valid_from date NOT NULL,
  as_of date NOT NULL,
  proposed_by text NOT NULL,
  proposed_at timestamptz NOT NULL,
  published_by text,
  published_at timestamptz,
  superseded_by uuid,
  customers bigint NOT NULL DEFAULT 0,
  changed bigint NOT NULL DEFAULT 0,
  overridden bigint NOT NULL DEFAULT 0,
  law json NOT NULL,
  version bigint NOT NULL DEFAULT 1);
CREATE UNIQUE INDEX review_one_open ON review (org_id) WHERE state = 'proposed';
CREATE UNIQUE INDEX review_one_published ON review (org_id, year) WHERE state = 'published';
CALL guard('review', 'org_id');

-- What a line was decided from, and what was decided; the explanation is told from both and the law of its profile.
CREATE TABLE review_line (
  review_id uuid NOT NULL,
  customer_id uuid NOT NULL,
  org_id text NOT NULL,
  profile integer NOT NULL,
  place text,
  bureau text,
  level text NOT NULL,
  fees numeric(17,2) NOT NULL,
  prior_fees numeric(17,2) NOT NULL,
  month_fees numeric(17,2) NOT NULL,
  rank bigint,
  agreement boolean NOT NULL,
  settlement_days integer,
  overdue_days integer NOT NULL,
  importance text,
  importance_level text,
  eligible boolean NOT NULL,
  table_class smallint,
  suggested_class smallint,
  class smallint,
  scheme text NOT NULL,
  tier text,
  former_scheme text,
  former_tier text,
  former_class smallint,
  former_service_class smallint,
  valid_from date NOT NULL,
  changed boolean NOT NULL,
  override_reason text,
  overridden_by text,
  overridden_at timestamptz,
  PRIMARY KEY (review_id, customer_id));
CREATE INDEX review_line_customer ON review_line (customer_id);
CALL guard('review_line', 'org_id');

-- Whether an organisation lies in the scope of this transaction; functions that run past row-level security ask it.
CREATE FUNCTION is_in_scope(orgpath text) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT orgpath = current_setting('keypost.scope', true) OR orgpath ^@ (current_setting('keypost.scope', true) || '.')
$$;

-- The figures of one customer from a first to a last month, and those of the year before; nothing where the customer is
-- not in scope. Past row-level security, because other units may have filed its usage and agreements.
CREATE FUNCTION figures_of(of_customer uuid, first_month date, last_month date, year_first date, year_last date, day date)
  RETURNS TABLE (fees numeric, last_year_fees numeric, month_fees numeric, agreement boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT s.fees, s.last_year_fees, s.month_fees,
    EXISTS (SELECT FROM agreement a WHERE a.customer_id = of_customer AND in_force(a, day))
  FROM customer c JOIN organisation o ON o.org_id = c.responsible_org_id
  CROSS JOIN LATERAL (
    SELECT COALESCE(sum(u.revenue) FILTER (WHERE u.month BETWEEN first_month AND last_month), 0) AS fees,
      COALESCE(sum(u.revenue) FILTER (WHERE u.month BETWEEN year_first AND year_last), 0) AS last_year_fees,
      COALESCE(sum(u.revenue) FILTER (WHERE u.month = last_month), 0) AS month_fees
    FROM usage u
    WHERE u.customer_id = of_customer AND u.current AND u.month BETWEEN LEAST(first_month, year_first) AND last_month) s
  WHERE c.customer_id = of_customer AND is_in_scope(o.orgpath)
$$;

-- The rank of a customer's fees among the registered customers of these units (its bureau's): one more than have more;
-- where ties do not all count, as many as have as much or more.
CREATE FUNCTION rank_of(of_customer uuid, units text[], first_month date, last_month date, ties boolean)
  RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH sums AS (
    SELECT u.customer_id, sum(u.revenue) AS fees FROM usage u JOIN customer c USING (customer_id)
    WHERE c.responsible_org_id = ANY (units) AND c.state = 'registered' AND u.current
      AND u.month BETWEEN first_month AND last_month
    GROUP BY u.customer_id)
  SELECT CASE WHEN ties THEN (SELECT count(*) + 1 FROM sums s WHERE s.fees > own.fees)
    ELSE (SELECT count(*) FROM sums s WHERE s.fees >= own.fees) END
  FROM sums own WHERE own.customer_id = of_customer AND own.fees > 0
$$;

-- The last month up to a day for which usage of these units' customers is on record.
CREATE FUNCTION last_month_of(units text[], day date) RETURNS date
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT u.month FROM usage u JOIN customer c USING (customer_id)
  WHERE c.responsible_org_id = ANY (units) AND u.current AND u.month <= day
  ORDER BY u.month DESC LIMIT 1
$$;

-- All lines of a review in one statement. `by_law` is what tiering/policies/sheets.py writes: units with their profile,
-- county-level bureau and place; profiles; and of each its ladders, classes by importance, alternatives that make a
-- key account, and tiers by class. Gives how many lines there are and how many of them change something.
-- OFFSET 0 keeps the planner from computing an expression again wherever a later step names it; without nested loops it
-- does not depend on statistics, which are missing right after a province was loaded.
CREATE FUNCTION propose_lines(of_review uuid, by_law jsonb) RETURNS TABLE (customers bigint, changed bigint)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan
  SET enable_nestloop = off SET work_mem = '64MB' AS $$
#variable_conflict use_column
DECLARE
  r review;
  first_month date;
  last_month date;
  prior_first date;
BEGIN
  SELECT v.* INTO STRICT r FROM review v JOIN organisation o USING (org_id)
    WHERE v.id = of_review AND v.state = 'proposed' AND is_in_scope(o.orgpath);
  first_month := make_date(r.year, 1, 1);
  prior_first := make_date(r.year - 1, 1, 1);
  last_month := r.valid_from - interval '1 month';
  RETURN QUERY
  WITH unit AS MATERIALIZED (
    SELECT u.* FROM jsonb_to_recordset(by_law -> 'units') AS u(org_id text, profile integer, bureau text, level text, place text)
    JOIN organisation o USING (org_id) WHERE is_in_scope(o.orgpath)),
  profile AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(by_law -> 'profiles') AS p(profile integer, scheme text, own_place boolean, better boolean,
      ties boolean, important boolean, potential boolean, rank_class smallint,
      overdue_more_than integer, classes_down integer, worst smallint)),
  ladder AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(by_law -> 'ladders') AS l(profile integer, place text, bounds numeric[], classes smallint[])),
  importance AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(by_law -> 'importance') AS i(profile integer, importance_level text, class smallint)),
  alternative AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(by_law -> 'alternatives') AS a(profile integer, yearly_fees numeric,
      last_year_fees numeric, month_fees numeric, agreement boolean, rank_in_bureau integer, level text)),
  equivalent AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(by_law -> 'equivalents') AS e(profile integer, class smallint, tier text)),
  sums AS (
    SELECT u.customer_id,
      COALESCE(sum(u.revenue) FILTER (WHERE u.month >= first_month), 0) AS fees,
      COALESCE(sum(u.revenue) FILTER (WHERE u.month < first_month), 0) AS prior_fees,
      COALESCE(sum(u.revenue) FILTER (WHERE u.month = last_month), 0) AS month_fees
    FROM usage u WHERE u.current AND u.month BETWEEN prior_first AND last_month GROUP BY u.customer_id),
  signed AS (
    SELECT a.customer_id, max(a.settlement_days) AS settlement_days FROM agreement a
    WHERE in_force(a, r.valid_from - 1) GROUP BY a.customer_id),
  former AS (
    SELECT DISTINCT ON (t.customer_id) t.customer_id, t.scheme, t.tier, t.class, t.service_class, t.valid_from
    FROM tier t ORDER BY t.customer_id, t.valid_from DESC, t.recorded DESC),
  counted AS (
    SELECT c.customer_id, c.importance, c.importance_level, u.org_id, u.bureau, u.level, p.*,
      CASE WHEN p.own_place THEN c.place_class ELSE u.place END AS place,
      COALESCE(s.fees, 0) AS fees, COALESCE(s.prior_fees, 0) AS prior_fees, COALESCE(s.month_fees, 0) AS month_fees,
      g.customer_id IS NOT NULL AS agreement, g.settlement_days,
      GREATEST(COALESCE(r.as_of - d.oldest_due_on, 0), 0) AS overdue_days,
      CASE WHEN u.bureau IS NULL OR s.fees IS NULL OR s.fees = 0 THEN NULL
        WHEN p.ties THEN rank() OVER in_bureau ELSE count(*) OVER in_bureau END AS rank,
      f.scheme AS former_scheme, f.tier AS former_tier, f.class AS former_class, f.service_class AS former_service_class,
      GREATEST(r.valid_from, f.valid_from) AS valid_from
    FROM customer c
    JOIN unit u ON u.org_id = c.responsible_org_id
    JOIN profile p ON p.profile = u.profile
    LEFT JOIN sums s ON s.customer_id = c.customer_id
    LEFT JOIN signed g ON g.customer_id = c.customer_id
    LEFT JOIN arrears d ON d.customer_id = c.customer_id
    LEFT JOIN former f ON f.customer_id = c.customer_id
    WHERE c.state = 'registered' AND (c.registered_on IS NULL OR c.registered_on < r.valid_from OR s.fees > 0)
    WINDOW in_bureau AS (PARTITION BY u.bureau ORDER BY COALESCE(s.fees, 0) DESC)),
  met AS (
    SELECT k.*, l.classes[width_bucket(k.fees, l.bounds)] AS by_fees, i.class AS by_importance,
      EXISTS (SELECT FROM alternative a WHERE a.profile = k.profile AND is_met(a.yearly_fees, k.fees)
        AND is_met(a.last_year_fees, k.fees) AND is_met(a.month_fees, k.month_fees)
        AND (a.agreement IS NULL OR a.agreement = k.agreement) AND (a.level IS NULL OR a.level = k.level)
        AND a.rank_in_bureau IS NULL) AS by_facts,
      EXISTS (SELECT FROM alternative a WHERE a.profile = k.profile AND is_met(a.yearly_fees, k.fees)
        AND is_met(a.last_year_fees, k.fees) AND is_met(a.month_fees, k.month_fees)
        AND (a.agreement IS NULL OR a.agreement = k.agreement) AND (a.level IS NULL OR a.level = k.level)
        AND k.rank <= a.rank_in_bureau) AS by_rank
    FROM counted k
    LEFT JOIN ladder l ON l.profile = k.profile AND l.place = k.place
    LEFT JOIN importance i ON i.profile = k.profile AND i.importance_level = k.importance_level
    OFFSET 0),
  rated AS (
    SELECT m.*, m.by_facts OR m.by_rank OR m.by_importance IS NOT NULL
        OR COALESCE(m.importance = 'important' AND m.important OR m.importance = 'potential' AND m.potential, false) AS eligible,
      COALESCE(CASE WHEN m.better THEN LEAST(m.by_fees, m.by_importance) ELSE GREATEST(m.by_fees, m.by_importance) END,
        CASE WHEN m.by_rank THEN m.rank_class END) AS earned
    FROM met m OFFSET 0),
  adjusted AS (
    SELECT d.*, CASE WHEN d.eligible THEN d.earned END AS table_class,
      CASE WHEN d.eligible AND d.earned IS NOT NULL AND d.overdue_days > d.overdue_more_than
        THEN GREATEST(d.earned, LEAST(d.earned + d.classes_down, d.worst)) WHEN d.eligible THEN d.earned END::smallint AS class
    FROM rated d OFFSET 0),
  written AS (
    INSERT INTO review_line (review_id, customer_id, org_id, profile, place, bureau, level, fees, prior_fees, month_fees,
      rank, agreement, settlement_days, overdue_days, importance, importance_level, eligible, table_class, suggested_class,
      class, scheme, tier, former_scheme, former_tier, former_class, former_service_class, valid_from, changed)
    SELECT of_review, j.customer_id, j.org_id, j.profile, j.place, j.bureau, j.level, j.fees, j.prior_fees, j.month_fees,
      j.rank, j.agreement, j.settlement_days, j.overdue_days, j.importance, j.importance_level, j.eligible, j.table_class,
      j.class, j.class, j.scheme, e.tier, j.former_scheme, j.former_tier, j.former_class, j.former_service_class,
      j.valid_from, is_change(j.class, j.scheme, e.tier, j.former_class, j.former_scheme, j.former_tier)
    FROM adjusted j LEFT JOIN equivalent e ON e.profile = j.profile AND e.class = j.class
    RETURNING changed)
  SELECT count(*), count(*) FILTER (WHERE w.changed) FROM written w;
END $$;

-- The lines of published reviews that a customer's classes come from, where the customer is in scope.
CREATE FUNCTION lines_of(of_customer uuid) RETURNS SETOF review_line
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT l.* FROM review_line l JOIN review v ON v.id = l.review_id AND v.state <> 'proposed'
  JOIN customer c ON c.customer_id = l.customer_id JOIN organisation o ON o.org_id = c.responsible_org_id
  WHERE l.customer_id = of_customer AND is_in_scope(o.orgpath)
$$;

-- The year of a review and the law of one of its profiles: the law is everybody's to read.
CREATE FUNCTION pinned_law(of_review uuid, of_profile integer) RETURNS TABLE (year integer, law json)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT v.year, json_build_object(of_profile::text, v.law -> of_profile::text) FROM review v WHERE v.id = of_review
$$;

CREATE FUNCTION is_met(bound numeric, figure numeric) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT bound IS NULL OR figure >= bound
$$;

-- Whether a class is another than the former one: the class itself, or of a key account its scheme or tier.
CREATE FUNCTION is_change(class smallint, scheme text, tier text, former_class smallint, former_scheme text, former_tier text)
  RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT class IS DISTINCT FROM former_class
    OR class IS NOT NULL AND (scheme IS DISTINCT FROM former_scheme OR tier IS DISTINCT FROM former_tier)
$$;

-- The classes of a published review, one row for each of its lines; the rows of equal beginning are told apart by when
-- they were recorded.
CREATE FUNCTION publish_lines(of_review uuid, at timestamptz) RETURNS bigint
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_nestloop = off SET work_mem = '64MB' AS $$
DECLARE written bigint;
BEGIN
  INSERT INTO tier (customer_id, valid_from, recorded, org_id, scheme, tier, class, service_class, basis, review_id, version)
  SELECT l.customer_id, l.valid_from, GREATEST(at, f.recorded + interval '1 microsecond'),
    COALESCE(c.responsible_org_id, l.org_id), l.scheme, l.tier, l.class, l.class, 'review', l.review_id,
    COALESCE(f.version, 0) + l.changed::integer
  FROM review_line l
  JOIN review v ON v.id = l.review_id
  JOIN organisation o ON o.org_id = v.org_id AND is_in_scope(o.orgpath)
  JOIN customer c ON c.customer_id = l.customer_id
  LEFT JOIN (SELECT t.customer_id, max(t.version) AS version, max(t.recorded) AS recorded FROM tier t GROUP BY t.customer_id) f
    ON f.customer_id = l.customer_id
  WHERE l.review_id = of_review AND v.state = 'published';
  GET DIAGNOSTICS written = ROW_COUNT;
  RETURN written;
END $$;

DO $$ DECLARE past text; BEGIN
  FOREACH past IN ARRAY ARRAY['figures_of', 'rank_of', 'last_month_of', 'lines_of', 'pinned_law',
    'propose_lines', 'publish_lines'] LOOP
    EXECUTE format('ALTER FUNCTION %I OWNER TO %I', past, current_setting('keypost.worker_role'));
  END LOOP;
END $$;
