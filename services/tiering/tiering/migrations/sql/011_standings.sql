-- Places in a bureau, kept ready: of a bureau the fees of one period in their order, and the months that anything was filed of, so
-- that a look-up need not read the sums of all its customers. What is kept is exact or not used: whatever touches what it says is noted
-- in the transaction that does, and it is good for whoever sees nothing noted that it was made without.

-- `fees` are whole cents, the least first, as `made_at` saw them: of the registered customers of `units`, which lie below `above`. They
-- are never pressed together, for they are looked into at their whole length. `filed` are months from `reach` on, whoever's they are.
-- What a crash or another server leaves of both tables says nothing: a standing is made again as soon as one is missed.
CREATE UNLOGGED TABLE standing (
  bureau text PRIMARY KEY,
  units text[] NOT NULL,
  above text[] NOT NULL,
  reach date NOT NULL,
  filed date[] NOT NULL,
  first_month date NOT NULL,
  last_month date NOT NULL,
  customers bigint NOT NULL,
  fees bigint[] NOT NULL,
  made_at pg_snapshot NOT NULL,
  server timestamptz NOT NULL DEFAULT pg_postmaster_start_time());
ALTER TABLE standing ALTER fees SET STORAGE EXTERNAL;
CALL guard('standing', 'bureau');

-- What was touched, by whom: rows are only added and taken away. `below` with the units below; `moves` where customers came to count
-- elsewhere, so that who looked their unit up before may have noted the former one.
CREATE UNLOGGED TABLE standing_touched (
  org_id text NOT NULL,
  below boolean NOT NULL,
  moves boolean NOT NULL,
  xid xid8 NOT NULL DEFAULT pg_current_xact_id());
CREATE INDEX standing_touched_key ON standing_touched (org_id);
CALL guard('standing_touched', 'org_id');

-- Whatever touches the sums of months touches standings, but for classes. Of usage the last month is known; all else moves customers.
ALTER TABLE month_touched ADD COLUMN ranks boolean NOT NULL DEFAULT true;
CREATE OR REPLACE FUNCTION class_touches() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO month_touched (org_id, since, below, ranks)
  VALUES (NEW.org_id, date_trunc('month', NEW.valid_from), TG_TABLE_NAME = 'review', false);
  RETURN NULL;
END $$;

CREATE FUNCTION standings_touched() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO standing_touched (org_id, below, moves)
  SELECT DISTINCT n.org_id, n.below, n.until IS NULL FROM noted n WHERE n.ranks;
  RETURN NULL;
END $$;
CREATE TRIGGER standings_touched AFTER INSERT ON month_touched
  REFERENCING NEW TABLE AS noted FOR EACH STATEMENT EXECUTE FUNCTION standings_touched();

-- A unit that comes to lie elsewhere is below others from then on.
CREATE FUNCTION unit_touches() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO standing_touched (org_id, below, moves) VALUES (NEW.org_id, true, true);
  RETURN NULL;
END $$;
CREATE TRIGGER unit_touches AFTER UPDATE ON organisation FOR EACH ROW
  WHEN (NEW.orgpath <> OLD.orgpath) EXECUTE FUNCTION unit_touches();

-- Sums are only taken away where all are made anew (`sum_anew`); rows of usage are added, and said not to be the last. Whoever does
-- otherwise touches all.
CREATE FUNCTION sums_touch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO standing_touched (org_id, below, moves) SELECT DISTINCT split_part(o.orgpath, '.', 1), true, true FROM organisation o;
  RETURN NULL;
END $$;
CREATE TRIGGER sums_touch AFTER DELETE OR TRUNCATE ON usage_sum FOR EACH STATEMENT EXECUTE FUNCTION sums_touch();
CREATE TRIGGER usage_ends AFTER DELETE OR TRUNCATE OR UPDATE OF customer_id, month, revenue ON usage
  FOR EACH STATEMENT EXECUTE FUNCTION sums_touch();

-- What was noted of units below others; of these those that a standing was made without make it good for nobody who sees them.
CREATE FUNCTION touched_of(units text[], above text[]) RETURNS SETOF standing_touched LANGUAGE sql STABLE AS $$
  SELECT t.* FROM standing_touched t WHERE t.org_id = ANY (units || above) AND (t.below OR t.org_id = ANY (units))
