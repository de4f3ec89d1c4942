-- What-ifs: drafts of the law over the real figures, saved. Nothing that gives or tells a class reads these tables.

-- `layers` are the drafts in force one over the other, from the present law on; `law` holds the provisions of each profile
-- with the base's law and with the drafts'; json and not jsonb, for the order of a table's tiers means something.
CREATE TABLE what_if (
  id uuid PRIMARY KEY,
  center_org_id text NOT NULL,
  org_id text NOT NULL,
  name text NOT NULL,
  year integer NOT NULL,
  valid_from date NOT NULL,
  as_of date NOT NULL,
  base_id uuid,
  base_name text,
  layers json NOT NULL,
  changes json NOT NULL,
  law json NOT NULL,
  made_by text NOT NULL,
  made_at timestamptz NOT NULL,
  customers bigint NOT NULL DEFAULT 0,
  moved bigint NOT NULL DEFAULT 0,
  revenue numeric(20,2) NOT NULL DEFAULT 0,
  revenue_affected numeric(20,2) NOT NULL DEFAULT 0);
CREATE UNIQUE INDEX what_if_name ON what_if (center_org_id, name);
CALL guard('what_if', 'center_org_id');

-- How many customers of a unit, with what yearly fees, go from which class to which; those that stay are counted too.
CREATE TABLE what_if_flow (
  what_if_id uuid NOT NULL,
  org_id text NOT NULL,
  from_class smallint,
  to_class smallint,
  direction text NOT NULL CHECK (direction IN ('up', 'down', 'in', 'out', 'renamed', 'stays')),
  customers bigint NOT NULL,
  revenue numeric(20,2) NOT NULL,
  from_key_accounts bigint NOT NULL,
  to_key_accounts bigint NOT NULL,
  UNIQUE NULLS NOT DISTINCT (what_if_id, org_id, from_class, to_class, direction));
CALL guard('what_if_flow', 'org_id');

-- Who moves, and from what it was worked out; its explanations are told from that and the laws of the what-if.
CREATE TABLE what_if_mover (
  what_if_id uuid NOT NULL,
  customer_id uuid NOT NULL,
  org_id text NOT NULL,
  direction text NOT NULL,
  bureau text,
  level text NOT NULL,
  fees numeric(17,2) NOT NULL,
  prior_fees numeric(17,2),
  month_fees numeric(17,2) NOT NULL,
  months numeric(15,2)[] NOT NULL,
  agreement boolean NOT NULL,
  overdue_days integer NOT NULL,
  importance text,
  importance_level text,
  from_profile integer NOT NULL,
  from_place text,
  from_rank bigint,
  from_asks_rank boolean NOT NULL,
  from_eligible boolean NOT NULL,
  from_table_class smallint,
  from_class smallint,
  from_scheme text NOT NULL,
  from_tier text,
  to_profile integer NOT NULL,
  to_place text,
  to_rank bigint,
  to_asks_rank boolean NOT NULL,
  to_eligible boolean NOT NULL,
  to_table_class smallint,
  to_class smallint,
  to_scheme text NOT NULL,
  to_tier text,
  PRIMARY KEY (what_if_id, customer_id));
CALL guard('what_if_mover', 'org_id');

-- What drafts do to a customer. Without a class on either side it is asked whether it is a key account at all.
CREATE FUNCTION direction_of(from_class smallint, to_class smallint, from_eligible boolean, to_eligible boolean,
    is_renamed boolean) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE
    WHEN from_class > to_class THEN 'up'
    WHEN from_class < to_class THEN 'down'
    WHEN from_class IS NULL AND to_class IS NOT NULL THEN 'in'
    WHEN from_class IS NOT NULL AND to_class IS NULL THEN 'out'
    WHEN from_class IS NULL AND to_eligible AND NOT from_eligible THEN 'in'
    WHEN from_class IS NULL AND from_eligible AND NOT to_eligible THEN 'out'
    WHEN from_class IS NOT NULL AND is_renamed THEN 'renamed'
    ELSE 'stays' END
$$;

