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
-- `choice_by`: who last kept or dropped it. `moved`: the rating itself comes out differently. What changed, from what to what,
-- is told when it is read.
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
  asks_rank boolean NOT NULL,
  scheme text NOT NULL,
  tier text,
  class smallint,
  former_profile integer,
  former_fees numeric(17,2),
  former_months numeric(17,2)[],
  former_rank bigint,
  former_agreement boolean,
  former_scheme text,
  former_tier text,
  former_class smallint,
  merged text[],
  override_class smallint,
  override_tier text,
  override_reason text,
  overridden_by text,
  overridden_at timestamptz,
  override_kept boolean NOT NULL,
  valid_from date NOT NULL,
  moved boolean NOT NULL,
  changed boolean NOT NULL,
  choice_by text,
  PRIMARY KEY (correction_id, customer_id));
CREATE INDEX review_correction_line_customer ON review_correction_line (customer_id);
CALL guard('review_correction_line', 'org_id');

ALTER TABLE tier ADD COLUMN correction_id uuid;
-- What came after its year was over: those that may touch a review of it are found without looking at the rest.
CREATE INDEX usage_after_its_year ON usage (extract(year FROM month), recorded)
  WHERE extract(year FROM recorded AT TIME ZONE 'Asia/Shanghai') > extract(year FROM month);

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

-- Who had a line with fees in a review, is merged away by now, and was not counted for the survivor by an approved correction.
CREATE FUNCTION merged_since(of_review uuid) RETURNS TABLE (customer_id uuid, code text) LANGUAGE sql STABLE AS $$
  SELECT x.survivor_id, COALESCE(c.code, x.customer_id::text)
  FROM aliases() x JOIN review_line l ON l.review_id = of_review AND l.customer_id = x.customer_id AND l.fees > 0
  LEFT JOIN customer c ON c.customer_id = x.customer_id
  WHERE NOT EXISTS (
    SELECT FROM review_correction_line k JOIN review_correction d ON d.id = k.correction_id
    WHERE d.review_id = of_review AND d.state = 'approved' AND k.customer_id = x.survivor_id
      AND COALESCE(c.code, x.customer_id::text) = ANY (k.merged))
$$;

