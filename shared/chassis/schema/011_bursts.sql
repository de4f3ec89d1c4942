-- Many at once: what several calls start and tell goes in with one statement for all of them.

-- In which lane a key's events are told, one behind the other.
CREATE OR REPLACE FUNCTION lane_of(key text) RETURNS smallint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT (crc32(convert_to(key, 'UTF8')) % 8)::smallint
$$;

-- Start the deadlines of several subjects: an array of what `start_deadlines` takes.
CREATE FUNCTION start_all_deadlines(of_each jsonb[]) RETURNS integer LANGUAGE plpgsql
  SET plan_cache_mode = force_generic_plan AS $$
DECLARE started integer;
BEGIN
  -- Nearly always the words are kept already: spared the statement.
  IF EXISTS (SELECT FROM unnest(of_each) AS deadlines WHERE deadlines @? '$[*] ? (@.because != null)') THEN
    INSERT INTO deadline_ground (digest, because)
    SELECT DISTINCT ON (d.ground) d.ground, d.because
    FROM unnest(of_each) AS deadlines, jsonb_to_recordset(deadlines) AS d(ground text, because jsonb)
    WHERE d.because IS NOT NULL ORDER BY d.ground
    ON CONFLICT DO NOTHING;
  END IF;
  INSERT INTO deadline (id, kind, subject_type, subject_id, customer_id, org_id, started_at, due_at, due_on, provisional,
                        holder, chain, ground, steps, next_step, next_at, correlation_id, counted)
  SELECT d.id, d.kind, d.subject_type, d.subject_id, d.customer_id, d.org_id, d.started_at, d.due_at, d.due_on,
         d.provisional, d.holder, d.chain, d.ground, d.steps, 0, d.next_at, d.correlation_id, d.counted
  FROM unnest(of_each) AS deadlines,
       jsonb_to_recordset(deadlines) AS d(id uuid, kind text, subject_type text, subject_id text, customer_id text,
       org_id text, started_at timestamptz, due_at timestamptz, due_on date, provisional boolean, holder jsonb,
       chain jsonb, ground text, steps jsonb, next_at timestamptz, correlation_id text, counted jsonb);
  GET DIAGNOSTICS started = ROW_COUNT;
  RETURN started;
END $$;

CREATE OR REPLACE FUNCTION start_deadlines(deadlines jsonb) RETURNS integer LANGUAGE sql AS $$
  SELECT start_all_deadlines(ARRAY[deadlines])
$$;

-- Write the events of several records: an array of what `announce` takes.
CREATE FUNCTION announce_all(of_each jsonb[]) RETURNS integer LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE written integer;
BEGIN
  INSERT INTO outbox (lane, event_id, topic, key, type, aggregate, version, orgpath, actor, correlation_id,
                      causation_id, time, payload)
  SELECT lane_of(e.key), e.event_id, e.topic, e.key, e.type, e.aggregate, e.version, e.orgpath,
         e.actor, e.correlation_id, e.causation_id, e.time, e.payload
  FROM unnest(of_each) AS events,
       jsonb_to_recordset(events) AS e(event_id uuid, topic text, key text, type text, aggregate text,
       version bigint, orgpath text, actor text, correlation_id text, causation_id text, time timestamptz, payload jsonb);
  GET DIAGNOSTICS written = ROW_COUNT;
  RETURN written;
END $$;

-- Fire the next step of at most `most` due deadlines: each step is one change of the row, one entry and one event, in one
-- statement. `reacting` are the kinds whose breach has an effect in the service: they are fired only when `only_reacting`.
-- The step is taken from the locked row: one that another sweeper has just fired is never read from an old snapshot.
-- Every call is planned for its own values: a plan for any values would read the whole table. Columns are returned one by
-- one, for a whole row is taken apart again at each mention; who holds is looked up once for all that one holds. The event
-- is made from a row with its fields in the order in which JSON keeps them: by length, then by letters.
CREATE OR REPLACE FUNCTION fire_deadlines(service text, now_at timestamptz, most integer, reacting text[],
                                          only_reacting boolean, skipped uuid[], only_id uuid DEFAULT NULL)
RETURNS TABLE (fired_id uuid, fired_kind text, step text, subject_type text, subject_id text)
LANGUAGE sql SET plan_cache_mode = force_custom_plan AS $$
WITH due AS (
  SELECT d.id, d.next_at AS at, d.steps->d.next_step AS current, d.steps->(d.next_step + 1)->>'at' AS following,
         d.steps->d.next_step->>'step' AS name,
         CASE d.steps->d.next_step->>'step' WHEN 'breached' THEN d.holder
           WHEN 'escalated' THEN d.chain->(d.steps->d.next_step->>'link')::int END AS who,
         (CASE d.steps->d.next_step->>'step' WHEN 'breached' THEN d.due_at ELSE now_at END
           AT TIME ZONE 'Asia/Shanghai')::date AS on_day
  FROM deadline d
  WHERE d.next_at <= now_at AND (d.kind = ANY (reacting)) = only_reacting AND NOT d.id = ANY (skipped)
    AND (only_id IS NULL OR d.id = only_id)
  ORDER BY d.next_at, d.id LIMIT most FOR UPDATE SKIP LOCKED),