$$;

-- Whether a standing of this server was made with all that is noted of its units.
CREATE FUNCTION is_good(units text[], above text[], made_at pg_snapshot, server timestamptz) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN server = pg_postmaster_start_time()
    AND NOT EXISTS (SELECT FROM touched_of(units, above) t WHERE NOT pg_visible_in_snapshot(t.xid, made_at));
END $$;

-- The fees of a period of each registered customer of these units that has sums, with what was merged into it. By the keys: how many
-- customers there are elsewhere is nothing to it.
CREATE FUNCTION fees_in_bureau(units text[], first_month date, last_month date) RETURNS TABLE (fees numeric)
  LANGUAGE plpgsql STABLE SET plan_cache_mode = force_custom_plan SET jit = off
  SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
BEGIN
  RETURN QUERY
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
    WHERE s.year BETWEEN extract(year FROM first_month)::integer AND extract(year FROM last_month)::integer)
  SELECT sum(a.fees) FROM (
    SELECT f.customer_id, unnest(CASE WHEN is_year(first_month, last_month) THEN ARRAY[f.fees] ELSE f.months[
        CASE f.year WHEN extract(year FROM first_month)::integer THEN place_of(first_month) ELSE 1 END:
        CASE f.year WHEN extract(year FROM last_month)::integer THEN place_of(last_month) ELSE months_of(f.year) END] END) AS fees
    FROM figure f) a
  GROUP BY a.customer_id;
END $$;

-- Which place a customer's fees have among the registered customers of its bureau, as `facts_of` counts it: their fees alone are read.
CREATE OR REPLACE FUNCTION rank_by_fees(own numeric, ties boolean, units text[], first_month date, last_month date) RETURNS bigint
  LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN ties THEN 1 + count(*) FILTER (WHERE f.fees > own) ELSE count(*) FILTER (WHERE f.fees >= own) END
  FROM fees_in_bureau(units, first_month, last_month) f
$$;

-- The same among ordered cents, so many as there are customers.
CREATE FUNCTION rank_among(own numeric, ties boolean, customers bigint, fees bigint[]) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN ties THEN 1 + customers - width_bucket((own / cent())::bigint, fees)
    ELSE customers - width_bucket((own / cent())::bigint - 1, fees) END
$$;

-- Months from `since` on that customers of these units have fees of.
CREATE FUNCTION months_filed(units text[], since date) RETURNS date[]
  LANGUAGE plpgsql STABLE SET plan_cache_mode = force_custom_plan SET jit = off
  SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
BEGIN
  RETURN (
    WITH figure AS (
      SELECT s.year, generate_subscripts(s.months, 1) AS place, unnest(s.months) AS fees
      FROM customer c JOIN usage_sum s ON s.customer_id = c.customer_id
      WHERE c.responsible_org_id = ANY (units)
        AND s.year BETWEEN extract(year FROM since)::integer AND (SELECT max(y.year) FROM usage_sum y)),
    filed AS (SELECT DISTINCT f.year, f.place FROM figure f WHERE f.fees > 0)
    SELECT COALESCE(array_agg(d.month ORDER BY d.month), '{}')
    FROM filed f CROSS JOIN LATERAL make_date(f.year, f.place, 1) AS d(month) WHERE d.month >= since);
END $$;