-- Facts of a kind: customers of one unit whom no bound of either law tells apart are rated as one. `cells` are such kinds, each
-- with figures of one of them; `rating` takes them in the place of customers.
CREATE FUNCTION facts_of_cells(by_law jsonb, cells jsonb)
  RETURNS TABLE (customer_id uuid, org_id text, profile integer, bureau text, level text, place text, fees numeric,
    prior_fees numeric, last_year_fees numeric, month_fees numeric, months numeric[], rank bigint, agreement boolean,
    settlement_days integer, overdue_days integer, importance text, importance_level text)
  LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT c.id, u.org_id, u.profile, u.bureau, u.level, CASE WHEN p.own_place THEN NULLIF(c.place, '') ELSE u.place END, c.fees,
    NULL::numeric, c.fees, c.month_fees, NULL::numeric[], NULLIF(CASE WHEN p.ties THEN c.rank ELSE c.rank_apart END, 0),
    c.agreement, NULL::integer, c.overdue_days, NULLIF(c.importance, ''), NULLIF(c.importance_level, '')
  FROM jsonb_to_recordset(cells) AS c(id uuid, org_id text, place text, agreement boolean, importance text,
    importance_level text, rank bigint, rank_apart bigint, fees numeric, month_fees numeric, overdue_days integer)
  JOIN law_units(by_law) u ON u.org_id = c.org_id JOIN law_profiles(by_law -> 'laws') p ON p.profile = u.profile
$$;

-- Every figure on which one of the laws draws a line: amounts of a year, of a month, days overdue, and the last rank asked for.
CREATE FUNCTION lines_drawn(laws jsonb) RETURNS TABLE (fees numeric, month_fees numeric, overdue_days integer, rank integer)
  LANGUAGE sql IMMUTABLE AS $$
  SELECT unnest(l.lows), NULL::numeric, NULL::integer, NULL::integer FROM law_ladders(laws) l
  UNION ALL SELECT cent(), NULL, NULL, NULL
  UNION ALL SELECT a.yearly_fees, a.month_fees, NULL, a.rank_in_bureau FROM law_alternatives(laws) a
  UNION ALL SELECT a.last_year_fees, NULL, NULL, NULL FROM law_alternatives(laws) a
  UNION ALL SELECT NULL, NULL, p.overdue_more_than + 1, NULL FROM law_profiles(laws) p
$$;

-- Works a what-if out: everybody that it covers by the law of its base, and by that of its drafts whoever may have another
-- class there (`draft_law` lists their units, county-level bureaus whole). Past row-level security, for a rank is among all
-- customers of a bureau. Figures are read once; what the laws do not tell apart is rated together, by the one `rating`.
CREATE FUNCTION run_what_if(of_what_if uuid, base_law jsonb, draft_law jsonb) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan
  SET enable_nestloop = off SET work_mem = '64MB' SET parallel_setup_cost = 0 SET parallel_tuple_cost = 0 AS $$
DECLARE
  w what_if;
  first_month date;
  last_month date;
  last_day date;
  any_law jsonb;
  fee_lines numeric[];
  month_lines numeric[];
  overdue_lines integer[];
  last_rank integer;
  cells jsonb;
