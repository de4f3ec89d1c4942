-- What class figures give, said once: of a year under review, of the months so far, of a draft's law, as known at any time.
-- The law comes as `policies/sheets.py` writes it: units with the number of their law, and the laws whole, as a review pins them.

-- The least difference between two amounts of yuan: a tenth of a tenth.
CREATE FUNCTION cent() RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT '1e-1'::numeric * '1e-1'::numeric $$;

CREATE FUNCTION law_units(by_law jsonb)
  RETURNS TABLE (org_id text, profile integer, bureau text, level text, place text) LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT u.* FROM jsonb_to_recordset(by_law -> 'units') AS u(org_id text, profile integer, bureau text, level text, place text)
$$;

-- A row for each law: what is one value of it. What is not in force leaves its column null or false.
CREATE FUNCTION law_profiles(laws jsonb)
  RETURNS TABLE (profile integer, scheme text, own_place boolean, better boolean, ties boolean, important boolean,
    potential boolean, below_mark boolean, rank_class smallint, overdue_more_than integer, classes_down integer, worst smallint,
    levels jsonb)
  LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT l.key::integer, split_part(l.value #>> '{thresholds,rule}', '.', 1),
    COALESCE(l.value #>> '{place,value,place_of}' = 'customer-division', true),
    COALESCE(l.value #>> '{conflict,value,takes}' = 'better', true),
    COALESCE((l.value #>> '{ties,value,all_count}')::boolean, true),
    l.value ? 'important', l.value ? 'potential', COALESCE((l.value #>> '{potential,value,below_mark}')::boolean, false), (l.value #>> '{by_rank,value,gives}')::smallint,
    (l.value #>> '{adjustment,value,overdue_more_than,days}')::integer,
    (l.value #>> '{adjustment,value,classes_down}')::integer,
    (SELECT max(e.value::smallint) FROM jsonb_each_text(l.value #> '{equivalents,value}') e), l.value #> '{importance,value}'
  FROM jsonb_each(laws) l
$$;

-- The table of a place as steps of fees, each from its lower bound up to the next (hubei art. 7(2)); `named` are the bounds
-- as the table has them. Where a shared bound belongs to the worse tier, the better one begins a cent above it.
CREATE FUNCTION law_ladders(laws jsonb)
  RETURNS TABLE (profile integer, place text, lows numeric[], classes smallint[], tiers text[], named numeric[])
  LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
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

-- The least facts that together make a key account; one of the alternatives is enough, a null one is not asked for.
CREATE FUNCTION law_alternatives(laws jsonb)
  RETURNS TABLE (profile integer, yearly_fees numeric, last_year_fees numeric, month_fees numeric, agreement boolean,
    rank_in_bureau integer, level text) LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT l.key::integer, a.* FROM jsonb_each(laws) l
  CROSS JOIN LATERAL jsonb_to_recordset(l.value #> '{key_account,value}') AS a(yearly_fees numeric, last_year_fees numeric,
    month_fees numeric, agreement boolean, rank_in_bureau integer, level text)
$$;

-- Whether an alternative is met, apart from its rank.
CREATE FUNCTION is_reached(least_fees numeric, least_last_year_fees numeric, least_month_fees numeric, agreed boolean, at_level text,
    fees numeric, last_year_fees numeric, month_fees numeric, agreement boolean, level text)
  RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT (least_fees IS NULL OR fees >= least_fees) AND (least_last_year_fees IS NULL OR last_year_fees >= least_last_year_fees)
    AND (least_month_fees IS NULL OR month_fees >= least_month_fees) AND COALESCE(agreed = agreement, true)
    AND COALESCE(at_level = level, true)
$$;

-- The scheme's own tier of each class of the common scale: the first that the names have.
CREATE FUNCTION law_tiers(laws jsonb) RETURNS TABLE (profile integer, class smallint, tier text, zh text, en text)
  LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT DISTINCT ON (l.key, e.value) l.key::integer, e.value::smallint, n.value ->> 'code', n.value ->> 'zh', n.value ->> 'en'
  FROM jsonb_each(laws) l
  CROSS JOIN LATERAL jsonb_array_elements(l.value #> '{names,value}') WITH ORDINALITY AS n(value, place)
  JOIN LATERAL jsonb_each_text(l.value #> '{equivalents,value}') e ON e.key = n.value ->> 'code'
  ORDER BY l.key, e.value, n.place
$$;

-- Month by month the figures of both.
CREATE FUNCTION added(a numeric[], b numeric[]) RETURNS numeric[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT array_agg(COALESCE(u.x, 0.00) + COALESCE(u.y, 0.00) ORDER BY u.place)
  FROM unnest(a, b) WITH ORDINALITY AS u(x, y, place)
$$;

CREATE FUNCTION no_fees(year integer) RETURNS numeric[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT array_fill(0.00::numeric, ARRAY[months_of(year)])
$$;

-- Whether a period is one calendar year.
CREATE FUNCTION is_year(first_month date, last_month date) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT place_of(first_month) = 1 AND last_month + interval '1 month' = first_month + interval '1 year'
$$;

-- The sums of a year and the one before it: as they are, or as usage recorded up to `known` made them.
CREATE FUNCTION sums_as_known(of_year integer, of_customers uuid[], known timestamptz)
  RETURNS TABLE (customer_id uuid, year integer, fees numeric, months numeric[]) LANGUAGE sql STABLE PARALLEL SAFE AS $$
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
-- those of a calendar year; `prior_fees` of the year before a period that is a calendar year. Of a few customers instead of
-- `everybody` the rank is the one that is given.
CREATE FUNCTION facts_of(by_law jsonb, first_month date, last_month date, last_year integer, day date, owed_on date,
    of_customers uuid[], known timestamptz, everybody boolean DEFAULT true, ranked bigint DEFAULT NULL)
  RETURNS TABLE (customer_id uuid, org_id text, profile integer, bureau text, level text, place text, fees numeric,
    prior_fees numeric, last_year_fees numeric, month_fees numeric, months numeric[], rank bigint, agreement boolean,
    settlement_days integer, overdue_days integer, importance text, importance_level text)
  LANGUAGE sql STABLE PARALLEL SAFE AS $$
  WITH unit AS MATERIALIZED (
    SELECT u.*, p.own_place, p.ties, rank() OVER (ORDER BY u.bureau) AS number FROM law_units(by_law) u JOIN law_profiles(by_law -> 'laws') p USING (profile)),
  alias AS MATERIALIZED (
    SELECT x.customer_id, x.survivor_id FROM aliases() x WHERE everybody
    UNION ALL
    SELECT x.customer_id, c.customer_id FROM unnest(of_customers) AS c(customer_id)
    CROSS JOIN LATERAL unnest(same_customer(c.customer_id)) AS x(customer_id) WHERE x.customer_id <> c.customer_id),
  -- What is not in a customer's own sums: those of merged customers, or, as known at an earlier time, everything. Where nobody
  -- is merged, nothing is read for it.
  beside AS MATERIALIZED (
    SELECT m.customer_id, sum(m.latter) AS latter, sum(m.former) AS former,
      array_agg(m.latter ORDER BY m.place) AS latter_months, array_agg(m.former ORDER BY m.place) AS former_months
    FROM (SELECT s.customer_id, e.place, COALESCE(sum(e.fees) FILTER (WHERE s.year = extract(year FROM last_month)), 0.00) AS latter,
            COALESCE(sum(e.fees) FILTER (WHERE s.year <> extract(year FROM last_month)), 0.00) AS former
          FROM (SELECT x.survivor_id AS customer_id, s.year, s.months FROM alias x JOIN usage_sum s USING (customer_id)
                WHERE known IS NULL AND s.year IN (extract(year FROM last_month)::integer, extract(year FROM last_month)::integer - 1)
                UNION ALL
                SELECT COALESCE(x.survivor_id, s.customer_id), s.year, s.months FROM sums_as_known(extract(year FROM last_month)::integer, ARRAY(
                  SELECT unnest(of_customers)
                  UNION SELECT c.customer_id FROM customer c WHERE everybody AND c.responsible_org_id IN (SELECT u.org_id FROM unit u)
                  UNION SELECT x.customer_id FROM alias x), known) s LEFT JOIN alias x ON x.customer_id = s.customer_id
                WHERE known IS NOT NULL) s
          CROSS JOIN LATERAL unnest(s.months) WITH ORDINALITY AS e(fees, place)
          GROUP BY s.customer_id, e.place) m
    GROUP BY m.customer_id),
  signed AS (
    SELECT COALESCE(x.survivor_id, a.customer_id) AS customer_id, max(a.settlement_days) AS settlement_days
    FROM agreement a LEFT JOIN alias x ON x.customer_id = a.customer_id
    WHERE in_force(a, day) AND (everybody OR a.customer_id = ANY (of_customers || ARRAY(SELECT x.customer_id FROM alias x)))
    GROUP BY COALESCE(x.survivor_id, a.customer_id)),
  owed AS (
    SELECT COALESCE(x.survivor_id, d.customer_id) AS customer_id, min(d.oldest_due_on) AS oldest_due_on
    FROM arrears d LEFT JOIN alias x ON x.customer_id = d.customer_id
    WHERE everybody OR d.customer_id = ANY (of_customers || ARRAY(SELECT x.customer_id FROM alias x))
    GROUP BY COALESCE(x.survivor_id, d.customer_id)),
  used AS (
    SELECT c.customer_id, u.org_id, u.profile, u.bureau, u.number, u.level, u.ties, CASE WHEN u.own_place THEN c.place_class ELSE u.place END AS place,
      c.importance, c.importance_level, c.registered_on, g.customer_id IS NOT NULL AS agreement, g.settlement_days, d.oldest_due_on,
      CASE WHEN e.customer_id IS NULL THEN COALESCE(a.fees, 0.00) ELSE COALESCE(a.fees, 0.00) + e.latter END AS latter,
      CASE WHEN e.customer_id IS NULL THEN COALESCE(b.fees, 0.00) ELSE COALESCE(b.fees, 0.00) + e.former END AS former,
      CASE WHEN e.customer_id IS NULL THEN COALESCE(a.months, no_fees(extract(year FROM last_month)::integer))
        ELSE added(a.months, e.latter_months) END AS latter_months,
      CASE WHEN extract(year FROM first_month) = extract(year FROM last_month) THEN NULL
        WHEN e.customer_id IS NULL THEN COALESCE(b.months, no_fees(extract(year FROM first_month)::integer))
        ELSE added(b.months, e.former_months) END AS former_months
    FROM customer c
    JOIN unit u ON u.org_id = c.responsible_org_id
    LEFT JOIN usage_sum a ON a.customer_id = c.customer_id AND a.year = extract(year FROM last_month)::integer AND known IS NULL
    LEFT JOIN usage_sum b ON b.customer_id = c.customer_id AND b.year = extract(year FROM last_month)::integer - 1 AND known IS NULL
    LEFT JOIN beside e ON e.customer_id = c.customer_id
    LEFT JOIN signed g ON g.customer_id = c.customer_id
    LEFT JOIN owed d ON d.customer_id = c.customer_id
    WHERE (everybody AND c.state = 'registered' OR c.customer_id = ANY (of_customers))
    OFFSET 0),
  added_up AS (
    SELECT s.*,
      CASE WHEN is_year(first_month, last_month) THEN s.latter
        WHEN s.former_months IS NULL THEN (SELECT sum(m) FROM unnest(s.latter_months[place_of(first_month):place_of(last_month)]) AS m)
        ELSE (SELECT sum(m) FROM unnest(s.former_months[place_of(first_month):] || s.latter_months[:place_of(last_month)]) AS m) END AS fees
    FROM used s OFFSET 0)
  SELECT f.customer_id, f.org_id, f.profile, f.bureau, f.level, f.place, f.fees,
    CASE WHEN is_year(first_month, last_month) THEN f.former END,
    CASE last_year WHEN extract(year FROM last_month)::integer THEN f.latter WHEN extract(year FROM last_month)::integer - 1 THEN f.former END,
    f.latter_months[place_of(last_month)],
    CASE WHEN is_year(first_month, last_month) THEN f.latter_months
      WHEN f.former_months IS NULL THEN f.latter_months[place_of(first_month):place_of(last_month)]
      ELSE f.former_months[place_of(first_month):] || f.latter_months[:place_of(last_month)] END,
    CASE WHEN NOT everybody THEN ranked WHEN f.bureau IS NOT NULL AND f.fees > 0
      THEN CASE WHEN f.ties THEN rank() OVER in_bureau ELSE count(*) OVER in_bureau END END,
    f.agreement, f.settlement_days, GREATEST(COALESCE(owed_on - f.oldest_due_on, 0), 0), f.importance, f.importance_level
  FROM added_up f
  WHERE NOT everybody OR f.registered_on IS NULL OR f.registered_on <= day OR f.fees > 0
  -- Whole cents are sorted faster than amounts.
  WINDOW in_bureau AS (PARTITION BY f.number ORDER BY (f.fees / cent())::bigint DESC)
$$;

CREATE TYPE rated AS (
  customer_id uuid, org_id text, profile integer, place text, bureau text, level text, fees numeric, prior_fees numeric,
  last_year_fees numeric, month_fees numeric, months numeric[], rank bigint, agreement boolean, settlement_days integer,
  overdue_days integer, importance text, importance_level text, eligible boolean, table_class smallint, class smallint,
  scheme text, tier text, asks_rank boolean);

-- With `as_reviewed` the facts are those of the customers of a published review, as 009_corrections.sql has them; with `as_tried` those of
-- the kinds of customers of a what-if (008_what_ifs.sql). That it is not `everybody` may be said beside a list that is no constant to the
-- planner, with the rank that one of the list has among all.
SET check_function_bodies = off;
-- Class and eligibility of customers (hubei art. 3, 7 and what stands in their place). `class` is the one after arrears.
-- OFFSET 0 keeps the planner from computing an expression again wherever a later step names it.
CREATE FUNCTION rating(by_law jsonb, first_month date, last_month date, last_year integer, day date, owed_on date,
    of_customers uuid[] DEFAULT NULL, known timestamptz DEFAULT NULL, as_reviewed uuid DEFAULT NULL,
    as_tried jsonb DEFAULT NULL, everybody boolean DEFAULT NULL, ranked bigint DEFAULT NULL)
  RETURNS SETOF rated LANGUAGE sql STABLE PARALLEL SAFE AS $$
  WITH ladder AS MATERIALIZED (SELECT * FROM law_ladders(by_law -> 'laws')),
  alternative AS MATERIALIZED (SELECT * FROM law_alternatives(by_law -> 'laws')),
  -- What remains to be asked where agreement and level are known: fees alone, a rank alone, or (`mixed`) several together.
  mark AS MATERIALIZED (
    SELECT p.*, h.agreement, v.level, m.least_fees, m.last_rank, COALESCE(m.mixed, false) AS mixed, w.lows, w.classes,
      ARRAY(SELECT t.tier FROM generate_series(1, p.worst) AS c(class) LEFT JOIN law_tiers(by_law -> 'laws') t
            ON t.profile = p.profile AND t.class = c.class ORDER BY c.class) AS tiers
    FROM law_profiles(by_law -> 'laws') p CROSS JOIN (VALUES (true), (false)) AS h(agreement)
    CROSS JOIN (SELECT DISTINCT u.level FROM law_units(by_law) u) v
    LEFT JOIN ladder w ON w.profile = p.profile AND w.place = 'any'
    CROSS JOIN LATERAL (
      SELECT min(COALESCE(a.yearly_fees, 0)) FILTER (WHERE a.rank_in_bureau IS NULL AND NOT a.mixed) AS least_fees,
        max(a.rank_in_bureau) FILTER (WHERE a.yearly_fees IS NULL AND NOT a.mixed) AS last_rank,
        bool_or(a.mixed OR a.rank_in_bureau IS NOT NULL AND a.yearly_fees IS NOT NULL) AS mixed
      FROM (SELECT a.*, a.last_year_fees IS NOT NULL OR a.month_fees IS NOT NULL AS mixed FROM alternative a) a
      WHERE a.profile = p.profile AND COALESCE(a.agreement = h.agreement, true) AND COALESCE(a.level = v.level, true)) m),
  met AS (
    SELECT f.*, p.scheme, p.better, p.rank_class, p.overdue_more_than, p.classes_down, p.worst, p.tiers,
      CASE WHEN l.lows IS NOT NULL THEN l.classes[width_bucket(f.fees, l.lows)] ELSE p.classes[width_bucket(f.fees, p.lows)] END AS by_fees,
      CASE WHEN f.importance_level IS NOT NULL THEN (p.levels ->> f.importance_level)::smallint END AS by_level,
      COALESCE(f.importance = 'important' AND p.important, false) AS is_important,
      COALESCE(f.importance = 'potential' AND p.potential, false) AS is_potential,
      COALESCE(f.importance = 'potential' AND p.below_mark, false) AS is_below_mark,
      COALESCE(f.fees >= p.least_fees, false) OR p.mixed AND EXISTS (
        SELECT FROM alternative a WHERE a.profile = f.profile AND a.rank_in_bureau IS NULL
        AND is_reached(a.yearly_fees, a.last_year_fees, a.month_fees, a.agreement, a.level, f.fees, f.last_year_fees, f.month_fees,
          f.agreement, f.level)) AS by_facts,
      CASE WHEN p.mixed THEN GREATEST(p.last_rank, (
        SELECT max(a.rank_in_bureau) FROM alternative a WHERE a.profile = f.profile
        AND is_reached(a.yearly_fees, a.last_year_fees, a.month_fees, a.agreement, a.level, f.fees, f.last_year_fees, f.month_fees,
          f.agreement, f.level))) ELSE p.last_rank END AS last_rank
    FROM (
      SELECT * FROM facts_of(by_law, first_month, last_month, last_year, day, owed_on, of_customers, known,
        COALESCE(everybody, of_customers IS NULL), ranked)
      WHERE as_reviewed IS NULL AND as_tried IS NULL
      UNION ALL
      SELECT * FROM facts_as_reviewed(by_law, as_reviewed) WHERE as_reviewed IS NOT NULL
      UNION ALL
      SELECT * FROM facts_of_cells(by_law, as_tried) WHERE as_tried IS NOT NULL) f
    JOIN mark p ON p.profile = f.profile AND p.agreement = f.agreement AND p.level = f.level
    LEFT JOIN ladder l ON l.profile = f.profile AND l.place = f.place
    OFFSET 0),
  -- Who is potential only below the mark of a key account (hubei art. 3) is none above it, and has no class by its level then.
  -- Network-wide customers are class 1 of whatever kind (art. 7(2)).
  counting AS (
    SELECT m.*, COALESCE(m.rank <= m.last_rank, false) AS by_rank,
      m.by_facts OR m.is_important OR m.is_potential AND NOT (m.is_below_mark AND COALESCE(m.rank <= m.last_rank, false)) AS apart_from_level,
      CASE WHEN m.importance_level = 'network-hq' OR NOT (m.is_below_mark AND (m.by_facts OR COALESCE(m.rank <= m.last_rank, false)))
        THEN m.by_level END AS by_importance
    FROM met m),
  earned AS (
    SELECT c.*, c.apart_from_level OR c.by_importance IS NOT NULL AS apart_from_rank,
      CASE WHEN c.better THEN LEAST(c.by_fees, c.by_importance) ELSE GREATEST(c.by_fees, c.by_importance) END AS given
    FROM counting c OFFSET 0),
  decided AS (
    SELECT e.*, e.apart_from_rank OR e.by_rank AS eligible,
      CASE WHEN e.apart_from_rank OR e.by_rank THEN COALESCE(e.given, CASE WHEN e.by_rank THEN e.rank_class END) END AS table_class,
      e.last_rank IS NOT NULL AND (e.is_below_mark AND NOT e.by_facts OR NOT (e.apart_from_rank AND e.given IS NOT NULL)) AS asks_rank
    FROM earned e),
  adjusted AS (
    SELECT d.*, CASE WHEN d.table_class IS NOT NULL AND d.overdue_days > d.overdue_more_than
      THEN GREATEST(d.table_class, LEAST(d.table_class + d.classes_down, d.worst)) ELSE d.table_class END::smallint AS class
    FROM decided d OFFSET 0)
  SELECT j.customer_id, j.org_id, j.profile, j.place, j.bureau, j.level, j.fees, j.prior_fees, j.last_year_fees, j.month_fees,
    j.months, j.rank, j.agreement, j.settlement_days, j.overdue_days, j.importance, j.importance_level, j.eligible,
    j.table_class, j.class, j.scheme, j.tiers[j.class], j.asks_rank
  FROM adjusted j
$$;
SET check_function_bodies = on;

-- Explanations. A provision that bears on a class is a reason with its inputs; one without inputs (null) does not bear.

-- A provision as a reason before and after its inputs, and in words, which stand between quotes as they are.
CREATE TYPE cited AS (head text, tail text, zh text, en text);

-- A text as it stands between the quotes of JSON.
CREATE FUNCTION unquoted(said text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT right(left(to_json(said)::text, -1), -1)
$$;

CREATE FUNCTION cited_of(provision jsonb) RETURNS cited LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT ROW(
    format('{"rule": %s, "says": %s, "act": %s, "article": %s, "in_force": %s, "assumption": %s, "level": %s, "replaced": %s, "inputs": ',
      provision -> 'rule', provision -> 'says', provision -> 'act', provision -> 'article', provision -> 'in_force',
      provision -> 'assumption', provision -> 'level', provision -> 'replaced'),
    format(', "value": %s, "events": []}', provision -> 'value'),
    unquoted(COALESCE(provision ->> 'zh', provision ->> 'says')), unquoted(COALESCE(provision ->> 'en', provision ->> 'says_en')))::cited
  WHERE provision IS NOT NULL
$$;

CREATE TYPE ladder AS (place text, lows numeric[], classes smallint[], tiers text[], named numeric[]);

-- The law of a profile, made ready to be told of many customers. `asks` are the facts that alternatives of a key account ask.
CREATE TYPE told_law AS (profile integer,
  thresholds cited, place cited, shared_bound cited, range_end cited, beyond cited, equivalents cited, important cited, potential cited,
  importance cited, conflict cited, key_account cited, ties cited, by_rank cited, review cited, adjustment cited, procedure cited,
  below_mark boolean, by_place boolean, ladders ladder[], range_to numeric, importance_classes jsonb, tiers jsonb,
  asks_fees boolean, asks_last_year boolean, asks_month boolean, asks_agreement boolean, asks_level boolean, alternatives jsonb);

CREATE FUNCTION told_laws(laws jsonb) RETURNS SETOF told_law LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT l.key::integer,
    cited_of(l.value -> 'thresholds'), cited_of(l.value -> 'place'), cited_of(l.value -> 'shared_bound'),
    cited_of(l.value -> 'range_end'), cited_of(l.value -> 'beyond'), cited_of(l.value -> 'equivalents'),
    cited_of(l.value -> 'important'), cited_of(l.value -> 'potential'), cited_of(l.value -> 'importance'),
    cited_of(l.value -> 'conflict'), cited_of(l.value -> 'key_account'), cited_of(l.value -> 'ties'),
    cited_of(l.value -> 'by_rank'), cited_of(l.value -> 'review'), cited_of(l.value -> 'adjustment'),
    cited_of(l.value -> 'procedure'),
    COALESCE((l.value #>> '{potential,value,below_mark}')::boolean, false),
    EXISTS (SELECT FROM jsonb_object_keys(l.value #> '{thresholds,value}') AS k(place) WHERE k.place <> 'any'),
    ARRAY(SELECT ROW(s.place, s.lows, s.classes, s.tiers, s.named)::ladder FROM law_ladders(laws) s
          WHERE s.profile = l.key::integer ORDER BY s.place = 'any'),
    (l.value #>> '{range_end,value,to}')::numeric,
    l.value #> '{importance,value}',
    (SELECT jsonb_object_agg(n.class, jsonb_build_object('zh', unquoted(n.zh), 'en', unquoted(n.en))) FROM law_tiers(laws) n
     WHERE n.profile = l.key::integer),
    'yearly_fees' = ANY (a.asked), 'last_year_fees' = ANY (a.asked), 'month_fees' = ANY (a.asked), 'agreement' = ANY (a.asked),
    'level' = ANY (a.asked), jsonb_build_object(l.key, jsonb_build_object('key_account', l.value -> 'key_account'))
  FROM jsonb_each(laws) l CROSS JOIN LATERAL (
    SELECT array_agg(k.name) AS asked FROM jsonb_array_elements(l.value #> '{key_account,value}') a
    CROSS JOIN LATERAL jsonb_object_keys(a.value) AS k(name)) a
$$;

CREATE FUNCTION reason(of_provision cited, inputs text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT of_provision.head || inputs || of_provision.tail
$$;

CREATE FUNCTION said(words text, inputs text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN inputs IS NOT NULL THEN words END
$$;

CREATE TYPE line_override AS (class smallint, reason text, by text, at timestamptz);

-- The names of months, the first to the last.
CREATE FUNCTION month_names(first_month date, last_month date) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT array_agg(to_char(m, 'YYYY-MM') ORDER BY m) FROM generate_series(first_month::timestamp, last_month::timestamp, interval '1 month') AS m
$$;

-- Why a class is what it is, from the facts it was decided by and the law. `reviewed`: of a review, with what arrears and
-- an override made of it. From the inputs and values alone the class can be decided again. Everything is put together as
-- text and read as JSON once: that costs least.
CREATE FUNCTION because_by(r rated, t told_law, names text[], o line_override, reviewed boolean)
  RETURNS TABLE (because jsonb) LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT (concat('{"reasons": [', concat_ws(', ',
      reason((t).thresholds, i.thresholds), reason((t).place, i.place), reason((t).shared_bound, i.shared_bound),
      reason((t).range_end, i.range_end), reason((t).beyond, i.beyond), reason((t).equivalents, i.equivalents),
      reason((t).important, i.important), reason((t).potential, i.potential), reason((t).importance, i.importance),
      reason((t).conflict, i.conflict), reason((t).key_account, i.key_account), reason((t).ties, i.ties),
      reason((t).by_rank, i.by_rank), reason((t).review, i.review), reason((t).adjustment, i.adjustment),
      reason((t).procedure, i.procedure)),
    '], "text": {"zh": "', i.zh, '。', concat_ws('；',
      said(((t).thresholds).zh, i.thresholds), said(((t).place).zh, i.place), said(((t).shared_bound).zh, i.shared_bound),
      said(((t).range_end).zh, i.range_end), said(((t).beyond).zh, i.beyond), said(((t).equivalents).zh, i.equivalents),
      said(((t).important).zh, i.important), said(((t).potential).zh, i.potential),
      said(((t).importance).zh, i.importance), said(((t).conflict).zh, i.conflict),
      said(((t).key_account).zh, i.key_account), said(((t).ties).zh, i.ties), said(((t).by_rank).zh, i.by_rank),
      said(((t).review).zh, i.review), said(((t).adjustment).zh, i.adjustment), said(((t).procedure).zh, i.procedure)),
    '", "en": "', i.en, '. ', concat_ws('; ',
      said(((t).thresholds).en, i.thresholds), said(((t).place).en, i.place), said(((t).shared_bound).en, i.shared_bound),
      said(((t).range_end).en, i.range_end), said(((t).beyond).en, i.beyond), said(((t).equivalents).en, i.equivalents),
      said(((t).important).en, i.important), said(((t).potential).en, i.potential),
      said(((t).importance).en, i.importance), said(((t).conflict).en, i.conflict),
      said(((t).key_account).en, i.key_account), said(((t).ties).en, i.ties), said(((t).by_rank).en, i.by_rank),
      said(((t).review).en, i.review), said(((t).adjustment).en, i.adjustment), said(((t).procedure).en, i.procedure)),
    '"}}'))::jsonb
  FROM (
    SELECT
      concat('{"yearly_fees": "', f.fees, '", "months": "', f.months, '", "fees_by_month": ', COALESCE(json_object(names, r.months::text[])::text, 'null'),
        CASE WHEN (t).by_place THEN ', "place": ' || f.place END, '}') AS thresholds,
      CASE WHEN (t).by_place THEN '{"place": ' || f.place || '}' END AS place,
      CASE WHEN r.fees = ANY (f.named) THEN '{"yearly_fees": "' || f.fees || '"}' END AS shared_bound,
      CASE WHEN r.fees > (t).range_to AND (t).beyond IS NOT NULL THEN '{"yearly_fees": "' || f.fees || '"}' END AS range_end,
      CASE WHEN r.fees > (t).range_to OR NOT r.fees >= ANY (f.named) THEN '{"yearly_fees": "' || f.fees || '"}' END AS beyond,
      CASE WHEN f.tier IS NOT NULL THEN '{"tier": ' || to_json(f.tier) || '}'
        WHEN r.table_class IS NOT NULL THEN '{"class": ' || r.table_class || '}'
        WHEN reviewed AND o.class IS NOT NULL THEN '{}' END AS equivalents,
      CASE WHEN r.importance = 'important' OR (t).importance IS NULL THEN '{"importance": ' || f.kind || '}' END AS important,
      CASE WHEN r.importance = 'potential' THEN '{"importance": "potential"}' END AS potential,
      concat('{"importance_level": ', COALESCE(to_json(r.importance_level)::text, 'null'), ', "importance": ', f.kind, '}') AS importance,
      CASE WHEN f.by_fees <> f.by_importance
        THEN concat('{"by_fees": ', f.by_fees, ', "by_importance": ', f.by_importance, '}') END AS conflict,
      concat('{', concat_ws(', ',
        CASE WHEN (t).asks_fees THEN '"yearly_fees": "' || f.fees || '"' END,
        CASE WHEN (t).asks_last_year THEN '"last_year_fees": "' || r.last_year_fees::numeric(17,2) || '"' END,
        CASE WHEN (t).asks_month THEN '"month_fees": "' || r.month_fees::numeric(17,2) || '"' END,
        CASE WHEN (t).asks_agreement THEN CASE WHEN r.agreement THEN '"agreement": true' ELSE '"agreement": false' END END,
        CASE WHEN (t).asks_level THEN '"level": ' || to_json(r.level) END,
        CASE WHEN r.asks_rank THEN '"rank_in_bureau": ' || f.rank END), '}') AS key_account,
      CASE WHEN r.asks_rank THEN '{"rank_in_bureau": ' || f.rank || '}' END AS ties,
      CASE WHEN r.table_class IS NOT NULL AND f.by_fees IS NULL AND f.by_importance IS NULL
        THEN '{"rank_in_bureau": ' || f.rank || '}' END AS by_rank,
      CASE WHEN reviewed THEN '{}' END AS review,
      CASE WHEN reviewed THEN concat('{"overdue_days": ', r.overdue_days, ', "table_class": ', COALESCE(r.table_class::text, 'null'), '}')
        END AS adjustment,
      CASE WHEN reviewed AND o.at IS NOT NULL
        THEN jsonb_build_object('suggested_class', r.class, 'overridden_to', o.class, 'reason', o.reason, 'by', o.by)::text END AS procedure,
      concat(f.months, ' 累计结算费用 ', f.fees, ' 元，', COALESCE('为' || (f.called ->> 'zh'), '相当于' || r.table_class || '类',
          CASE WHEN r.eligible THEN '是大客户，但未达到定级标准' ELSE '未达到大客户标准' END),
        CASE WHEN reviewed AND r.class <> r.table_class
          THEN concat('；欠费逾期 ', r.overdue_days, ' 天，建议由', r.table_class, '类调为', r.class, '类') END,
        CASE WHEN reviewed AND o.at IS NOT NULL
          THEN concat('；评定人改为', COALESCE(o.class || '类', '不定级'), '：', unquoted(rtrim(o.reason, '。'))) END) AS zh,
      concat(f.fees, ' yuan of settled fees in ', f.months, ': ', COALESCE(f.called ->> 'en', 'class ' || r.table_class || ' of the common scale',
          CASE WHEN r.eligible THEN 'a key account, but below every tier' ELSE 'no key account' END),
        CASE WHEN reviewed AND r.class <> r.table_class
          THEN concat('; ', r.overdue_days, ' days overdue: class ', r.class, ' instead of ', r.table_class, ' is suggested') END,
        CASE WHEN reviewed AND o.at IS NOT NULL
          THEN concat('; overridden to ', COALESCE('class ' || o.class, 'no class'), ': ', unquoted(rtrim(o.reason, '.'))) END) AS en
    FROM (
      SELECT s.named, s.classes[width_bucket(r.fees, s.lows)] AS by_fees, s.tiers[width_bucket(r.fees, s.lows)] AS tier,
        CASE WHEN r.importance_level = 'network-hq' OR NOT (r.importance = 'potential' AND (t).below_mark AND EXISTS (
            SELECT FROM law_alternatives((t).alternatives) a WHERE COALESCE(r.rank <= a.rank_in_bureau, a.rank_in_bureau IS NULL)
            AND is_reached(a.yearly_fees, a.last_year_fees, a.month_fees, a.agreement, a.level, r.fees, r.last_year_fees,
              r.month_fees, r.agreement, r.level))) IS TRUE
          THEN ((t).importance_classes ->> r.importance_level)::smallint END AS by_importance,
        (t).tiers -> r.table_class::text AS called, COALESCE(to_json(r.importance)::text, 'null') AS kind,
        COALESCE(r.rank::text, 'null') AS rank, r.fees::numeric(17,2)::text AS fees, COALESCE(to_json(r.place)::text, 'null') AS place,
        names[1] || '..' || names[cardinality(names)] AS months
      FROM (SELECT) AS one
      LEFT JOIN LATERAL (SELECT x.* FROM unnest((t).ladders) x WHERE x.place = r.place OR x.place = 'any' LIMIT 1) s ON true
      OFFSET 0) f
    OFFSET 0) i
$$;

CREATE FUNCTION because_of(r rated, t told_law, first_month date, last_month date, o line_override)
  RETURNS TABLE (because jsonb) LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT b.because FROM because_by(r, t, month_names(first_month, last_month), o, true) b
$$;

CREATE FUNCTION because_of_rolling(r rated, t told_law, first_month date, last_month date)
  RETURNS TABLE (because jsonb) LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT b.because FROM because_by(r, t, month_names(first_month, last_month), NULL::line_override, false) b
$$;

-- What a line of a review was decided from, beside what it had already.
ALTER TABLE review_line ADD COLUMN months numeric(17,2)[], ADD COLUMN asks_rank boolean NOT NULL DEFAULT false;

-- Amounts are kept as they come: what they were added up from has its places already, and looking again at each of the twelve
-- months of a line costs as much as writing it.
ALTER TABLE review_line ALTER COLUMN months TYPE numeric[], ALTER COLUMN fees TYPE numeric, ALTER COLUMN prior_fees TYPE numeric,
  ALTER COLUMN month_fees TYPE numeric;

-- Each review's lines lie apart: filled first and given their key afterwards, which is a fraction of the work of keeping it line by
-- line. A customer's are found by its few reviews.
DROP FUNCTION lines_of(uuid);
DROP INDEX review_line_customer;
ALTER TABLE review_line RENAME CONSTRAINT review_line_pkey TO review_line_other_pkey;
ALTER TABLE review_line RENAME TO review_line_other;
CREATE TABLE review_line (LIKE review_line_other INCLUDING DEFAULTS, PRIMARY KEY (review_id, customer_id)) PARTITION BY LIST (review_id);
ALTER TABLE review_line ATTACH PARTITION review_line_other DEFAULT;
CALL guard('review_line', 'org_id');

-- The figures that a line was decided from. Of a year under review last year's fees are its own.
CREATE FUNCTION rated_line(l review_line) RETURNS rated LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT ROW(l.customer_id, l.org_id, l.profile, l.place, l.bureau, l.level, l.fees, l.prior_fees, l.fees, l.month_fees,
    l.months, l.rank, l.agreement, l.settlement_days, l.overdue_days, l.importance, l.importance_level, l.eligible,
    l.table_class, l.suggested_class, l.scheme, l.tier, l.asks_rank)::rated
$$;

-- Why each line of a review proposes its class. From the line and the law it was proposed by; whoever asks narrows it down.
CREATE FUNCTION explain_lines(of_review uuid) RETURNS TABLE (customer_id uuid, because jsonb) LANGUAGE sql STABLE PARALLEL SAFE AS $$
  WITH told AS MATERIALIZED (
    SELECT t AS law, t.profile, month_names(make_date(v.year, 1, 1), (v.valid_from - interval '1 month')::date) AS months
    FROM review v CROSS JOIN LATERAL told_laws(v.law::jsonb) t WHERE v.id = of_review)
  SELECT l.customer_id, b.because
  FROM review_line l JOIN told t ON t.profile = l.profile
  CROSS JOIN LATERAL because_by(rated_line(l), t.law, t.months,
    ROW(l.class, l.override_reason, l.overridden_by, l.overridden_at)::line_override, true) b
  WHERE l.review_id = of_review
$$;

-- Merged customers are followed by whoever shares a rating.
ALTER FUNCTION survivor_of(uuid) PARALLEL SAFE;
ALTER FUNCTION same_customer(uuid) PARALLEL SAFE;
ALTER FUNCTION aliases() PARALLEL SAFE;

DROP FUNCTION figures_of(uuid, date, date, date, date, date);
DROP FUNCTION rank_of(uuid, text[], date, date, boolean);
DROP FUNCTION last_month_of(text[], date);

-- Which place a customer's fees have among the registered customers of its bureau, as `facts_of` counts it: their fees alone are read.
CREATE FUNCTION rank_by_fees(own numeric, ties boolean, units text[], first_month date, last_month date) RETURNS bigint
  LANGUAGE plpgsql STABLE SET plan_cache_mode = force_custom_plan SET jit = off AS $$
BEGIN
  RETURN (
    WITH RECURSIVE merged AS (
      SELECT a.customer_id, a.survivor_id FROM customer_alias a JOIN customer c ON c.customer_id = a.survivor_id
      WHERE c.responsible_org_id = ANY (units) AND c.state = 'registered'
        AND NOT EXISTS (SELECT FROM customer_alias x WHERE x.customer_id = c.customer_id AND x.survivor_id IS NOT NULL)
      UNION
      SELECT a.customer_id, m.survivor_id FROM merged m JOIN customer_alias a ON a.survivor_id = m.customer_id),
    one AS (
      SELECT c.customer_id, c.customer_id AS filed_under FROM customer c
      WHERE c.responsible_org_id = ANY (units) AND c.state = 'registered'
      UNION ALL
      SELECT m.survivor_id, m.customer_id FROM merged m),
    figure AS (
      SELECT o.customer_id, s.year, s.fees, s.months FROM one o JOIN usage_sum s ON s.customer_id = o.filed_under
      WHERE s.year BETWEEN extract(year FROM first_month)::integer AND extract(year FROM last_month)::integer),
    added_up AS (
      SELECT sum(CASE WHEN is_year(first_month, last_month) THEN f.fees ELSE (
        SELECT sum(m) FROM unnest(f.months[
          CASE f.year WHEN extract(year FROM first_month)::integer THEN place_of(first_month) ELSE 1 END:
          CASE f.year WHEN extract(year FROM last_month)::integer THEN place_of(last_month) ELSE months_of(f.year) END]) AS m) END) AS fees
      FROM figure f GROUP BY f.customer_id)
    SELECT CASE WHEN ties THEN 1 + count(*) FILTER (WHERE a.fees > own) ELSE count(*) FILTER (WHERE a.fees >= own) END FROM added_up a);
END $$;

-- The same, as known at an earlier time too: then the whole bureau is rated by the versions recorded by then.
CREATE FUNCTION rank_of(own rated, by_law jsonb, first_month date, last_month date, last_year integer, day date, known timestamptz)
  RETURNS bigint LANGUAGE plpgsql STABLE SET plan_cache_mode = force_custom_plan SET jit = off AS $$
BEGIN
  IF known IS NULL THEN
    RETURN rank_by_fees(own.fees, (SELECT p.ties FROM law_profiles(by_law -> 'laws') p WHERE p.profile = own.profile),
      ARRAY(SELECT u.org_id FROM law_units(by_law) u WHERE u.bureau = own.bureau), first_month, last_month);
  END IF;
  RETURN (SELECT g.rank FROM facts_of(by_law, first_month, last_month, last_year, day, NULL, NULL, known) g
          WHERE g.customer_id = own.customer_id);
END $$;

-- The last month between two that customers of a bureau have fees of, or, as known at an earlier time, anything; null where there
-- is none. Asked from the customers' side: one that has any in the last two months is soon found, and else their sums are read once.
CREATE FUNCTION last_filed(units text[], first_month date, last_month date, known timestamptz) RETURNS date
  LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan SET jit = off SET enable_seqscan = off AS $$
DECLARE
  found_month date;
BEGIN
  IF known IS NULL THEN
    SELECT m.month INTO found_month
      FROM (SELECT g::date AS month FROM generate_series(last_month, last_month - interval '1 month', interval '-1 month') g ORDER BY g DESC) m
      CROSS JOIN LATERAL (SELECT FROM customer c
        CROSS JOIN LATERAL (SELECT FROM usage_sum s WHERE s.year = extract(year FROM m.month)::integer
          AND s.customer_id = c.customer_id AND s.months[place_of(m.month)] > 0 LIMIT 1) one
        WHERE c.responsible_org_id = ANY (units) LIMIT 1) any_one
      LIMIT 1;
    IF found_month IS NULL THEN
      SELECT max(one.month) INTO found_month FROM customer c
        CROSS JOIN LATERAL (
          SELECT m.month::date AS month FROM generate_series(extract(year FROM first_month)::integer, extract(year FROM last_month)::integer) y
          JOIN usage_sum s ON s.year = y AND s.customer_id = c.customer_id
          CROSS JOIN LATERAL (SELECT make_date(s.year, e.place::integer, 1) AS month FROM unnest(s.months) WITH ORDINALITY AS e(fees, place)
            WHERE e.fees > 0) m
          WHERE m.month BETWEEN first_month AND last_month ORDER BY m.month DESC LIMIT 1) one
        WHERE c.responsible_org_id = ANY (units);
    END IF;
  ELSE
    SELECT m.month INTO found_month
      FROM (SELECT g::date AS month FROM generate_series(last_month, first_month, interval '-1 month') g ORDER BY g DESC) m
      CROSS JOIN LATERAL (SELECT FROM customer c
        CROSS JOIN LATERAL (SELECT FROM usage u WHERE u.month = m.month AND u.customer_id = c.customer_id AND u.recorded <= known LIMIT 1) one
        WHERE c.responsible_org_id = ANY (units) LIMIT 1) any_one
      LIMIT 1;
  END IF;
  RETURN found_month;
END $$;

-- The class that the months up to the last one filed would give, and why: shown during the year, driving nothing. `by_law` has
-- the customer's whole bureau. Nothing where the customer is not in scope or the law does not say how often classes are rated.
-- Planned once a connection, for planning takes longer than rating one customer; everything is found by its key.
CREATE FUNCTION provisional_of(of_customer uuid, by_law jsonb, day date, known timestamptz)
  RETURNS TABLE (first_month date, last_month date, scheme text, tier text, class smallint, eligible boolean, because jsonb)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan SET jit = off
  SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
  units text[] := ARRAY(SELECT u.org_id FROM law_units(by_law) u);
  last_year integer;
  every integer;
  is_ranked boolean;
  own rated;
  place_in_bureau bigint;
BEGIN
  SELECT (by_law -> 'laws' -> u.profile::text #>> '{review,value,every,months}')::integer, c.state = 'registered' AND u.bureau IS NOT NULL
    INTO every, is_ranked
    FROM customer c JOIN organisation o ON o.org_id = c.responsible_org_id JOIN law_units(by_law) u ON u.org_id = o.org_id
    WHERE c.customer_id = of_customer AND is_in_scope(o.orgpath);
  IF every IS NULL THEN
    RETURN;
  END IF;
  last_month := date_trunc('month', day) - interval '1 month';
  last_month := COALESCE(last_filed(units, (last_month - make_interval(months => every + every - 1))::date, last_month, known), last_month);
  first_month := last_month - make_interval(months => every - 1);
  last_year := extract(year FROM last_month) - 1;
  SELECT g.* INTO own FROM rating(by_law, first_month, last_month, last_year, day, NULL, ARRAY[of_customer], known, everybody => false) g;
  IF own.asks_rank AND is_ranked AND own.fees > 0 THEN
    place_in_bureau := rank_of(own, by_law, first_month, last_month, last_year, day, known);
    SELECT g.* INTO own FROM rating(by_law, first_month, last_month, last_year, day, NULL, ARRAY[of_customer], known,
      everybody => false, ranked => place_in_bureau) g;
  END IF;
  RETURN QUERY SELECT first_month, last_month, own.scheme, own.tier, own.class, own.eligible, b.because
    FROM told_laws(by_law -> 'laws') t CROSS JOIN LATERAL because_of_rolling(own, t, first_month, last_month) b
    WHERE t.profile = own.profile;
END $$;

-- Why a line of a published review gave a customer its class, where the customer is in scope.
CREATE FUNCTION because_in(of_customer uuid, of_review uuid) RETURNS jsonb
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT e.because FROM customer c JOIN organisation o ON o.org_id = c.responsible_org_id
  JOIN review v ON v.id = of_review AND v.state IN ('published', 'superseded')
  JOIN explain_lines(of_review) e ON e.customer_id = c.customer_id
  WHERE c.customer_id = of_customer AND is_in_scope(o.orgpath)
$$;

DO $$ DECLARE past text; BEGIN
  FOREACH past IN ARRAY ARRAY['provisional_of', 'because_in'] LOOP
    EXECUTE format('ALTER FUNCTION %I OWNER TO %I', past, current_setting('keypost.worker_role'));
  END LOOP;
END $$;
