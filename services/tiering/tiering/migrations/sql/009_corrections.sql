-- Corrections of published reviews: the review keeps its lines, a correction has its own.

-- One waits for its decision at a time. `law` holds the provisions by profile as they were known at the dry run,
-- `rewordings` where they say another thing than those that standing lines were decided by (policies/corrections.py).
CREATE TABLE review_correction (
  id uuid PRIMARY KEY,
  review_id uuid NOT NULL REFERENCES review,
  org_id text NOT NULL,
  number integer NOT NULL,
  state text NOT NULL DEFAULT 'proposed' CHECK (state IN ('proposed', 'approved', 'dismissed')),
  reason text NOT NULL,
  proposed_by text NOT NULL,
  proposed_at timestamptz NOT NULL,
  decided_by text,
  decided_at timestamptz,
  dismissed_because text,
  customers bigint NOT NULL DEFAULT 0,
  changed bigint NOT NULL DEFAULT 0,
  overridden bigint NOT NULL DEFAULT 0,
  law json NOT NULL,
  rewordings jsonb NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  UNIQUE (review_id, number));
CREATE UNIQUE INDEX review_correction_one_open ON review_correction (review_id) WHERE state = 'proposed';
CALL guard('review_correction', 'org_id');

-- A line rated again: the figures of now, and unit, bureau, place, importance and arrears as the review had them.
-- `source` is the review or the approved correction that the standing line is from, null for a customer that had none;
-- `former_…` what that line says. `class` holds once approved: the rated (`suggested_class`), or an override that is kept.
-- `moved`: the rating itself comes out differently; `why` is what changed, from what to what.
CREATE TABLE review_correction_line (
  correction_id uuid NOT NULL REFERENCES review_correction,
  customer_id uuid NOT NULL,
  org_id text NOT NULL,
  source uuid,
  profile integer NOT NULL,
  place text,
  bureau text,
  level text NOT NULL,
  fees numeric(17,2) NOT NULL,
  prior_fees numeric(17,2) NOT NULL,
  month_fees numeric(17,2) NOT NULL,
  months numeric(17,2)[] NOT NULL,
  rank bigint,
  agreement boolean NOT NULL,
  settlement_days integer,
  overdue_days integer NOT NULL,
  importance text,
  importance_level text,
  eligible boolean NOT NULL,
  table_class smallint,
  suggested_class smallint,
  rated_tier text,
  scheme text NOT NULL,
  tier text,
  class smallint,
  former_scheme text,
  former_tier text,
  former_class smallint,
  override_class smallint,
  override_tier text,
  override_reason text,
  overridden_by text,
  overridden_at timestamptz,
  override_kept boolean NOT NULL,
  valid_from date NOT NULL,
  moved boolean NOT NULL,
  changed boolean NOT NULL,
  why jsonb NOT NULL,
  PRIMARY KEY (correction_id, customer_id));
CREATE INDEX review_correction_line_customer ON review_correction_line (customer_id);
CALL guard('review_correction_line', 'org_id');

ALTER TABLE tier ADD COLUMN correction_id uuid;
CREATE INDEX tier_correction ON tier (correction_id) WHERE correction_id IS NOT NULL;
-- Rows come in the order of their recording: what was recorded since a review is found without looking at the rest.
CREATE INDEX usage_by_recorded ON usage USING brin (recorded);

CREATE FUNCTION change_of(figure text, former text, present text) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN former IS DISTINCT FROM present
    THEN jsonb_build_array(jsonb_build_object('what', 'figure', 'figure', figure, 'from', former, 'to', present))
    ELSE '[]'::jsonb END
$$;

-- The months whose fees are others, each with what it was and is; none where the former ones are not on record.
CREATE FUNCTION changes_of_months(first_month date, former numeric[], present numeric[]) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT COALESCE(jsonb_agg(jsonb_build_object('what', 'figure', 'figure', 'month_fees',
      'month', to_char(first_month + (f.place - 1) * interval '1 month', 'YYYY-MM'),
      'from', f.fees::text, 'to', p.fees::text) ORDER BY f.place), '[]')
  FROM unnest(former) WITH ORDINALITY AS f(fees, place) JOIN unnest(present) WITH ORDINALITY AS p(fees, place) USING (place)
  WHERE f.fees <> p.fees