held AS MATERIALIZED (
  SELECT n.name, n.who, n.on_day,
         CASE n.name WHEN 'breached' THEN present_holder(n.who, n.on_day) ELSE next_in_chain(n.who, n.on_day) END AS present
  FROM (SELECT DISTINCT name, who, on_day FROM due WHERE who IS NOT NULL) n),
fired AS (
  UPDATE deadline d SET
    version = d.version + 1,
    next_step = CASE WHEN n.following IS NULL THEN NULL ELSE d.next_step + 1 END,
    next_at = n.following::timestamptz,
    warned_at = CASE WHEN n.name = 'warned' THEN d.warned_at || now_at ELSE d.warned_at END,
    state = CASE WHEN n.name = 'breached' THEN 'breached' ELSE d.state END,
    breached_at = CASE WHEN n.name = 'breached' THEN now_at ELSE d.breached_at END,
    breached_by = CASE WHEN n.name = 'breached' THEN held.present ELSE d.breached_by END,
    chain = CASE WHEN n.name = 'escalated'
      THEN jsonb_set(d.chain, ARRAY[n.current->>'link'], held.present || jsonb_build_object('since', now_at)) ELSE d.chain END
  FROM due n LEFT JOIN held ON held.name = n.name AND held.who = n.who AND held.on_day = n.on_day
  WHERE d.id = n.id
  RETURNING d.id, d.kind, d.subject_type, d.subject_id, d.customer_id, d.org_id, d.started_at, d.due_at, d.due_on,
    d.provisional, d.state, d.paused, d.warned_at, d.holder, d.breached_by, d.breached_at, d.settled_at, d.chain, d.ground,
    d.correlation_id, d.version, n.at, n.name, n.current, held.present),
noted AS (
  INSERT INTO deadline_ledger (deadline_id, at, what, by, why, due_before, due_after)
  SELECT f.id, now_at, f.name, 'system:' || service, f.present, f.due_at, f.due_at FROM fired f),
told AS (
  INSERT INTO outbox (lane, event_id, topic, key, type, aggregate, version, orgpath, actor, correlation_id, time, payload)
  SELECT lane_of(COALESCE(f.customer_id, f.org_id)), uuidv7(), 'keypost.' || service,
    COALESCE(f.customer_id, f.org_id), service || '.deadline.' || f.name || '.v1', 'deadline:' || f.id, f.version,
    COALESCE(o.orgpath, ''), 'system:' || service, f.correlation_id, now_at, to_jsonb(event)
  FROM fired f LEFT JOIN organisation o ON o.org_id = f.org_id LEFT JOIN deadline_ground g ON g.digest = f.ground,
    LATERAL (
      SELECT f.id, f.kind, f.current - ARRAY['link', 'part', 'plus'] AS step, f.chain, f.state, f.due_at, f.due_on, f.holder,
        f.org_id, f.paused, g.because, jsonb_build_object('id', f.subject_id, 'type', f.subject_type) AS subject, f.warned_at,
        f.settled_at, f.started_at, f.breached_at, f.breached_by, f.customer_id,
        CASE WHEN f.name = 'escalated' THEN f.chain->((f.current->>'link')::int)
          ELSE jsonb_path_query_first(f.chain, '$[*] ? (@.since == null)') END AS next_holder,
        f.provisional) event
  ORDER BY f.at, f.id)
SELECT f.id, f.kind, f.name, f.subject_type, f.subject_id FROM fired f
$$;

-- The log keeps rows of a few kilobytes whole, like the outbox: compressing them as they are moved cost more than the move.
CREATE OR REPLACE FUNCTION ensure_event_log_month(month date) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
DECLARE
  first date := date_trunc('month', month);
  name text := 'event_log_' || to_char(first, 'YYYYMM');
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('event_log'));
  IF to_regclass(name) IS NULL THEN
    EXECUTE format('CREATE TABLE %I PARTITION OF event_log FOR VALUES FROM (%L) TO (%L) WITH (toast_tuple_target = 8160)',
                   name, first, first + interval '1 month');
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY; ALTER TABLE %I FORCE ROW LEVEL SECURITY', name, name);
  END IF;
END $$;
DO $$
DECLARE part regclass;
BEGIN
  FOR part IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'event_log'::regclass LOOP
    EXECUTE format('ALTER TABLE %s SET (toast_tuple_target = 8160)', part);
  END LOOP;
END $$;

-- A subject is only ever looked for as a whole, and every step of a deadline enters it anew: a hash costs much less than an
-- order of texts.
DROP INDEX deadline_subject;
CREATE INDEX deadline_subject ON deadline USING hash (subject_id);

-- Nothing is looked for by these; weighing them at each ANALYZE held up what is.
ALTER TABLE deadline ALTER holder SET STATISTICS 0, ALTER chain SET STATISTICS 0, ALTER steps SET STATISTICS 0,
  ALTER paused SET STATISTICS 0, ALTER warned_at SET STATISTICS 0, ALTER breached_by SET STATISTICS 0,
  ALTER correlation_id SET STATISTICS 0;
ALTER TABLE idempotency ALTER fingerprint SET STATISTICS 0, ALTER headers SET STATISTICS 0, ALTER body SET STATISTICS 0;
