-- Merged customers: their figures, agreements and arrears count for the survivor, without a row being written anew.

CREATE OR REPLACE FUNCTION figures_of(of_customer uuid, first_month date, last_month date, year_first date, year_last date, day date)
  RETURNS TABLE (fees numeric, last_year_fees numeric, month_fees numeric, agreement boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT s.fees, s.last_year_fees, s.month_fees,
    EXISTS (SELECT FROM agreement a WHERE a.customer_id = ANY ((SELECT same_customer(of_customer))::uuid[]) AND in_force(a, day))
  FROM customer c JOIN organisation o ON o.org_id = c.responsible_org_id
  CROSS JOIN LATERAL (
    SELECT COALESCE(sum(u.revenue) FILTER (WHERE u.month BETWEEN first_month AND last_month), 0) AS fees,
      COALESCE(sum(u.revenue) FILTER (WHERE u.month BETWEEN year_first AND year_last), 0) AS last_year_fees,
      COALESCE(sum(u.revenue) FILTER (WHERE u.month = last_month), 0) AS month_fees
    FROM usage u
    WHERE u.customer_id = ANY ((SELECT same_customer(of_customer))::uuid[]) AND u.current AND u.month BETWEEN LEAST(first_month, year_first) AND last_month) s
  WHERE c.customer_id = of_customer AND is_in_scope(o.orgpath)
$$;

CREATE OR REPLACE FUNCTION rank_of(of_customer uuid, units text[], first_month date, last_month date, ties boolean)
  RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH figure AS (
    SELECT u.customer_id, u.revenue FROM usage u JOIN customer c USING (customer_id)
    WHERE c.responsible_org_id = ANY (units) AND c.state = 'registered' AND u.current
      AND u.month BETWEEN first_month AND last_month
    UNION ALL
    SELECT x.survivor_id, u.revenue FROM aliases() x JOIN usage u ON u.customer_id = x.customer_id
      JOIN customer c ON c.customer_id = x.survivor_id
    WHERE c.responsible_org_id = ANY (units) AND c.state = 'registered' AND u.current
      AND u.month BETWEEN first_month AND last_month),
  sums AS (SELECT f.customer_id, sum(f.revenue) AS fees FROM figure f GROUP BY f.customer_id)
  SELECT CASE WHEN ties THEN (SELECT count(*) + 1 FROM sums s WHERE s.fees > own.fees)
    ELSE (SELECT count(*) FROM sums s WHERE s.fees >= own.fees) END
  FROM sums own WHERE own.customer_id = of_customer AND own.fees > 0
$$;

CREATE OR REPLACE FUNCTION propose_lines(of_review uuid, by_law jsonb) RETURNS TABLE (customers bigint, changed bigint)
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
  alias AS MATERIALIZED (SELECT * FROM aliases()),
  used AS (
    SELECT u.customer_id,
      COALESCE(sum(u.revenue) FILTER (WHERE u.month >= first_month), 0) AS fees,
      COALESCE(sum(u.revenue) FILTER (WHERE u.month < first_month), 0) AS prior_fees,
      COALESCE(sum(u.revenue) FILTER (WHERE u.month = last_month), 0) AS month_fees
    FROM usage u WHERE u.current AND u.month BETWEEN prior_first AND last_month GROUP BY u.customer_id),
  -- What stands under merged customers is the survivors'. Where nobody is merged, nothing is read for it.
  joined AS (
    SELECT x.survivor_id AS customer_id,
      COALESCE(sum(u.revenue) FILTER (WHERE u.month >= first_month), 0) AS fees,
      COALESCE(sum(u.revenue) FILTER (WHERE u.month < first_month), 0) AS prior_fees,
      COALESCE(sum(u.revenue) FILTER (WHERE u.month = last_month), 0) AS month_fees
    FROM alias x JOIN usage u USING (customer_id)
    WHERE u.current AND u.month BETWEEN prior_first AND last_month GROUP BY x.survivor_id),
  sums AS (
    SELECT customer_id, COALESCE(s.fees, 0) + COALESCE(j.fees, 0) AS fees,
      COALESCE(s.prior_fees, 0) + COALESCE(j.prior_fees, 0) AS prior_fees,
      COALESCE(s.month_fees, 0) + COALESCE(j.month_fees, 0) AS month_fees
    FROM used s FULL JOIN joined j USING (customer_id)),
  signed AS (
    SELECT COALESCE(x.survivor_id, a.customer_id) AS customer_id, max(a.settlement_days) AS settlement_days
    FROM agreement a LEFT JOIN alias x ON x.customer_id = a.customer_id
    WHERE in_force(a, r.valid_from - 1) GROUP BY 1),
  owed AS (
    SELECT COALESCE(x.survivor_id, d.customer_id) AS customer_id, min(d.oldest_due_on) AS oldest_due_on
    FROM arrears d LEFT JOIN alias x ON x.customer_id = d.customer_id GROUP BY 1),
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
    LEFT JOIN owed d ON d.customer_id = c.customer_id
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

-- A function that is replaced keeps its owner; these run past row-level security as before.
