-- Deadlines: one row each, carrying its remaining steps; a sweeper fires the next step of those that are due.

-- Why deadlines of one sort run: the same words for all of them, kept once.
CREATE TABLE deadline_ground (
  digest text PRIMARY KEY,
  because jsonb NOT NULL);
CALL guard_any('deadline_ground');

CREATE TABLE deadline (
  id uuid PRIMARY KEY,
  kind text NOT NULL,
  subject_type text NOT NULL,
  subject_id text NOT NULL,
  customer_id text,
  org_id text NOT NULL,
  started_at timestamptz NOT NULL,
  due_at timestamptz NOT NULL,
  due_on date NOT NULL,
  provisional boolean NOT NULL DEFAULT false,
  state text NOT NULL DEFAULT 'running'
    CHECK (state IN ('running', 'paused', 'met', 'breached', 'cancelled', 'met-late')),
  paused jsonb,
  warned_at timestamptz[] NOT NULL DEFAULT '{}',
  holder jsonb NOT NULL,
  breached_by jsonb,
  breached_at timestamptz,
  settled_at timestamptz,
  chain jsonb NOT NULL DEFAULT '[]',
  ground text NOT NULL,
  steps jsonb NOT NULL,
  next_step integer,
  next_at timestamptz,
  correlation_id text NOT NULL,
  version bigint NOT NULL DEFAULT 0)
  WITH (toast_tuple_target = 8160, fillfactor = 80, autovacuum_vacuum_scale_factor = 0.005, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX deadline_next ON deadline (next_at, id) WHERE next_at IS NOT NULL;
CREATE INDEX deadline_subject ON deadline (subject_type, subject_id);
CREATE INDEX deadline_org ON deadline (org_id, due_at);
CALL guard('deadline', 'org_id');

-- The person who stands in on that day: the deputy of an absent one, at most three hops.
CREATE FUNCTION standing_in(person uuid, on_day date) RETURNS uuid LANGUAGE plpgsql STABLE AS $$
DECLARE
  current uuid := person;
  next uuid;
BEGIN
  FOR hop IN 1..3 LOOP
    SELECT deputy_id INTO next FROM staff
    WHERE staff_id = current AND deputy_id IS NOT NULL AND (NOT active OR EXISTS (
      SELECT 1 FROM jsonb_array_elements(absences) a
      WHERE (a->>'from')::date <= on_day AND on_day <= COALESCE((a->>'until')::date, on_day)));
    EXIT WHEN NOT FOUND;
    current := next;
  END LOOP;
  RETURN current;
END $$;

CREATE FUNCTION present_holder(holder jsonb, on_day date) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN holder->>'staff_id' IS NULL THEN holder
    ELSE holder || jsonb_build_object('staff_id', standing_in((holder->>'staff_id')::uuid, on_day)) END
$$;

-- The shape in which every deadline is shown and told.
CREATE FUNCTION deadline_shape(d deadline) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('id', d.id, 'kind', d.kind,
    'subject', jsonb_build_object('type', d.subject_type, 'id', d.subject_id),
    'customer_id', d.customer_id, 'org_id', d.org_id, 'started_at', d.started_at, 'due_at', d.due_at,
    'due_on', d.due_on, 'provisional', d.provisional, 'state', d.state, 'paused', d.paused,
    'warned_at', to_jsonb(d.warned_at), 'holder', d.holder, 'breached_by', d.breached_by,
    'breached_at', d.breached_at, 'settled_at', d.settled_at, 'chain', d.chain, 
    'because', (SELECT g.because FROM deadline_ground g WHERE g.digest = d.ground))
$$;

-- Fire the next step of at most `most` due deadlines: each step is one change of the row and one event, in one statement.
-- `reacting` are the kinds whose breach has an effect in the service: they are fired only when `only_reacting`.
-- The step is taken from the locked row: one that another sweeper has just fired is never read from an old snapshot.
-- Every call is planned for its own values: a plan for any values would read the whole table.
CREATE FUNCTION fire_deadlines(service text, now_at timestamptz, most integer, reacting text[], only_reacting boolean,
                               skipped uuid[], only_id uuid DEFAULT NULL)
RETURNS TABLE (fired_id uuid, fired_kind text, step text, subject_type text, subject_id text)
LANGUAGE sql SET plan_cache_mode = force_custom_plan AS $$
WITH due AS (
  SELECT d.id, d.next_at AS at, d.steps->d.next_step AS current, d.steps->(d.next_step + 1) AS following,
         d.steps->d.next_step->>'step' AS name
  FROM deadline d
  WHERE d.next_at <= now_at AND (d.kind = ANY (reacting)) = only_reacting AND NOT d.id = ANY (skipped)
    AND (only_id IS NULL OR d.id = only_id)
  ORDER BY d.next_at, d.id LIMIT most FOR UPDATE SKIP LOCKED),
fired AS (
  UPDATE deadline d SET
    version = d.version + 1,
    next_step = CASE WHEN due.following IS NULL THEN NULL ELSE d.next_step + 1 END,
    next_at = (due.following->>'at')::timestamptz,
    warned_at = CASE WHEN due.name = 'warned' THEN d.warned_at || now_at ELSE d.warned_at END,
    state = CASE WHEN due.name = 'breached' THEN 'breached' ELSE d.state END,
    breached_at = CASE WHEN due.name = 'breached' THEN now_at ELSE d.breached_at END,
    breached_by = CASE WHEN due.name = 'breached'
      THEN present_holder(d.holder, (d.due_at AT TIME ZONE 'Asia/Shanghai')::date) ELSE d.breached_by END,
    chain = CASE WHEN due.name = 'escalated'
      THEN jsonb_set(d.chain, ARRAY[due.current->>'link', 'since'], to_jsonb(now_at)) ELSE d.chain END
  FROM due WHERE d.id = due.id
  RETURNING d AS row_after, due.at, due.name, due.current),
told AS (
  INSERT INTO outbox (lane, event_id, topic, key, type, aggregate, version, orgpath, actor, correlation_id, time, payload)
  SELECT crc32(convert_to(k.key, 'UTF8')) % 8, uuidv7(), 'keypost.' || service, k.key,
    service || '.deadline.' || f.name || '.v1', 'deadline:' || (f.row_after).id, (f.row_after).version,
    COALESCE(path_of((f.row_after).org_id), ''), 'system:' || service, (f.row_after).correlation_id, now_at,
    deadline_shape(f.row_after) || jsonb_build_object('step', f.current - 'link',
      'next_holder', CASE WHEN f.name = 'escalated' THEN (f.row_after).chain->((f.current->>'link')::int)
        ELSE (SELECT c FROM jsonb_array_elements((f.row_after).chain) c WHERE c->>'since' IS NULL LIMIT 1) END)
  FROM fired f, LATERAL (SELECT COALESCE((f.row_after).customer_id, (f.row_after).org_id) AS key) k
  ORDER BY f.at, (f.row_after).id)
SELECT (row_after).id, (row_after).kind, name, (row_after).subject_type, (row_after).subject_id FROM fired
$$;

-- Settle the running deadlines of a subject: met in time, or met late. What is settled late is breached first,
-- even where the sweeper has not come by yet. It reaches deadlines outside the caller's scope: whoever may answer
-- a complaint stops its clock, wherever its holder sits.
CREATE FUNCTION settle_deadlines(service text, s_type text, s_id text, kinds text[], at timestamptz)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  settled integer;
  late deadline;
BEGIN
  FOR late IN SELECT * FROM deadline WHERE subject_type = s_type AND subject_id = s_id AND kind = ANY (kinds)
      AND state = 'running' AND due_at <= at FOR UPDATE LOOP
    WHILE late.state = 'running' LOOP
      PERFORM fire_deadlines(service, at, 1, '{}', false, '{}', late.id);
      EXIT WHEN NOT FOUND;
      SELECT * INTO late FROM deadline WHERE id = late.id;
    END LOOP;
  END LOOP;
  UPDATE deadline SET state = CASE WHEN state = 'breached' OR at >= due_at THEN 'met-late' ELSE 'met' END,
    settled_at = at, next_at = NULL, next_step = NULL, paused = NULL
  WHERE subject_type = s_type AND subject_id = s_id AND kind = ANY (kinds) AND state IN ('running', 'paused', 'breached');
  GET DIAGNOSTICS settled = ROW_COUNT;
  RETURN settled;
END $$;

-- Cancel the running deadlines of a subject whose matter has gone away.
CREATE FUNCTION cancel_deadlines(s_type text, s_id text, kinds text[], at timestamptz)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE cancelled integer;
BEGIN
  UPDATE deadline SET state = 'cancelled', settled_at = at, next_at = NULL, next_step = NULL, paused = NULL
  WHERE subject_type = s_type AND subject_id = s_id AND kind = ANY (kinds) AND state IN ('running', 'paused');
  GET DIAGNOSTICS cancelled = ROW_COUNT;
  RETURN cancelled;
END $$;

-- Row-level security binds the owner too; what settles and cancels runs as the worker.
DO $$ BEGIN
  EXECUTE format('ALTER FUNCTION settle_deadlines OWNER TO %I', current_setting('keypost.worker_role'));
  EXECUTE format('ALTER FUNCTION cancel_deadlines OWNER TO %I', current_setting('keypost.worker_role'));
END $$;

-- Start deadlines: takes the JSON of chassis.deadlines.encode; called in the statement that writes their subject.
-- A ground that was kept before comes without its words.
CREATE FUNCTION start_deadlines(deadlines jsonb) RETURNS integer LANGUAGE plpgsql
  SET plan_cache_mode = force_generic_plan AS $$
DECLARE started integer;
BEGIN
  INSERT INTO deadline_ground (digest, because)
  SELECT DISTINCT ON (d.ground) d.ground, d.because
  FROM jsonb_to_recordset(deadlines) AS d(ground text, because jsonb) WHERE d.because IS NOT NULL ORDER BY d.ground
  ON CONFLICT DO NOTHING;
  INSERT INTO deadline (id, kind, subject_type, subject_id, customer_id, org_id, started_at, due_at, due_on, provisional,
                        holder, chain, ground, steps, next_step, next_at, correlation_id)
  SELECT d.id, d.kind, d.subject_type, d.subject_id, d.customer_id, d.org_id, d.started_at, d.due_at, d.due_on,
         d.provisional, d.holder, d.chain, d.ground, d.steps, 0, d.next_at, d.correlation_id
  FROM jsonb_to_recordset(deadlines) AS d(id uuid, kind text, subject_type text, subject_id text, customer_id text,
       org_id text, started_at timestamptz, due_at timestamptz, due_on date, provisional boolean, holder jsonb,
       chain jsonb, ground text, steps jsonb, next_at timestamptz, correlation_id text);
  GET DIAGNOSTICS started = ROW_COUNT;
  RETURN started;
END $$;

-- Whether a caller has to act on a deadline: by role and organisation, or by name, also as a deputy; the first holder
-- or one of those it has passed to.
CREATE FUNCTION is_held_by(d deadline, roles text[], org text, person text, on_day date) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (
    SELECT 1 FROM (SELECT d.holder AS h UNION ALL
                   SELECT c FROM jsonb_array_elements(d.chain) c WHERE c->>'since' IS NOT NULL) held
    WHERE CASE WHEN h->>'staff_id' IS NULL THEN h->>'org_id' = org AND h->>'role' = ANY (roles)
          ELSE standing_in((h->>'staff_id')::uuid, on_day)::text = person OR h->>'staff_id' = person END)
$$;
