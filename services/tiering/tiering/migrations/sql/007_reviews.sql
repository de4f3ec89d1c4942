-- Reviews over the sums: proposed in the background, withdrawn, published and told set by set.

-- A review that is being proposed has no lines yet: they come with the state `proposed`, all at once. What it is decided by
-- is with it from the beginning: `law` whole, and `sheet`, which units stand under which of it.
ALTER TABLE review DROP CONSTRAINT review_state_check;
ALTER TABLE review ADD CONSTRAINT review_state_check
  CHECK (state IN ('proposing', 'proposed', 'withdrawn', 'published', 'superseded'));
ALTER TABLE review ADD COLUMN units jsonb NOT NULL DEFAULT '[]',
  ADD COLUMN withdrawn_by text, ADD COLUMN withdrawn_at timestamptz, ADD COLUMN withdrawn_reason text;
DROP INDEX review_one_open;
CREATE UNIQUE INDEX review_one_open ON review (org_id) WHERE state IN ('proposing', 'proposed');

-- How far a proposal is, written beside its transaction, so that others see it.
CREATE TABLE review_progress (
  review_id uuid PRIMARY KEY,
  org_id text NOT NULL,
  share numeric(4,3) NOT NULL CHECK (share BETWEEN 0 AND 1));
CALL guard('review_progress', 'org_id');

DROP FUNCTION propose_lines(uuid, jsonb);
DROP FUNCTION pinned_law(uuid, integer);
DROP FUNCTION is_met(numeric, numeric);

-- What is worked out for a review, not yet written: gives in how many blocks it lies. One statement and so one look at the
-- figures, which more than one processor may share: a statement that writes into a lasting table keeps to one.
-- Hash joins alone do not depend on statistics, which are missing right after a province was loaded; how many rows the law has
-- is never known.
CREATE FUNCTION rate_review(of_review uuid) RETURNS bigint LANGUAGE plpgsql
  SET plan_cache_mode = force_custom_plan SET enable_nestloop = off SET enable_mergejoin = off SET work_mem = '512MB'
  SET parallel_tuple_cost = 0 SET jit = off AS $$
DECLARE
  r review;
  first_month date;
  last_month date;
  by_law jsonb;
BEGIN
  SELECT * INTO STRICT r FROM review v WHERE v.id = of_review AND v.state = 'proposing';
  first_month := make_date(r.year, 1, 1);
  last_month := r.valid_from - interval '1 month';
  by_law := jsonb_build_object('units', r.units, 'laws', r.law);
  CREATE TEMP TABLE rated_now ON COMMIT DROP AS
  WITH former AS (
    SELECT DISTINCT ON (t.customer_id) t.customer_id, t.scheme, t.tier, t.class, t.service_class, t.valid_from
    FROM tier t ORDER BY t.customer_id DESC, t.valid_from DESC, t.recorded DESC)
  SELECT j.customer_id, j.org_id, j.profile, j.place, j.bureau, j.level, j.fees, j.prior_fees, j.month_fees, j.months, j.rank,
    j.asks_rank, j.agreement, j.settlement_days, j.overdue_days, j.importance, j.importance_level, j.eligible, j.table_class, j.class,
    j.scheme, j.tier, f.scheme AS former_scheme, f.tier AS former_tier, f.class AS former_class,
    f.service_class AS former_service_class, GREATEST(r.valid_from, f.valid_from) AS valid_from
  FROM rating(by_law, first_month, last_month, r.year, r.valid_from - 1, r.as_of) j
  LEFT JOIN former f ON f.customer_id = j.customer_id;
  RETURN pg_relation_size('rated_now') / current_setting('block_size')::bigint;
END $$;

-- Where the lines of a review lie: made before the first is written, found through `review_line` once all are.
CREATE FUNCTION lines_at(of_review uuid) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT 'review_line_' || replace(of_review::text, '-', '')
$$;