-- What the customers of a published review are rated by again (`rating`): the figures and agreements of now and the law
-- given; unit, bureau, place, importance and arrears as their standing lines have them, for those are facts of the review's
-- day. Ranks are among the customers of the review, whoever was closed or moved since; who is merged away counts for the
-- survivor. Who had no line, neither here nor in another province's review of the year, but was registered by the day of the
-- review and has fees by now, joins as it stands.
CREATE FUNCTION facts_as_reviewed(by_law jsonb, of_review uuid)
  RETURNS TABLE (customer_id uuid, org_id text, profile integer, bureau text, level text, place text, fees numeric,
    prior_fees numeric, last_year_fees numeric, month_fees numeric, months numeric[], rank bigint, agreement boolean,
    settlement_days integer, overdue_days integer, importance text, importance_level text)
  LANGUAGE sql STABLE AS $$
  WITH reviewed AS MATERIALIZED (SELECT v.* FROM review v WHERE v.id = of_review),
  unit AS MATERIALIZED (
    SELECT u.*, p.own_place, p.ties FROM law_units(by_law) u JOIN law_profiles(by_law -> 'laws') p USING (profile)),
  earlier AS MATERIALIZED (
    SELECT d.source, p.profile, p.own_place FROM (
      SELECT v.id AS source, v.law FROM reviewed v
      UNION ALL SELECT c.id, c.law FROM review_correction c WHERE c.review_id = of_review AND c.state = 'approved') d
    CROSS JOIN LATERAL law_profiles(d.law::jsonb) p),
  alias AS MATERIALIZED (SELECT x.customer_id, x.survivor_id FROM aliases() x),
  kin AS MATERIALIZED (
    SELECT x.customer_id, x.survivor_id FROM alias x UNION SELECT x.survivor_id, x.survivor_id FROM alias x),
  used AS (
    SELECT s.customer_id, s.fees, s.months FROM usage_sum s
    WHERE s.year = (SELECT v.year FROM reviewed v) AND NOT EXISTS (SELECT FROM kin k WHERE k.customer_id = s.customer_id)
    UNION ALL
    SELECT m.customer_id, sum(m.fees), array_agg(m.fees ORDER BY m.place) FROM (
      SELECT k.survivor_id AS customer_id, one.place, sum(one.fees) AS fees FROM kin k JOIN usage_sum s USING (customer_id)
        CROSS JOIN LATERAL unnest(s.months) WITH ORDINALITY AS one(fees, place)
      WHERE s.year = (SELECT v.year FROM reviewed v) GROUP BY k.survivor_id, one.place) m GROUP BY m.customer_id),
  prior AS (
    SELECT COALESCE(k.survivor_id, s.customer_id) AS customer_id, sum(s.fees) AS fees FROM usage_sum s
    LEFT JOIN kin k ON k.customer_id = s.customer_id WHERE s.year = (SELECT v.year - 1 FROM reviewed v)
    GROUP BY COALESCE(k.survivor_id, s.customer_id)),
  signed AS (
    SELECT COALESCE(x.survivor_id, a.customer_id) AS customer_id, max(a.settlement_days) AS settlement_days
    FROM agreement a LEFT JOIN alias x ON x.customer_id = a.customer_id
    WHERE in_force(a, (SELECT v.valid_from - 1 FROM reviewed v)) GROUP BY COALESCE(x.survivor_id, a.customer_id)),
  owed AS (
    SELECT COALESCE(x.survivor_id, d.customer_id) AS customer_id, min(d.oldest_due_on) AS oldest_due_on
    FROM arrears d LEFT JOIN alias x ON x.customer_id = d.customer_id GROUP BY COALESCE(x.survivor_id, d.customer_id)),
  standing AS MATERIALIZED (SELECT s.* FROM standing_lines(of_review) s),
  people AS (
    SELECT s.customer_id, s.org_id, u.profile, s.bureau, s.level, u.ties, s.overdue_days, s.importance, s.importance_level,
      CASE WHEN e.own_place = u.own_place THEN s.place WHEN u.own_place THEN c.place_class ELSE u.place END AS place
    FROM standing s
    JOIN unit u ON u.org_id = s.org_id
    JOIN earlier e ON e.source = s.source AND e.profile = s.profile
    LEFT JOIN customer c ON c.customer_id = s.customer_id
    WHERE NOT EXISTS (SELECT FROM alias x WHERE x.customer_id = s.customer_id)
    UNION ALL
    SELECT j.* FROM (
    SELECT c.customer_id, u.org_id, u.profile, u.bureau, u.level, u.ties,
      GREATEST(COALESCE((SELECT v.as_of FROM reviewed v) - d.oldest_due_on, 0), 0), c.importance, c.importance_level,
      CASE WHEN u.own_place THEN c.place_class ELSE u.place END
    FROM customer c
    JOIN unit u ON u.org_id = c.responsible_org_id
    JOIN used n ON n.customer_id = c.customer_id AND n.fees > 0
    LEFT JOIN owed d ON d.customer_id = c.customer_id
    WHERE c.state = 'registered' AND COALESCE(c.registered_on <= (SELECT v.as_of FROM reviewed v), true)
      AND NOT EXISTS (SELECT FROM standing s WHERE s.customer_id = c.customer_id) OFFSET 0) j
    -- Asked of these few alone (OFFSET 0).
    WHERE NOT EXISTS (SELECT FROM review_line l WHERE l.customer_id = j.customer_id AND l.review_id = ANY (ARRAY(
      SELECT o.id FROM review o JOIN reviewed v ON o.year = v.year AND o.id <> v.id WHERE o.state = 'published')) OFFSET 0)),
  counted AS (
    SELECT p.*, COALESCE(n.fees, 0.00) AS fees, COALESCE(b.fees, 0.00) AS prior_fees,
      COALESCE(n.months, no_fees((SELECT v.year FROM reviewed v))) AS months,
      g.customer_id IS NOT NULL AS agreement, g.settlement_days
    FROM people p
    LEFT JOIN used n ON n.customer_id = p.customer_id
    LEFT JOIN prior b ON b.customer_id = p.customer_id
    LEFT JOIN signed g ON g.customer_id = p.customer_id
    OFFSET 0)
  SELECT k.customer_id, k.org_id, k.profile, k.bureau, k.level, k.place, k.fees, k.prior_fees, k.fees,
    k.months[cardinality(k.months)], k.months,
    CASE WHEN k.bureau IS NOT NULL AND k.fees > 0
      THEN CASE WHEN k.ties THEN rank() OVER in_bureau ELSE count(*) OVER in_bureau END END,
    k.agreement, k.settlement_days, k.overdue_days, k.importance, k.importance_level
  FROM counted k WINDOW in_bureau AS (PARTITION BY k.bureau ORDER BY k.fees DESC)