-- Keep the standing of a bureau, made by one at a time. False where it is not wanted: one as good or of a later period is there. Null
-- where it is not possible now: another is making one, or some are still at work who were while a customer moved (`since` is a
-- snapshot from before): they may have noted the unit that it left. Whoever writes usage has its number before looking units up.
CREATE FUNCTION keep_standing(of_bureau text, of_units text[], of_reach date, of_first date, of_last date, since pg_snapshot)
  RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtextextended('standing', 0)) THEN
    RETURN NULL;
  END IF;
  PERFORM FROM standing s WHERE s.bureau = of_bureau AND s.units = of_units AND is_good(s.units, s.above, s.made_at, s.server)
    AND (s.last_month > of_last OR s.first_month = of_first AND s.last_month = of_last AND s.reach <= of_reach);
  IF FOUND THEN
    RETURN false;
  END IF;
  -- One statement: what is read, what was noted and the snapshot are of one moment.
  INSERT INTO standing (bureau, units, above, reach, filed, first_month, last_month, customers, fees, made_at)
  SELECT of_bureau, of_units, p.above, of_reach, months_filed(of_units, of_reach), of_first, of_last, f.customers, f.fees,
    pg_current_snapshot()
  FROM (SELECT array_agg(DISTINCT a.org_id) AS above FROM organisation o CROSS JOIN LATERAL string_to_table(o.orgpath, '.') AS a(org_id)
        WHERE o.org_id = ANY (of_units)) p
  CROSS JOIN LATERAL (SELECT count(*) AS customers, COALESCE(array_agg(b.fees ORDER BY b.fees), '{}') AS fees
    FROM (SELECT (x.fees / cent())::bigint AS fees FROM fees_in_bureau(of_units, of_first, of_last) x WHERE x.fees > 0) b) f
  WHERE NOT EXISTS (SELECT FROM touched_of(of_units, p.above) t WHERE t.moves
      AND NOT (pg_visible_in_snapshot(t.xid, since) AND pg_snapshot_xmin(pg_current_snapshot()) >= pg_snapshot_xmax(since)))
  ON CONFLICT (bureau) DO UPDATE SET units = excluded.units, above = excluded.above, reach = excluded.reach, filed = excluded.filed,
    first_month = excluded.first_month, last_month = excluded.last_month, customers = excluded.customers, fees = excluded.fees,
    made_at = excluded.made_at, server = excluded.server;
  RETURN CASE WHEN FOUND THEN true END;
END $$;

-- Take away what is good for nobody any more: standings that were touched, and what was noted since that no kept one was made without.
-- It stays until all who were at work as it was noted are done.
CREATE FUNCTION tidy_standings(since pg_snapshot) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM standing_touched) OR NOT pg_try_advisory_xact_lock(hashtextextended('standing', 0)) THEN
    RETURN;
  END IF;
  DELETE FROM standing s WHERE NOT is_good(s.units, s.above, s.made_at, s.server);
  DELETE FROM standing_touched t
  WHERE pg_visible_in_snapshot(t.xid, since) AND pg_snapshot_xmin(pg_current_snapshot()) >= pg_snapshot_xmax(since)
    AND NOT EXISTS (SELECT FROM standing s WHERE t.org_id = ANY (s.units || s.above) AND (t.below OR t.org_id = ANY (s.units))
      AND NOT pg_visible_in_snapshot(t.xid, s.made_at));
END $$;

-- The class that the months up to the last one filed would give, and why: shown during the year, driving nothing. `by_law` has
-- the customer's whole bureau. Nothing where the customer is not in scope or the law does not say how often classes are rated.
-- Where the sums of the whole `bureau` had to be read, `counted` are its units: it has no standing for these months that is good.
-- Planned once a connection, for planning takes longer than rating one customer; everything is found by its key.
DROP FUNCTION provisional_of(uuid, jsonb, date, timestamptz);
CREATE FUNCTION provisional_of(of_customer uuid, by_law jsonb, day date, known timestamptz)
  RETURNS TABLE (first_month date, last_month date, scheme text, tier text, class smallint, eligible boolean, because jsonb,
    bureau text, counted text[], reach date)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan SET jit = off
  SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
#variable_conflict use_variable
DECLARE
  units text[] := ARRAY(SELECT u.org_id FROM law_units(by_law) u ORDER BY u.org_id);
  last_year integer;
  every integer;
  is_ranked boolean;
  own rated;
  place_in_bureau bigint;
  filed date[];