CREATE FUNCTION open_lines(of_review uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  LOCK TABLE review_line IN SHARE UPDATE EXCLUSIVE MODE;  -- readers and writers go on
  EXECUTE format('CREATE TABLE %I (LIKE review_line INCLUDING DEFAULTS)', lines_at(of_review));
  EXECUTE format('GRANT SELECT, INSERT ON %I TO %I', lines_at(of_review), session_user);
END $$;

-- They become lines at once, and are seen by the rules of review_line alone. The check spares looking at each of them again.
CREATE FUNCTION close_lines(of_review uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  EXECUTE format('REVOKE SELECT, INSERT ON %I FROM %I', lines_at(of_review), session_user);
  EXECUTE format('ALTER TABLE %I ADD PRIMARY KEY (review_id, customer_id), ADD CONSTRAINT of_review CHECK (review_id = %L)',
    lines_at(of_review), of_review);
  EXECUTE format('ALTER TABLE review_line ATTACH PARTITION %I FOR VALUES IN (%L)', lines_at(of_review), of_review);
  EXECUTE format('ALTER TABLE %I DROP CONSTRAINT of_review, ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', lines_at(of_review));
END $$;

-- The lines of some blocks of it.
CREATE FUNCTION write_lines(of_review uuid, first_block bigint, last_block bigint) RETURNS TABLE (customers bigint, changed bigint)
  LANGUAGE plpgsql SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY EXECUTE format($lines$
  WITH written AS (
    INSERT INTO %I (review_id, customer_id, org_id, profile, place, bureau, level, fees, prior_fees, month_fees, months,
      rank, asks_rank, agreement, settlement_days, overdue_days, importance, importance_level, eligible, table_class, suggested_class,
      class, scheme, tier, former_scheme, former_tier, former_class, former_service_class, valid_from, changed)
    SELECT $1, j.customer_id, j.org_id, j.profile, j.place, j.bureau, j.level, j.fees, j.prior_fees, j.month_fees, j.months,
      j.rank, j.asks_rank, j.agreement, j.settlement_days, j.overdue_days, j.importance, j.importance_level, j.eligible, j.table_class,
      j.class, j.class, j.scheme, j.tier, j.former_scheme, j.former_tier, j.former_class, j.former_service_class,
      j.valid_from, is_change(j.class, j.scheme, j.tier, j.former_class, j.former_scheme, j.former_tier)
    FROM rated_now j
    WHERE j.ctid >= $2 AND j.ctid < $3
    RETURNING changed)
  SELECT count(*), count(*) FILTER (WHERE w.changed) FROM written w $lines$, lines_at(of_review))
  USING of_review, format('(%s,0)', first_block)::tid, format('(%s,0)', last_block + 1)::tid;
END $$;

-- The rules of a class are asked in parallel too.
ALTER FUNCTION in_force(agreement, date) PARALLEL SAFE;
ALTER FUNCTION is_change(smallint, text, text, smallint, text, text) PARALLEL SAFE;
ALTER FUNCTION months_of(integer) PARALLEL SAFE;
ALTER FUNCTION place_of(date) PARALLEL SAFE;

-- Just written, the lines are in no statistics: a plan kept from a smaller review would be wrong.
ALTER FUNCTION publish_lines(uuid, timestamptz) SET plan_cache_mode = force_custom_plan;

-- Classes follow customers that were moved to another unit while they were written.
CREATE FUNCTION follow_customers(of_review uuid) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan
  SET enable_nestloop = off SET work_mem = '64MB' AS $$
BEGIN
  UPDATE tier t SET org_id = c.responsible_org_id
  FROM customer c, review v JOIN organisation o ON o.org_id = v.org_id AND is_in_scope(o.orgpath)
  WHERE v.id = of_review AND t.review_id = v.id AND c.customer_id = t.customer_id AND t.org_id <> c.responsible_org_id;
END $$;

-- The changes of a published review, told in the order of customers: `most` of them behind `after`, each with its reasons. Gives
-- the last one, null when none is left. `moment`: the topic, the actor, the request and the time of it all. Lines and classes are
-- looked up one by one (LIMIT): just written, they are in no statistics, and a join would begin at the wrong end.
CREATE FUNCTION tell_lines(of_review uuid, after uuid, most bigint, moment jsonb) RETURNS uuid
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  top text;
  told uuid[];
BEGIN
  SELECT o.orgpath INTO STRICT top FROM review v JOIN organisation o USING (org_id)
    WHERE v.id = of_review AND v.state = 'published' AND is_in_scope(o.orgpath);
  told := ARRAY(
    SELECT l.customer_id FROM review_line l WHERE l.review_id = of_review AND l.changed AND (after IS NULL OR l.customer_id > after)
    ORDER BY l.customer_id LIMIT most);
  INSERT INTO outbox (lane, event_id, topic, key, type, aggregate, version, orgpath, actor, correlation_id, time, payload)
  WITH reason AS MATERIALIZED (
    SELECT e.customer_id, e.because FROM explain_lines(of_review) e WHERE e.customer_id = ANY (told))
  SELECT lane_of(l.customer_id::text), uuidv7(), moment ->> 'topic', l.customer_id, moment ->> 'type',
    'tier:' || l.customer_id, t.version, COALESCE(o.orgpath, top), moment ->> 'actor', moment ->> 'correlation_id',
    (moment ->> 'time')::timestamptz,
    jsonb_build_object('customer_id', l.customer_id, 'org_id', t.org_id, 'scheme', l.scheme, 'tier', l.tier, 'class', l.class,
      'service_class', l.class, 'basis', t.basis, 'valid_from', l.valid_from, 'review_id', l.review_id, 'because', e.because,
      'former', CASE WHEN l.former_scheme IS NOT NULL OR l.former_tier IS NOT NULL OR l.former_class IS NOT NULL
        THEN jsonb_build_object('scheme', l.former_scheme, 'tier', l.former_tier, 'class', l.former_class,
          'service_class', l.former_service_class) END)
  FROM reason e
  CROSS JOIN LATERAL (SELECT * FROM review_line x WHERE x.review_id = of_review AND x.customer_id = e.customer_id LIMIT 1) l
  CROSS JOIN LATERAL (
    SELECT * FROM tier x WHERE x.customer_id = l.customer_id AND x.valid_from = l.valid_from AND x.review_id = of_review
    ORDER BY x.recorded DESC LIMIT 1) t
  LEFT JOIN organisation o ON o.org_id = t.org_id
  ORDER BY l.customer_id;
  RETURN told[array_upper(told, 1)];
END $$;

DO $$ DECLARE past text; BEGIN
  FOREACH past IN ARRAY ARRAY['follow_customers', 'tell_lines'] LOOP
    EXECUTE format('ALTER FUNCTION %I OWNER TO %I', past, current_setting('keypost.worker_role'));
  END LOOP;
  -- Who proposes in the background alone makes and closes what lines lie in.
  FOREACH past IN ARRAY ARRAY['open_lines', 'close_lines'] LOOP
    EXECUTE format('REVOKE EXECUTE ON FUNCTION %I(uuid) FROM PUBLIC', past);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %I(uuid) TO %I', past, current_setting('keypost.worker_role'));
  END LOOP;
END $$;