$$;

-- The lines of a correction by the figures of now and the law given: of every customer whose own figures are others than
-- its standing line has, and of everybody else for whom the rating comes out differently, by their rank or by the law.
-- Writes nothing: the dry run keeps what it gives, the approval asks again and compares.
CREATE FUNCTION corrected_lines(of_correction uuid, by_law jsonb) RETURNS SETOF review_correction_line
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan
  SET enable_nestloop = off SET work_mem = '64MB' AS $$
#variable_conflict use_column
DECLARE
  r review;
  first_month date;
  last_month date;
BEGIN
  SELECT v.* INTO STRICT r FROM review v JOIN review_correction c ON c.review_id = v.id JOIN organisation o ON o.org_id = v.org_id
    WHERE c.id = of_correction AND is_in_scope(o.orgpath);
  first_month := make_date(r.year, 1, 1);
  last_month := r.valid_from - interval '1 month';
  RETURN QUERY
  WITH choice AS MATERIALIZED (
    SELECT l.customer_id, l.override_kept, l.choice_by FROM review_correction_line l
    WHERE l.correction_id = of_correction AND l.overridden_at IS NOT NULL),
  standing AS MATERIALIZED (SELECT * FROM standing_lines(r.id)),
  merged AS (
    SELECT m.customer_id, array_agg(m.code ORDER BY m.code) AS customers FROM merged_since(r.id) m GROUP BY m.customer_id),
  former AS (
    SELECT DISTINCT ON (t.customer_id) t.customer_id, t.scheme, t.tier, t.class, t.valid_from
    FROM tier t WHERE NOT EXISTS (SELECT FROM standing s WHERE s.customer_id = t.customer_id)
    ORDER BY t.customer_id, t.valid_from DESC, t.recorded DESC),
  -- A class that was put stays that class under another scheme, which has a tier of its own for it.
  named AS MATERIALIZED (SELECT n.profile, n.class, n.tier FROM law_tiers(by_law -> 'laws') n),
  compared AS (
    SELECT j.*, s.source, s.override_class, n.tier AS override_tier, s.override_reason, s.overridden_by, s.overridden_at,
      s.profile AS profile_then, s.fees AS fees_then, s.months AS months_then, s.agreement AS agreement_then, s.rank AS rank_then,
      m.customers AS merged, COALESCE(s.valid_from, GREATEST(r.valid_from, f.valid_from)) AS valid_from,
      COALESCE(s.scheme, f.scheme) AS former_scheme, COALESCE(s.tier, f.tier) AS former_tier, COALESCE(s.class, f.class) AS former_class,
      s.source IS NULL OR s.fees <> j.fees OR s.agreement <> j.agreement
        OR COALESCE(s.months <> j.months, false) AS touched,
      s.source IS NULL OR (s.eligible, s.table_class, s.suggested_class, s.scheme)
          IS DISTINCT FROM (j.eligible, j.table_class, j.class, j.scheme)
        OR s.overridden_at IS NULL AND s.rated_tier IS DISTINCT FROM j.tier AS moved,
      s.overridden_at IS NOT NULL AND COALESCE(o.override_kept, true) AS kept, o.choice_by
    FROM rating(by_law, first_month, last_month, r.year, r.valid_from - 1, r.as_of, NULL::uuid[], NULL::timestamptz, r.id) j
    LEFT JOIN standing s ON s.customer_id = j.customer_id
    LEFT JOIN named n ON n.profile = j.profile AND n.class = s.override_class
    LEFT JOIN former f ON f.customer_id = j.customer_id
    LEFT JOIN merged m ON m.customer_id = j.customer_id
    LEFT JOIN choice o ON o.customer_id = j.customer_id
    OFFSET 0),
  decided AS (
    SELECT c.*, CASE WHEN c.kept THEN c.override_class ELSE c.class END AS holds,
      CASE WHEN c.kept THEN c.override_tier ELSE c.tier END AS held_tier
    FROM compared c WHERE c.touched OR c.moved OFFSET 0)
  SELECT of_correction, d.customer_id, d.org_id, d.source, d.profile, d.place, d.bureau, d.level,
    d.fees::numeric(17,2), d.prior_fees::numeric(17,2), d.month_fees::numeric(17,2), d.months::numeric(17,2)[], d.rank, d.agreement, d.settlement_days, d.overdue_days, d.importance, d.importance_level,
    d.eligible, d.table_class, d.class, d.tier, d.asks_rank, d.scheme, d.held_tier, d.holds, d.profile_then,
    d.fees_then::numeric(17,2), d.months_then::numeric(17,2)[], d.rank_then, d.agreement_then, d.former_scheme, d.former_tier,
    d.former_class, d.merged, d.override_class, d.override_tier, d.override_reason, d.overridden_by, d.overridden_at, d.kept,
    d.valid_from, d.moved, is_change(d.holds, d.scheme, d.held_tier, d.former_class, d.former_scheme, d.former_tier), d.choice_by
  FROM decided d;