BEGIN
  SELECT i.* INTO STRICT w FROM what_if i JOIN organisation c ON c.org_id = i.center_org_id
    JOIN organisation o ON o.org_id = i.org_id
    WHERE i.id = of_what_if AND is_in_scope(c.orgpath) AND is_in_scope(o.orgpath);
  first_month := make_date(w.year, 1, 1);
  last_month := w.valid_from - interval '1 month';
  last_day := w.valid_from - 1;
  -- Under this law the place is the customer's own.
  any_law := jsonb_build_object('laws', '{"0": {}}'::jsonb, 'units',
    (SELECT jsonb_agg(u || '{"profile": 0}') FROM jsonb_array_elements(base_law -> 'units') AS u));
  SELECT array_agg(DISTINCT l.fees ORDER BY l.fees) FILTER (WHERE l.fees IS NOT NULL),
    COALESCE(array_agg(DISTINCT l.month_fees ORDER BY l.month_fees) FILTER (WHERE l.month_fees IS NOT NULL), '{}'),
    COALESCE(array_agg(DISTINCT l.overdue_days ORDER BY l.overdue_days) FILTER (WHERE l.overdue_days IS NOT NULL), '{}'),
    max(l.rank)
  INTO fee_lines, month_lines, overdue_lines, last_rank
  FROM (SELECT * FROM lines_drawn(base_law -> 'laws') UNION ALL SELECT * FROM lines_drawn(draft_law -> 'laws')) l;

  DROP TABLE IF EXISTS pg_temp.tried, pg_temp.placed, pg_temp.cell, pg_temp.outcome, pg_temp.moving;
  CREATE TEMP TABLE tried ON COMMIT DROP AS
    SELECT f.customer_id, f.org_id, COALESCE(f.place, '') AS place, COALESCE(f.importance, '') AS importance,
      COALESCE(f.importance_level, '') AS importance_level, f.agreement, f.fees, f.month_fees, f.overdue_days,
      width_bucket(f.fees, fee_lines) AS fee_step,
      CASE WHEN month_lines = '{}' THEN 0 ELSE width_bucket(f.month_fees, month_lines) END AS month_step,
      CASE WHEN overdue_lines = '{}' THEN 0 ELSE width_bucket(f.overdue_days, overdue_lines) END AS overdue_step
    FROM facts_of(any_law, first_month, last_month, w.year, last_day, w.as_of, NULL, NULL) f;

  -- Ranks that may decide: in each bureau those of the steps of fees in which the last rank asked for, and all above it, lie.
  CREATE TEMP TABLE placed ON COMMIT DROP AS
    WITH unit AS MATERIALIZED (SELECT u.org_id, u.bureau FROM law_units(base_law) u WHERE u.bureau IS NOT NULL),
    step AS (
      SELECT u.bureau, t.fee_step, count(*) AS customers FROM tried t JOIN unit u USING (org_id)
      WHERE last_rank IS NOT NULL AND t.fees > 0 GROUP BY u.bureau, t.fee_step),
    above AS (
      SELECT s.bureau, s.fee_step, sum(s.customers) OVER (PARTITION BY s.bureau ORDER BY s.fee_step DESC) - s.customers AS better
      FROM step s),
    ranked AS (
      SELECT t.customer_id, rank() OVER by_fees AS rank, count(*) OVER by_fees AS rank_apart
      FROM tried t JOIN unit u USING (org_id) JOIN above a ON a.bureau = u.bureau AND a.fee_step = t.fee_step
      WHERE a.better < last_rank WINDOW by_fees AS (PARTITION BY u.bureau ORDER BY t.fees DESC))
    SELECT r.* FROM ranked r WHERE r.rank <= last_rank;

  CREATE TEMP TABLE cell ON COMMIT DROP AS
    SELECT gen_random_uuid() AS id, g.* FROM (
      SELECT t.org_id, t.place, t.agreement, t.importance, t.importance_level, t.fee_step, t.month_step, t.overdue_step,
        COALESCE(p.rank, 0) AS rank, COALESCE(p.rank_apart, 0) AS rank_apart, count(*) AS customers, sum(t.fees) AS revenue,
        min(t.fees) AS fees, min(t.month_fees) AS month_fees, min(t.overdue_days) AS overdue_days
      FROM tried t LEFT JOIN placed p USING (customer_id)
      GROUP BY t.org_id, t.place, t.agreement, t.importance, t.importance_level, t.fee_step, t.month_step, t.overdue_step,
        COALESCE(p.rank, 0), COALESCE(p.rank_apart, 0)) g;
  SELECT COALESCE(jsonb_agg(to_jsonb(c)), '[]') INTO cells FROM cell c;

  CREATE TEMP TABLE outcome ON COMMIT DROP AS
    WITH covered AS MATERIALIZED (
      SELECT u.org_id FROM organisation u JOIN organisation o ON o.org_id = w.org_id
        AND (u.orgpath = o.orgpath OR u.orgpath ^@ (o.orgpath || '.')))
    SELECT b.customer_id AS id, b.bureau, b.level,
      b.profile AS from_profile, b.place AS from_place, b.rank AS from_rank, b.asks_rank AS from_asks_rank,
      b.eligible AS from_eligible, b.table_class AS from_table_class, b.class AS from_class, b.scheme AS from_scheme,
      b.tier AS from_tier, d.profile AS to_profile, d.place AS to_place, d.rank AS to_rank, d.asks_rank AS to_asks_rank,
      COALESCE(d.eligible, b.eligible) AS to_eligible, d.table_class AS to_table_class,
      CASE WHEN d.customer_id IS NULL THEN b.class ELSE d.class END AS to_class, d.scheme AS to_scheme, d.tier AS to_tier,
      CASE WHEN d.customer_id IS NULL THEN 'stays' ELSE direction_of(b.class, d.class, b.eligible, d.eligible,
        d.scheme <> b.scheme OR d.tier IS DISTINCT FROM b.tier) END AS direction
    FROM rating(base_law, first_month, last_month, w.year, last_day, w.as_of, as_tried => cells) b
    JOIN covered USING (org_id)
    LEFT JOIN rating(draft_law, first_month, last_month, w.year, last_day, w.as_of, as_tried => cells) d
      ON d.customer_id = b.customer_id;

  INSERT INTO what_if_flow (what_if_id, org_id, from_class, to_class, direction, customers, revenue, from_key_accounts,
    to_key_accounts)
  SELECT of_what_if, c.org_id, o.from_class, o.to_class, o.direction, sum(c.customers), sum(c.revenue),
    COALESCE(sum(c.customers) FILTER (WHERE o.from_eligible), 0), COALESCE(sum(c.customers) FILTER (WHERE o.to_eligible), 0)
  FROM cell c JOIN outcome o USING (id) GROUP BY c.org_id, o.from_class, o.to_class, o.direction;

  UPDATE what_if i SET (customers, moved, revenue, revenue_affected) = (
    SELECT COALESCE(sum(f.customers), 0), COALESCE(sum(f.customers) FILTER (WHERE f.direction <> 'stays'), 0),
      COALESCE(sum(f.revenue), 0), COALESCE(sum(f.revenue) FILTER (WHERE f.direction <> 'stays'), 0)
    FROM what_if_flow f WHERE f.what_if_id = of_what_if)
  WHERE i.id = of_what_if;

  ANALYZE cell, outcome, placed;
  CREATE TEMP TABLE moving ON COMMIT DROP AS
    SELECT t.customer_id, t.org_id, t.fees, t.month_fees, t.agreement, t.overdue_days, t.importance, t.importance_level, o.*
    FROM outcome o JOIN cell c USING (id)
    JOIN tried t ON t.org_id = c.org_id AND t.place = c.place AND t.agreement = c.agreement AND t.importance = c.importance
      AND t.importance_level = c.importance_level AND t.fee_step = c.fee_step AND t.month_step = c.month_step
      AND t.overdue_step = c.overdue_step
    LEFT JOIN placed p ON p.customer_id = t.customer_id
    WHERE o.direction <> 'stays' AND COALESCE(p.rank, 0) = c.rank AND COALESCE(p.rank_apart, 0) = c.rank_apart;
  -- Of few movers the figures are looked up, of many joined.
  ANALYZE moving;
  PERFORM set_config('enable_nestloop', 'on', true);
  -- Whose rank is wanted but lies behind all that decide is told it too.
  WITH wanted AS MATERIALIZED (
    SELECT DISTINCT m.bureau FROM moving m
    WHERE m.from_asks_rank AND m.from_rank IS NULL OR m.to_asks_rank AND m.to_rank IS NULL),
  behind AS (
    SELECT t.customer_id, rank() OVER by_fees AS rank, count(*) OVER by_fees AS rank_apart
    FROM tried t JOIN law_units(base_law) u ON u.org_id = t.org_id JOIN wanted v ON v.bureau = u.bureau
    WHERE t.fees > 0 WINDOW by_fees AS (PARTITION BY u.bureau ORDER BY t.fees DESC)),
  -- What stands under merged customers is the survivors', month by month.
  merged AS MATERIALIZED (
    SELECT x.survivor_id AS customer_id, s.year, s.fees, s.months FROM aliases() x
    JOIN moving m ON m.customer_id = x.survivor_id
    JOIN usage_sum s ON s.customer_id = x.customer_id AND s.year IN (w.year, w.year - 1)),
  beside AS (
    SELECT g.customer_id, array_agg(g.fees ORDER BY g.place) AS months FROM (
      SELECT r.customer_id, e.place, sum(e.fees) AS fees
      FROM merged r CROSS JOIN LATERAL unnest(r.months) WITH ORDINALITY AS e(fees, place)
      WHERE r.year = w.year GROUP BY r.customer_id, e.place) g
    GROUP BY g.customer_id),
  former AS (SELECT r.customer_id, sum(r.fees) AS fees FROM merged r WHERE r.year <> w.year GROUP BY r.customer_id)
  INSERT INTO what_if_mover (what_if_id, customer_id, org_id, direction, bureau, level, fees, prior_fees, month_fees, months,
    agreement, overdue_days, importance, importance_level, from_profile, from_place, from_rank, from_asks_rank, from_eligible,
    from_table_class, from_class, from_scheme, from_tier, to_profile, to_place, to_rank, to_asks_rank, to_eligible,
    to_table_class, to_class, to_scheme, to_tier)
  SELECT of_what_if, m.customer_id, m.org_id, m.direction, m.bureau, m.level, m.fees,
    COALESCE(y.fees, 0) + COALESCE(f.fees, 0), m.month_fees,
    CASE WHEN b.customer_id IS NULL THEN COALESCE(a.months, no_fees(w.year)) ELSE added(a.months, b.months) END, m.agreement, m.overdue_days, NULLIF(m.importance, ''),
    NULLIF(m.importance_level, ''), m.from_profile, m.from_place,
    COALESCE(m.from_rank, CASE WHEN from_law.ties THEN r.rank ELSE r.rank_apart END), m.from_asks_rank, m.from_eligible,
    m.from_table_class, m.from_class, m.from_scheme, m.from_tier, m.to_profile, m.to_place,
    COALESCE(m.to_rank, CASE WHEN to_law.ties THEN r.rank ELSE r.rank_apart END), m.to_asks_rank, m.to_eligible,
    m.to_table_class, m.to_class, m.to_scheme, m.to_tier
  FROM moving m
  JOIN law_profiles(base_law -> 'laws') from_law ON from_law.profile = m.from_profile
  JOIN law_profiles(draft_law -> 'laws') to_law ON to_law.profile = m.to_profile
  LEFT JOIN behind r ON r.customer_id = m.customer_id
  LEFT JOIN usage_sum a ON a.customer_id = m.customer_id AND a.year = w.year
  LEFT JOIN usage_sum y ON y.customer_id = m.customer_id AND y.year = w.year - 1
  LEFT JOIN beside b ON b.customer_id = m.customer_id
  LEFT JOIN former f ON f.customer_id = m.customer_id;