$$;

-- The lines by which a published review stands: its own, and in their place those of its last approved correction.
CREATE FUNCTION standing_lines(of_review uuid) RETURNS TABLE (source uuid, customer_id uuid, org_id text, profile integer,
    place text, bureau text, level text, fees numeric, months numeric[], rank bigint, agreement boolean, overdue_days integer,
    importance text, importance_level text, eligible boolean, table_class smallint, suggested_class smallint, rated_tier text,
    scheme text, tier text, class smallint, override_class smallint, override_tier text, override_reason text,
    overridden_by text, overridden_at timestamptz, valid_from date)
  LANGUAGE sql STABLE AS $$
  WITH corrected AS MATERIALIZED (
    SELECT DISTINCT ON (k.customer_id) k.* FROM review_correction_line k JOIN review_correction c ON c.id = k.correction_id
    WHERE c.review_id = of_review AND c.state = 'approved' ORDER BY k.customer_id, c.number DESC)
  SELECT l.review_id, l.customer_id, l.org_id, l.profile, l.place, l.bureau, l.level, l.fees, l.months, l.rank, l.agreement,
    l.overdue_days, l.importance, l.importance_level, l.eligible, l.table_class, l.suggested_class,
    CASE WHEN l.overridden_at IS NULL THEN l.tier END, l.scheme, l.tier, l.class,
    CASE WHEN l.overridden_at IS NOT NULL THEN l.class END, CASE WHEN l.overridden_at IS NOT NULL THEN l.tier END,
    l.override_reason, l.overridden_by, l.overridden_at, l.valid_from
  FROM review_line l WHERE l.review_id = of_review
    AND NOT EXISTS (SELECT FROM corrected k WHERE k.customer_id = l.customer_id)
  UNION ALL
  SELECT k.correction_id, k.customer_id, k.org_id, k.profile, k.place, k.bureau, k.level, k.fees, k.months, k.rank, k.agreement,
    k.overdue_days, k.importance, k.importance_level, k.eligible, k.table_class, k.suggested_class, k.rated_tier, k.scheme,
    k.tier, k.class, CASE WHEN k.override_kept THEN k.override_class END, CASE WHEN k.override_kept THEN k.override_tier END,
    CASE WHEN k.override_kept THEN k.override_reason END, CASE WHEN k.override_kept THEN k.overridden_by END,
    CASE WHEN k.override_kept THEN k.overridden_at END, k.valid_from
  FROM corrected k
$$;

-- The lines of a correction by the figures of now and the law given: of every customer whose own figures are others than
-- its standing line has, and of everybody else for whom the rating comes out differently, by their rank or by the law.
-- Ranks are among the customers of the review, whoever of them was closed or moved since; merged ones count for their survivor.
-- Writes nothing: the dry run keeps what it gives, the approval asks again and compares.
CREATE FUNCTION corrected_lines(of_correction uuid, by_law jsonb, reworded jsonb) RETURNS SETOF review_correction_line
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan
  SET enable_nestloop = off SET work_mem = '64MB' AS $$
#variable_conflict use_column
DECLARE
  r review;
  first_month date;
  none numeric[];