END $$;

CREATE FUNCTION propose_correction(of_correction uuid, by_law jsonb)
  RETURNS TABLE (customers bigint, changed bigint, overridden bigint)
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH written AS (
    INSERT INTO review_correction_line SELECT * FROM corrected_lines(of_correction, by_law)
    RETURNING changed, override_kept)
  SELECT count(*), count(*) FILTER (WHERE w.changed), count(*) FILTER (WHERE w.override_kept) FROM written w
$$;

-- Of how many customers a dry run would say something else by now, be it another wording in their reasons.
CREATE FUNCTION count_outdated(of_correction uuid, by_law jsonb) RETURNS bigint
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET work_mem = '64MB' AS $$
  WITH present AS MATERIALIZED (SELECT * FROM corrected_lines(of_correction, by_law)),
  kept AS MATERIALIZED (SELECT * FROM review_correction_line l WHERE l.correction_id = of_correction),
  reworded AS MATERIALIZED (
    SELECT was.key::integer AS profile FROM review_correction c CROSS JOIN LATERAL jsonb_each(c.law::jsonb) was
    WHERE c.id = of_correction AND was.value IS DISTINCT FROM by_law -> 'laws' -> was.key)
  SELECT count(DISTINCT d.customer_id) FROM (
    SELECT k.customer_id FROM kept k WHERE k.profile IN (SELECT w.profile FROM reworded w)
    UNION ALL SELECT x.customer_id FROM (SELECT * FROM present EXCEPT SELECT * FROM kept) x
    UNION ALL SELECT x.customer_id FROM (SELECT * FROM kept EXCEPT SELECT * FROM present) x) d
$$;

-- The figures that a line was rated by again.
CREATE FUNCTION rated_again(l review_correction_line) RETURNS rated LANGUAGE sql IMMUTABLE AS $$
  SELECT ROW(l.customer_id, l.org_id, l.profile, l.place, l.bureau, l.level, l.fees, l.prior_fees, l.fees, l.month_fees,
    l.months, l.rank, l.agreement, l.settlement_days, l.overdue_days, l.importance, l.importance_level, l.eligible,
    l.table_class, l.suggested_class, l.scheme, l.rated_tier, l.asks_rank)::rated
$$;

-- Why each line of a correction gives its class, by the law that it was rated by; whoever asks narrows it down. With what
-- the approval writes, so that nobody joins the lines once more: they would be explained anew for each.
CREATE FUNCTION explain_correction(of_correction uuid)
  RETURNS TABLE (customer_id uuid, changed boolean, org_id text, valid_from date, scheme text, tier text, class smallint, because jsonb)
  LANGUAGE sql STABLE AS $$
  WITH told AS MATERIALIZED (
    SELECT t AS law, t.profile, make_date(v.year, 1, 1) AS first_month, (v.valid_from - interval '1 month')::date AS last_month
    FROM review_correction c JOIN review v ON v.id = c.review_id CROSS JOIN LATERAL told_laws(c.law::jsonb) t
    WHERE c.id = of_correction)
  SELECT l.customer_id, l.changed, l.org_id, l.valid_from, l.scheme, l.tier, l.class, b.because
  FROM review_correction_line l JOIN told t ON t.profile = l.profile
  CROSS JOIN LATERAL because_of(rated_again(l), t.law, t.first_month, t.last_month,
    CASE WHEN l.override_kept THEN ROW(l.class, l.override_reason, l.overridden_by, l.overridden_at)::line_override END) b
  WHERE l.correction_id = of_correction
$$;

-- The corrected classes, one row for each line that changes; those already there keep their times, so that what was known
-- earlier stays known. Lines that are proposed for a later year get what they change from by now.
CREATE FUNCTION approve_lines(of_correction uuid, at timestamptz) RETURNS bigint
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan SET work_mem = '64MB' AS $$
DECLARE
  c review_correction;
  following uuid;
  written bigint;
