-- What class figures give, said once: of a year under review, of the months so far, of a draft's law, as known at any time.
-- The law comes as `policies/sheets.py` writes it: units with the number of their law, and the laws whole, as a review pins them.

-- The least difference between two amounts of yuan, as text so that it is exact.
CREATE FUNCTION cent() RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT '0.01'::numeric $$;

CREATE FUNCTION law_units(by_law jsonb)
  RETURNS TABLE (org_id text, profile integer, bureau text, level text, place text) LANGUAGE sql IMMUTABLE AS $$
  SELECT u.* FROM jsonb_to_recordset(by_law -> 'units') AS u(org_id text, profile integer, bureau text, level text, place text)
$$;

-- A row for each law: what is one value of it. What is not in force leaves its column null or false.
CREATE FUNCTION law_profiles(laws jsonb)
  RETURNS TABLE (profile integer, scheme text, own_place boolean, better boolean, ties boolean, important boolean,
    potential boolean, rank_class smallint, overdue_more_than integer, classes_down integer, worst smallint)
  LANGUAGE sql IMMUTABLE AS $$
  SELECT l.key::integer, split_part(l.value #>> '{thresholds,rule}', '.', 1),
    COALESCE(l.value #>> '{place,value,place_of}' = 'customer-division', true),
    COALESCE(l.value #>> '{conflict,value,takes}' = 'better', true),
    COALESCE((l.value #>> '{ties,value,all_count}')::boolean, true),
    l.value ? 'important', l.value ? 'potential', (l.value #>> '{by_rank,value,gives}')::smallint,
    (l.value #>> '{adjustment,value,overdue_more_than,days}')::integer,
    (l.value #>> '{adjustment,value,classes_down}')::integer,
    (SELECT max(e.value::smallint) FROM jsonb_each_text(l.value #> '{equivalents,value}') e)
  FROM jsonb_each(laws) l
$$;

-- The table of a place as steps of fees, each from its lower bound up to the next (hubei art. 7(2)); `named` are the bounds
-- as the table has them. Where a shared bound belongs to the worse tier, the better one begins a cent above it.
CREATE FUNCTION law_ladders(laws jsonb)
  RETURNS TABLE (profile integer, place text, lows numeric[], classes smallint[], tiers text[], named numeric[])
  LANGUAGE sql IMMUTABLE AS $$
  SELECT l.key::integer, c.key, array_agg(s.low ORDER BY s.low), array_agg(s.class ORDER BY s.low),
    array_agg(s.tier ORDER BY s.low), array_agg(s.named) FILTER (WHERE s.named IS NOT NULL)
  FROM jsonb_each(laws) l
  CROSS JOIN LATERAL jsonb_each(l.value #> '{thresholds,value}') c
  CROSS JOIN LATERAL (
    SELECT b.value::numeric AS named, b.key AS tier, (l.value #> '{equivalents,value}' ->> b.key)::smallint AS class,
      b.value::numeric + CASE WHEN l.value #>> '{shared_bound,value,belongs_to}' = 'better' THEN 0 ELSE cent() END AS low
    FROM jsonb_each_text(c.value) b
    UNION ALL
    (SELECT NULL, b.key, (l.value #> '{equivalents,value}' ->> b.key)::smallint, 0 FROM jsonb_each_text(c.value) b
     WHERE l.value #>> '{beyond,value,below}' = 'least-tier' ORDER BY b.value::numeric LIMIT 1)
    UNION ALL
    SELECT NULL, NULL, NULL, (l.value #>> '{range_end,value,to}')::numeric + cent()
    WHERE l.value #>> '{beyond,value,above}' = 'no-tier' AND l.value ? 'range_end') s
  GROUP BY l.key, c.key
$$;

CREATE FUNCTION law_importance(laws jsonb) RETURNS TABLE (profile integer, importance_level text, class smallint)
  LANGUAGE sql IMMUTABLE AS $$
  SELECT l.key::integer, i.key, i.value::smallint
  FROM jsonb_each(laws) l CROSS JOIN LATERAL jsonb_each_text(l.value #> '{importance,value}') i
$$;

-- The least facts that together make a key account; one of the alternatives is enough, a null one is not asked for.
CREATE FUNCTION law_alternatives(laws jsonb)
  RETURNS TABLE (profile integer, yearly_fees numeric, last_year_fees numeric, month_fees numeric, agreement boolean,
    rank_in_bureau integer, level text) LANGUAGE sql IMMUTABLE AS $$
  SELECT l.key::integer, a.* FROM jsonb_each(laws) l
  CROSS JOIN LATERAL jsonb_to_recordset(l.value #> '{key_account,value}') AS a(yearly_fees numeric, last_year_fees numeric,
    month_fees numeric, agreement boolean, rank_in_bureau integer, level text)
$$;

-- The scheme's own tier of each class of the common scale: the first that the names have.
CREATE FUNCTION law_tiers(laws jsonb) RETURNS TABLE (profile integer, class smallint, tier text, zh text, en text)
  LANGUAGE sql IMMUTABLE AS $$
  SELECT DISTINCT ON (l.key, e.value) l.key::integer, e.value::smallint, n.value ->> 'code', n.value ->> 'zh', n.value ->> 'en'
  FROM jsonb_each(laws) l
  CROSS JOIN LATERAL jsonb_array_elements(l.value #> '{names,value}') WITH ORDINALITY AS n(value, place)
  JOIN LATERAL jsonb_each_text(l.value #> '{equivalents,value}') e ON e.key = n.value ->> 'code'
  ORDER BY l.key, e.value, n.place
$$;

-- Month by month the figures of both.
CREATE FUNCTION added(a numeric[], b numeric[]) RETURNS numeric[] LANGUAGE sql IMMUTABLE AS $$
  SELECT array_agg(COALESCE(u.x, 0.00) + COALESCE(u.y, 0.00) ORDER BY u.place)
  FROM unnest(a, b) WITH ORDINALITY AS u(x, y, place)
$$;

CREATE FUNCTION no_fees(year integer) RETURNS numeric[] LANGUAGE sql IMMUTABLE AS $$
  SELECT array_fill(0.00::numeric, ARRAY[months_of(year)])
$$;

-- The sums of a year and the one before it: as they are, or as usage recorded up to `known` made them.
CREATE FUNCTION sums_as_known(of_year integer, of_customers uuid[], known timestamptz)
  RETURNS TABLE (customer_id uuid, year integer, fees numeric, months numeric[]) LANGUAGE sql STABLE AS $$
  WITH latest AS (
    SELECT DISTINCT ON (u.month, u.customer_id, u.line) u.customer_id, u.month, u.revenue FROM usage u
    WHERE u.recorded <= known AND u.customer_id = ANY (of_customers)
      AND u.month >= make_date(of_year - 1, 1, 1) AND u.month < make_date(of_year + 1, 1, 1)
    ORDER BY u.month, u.customer_id, u.line, u.version DESC),
  monthly AS (SELECT l.customer_id, l.month, sum(l.revenue) AS fees FROM latest l GROUP BY l.customer_id, l.month),
  yearly AS (SELECT DISTINCT m.customer_id, extract(year FROM m.month)::integer AS year FROM monthly m)
  SELECT y.customer_id, y.year, sum(m.fees), array_agg(COALESCE(m.fees, 0.00) ORDER BY d.month)
  FROM yearly y
  CROSS JOIN LATERAL generate_series(make_date(y.year, 1, 1)::timestamp, make_date(y.year, 1, 1) + interval '1 year' - interval '1 day', interval '1 month') d(month)
  LEFT JOIN monthly m ON m.customer_id = y.customer_id AND m.month = d.month
  GROUP BY y.customer_id, y.year
$$;

-- What customers are rated by. `fees` are those of the months from first to last, `months` each of them; `last_year_fees`
-- those of a calendar year; `prior_fees` of the year before a period that is a calendar year.
CREATE FUNCTION facts_of(by_law jsonb, first_month date, last_month date, last_year integer, day date, owed_on date,
    of_customers uuid[], known timestamptz)
  RETURNS TABLE (customer_id uuid, org_id text, profile integer, bureau text, level text, place text, fees numeric,
    prior_fees numeric, last_year_fees numeric, month_fees numeric, months numeric[], rank bigint, agreement boolean,
    settlement_days integer, overdue_days integer, importance text, importance_level text)
  LANGUAGE sql STABLE AS $$
  WITH unit AS MATERIALIZED (
    SELECT u.*, p.own_place, p.ties FROM law_units(by_law) u JOIN law_profiles(by_law -> 'laws') p USING (profile)),
  alias AS MATERIALIZED (
    SELECT x.customer_id, x.survivor_id FROM aliases() x WHERE of_customers IS NULL
    UNION ALL
    SELECT x.customer_id, c.customer_id FROM unnest(of_customers) AS c(customer_id)
    CROSS JOIN LATERAL unnest(same_customer(c.customer_id)) AS x(customer_id) WHERE x.customer_id <> c.customer_id),
  remembered AS MATERIALIZED (
    SELECT k.* FROM sums_as_known(extract(year FROM last_month)::integer, ARRAY(
      SELECT c.customer_id FROM customer c WHERE c.customer_id = ANY (of_customers)
      UNION SELECT c.customer_id FROM customer c WHERE of_customers IS NULL AND c.responsible_org_id IN (SELECT u.org_id FROM unit u)
      UNION SELECT x.customer_id FROM alias x), known) k
    WHERE known IS NOT NULL),
  latter AS (
    SELECT s.customer_id, s.fees, s.months FROM usage_sum s WHERE known IS NULL AND s.year = extract(year FROM last_month)::integer
    UNION ALL
    SELECT s.customer_id, s.fees, s.months FROM remembered s WHERE known IS NOT NULL AND s.year = extract(year FROM last_month)::integer),
  former AS (
    SELECT s.customer_id, s.fees, s.months FROM usage_sum s WHERE known IS NULL AND s.year = extract(year FROM last_month)::integer - 1
    UNION ALL
    SELECT s.customer_id, s.fees, s.months FROM remembered s WHERE known IS NOT NULL AND s.year = extract(year FROM last_month)::integer - 1),
  -- What stands under merged customers is the survivors'. Where nobody is merged, nothing is read for it.
  joined AS MATERIALIZED (
    SELECT m.customer_id, sum(m.latter) AS latter, sum(m.former) AS former,
      array_agg(m.latter ORDER BY m.place) AS latter_months, array_agg(m.former ORDER BY m.place) AS former_months
    FROM (SELECT x.survivor_id AS customer_id, e.place, COALESCE(sum(e.latter), 0.00) AS latter, COALESCE(sum(e.former), 0.00) AS former
          FROM alias x LEFT JOIN latter a USING (customer_id) LEFT JOIN former b USING (customer_id)
          CROSS JOIN LATERAL unnest(a.months, b.months) WITH ORDINALITY AS e(latter, former, place)
          GROUP BY x.survivor_id, e.place) m
    GROUP BY m.customer_id),
  signed AS (
    SELECT COALESCE(x.survivor_id, a.customer_id) AS customer_id, max(a.settlement_days) AS settlement_days
    FROM agreement a LEFT JOIN alias x ON x.customer_id = a.customer_id
    WHERE in_force(a, day) AND (of_customers IS NULL OR COALESCE(x.survivor_id, a.customer_id) = ANY (of_customers))
    GROUP BY COALESCE(x.survivor_id, a.customer_id)),
  owed AS (
    SELECT COALESCE(x.survivor_id, d.customer_id) AS customer_id, min(d.oldest_due_on) AS oldest_due_on
    FROM arrears d LEFT JOIN alias x ON x.customer_id = d.customer_id
    WHERE of_customers IS NULL OR COALESCE(x.survivor_id, d.customer_id) = ANY (of_customers)
    GROUP BY COALESCE(x.survivor_id, d.customer_id)),
  used AS (
    SELECT c.customer_id, u.org_id, u.profile, u.bureau, u.level, u.ties, CASE WHEN u.own_place THEN c.place_class ELSE u.place END AS place,
      c.importance, c.importance_level, c.registered_on, g.customer_id IS NOT NULL AS agreement, g.settlement_days, d.oldest_due_on,
      CASE WHEN j.customer_id IS NULL THEN COALESCE(a.fees, 0.00) ELSE COALESCE(a.fees, 0.00) + j.latter END AS latter,
      CASE WHEN j.customer_id IS NULL THEN COALESCE(b.fees, 0.00) ELSE COALESCE(b.fees, 0.00) + j.former END AS former,
      CASE WHEN j.customer_id IS NULL THEN COALESCE(a.months, no_fees(extract(year FROM last_month)::integer))
        ELSE added(a.months, j.latter_months) END AS latter_months,
      CASE WHEN extract(year FROM first_month) = extract(year FROM last_month) THEN NULL
        WHEN j.customer_id IS NULL THEN COALESCE(b.months, no_fees(extract(year FROM first_month)::integer))
        ELSE added(b.months, j.former_months) END AS former_months
    FROM customer c
    JOIN unit u ON u.org_id = c.responsible_org_id
    LEFT JOIN latter a ON a.customer_id = c.customer_id
    LEFT JOIN former b ON b.customer_id = c.customer_id
    LEFT JOIN joined j ON j.customer_id = c.customer_id
    LEFT JOIN signed g ON g.customer_id = c.customer_id
    LEFT JOIN owed d ON d.customer_id = c.customer_id
    WHERE (of_customers IS NULL AND c.state = 'registered' OR c.customer_id = ANY (of_customers))
    OFFSET 0),
  counted AS (
    SELECT s.*, place_of(first_month) = 1 AND place_of(last_month) = cardinality(s.latter_months) AS whole_year,
      CASE WHEN s.former_months IS NULL THEN s.latter_months[place_of(first_month):place_of(last_month)]
        ELSE s.former_months[place_of(first_month):] || s.latter_months[:place_of(last_month)] END AS months
    FROM used s OFFSET 0),
  added_up AS (
    SELECT k.*, CASE WHEN k.whole_year AND k.former_months IS NULL THEN k.latter ELSE (SELECT sum(m) FROM unnest(k.months) AS m) END AS fees
    FROM counted k OFFSET 0)
  SELECT f.customer_id, f.org_id, f.profile, f.bureau, f.level, f.place, f.fees,
    CASE WHEN f.whole_year AND f.former_months IS NULL THEN f.former END,
    CASE last_year WHEN extract(year FROM last_month)::integer THEN f.latter WHEN extract(year FROM last_month)::integer - 1 THEN f.former END,
    f.months[cardinality(f.months)], f.months,
    CASE WHEN of_customers IS NULL AND f.bureau IS NOT NULL AND f.fees > 0
      THEN CASE WHEN f.ties THEN rank() OVER in_bureau ELSE count(*) OVER in_bureau END END,
    f.agreement, f.settlement_days, GREATEST(COALESCE(owed_on - f.oldest_due_on, 0), 0), f.importance, f.importance_level
  FROM added_up f
  WHERE of_customers IS NOT NULL OR f.registered_on IS NULL OR f.registered_on <= day OR f.fees > 0
  WINDOW in_bureau AS (PARTITION BY f.bureau ORDER BY f.fees DESC)
$$;

CREATE TYPE rated AS (
  customer_id uuid, org_id text, profile integer, place text, bureau text, level text, fees numeric, prior_fees numeric,
  last_year_fees numeric, month_fees numeric, months numeric[], rank bigint, agreement boolean, settlement_days integer,
  overdue_days integer, importance text, importance_level text, eligible boolean, table_class smallint, class smallint,
  scheme text, tier text, asks_rank boolean);

-- Class and eligibility of customers (hubei art. 3, 7 and what stands in their place). `class` is the one after arrears.
-- OFFSET 0 keeps the planner from computing an expression again wherever a later step names it.
CREATE FUNCTION rating(by_law jsonb, first_month date, last_month date, last_year integer, day date, owed_on date,
    of_customers uuid[] DEFAULT NULL, known timestamptz DEFAULT NULL) RETURNS SETOF rated LANGUAGE sql STABLE AS $$
  WITH profile AS MATERIALIZED (SELECT * FROM law_profiles(by_law -> 'laws')),
  ladder AS MATERIALIZED (SELECT * FROM law_ladders(by_law -> 'laws')),
  importance AS MATERIALIZED (SELECT * FROM law_importance(by_law -> 'laws')),
  alternative AS MATERIALIZED (SELECT * FROM law_alternatives(by_law -> 'laws')),
  tier AS MATERIALIZED (SELECT * FROM law_tiers(by_law -> 'laws')),
  -- What remains to be asked where agreement and level are known: fees alone, a rank alone, or (`mixed`) several together.
  mark AS MATERIALIZED (
    SELECT p.profile, h.agreement, v.level,
      min(COALESCE(a.yearly_fees, 0)) FILTER (WHERE a.rank_in_bureau IS NULL AND NOT a.mixed) AS least_fees,
      max(a.rank_in_bureau) FILTER (WHERE a.yearly_fees IS NULL AND NOT a.mixed) AS last_rank,
      COALESCE(bool_or(a.mixed OR a.rank_in_bureau IS NOT NULL AND a.yearly_fees IS NOT NULL), false) AS mixed
    FROM profile p CROSS JOIN (VALUES (true), (false)) AS h(agreement)
    CROSS JOIN (SELECT DISTINCT u.level FROM law_units(by_law) u) v
    LEFT JOIN (SELECT a.*, a.last_year_fees IS NOT NULL OR a.month_fees IS NOT NULL AS mixed FROM alternative a) a
      ON a.profile = p.profile AND COALESCE(a.agreement = h.agreement, true) AND COALESCE(a.level = v.level, true)
    GROUP BY p.profile, h.agreement, v.level),
  met AS (
    SELECT f.*, p.scheme, p.better, p.rank_class, p.overdue_more_than, p.classes_down, p.worst,
      COALESCE(l.classes, w.classes)[width_bucket(f.fees, COALESCE(l.lows, w.lows))] AS by_fees, i.class AS by_importance,
      COALESCE(f.importance = 'important' AND p.important OR f.importance = 'potential' AND p.potential, false) AS by_kind,
      COALESCE(f.fees >= m.least_fees, false) OR m.mixed AND EXISTS (
        SELECT FROM alternative a WHERE a.profile = f.profile AND a.rank_in_bureau IS NULL AND is_met(a.yearly_fees, f.fees)
        AND is_met(a.last_year_fees, f.last_year_fees) AND is_met(a.month_fees, f.month_fees)
        AND COALESCE(a.agreement = f.agreement, true) AND COALESCE(a.level = f.level, true)) AS by_facts,
      GREATEST(m.last_rank, CASE WHEN m.mixed THEN (
        SELECT max(a.rank_in_bureau) FROM alternative a WHERE a.profile = f.profile AND is_met(a.yearly_fees, f.fees)
        AND is_met(a.last_year_fees, f.last_year_fees) AND is_met(a.month_fees, f.month_fees)
        AND COALESCE(a.agreement = f.agreement, true) AND COALESCE(a.level = f.level, true)) END) AS last_rank
    FROM facts_of(by_law, first_month, last_month, last_year, day, owed_on, of_customers, known) f
    JOIN profile p ON p.profile = f.profile
    LEFT JOIN mark m ON m.profile = f.profile AND m.agreement = f.agreement AND m.level = f.level
    LEFT JOIN ladder l ON l.profile = f.profile AND l.place = f.place
    LEFT JOIN ladder w ON w.profile = f.profile AND w.place = 'any'
    LEFT JOIN importance i ON i.profile = f.profile AND i.importance_level = f.importance_level
    OFFSET 0),
  earned AS (
    SELECT m.*, COALESCE(m.rank <= m.last_rank, false) AS by_rank,
      m.by_facts OR m.by_kind OR m.by_importance IS NOT NULL AS apart_from_rank,
      CASE WHEN m.better THEN LEAST(m.by_fees, m.by_importance) ELSE GREATEST(m.by_fees, m.by_importance) END AS given
    FROM met m OFFSET 0),
  decided AS (
    SELECT e.*, e.apart_from_rank OR e.by_rank AS eligible,
      CASE WHEN e.apart_from_rank OR e.by_rank THEN COALESCE(e.given, CASE WHEN e.by_rank THEN e.rank_class END) END AS table_class,
      e.last_rank IS NOT NULL AND NOT (e.apart_from_rank AND e.given IS NOT NULL) AS asks_rank
    FROM earned e OFFSET 0),
  adjusted AS (
    SELECT d.*, CASE WHEN d.overdue_days > d.overdue_more_than
      THEN GREATEST(d.table_class, LEAST(d.table_class + d.classes_down, d.worst)) ELSE d.table_class END::smallint AS class
    FROM decided d OFFSET 0)
  SELECT j.customer_id, j.org_id, j.profile, j.place, j.bureau, j.level, j.fees, j.prior_fees, j.last_year_fees, j.month_fees,
    j.months, j.rank, j.agreement, j.settlement_days, j.overdue_days, j.importance, j.importance_level, j.eligible,
    j.table_class, j.class, j.scheme, t.tier, j.asks_rank
  FROM adjusted j LEFT JOIN tier t ON t.profile = j.profile AND t.class = j.class
$$;