END $$;

-- The explanations of both classes of a mover, by the laws that the what-if was worked out by. With the caller's rights.
CREATE FUNCTION explain_mover(of_what_if uuid, of_customer uuid) RETURNS TABLE (from_because jsonb, to_because jsonb)
  LANGUAGE sql STABLE AS $$
  SELECT b.because, d.because
  FROM what_if w JOIN what_if_mover m ON m.what_if_id = w.id
  CROSS JOIN LATERAL (SELECT make_date(w.year, 1, 1) AS first_month, (w.valid_from - interval '1 month')::date AS last_month) p
  JOIN LATERAL told_laws((w.law -> 'base')::jsonb) x ON x.profile = m.from_profile
  JOIN LATERAL told_laws((w.law -> 'draft')::jsonb) y ON y.profile = m.to_profile
  CROSS JOIN LATERAL because_of(ROW(m.customer_id, m.org_id, m.from_profile, m.from_place, m.bureau, m.level, m.fees,
    m.prior_fees, m.fees, m.month_fees, m.months, m.from_rank, m.agreement, NULL, m.overdue_days, m.importance,
    m.importance_level, m.from_eligible, m.from_table_class, m.from_class, m.from_scheme, m.from_tier, m.from_asks_rank)::rated,
    x, p.first_month, p.last_month, NULL::line_override) b
  CROSS JOIN LATERAL because_of(ROW(m.customer_id, m.org_id, m.to_profile, m.to_place, m.bureau, m.level, m.fees,
    m.prior_fees, m.fees, m.month_fees, m.months, m.to_rank, m.agreement, NULL, m.overdue_days, m.importance,
    m.importance_level, m.to_eligible, m.to_table_class, m.to_class, m.to_scheme, m.to_tier, m.to_asks_rank)::rated,
    y, p.first_month, p.last_month, NULL::line_override) d
  WHERE w.id = of_what_if AND m.customer_id = of_customer
$$;

DO $$ BEGIN
  EXECUTE format('ALTER FUNCTION run_what_if OWNER TO %I', current_setting('keypost.worker_role'));
END $$;