BEGIN
  SELECT k.* INTO STRICT c FROM review_correction k JOIN organisation o ON o.org_id = k.org_id
    WHERE k.id = of_correction AND k.state = 'approved' AND is_in_scope(o.orgpath);
  INSERT INTO tier (customer_id, valid_from, recorded, org_id, scheme, tier, class, service_class, basis, review_id,
    correction_id, because, version)
  SELECT l.customer_id, l.valid_from, GREATEST(at, f.recorded + interval '1 microsecond'),
    COALESCE((SELECT p.responsible_org_id FROM customer p WHERE p.customer_id = l.customer_id), l.org_id), l.scheme, l.tier,
    l.class, l.class, 'correction', c.review_id, c.id, l.because, COALESCE(f.version, 0) + 1
  FROM (SELECT x.* FROM explain_correction(of_correction) x WHERE x.changed OFFSET 0) l
  CROSS JOIN LATERAL (SELECT max(t.version) AS version, max(t.recorded) AS recorded FROM tier t
    WHERE t.customer_id = l.customer_id) f;
  GET DIAGNOSTICS written = ROW_COUNT;
  SELECT v.id INTO following FROM review v WHERE v.org_id = c.org_id AND v.state = 'proposed';
  WITH lines AS (
    UPDATE review_line n SET former_scheme = l.scheme, former_tier = l.tier, former_class = l.class,
      former_service_class = l.class, changed = is_change(n.class, n.scheme, n.tier, l.class, l.scheme, l.tier)
    FROM review_correction_line l
    WHERE l.correction_id = of_correction AND l.changed AND n.review_id = following AND n.customer_id = l.customer_id
    RETURNING is_change(n.class, n.scheme, n.tier, l.class, l.scheme, l.tier)::integer
      - is_change(n.class, n.scheme, n.tier, l.former_class, l.former_scheme, l.former_tier)::integer AS more)
  UPDATE review v SET changed = v.changed + (SELECT COALESCE(sum(n.more), 0) FROM lines n), version = v.version + 1
  WHERE v.id = following;
  RETURN written;
END $$;

-- The changes of an approved correction, told in the order of customers: `most` of them behind `after`, each with its reasons.
-- Gives the last one, null when none is left. `moment`: the topic, the actor, the request and the time of it all.
CREATE FUNCTION tell_corrected(of_correction uuid, after uuid, most bigint, moment jsonb) RETURNS uuid
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  top text;
  told uuid[];
BEGIN
  SELECT o.orgpath INTO STRICT top FROM review_correction c JOIN organisation o USING (org_id)
    WHERE c.id = of_correction AND c.state = 'approved' AND is_in_scope(o.orgpath);
  told := ARRAY(
    SELECT l.customer_id FROM review_correction_line l
    WHERE l.correction_id = of_correction AND l.changed AND (after IS NULL OR l.customer_id > after)
    ORDER BY l.customer_id LIMIT most);
  PERFORM announce(jsonb_agg(jsonb_build_object('event_id', uuidv7(), 'topic', moment ->> 'topic', 'key', l.customer_id,
    'aggregate', 'tier:' || l.customer_id, 'orgpath', COALESCE(o.orgpath, top), 'type', moment ->> 'type', 'version', t.version,
    'actor', moment ->> 'actor', 'correlation_id', moment ->> 'correlation_id', 'time', moment ->> 'time',
    'payload', jsonb_build_object('customer_id', l.customer_id, 'org_id', t.org_id, 'scheme', t.scheme, 'tier', t.tier,
      'class', t.class, 'service_class', t.service_class, 'basis', t.basis, 'valid_from', t.valid_from,
      'review_id', t.review_id, 'because', t.because,
      'former', CASE WHEN l.former_scheme IS NOT NULL OR l.former_tier IS NOT NULL OR l.former_class IS NOT NULL
        THEN jsonb_build_object('scheme', l.former_scheme, 'tier', l.former_tier, 'class', l.former_class,
          'service_class', l.former_class) END)) ORDER BY l.customer_id))
  FROM review_correction_line l
  JOIN tier t ON t.customer_id = l.customer_id AND t.valid_from = l.valid_from AND t.correction_id = l.correction_id
  LEFT JOIN organisation o ON o.org_id = t.org_id
  WHERE l.correction_id = of_correction AND l.customer_id = ANY (told)
  HAVING count(*) > 0;
  RETURN told[array_upper(told, 1)];
END $$;

-- Whom figures recorded since the review, or since its last approved correction, or a merge may touch: found by when they
-- were recorded, with those that were being written just then. What a dry run makes of it is another question: the sum may be
-- what it was.
CREATE FUNCTION stale_customers(of_review uuid)
  RETURNS TABLE (customer_id uuid, usage_rows bigint, months date[], last_recorded timestamptz, merged boolean)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