BEGIN
  SELECT v.* INTO STRICT r FROM review v JOIN review_correction c ON c.review_id = v.id JOIN organisation o ON o.org_id = v.org_id
    WHERE c.id = of_correction AND is_in_scope(o.orgpath);
  first_month := make_date(r.year, 1, 1);
  none := array_fill(0.00, ARRAY[months_of(r.year)]);
  RETURN QUERY
  WITH unit AS MATERIALIZED (
    SELECT u.* FROM jsonb_to_recordset(by_law -> 'units') AS u(org_id text, profile integer, bureau text, level text, place text)),
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
  rewording AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(reworded) AS w(source uuid, before integer, after integer, place boolean, wordings jsonb)),
  alias AS MATERIALIZED (SELECT * FROM aliases()),
  kin AS MATERIALIZED (
    SELECT x.customer_id, x.survivor_id FROM alias x UNION SELECT x.survivor_id, x.survivor_id FROM alias x),
  used AS (
    SELECT s.customer_id, s.fees, s.months FROM usage_sum s
    WHERE s.year = r.year AND NOT EXISTS (SELECT FROM kin k WHERE k.customer_id = s.customer_id)
    UNION ALL
    SELECT m.customer_id, sum(m.fees), array_agg(m.fees ORDER BY m.place) FROM (
      SELECT k.survivor_id AS customer_id, one.place, sum(one.fees) AS fees FROM kin k JOIN usage_sum s USING (customer_id)
        CROSS JOIN LATERAL unnest(s.months) WITH ORDINALITY AS one(fees, place)
      WHERE s.year = r.year GROUP BY k.survivor_id, one.place) m GROUP BY m.customer_id),
  prior AS (
    SELECT COALESCE(k.survivor_id, s.customer_id) AS customer_id, sum(s.fees) AS fees
    FROM usage_sum s LEFT JOIN kin k ON k.customer_id = s.customer_id WHERE s.year = r.year - 1 GROUP BY 1),
  signed AS (
    SELECT COALESCE(x.survivor_id, a.customer_id) AS customer_id, max(a.settlement_days) AS settlement_days
    FROM agreement a LEFT JOIN alias x ON x.customer_id = a.customer_id
    WHERE in_force(a, r.valid_from - 1) GROUP BY 1),
  owed AS (
    SELECT COALESCE(x.survivor_id, d.customer_id) AS customer_id, min(d.oldest_due_on) AS oldest_due_on
    FROM arrears d LEFT JOIN alias x ON x.customer_id = d.customer_id GROUP BY 1),
  standing AS MATERIALIZED (SELECT * FROM standing_lines(r.id)),
  -- Who is merged away now and had a line of its own is told at its survivor.
  merged AS (
    SELECT x.survivor_id AS customer_id, jsonb_agg(COALESCE(c.code, x.customer_id::text) ORDER BY c.code) AS customers
    FROM alias x JOIN standing s USING (customer_id) LEFT JOIN customer c USING (customer_id) GROUP BY 1),
  -- Who had no line and would have one by what was filed since begins with the class that holds.
  joined AS (
    SELECT NULL::uuid AS source, c.customer_id, u.org_id, NULL::integer AS profile, NULL::text AS place, u.bureau, u.level,
      NULL::numeric AS fees, NULL::numeric[] AS months, NULL::bigint AS rank, NULL::boolean AS agreement,
      GREATEST(COALESCE(r.as_of - d.oldest_due_on, 0), 0) AS overdue_days, c.importance, c.importance_level,
      NULL::boolean AS eligible, NULL::smallint AS table_class, NULL::smallint AS suggested_class, NULL::text AS rated_tier,
      f.scheme, f.tier, f.class, NULL::smallint AS override_class, NULL::text AS override_tier,
      NULL::text AS override_reason, NULL::text AS overridden_by, NULL::timestamptz AS overridden_at,
      GREATEST(r.valid_from, f.valid_from) AS valid_from
    FROM customer c JOIN unit u ON u.org_id = c.responsible_org_id JOIN used s ON s.customer_id = c.customer_id
    LEFT JOIN owed d ON d.customer_id = c.customer_id
    LEFT JOIN LATERAL (SELECT t.* FROM tier t WHERE t.customer_id = c.customer_id
      ORDER BY t.valid_from DESC, t.recorded DESC LIMIT 1) f ON true
    WHERE c.state = 'registered' AND (c.registered_on IS NULL OR c.registered_on <= r.as_of) AND s.fees > 0
      AND NOT EXISTS (SELECT FROM standing k WHERE k.customer_id = c.customer_id)),
  counted AS (
    SELECT s.*, p.profile AS law, p.scheme AS law_scheme, p.better, p.important, p.potential, p.rank_class, p.overdue_more_than,
      p.classes_down, p.worst, w.wordings, m.customers AS merged,
      CASE WHEN s.source IS NOT NULL AND NOT COALESCE(w.place, false) THEN s.place
        WHEN p.own_place THEN c.place_class ELSE u.place END AS place_now,
      COALESCE(n.fees, 0) AS fees_now, COALESCE(n.months, none) AS months_now, COALESCE(b.fees, 0) AS prior_now,
      g.customer_id IS NOT NULL AS agreement_now, g.settlement_days,
      CASE WHEN s.bureau IS NULL OR n.fees IS NULL OR n.fees = 0 THEN NULL
        WHEN p.ties THEN rank() OVER in_bureau ELSE count(*) OVER in_bureau END AS rank_now
    FROM (SELECT * FROM standing k WHERE NOT EXISTS (SELECT FROM alias x WHERE x.customer_id = k.customer_id)
          UNION ALL SELECT * FROM joined) s
    JOIN unit u ON u.org_id = s.org_id
    JOIN profile p ON p.profile = u.profile
    LEFT JOIN customer c ON c.customer_id = s.customer_id
    LEFT JOIN rewording w ON w.source = s.source AND w.before = s.profile AND w.after = p.profile
    LEFT JOIN merged m ON m.customer_id = s.customer_id
    LEFT JOIN used n ON n.customer_id = s.customer_id
    LEFT JOIN prior b ON b.customer_id = s.customer_id
    LEFT JOIN signed g ON g.customer_id = s.customer_id
    WINDOW in_bureau AS (PARTITION BY s.bureau ORDER BY COALESCE(n.fees, 0) DESC)),
  met AS (
    SELECT k.*, k.months_now[cardinality(k.months_now)] AS month_now, l.classes[width_bucket(k.fees_now, l.bounds)] AS by_fees,
      i.class AS by_importance,
      EXISTS (SELECT FROM alternative a WHERE a.profile = k.law AND is_met(a.yearly_fees, k.fees_now)
        AND is_met(a.last_year_fees, k.fees_now) AND is_met(a.month_fees, k.months_now[cardinality(k.months_now)])
        AND (a.agreement IS NULL OR a.agreement = k.agreement_now) AND (a.level IS NULL OR a.level = k.level)
        AND a.rank_in_bureau IS NULL) AS by_facts,
      EXISTS (SELECT FROM alternative a WHERE a.profile = k.law AND is_met(a.yearly_fees, k.fees_now)
        AND is_met(a.last_year_fees, k.fees_now) AND is_met(a.month_fees, k.months_now[cardinality(k.months_now)])
        AND (a.agreement IS NULL OR a.agreement = k.agreement_now) AND (a.level IS NULL OR a.level = k.level)
        AND k.rank_now <= a.rank_in_bureau) AS by_rank
    FROM counted k
    LEFT JOIN ladder l ON l.profile = k.law AND l.place = k.place_now
    LEFT JOIN importance i ON i.profile = k.law AND i.importance_level = k.importance_level
    OFFSET 0),
  rated AS (
    SELECT m.*, m.by_facts OR m.by_rank OR m.by_importance IS NOT NULL
        OR COALESCE(m.importance = 'important' AND m.important OR m.importance = 'potential' AND m.potential, false) AS eligible_now,
      COALESCE(CASE WHEN m.better THEN LEAST(m.by_fees, m.by_importance) ELSE GREATEST(m.by_fees, m.by_importance) END,
        CASE WHEN m.by_rank THEN m.rank_class END) AS earned
    FROM met m OFFSET 0),
  adjusted AS (
    SELECT d.*, CASE WHEN d.eligible_now THEN d.earned END AS table_now,
      CASE WHEN d.eligible_now AND d.earned IS NOT NULL AND d.overdue_days > d.overdue_more_than
        THEN GREATEST(d.earned, LEAST(d.earned + d.classes_down, d.worst)) WHEN d.eligible_now THEN d.earned END::smallint AS class_now
    FROM rated d OFFSET 0),
  compared AS (
    SELECT j.*, e.tier AS tier_now,
      j.source IS NULL OR j.merged IS NOT NULL OR j.fees <> j.fees_now OR j.agreement <> j.agreement_now
        OR COALESCE(j.months <> j.months_now, false) AS touched,
      j.source IS NULL OR (j.eligible, j.table_class, j.suggested_class, j.scheme)
          IS DISTINCT FROM (j.eligible_now, j.table_now, j.class_now, j.law_scheme)
        OR j.overridden_at IS NULL AND j.rated_tier IS DISTINCT FROM e.tier AS moved,
      j.overridden_at IS NOT NULL AND COALESCE(
        (SELECT o.override_kept FROM review_correction_line o WHERE o.correction_id = of_correction
           AND o.customer_id = j.customer_id AND o.overridden_at IS NOT NULL), true) AS kept
    FROM adjusted j LEFT JOIN equivalent e ON e.profile = j.law AND e.class = j.class_now OFFSET 0)
  SELECT of_correction, j.customer_id, j.org_id, j.source, j.law, j.place_now, j.bureau, j.level, j.fees_now, j.prior_now,
    j.month_now, j.months_now, j.rank_now, j.agreement_now, j.settlement_days, j.overdue_days, j.importance, j.importance_level,
    j.eligible_now, j.table_now, j.class_now, j.tier_now, j.law_scheme,
    CASE WHEN j.kept THEN j.override_tier ELSE j.tier_now END, CASE WHEN j.kept THEN j.override_class ELSE j.class_now END,
    j.scheme, j.tier, j.class, j.override_class, j.override_tier, j.override_reason, j.overridden_by, j.overridden_at,
    j.kept, j.valid_from, j.moved,
    is_change(CASE WHEN j.kept THEN j.override_class ELSE j.class_now END, j.law_scheme,
      CASE WHEN j.kept THEN j.override_tier ELSE j.tier_now END, j.class, j.scheme, j.tier),
    CASE WHEN j.source IS NULL THEN '[{"what": "joined"}]'::jsonb ELSE
      CASE WHEN j.merged IS NULL THEN '[]'::jsonb
        ELSE jsonb_build_array(jsonb_build_object('what', 'merged', 'customers', j.merged)) END
      || change_of('yearly_fees', j.fees::text, j.fees_now::text)
      || changes_of_months(first_month, j.months, j.months_now)
      || change_of('agreement', j.agreement::text, j.agreement_now::text)
      || CASE WHEN j.moved THEN change_of('rank', j.rank::text, j.rank_now::text) || COALESCE(j.wordings, '[]') ELSE '[]' END
    END
  FROM compared j WHERE j.touched OR j.moved;
END $$;

CREATE FUNCTION propose_correction(of_correction uuid, by_law jsonb, reworded jsonb)
  RETURNS TABLE (customers bigint, changed bigint, overridden bigint)
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH written AS (
    INSERT INTO review_correction_line SELECT * FROM corrected_lines(of_correction, by_law, reworded)
    RETURNING changed, override_kept)
  SELECT count(*), count(*) FILTER (WHERE w.changed), count(*) FILTER (WHERE w.override_kept) FROM written w
$$;

-- Of how many customers a dry run would say something else by now.
CREATE FUNCTION count_outdated(of_correction uuid, by_law jsonb, reworded jsonb) RETURNS bigint
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET work_mem = '64MB' AS $$
  WITH present AS MATERIALIZED (SELECT * FROM corrected_lines(of_correction, by_law, reworded)),
  kept AS MATERIALIZED (SELECT * FROM review_correction_line l WHERE l.correction_id = of_correction)
  SELECT count(DISTINCT d.customer_id) FROM (
    (SELECT * FROM present EXCEPT SELECT * FROM kept) UNION ALL (SELECT * FROM kept EXCEPT SELECT * FROM present)) d
$$;