BEGIN
  SELECT (by_law -> 'laws' -> u.profile::text #>> '{review,value,every,months}')::integer, c.state = 'registered' AND u.bureau IS NOT NULL,
      COALESCE(u.bureau, u.org_id)
    INTO every, is_ranked, bureau
    FROM customer c JOIN organisation o ON o.org_id = c.responsible_org_id JOIN law_units(by_law) u ON u.org_id = o.org_id
    WHERE c.customer_id = of_customer AND is_in_scope(o.orgpath);
  IF every IS NULL THEN
    RETURN;
  END IF;
  last_month := date_trunc('month', day) - interval '1 month';
  reach := last_month - make_interval(months => every + every - 1);
  IF known IS NULL THEN
    counted := units;
    SELECT s.filed INTO filed FROM standing s
      WHERE s.bureau = provisional_of.bureau AND s.units = counted AND s.reach <= provisional_of.reach
        AND is_good(s.units, s.above, s.made_at, s.server);
    IF filed IS NOT NULL THEN
      counted := NULL;
    END IF;
  END IF;
  IF filed IS NULL THEN
    last_month := COALESCE(last_filed(units, reach, last_month, known), last_month);
  ELSE
    last_month := COALESCE((SELECT max(m) FROM unnest(filed) AS m WHERE m BETWEEN reach AND last_month), last_month);
  END IF;
  first_month := last_month - make_interval(months => every - 1);
  last_year := extract(year FROM last_month) - 1;
  SELECT g.* INTO own FROM rating(by_law, first_month, last_month, last_year, day, NULL, ARRAY[of_customer], known, everybody => false) g;
  IF own.asks_rank AND is_ranked AND own.fees > 0 THEN
    IF filed IS NOT NULL THEN
      SELECT rank_among(own.fees, p.ties, s.customers, s.fees) INTO place_in_bureau
        FROM standing s JOIN law_profiles(by_law -> 'laws') p ON p.profile = own.profile
        WHERE s.bureau = own.bureau AND s.first_month = provisional_of.first_month AND s.last_month = provisional_of.last_month
          AND NOT EXISTS (SELECT FROM law_units(by_law) u WHERE u.bureau IS DISTINCT FROM own.bureau);
    END IF;
    IF place_in_bureau IS NULL THEN
      counted := CASE WHEN known IS NULL THEN units END;
      place_in_bureau := rank_of(own, by_law, first_month, last_month, last_year, day, known);
    END IF;
    SELECT g.* INTO own FROM rating(by_law, first_month, last_month, last_year, day, NULL, ARRAY[of_customer], known,
      everybody => false, ranked => place_in_bureau) g;
  END IF;
  RETURN QUERY SELECT first_month, last_month, own.scheme, own.tier, own.class, own.eligible, b.because, bureau, counted, reach
    FROM told_laws(by_law -> 'laws') t CROSS JOIN LATERAL because_of_rolling(own, t, first_month, last_month) b
    WHERE t.profile = own.profile;
END $$;

-- Planned once a connection, and by the keys, whatever is known of lines that were written just now.
CREATE OR REPLACE FUNCTION because_in(of_customer uuid, of_review uuid) RETURNS jsonb
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan SET jit = off
  SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
  RETURN (
    SELECT e.because FROM customer c JOIN organisation o ON o.org_id = c.responsible_org_id
    JOIN review v ON v.id = of_review AND v.state IN ('published', 'superseded')
    JOIN explain_lines(of_review) e ON e.customer_id = c.customer_id
    WHERE c.customer_id = of_customer AND is_in_scope(o.orgpath));
END $$;

-- Nobody writes these but the worker.
DO $$ DECLARE ours text; BEGIN
  FOREACH ours IN ARRAY ARRAY['standings_touched', 'unit_touches', 'sums_touch', 'keep_standing', 'tidy_standings', 'provisional_of',
    'because_in'] LOOP
    EXECUTE format('ALTER FUNCTION %I OWNER TO %I', ours, current_setting('keypost.worker_role'));
  END LOOP;
  FOREACH ours IN ARRAY ARRAY['standing', 'standing_touched'] LOOP
    EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON %I FROM %I', ours, current_setting('keypost.app_role'));
  END LOOP;
END $$;
REVOKE EXECUTE ON FUNCTION keep_standing(text, text[], date, date, date, pg_snapshot), tidy_standings(pg_snapshot) FROM PUBLIC;