DECLARE
  r review;
  since timestamptz;
  longest_write interval := (SELECT (s.reset_val || s.unit)::interval FROM pg_settings s WHERE s.name = 'statement_timeout');
BEGIN
  SELECT v.* INTO STRICT r FROM review v JOIN organisation o ON o.org_id = v.org_id WHERE v.id = of_review AND is_in_scope(o.orgpath);
  since := COALESCE((SELECT max(c.proposed_at) FROM review_correction c WHERE c.review_id = of_review AND c.state = 'approved'),
    r.proposed_at);
  RETURN QUERY
  WITH alias AS MATERIALIZED (SELECT x.customer_id, x.survivor_id FROM aliases() x),
  found AS MATERIALIZED (
    SELECT COALESCE(x.survivor_id, u.customer_id) AS customer_id, u.month, u.recorded
    FROM usage u LEFT JOIN alias x ON x.customer_id = u.customer_id
    WHERE extract(year FROM u.month) = r.year AND u.recorded > since - longest_write
      AND extract(year FROM u.recorded AT TIME ZONE 'Asia/Shanghai') > extract(year FROM u.month)),
  -- Recorded before, perhaps to be seen only afterwards: then the line has another sum of the month.
  unseen AS (
    SELECT f.customer_id, f.month FROM (SELECT DISTINCT n.customer_id, n.month FROM found n WHERE n.recorded <= since) f
    JOIN standing_lines(of_review) s ON s.customer_id = f.customer_id
    CROSS JOIN LATERAL (
      SELECT sum(y.fees) AS fees, sum(y.months[place_of(f.month)]) AS of_month FROM usage_sum y
      WHERE y.year = r.year
        AND y.customer_id = ANY (f.customer_id || ARRAY(SELECT x.customer_id FROM alias x WHERE x.survivor_id = f.customer_id))) n
    WHERE COALESCE(s.months[place_of(f.month)] <> n.of_month, s.fees <> n.fees)),
  later AS (
    SELECT f.customer_id, count(*) AS usage_rows, array_agg(DISTINCT f.month) AS months, max(f.recorded) AS last_recorded
    FROM found f WHERE f.recorded > since OR (f.customer_id, f.month) IN (SELECT n.customer_id, n.month FROM unseen n)
    GROUP BY f.customer_id),
  away AS (SELECT DISTINCT m.customer_id FROM merged_since(of_review) m)
  SELECT COALESCE(l.customer_id, a.customer_id), COALESCE(l.usage_rows, 0), COALESCE(l.months, '{}'), l.last_recorded,
    a.customer_id IS NOT NULL
  FROM later l FULL JOIN away a ON a.customer_id = l.customer_id
  JOIN customer c ON c.customer_id = COALESCE(l.customer_id, a.customer_id)
  JOIN organisation o ON o.org_id = c.responsible_org_id AND is_in_scope(o.orgpath);
END $$;

-- The published reviews in force that have lines of these customers for a year, seen by whoever has the customers in scope.
CREATE FUNCTION correctable_reviews(customers uuid[], of_year integer)
  RETURNS TABLE (id uuid, org_id text, year integer, published_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT DISTINCT v.id, v.org_id, v.year, v.published_at
  FROM unnest(customers) AS given(customer_id)
  CROSS JOIN LATERAL unnest(same_customer(given.customer_id)) AS one(customer_id)
  JOIN customer c ON c.customer_id = one.customer_id
  JOIN organisation o ON o.org_id = c.responsible_org_id AND is_in_scope(o.orgpath)
  JOIN organisation p ON o.orgpath = p.orgpath OR o.orgpath ^@ (p.orgpath || '.')
  JOIN review v ON v.org_id = p.org_id AND v.year = of_year AND v.state = 'published'
  WHERE NOT EXISTS (SELECT FROM review n WHERE n.org_id = v.org_id AND n.state = 'published' AND n.year > v.year)
$$;

DO $$ DECLARE past text; BEGIN
  FOREACH past IN ARRAY ARRAY['corrected_lines', 'propose_correction', 'count_outdated', 'approve_lines', 'tell_corrected',
    'stale_customers',
    'correctable_reviews'] LOOP
    EXECUTE format('ALTER FUNCTION %I OWNER TO %I', past, current_setting('keypost.worker_role'));
  END LOOP;
END $$;
