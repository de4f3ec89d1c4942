-- The ledger of deadlines: what happened to each, appended and never changed; pauses; counting anew with a new calendar.

-- `counted`: how a deadline that depends on the calendar was counted, so that it can be counted again; others have none.
ALTER TABLE deadline
  ADD COLUMN paused_until timestamptz,
  ADD COLUMN paused_for interval NOT NULL DEFAULT '0',
  ADD COLUMN pauses integer NOT NULL DEFAULT 0,
  ADD COLUMN counted jsonb;
CREATE INDEX deadline_paused ON deadline (paused_until) WHERE paused_until IS NOT NULL;
-- Nothing finds deadlines by organisation and due instant; every step paid for keeping that order.
DROP INDEX deadline_org;
CREATE INDEX deadline_counted ON deadline (started_at) WHERE counted IS NOT NULL;

-- The start is the deadline's own row: what a start says is changed by nothing but the moves below, each of which keeps in
-- `plan` what it found (and counting anew, also what it left). Steps are kept as they were fired.
CREATE TABLE deadline_ledger (
  deadline_id uuid NOT NULL,
  seq bigint GENERATED ALWAYS AS IDENTITY,
  at timestamptz NOT NULL,
  what text NOT NULL CHECK (what IN ('warned', 'breached', 'escalated', 'paused', 'resumed', 'recomputed', 'met', 'met-late',
                                     'cancelled', 'stopped')),
  by text NOT NULL,
  why jsonb,
  due_before timestamptz NOT NULL,
  due_after timestamptz NOT NULL,
  plan jsonb,
  PRIMARY KEY (deadline_id, seq));
CALL grant_to_services('deadline_ledger');
CREATE POLICY with_its_deadline ON deadline_ledger USING (EXISTS (SELECT FROM deadline d WHERE d.id = deadline_id));
DO $$ BEGIN
  EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON deadline_ledger FROM %I', current_setting('keypost.app_role'));
  EXECUTE format('REVOKE UPDATE, DELETE ON deadline_ledger FROM %I', current_setting('keypost.worker_role'));
END $$;

-- Whoever acts in this transaction.
CREATE FUNCTION acting() RETURNS text LANGUAGE sql STABLE AS $$
  SELECT COALESCE(NULLIF(current_setting('keypost.actor', true), ''), 'system')
$$;

-- Who of a role at an organisation is there on a day: the only one; nobody by name where there are several; where all are
-- away, the deputy of the first. A person who is named stands or is stood in for.
CREATE OR REPLACE FUNCTION present_holder(holder jsonb, on_day date) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
  there uuid[];
  away uuid;
BEGIN
  IF holder->>'staff_id' IS NOT NULL THEN
    RETURN holder || jsonb_build_object('staff_id', standing_in((holder->>'staff_id')::uuid, on_day));
  END IF;
  there := ARRAY(SELECT staff_id FROM staff
    WHERE org_id = holder->>'org_id' AND holder->>'role' = ANY (roles) AND NOT is_away(staff, on_day) LIMIT 2);
  IF cardinality(there) = 1 THEN
    RETURN holder || jsonb_build_object('staff_id', there[1]);
  ELSIF cardinality(there) > 1 THEN
    RETURN holder;
  END IF;
  SELECT standing_in(staff_id, on_day) INTO away FROM staff
  WHERE org_id = holder->>'org_id' AND holder->>'role' = ANY (roles) AND deputy_id IS NOT NULL AND active
  ORDER BY staff_no LIMIT 1;
  RETURN CASE WHEN away IS NULL THEN holder ELSE holder || jsonb_build_object('staff_id', away) END;
END $$;

CREATE FUNCTION is_away(person staff, on_day date) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT NOT person.active OR EXISTS (
    SELECT 1 FROM jsonb_array_elements(person.absences) a
    WHERE (a->>'from')::date <= on_day AND on_day <= COALESCE((a->>'until')::date, on_day))
$$;

-- The next holder when a step passes a deadline on: by role, whoever of them is there; by name only where a deputy stands in.
CREATE FUNCTION next_in_chain(link jsonb, on_day date) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF link->>'staff_id' IS NULL AND EXISTS (SELECT FROM staff
      WHERE org_id = link->>'org_id' AND link->>'role' = ANY (roles) AND NOT is_away(staff, on_day)) THEN
    RETURN link;
  END IF;
  RETURN present_holder(link, on_day);
END $$;

-- Fire the next step of at most `most` due deadlines: each step is one change of the row, one entry and one event, in one
-- statement. `reacting` are the kinds whose breach has an effect in the service: they are fired only when `only_reacting`.
-- The step is taken from the locked row: one that another sweeper has just fired is never read from an old snapshot.
-- Every call is planned for its own values: a plan for any values would read the whole table. Columns are returned one by
-- one, for a whole row is taken apart again at each mention; who holds is looked up once for all that one holds.
CREATE OR REPLACE FUNCTION fire_deadlines(service text, now_at timestamptz, most integer, reacting text[],
                                          only_reacting boolean, skipped uuid[], only_id uuid DEFAULT NULL)
RETURNS TABLE (fired_id uuid, fired_kind text, step text, subject_type text, subject_id text)
LANGUAGE sql SET plan_cache_mode = force_custom_plan AS $$
WITH due AS (
  SELECT d.id, d.next_at AS at, d.steps->d.next_step AS current, d.steps->(d.next_step + 1) AS following,
         d.steps->d.next_step->>'step' AS name, d.holder, d.due_at, d.chain
  FROM deadline d
  WHERE d.next_at <= now_at AND (d.kind = ANY (reacting)) = only_reacting AND NOT d.id = ANY (skipped)
    AND (only_id IS NULL OR d.id = only_id)
  ORDER BY d.next_at, d.id LIMIT most FOR UPDATE SKIP LOCKED),
named AS (
  SELECT due.*, CASE due.name WHEN 'breached' THEN due.holder WHEN 'escalated' THEN due.chain->(due.current->>'link')::int END AS who,
         (CASE due.name WHEN 'breached' THEN due.due_at ELSE now_at END AT TIME ZONE 'Asia/Shanghai')::date AS on_day
  FROM due),
held AS MATERIALIZED (
  SELECT n.name, n.who, n.on_day,
         CASE n.name WHEN 'breached' THEN present_holder(n.who, n.on_day) ELSE next_in_chain(n.who, n.on_day) END AS present
  FROM (SELECT DISTINCT name, who, on_day FROM named WHERE who IS NOT NULL) n),
fired AS (
  UPDATE deadline d SET
    version = d.version + 1,
    next_step = CASE WHEN n.following IS NULL THEN NULL ELSE d.next_step + 1 END,
    next_at = (n.following->>'at')::timestamptz,
    warned_at = CASE WHEN n.name = 'warned' THEN d.warned_at || now_at ELSE d.warned_at END,
    state = CASE WHEN n.name = 'breached' THEN 'breached' ELSE d.state END,
    breached_at = CASE WHEN n.name = 'breached' THEN now_at ELSE d.breached_at END,
    breached_by = CASE WHEN n.name = 'breached' THEN held.present ELSE d.breached_by END,
    chain = CASE WHEN n.name = 'escalated'
      THEN jsonb_set(d.chain, ARRAY[n.current->>'link'], held.present || jsonb_build_object('since', now_at)) ELSE d.chain END
  FROM named n LEFT JOIN held ON held.name = n.name AND held.who = n.who AND held.on_day = n.on_day
  WHERE d.id = n.id
  RETURNING d.id, d.kind, d.subject_type, d.subject_id, d.customer_id, d.org_id, d.started_at, d.due_at, d.due_on,
    d.provisional, d.state, d.paused, d.warned_at, d.holder, d.breached_by, d.breached_at, d.settled_at, d.chain, d.ground,
    d.correlation_id, d.version, n.at, n.name, n.current, held.present),
noted AS (
  INSERT INTO deadline_ledger (deadline_id, at, what, by, why, due_before, due_after)
  SELECT f.id, now_at, f.name, 'system:' || service, f.present, f.due_at, f.due_at FROM fired f),
told AS (
  INSERT INTO outbox (lane, event_id, topic, key, type, aggregate, version, orgpath, actor, correlation_id, time, payload)
  SELECT crc32(convert_to(k.key, 'UTF8')) % 8, uuidv7(), 'keypost.' || service, k.key,
    service || '.deadline.' || f.name || '.v1', 'deadline:' || f.id, f.version,
    COALESCE(o.orgpath, ''), 'system:' || service, f.correlation_id, now_at,
    jsonb_build_object('id', f.id, 'kind', f.kind,
      'subject', jsonb_build_object('type', f.subject_type, 'id', f.subject_id),
      'customer_id', f.customer_id, 'org_id', f.org_id, 'started_at', f.started_at, 'due_at', f.due_at,
      'due_on', f.due_on, 'provisional', f.provisional, 'state', f.state, 'paused', f.paused,
      'warned_at', f.warned_at, 'holder', f.holder, 'breached_by', f.breached_by,
      'breached_at', f.breached_at, 'settled_at', f.settled_at, 'chain', f.chain, 'because', g.because,
      'step', f.current - ARRAY['link', 'part', 'plus'],
      'next_holder', CASE WHEN f.name = 'escalated' THEN f.chain->((f.current->>'link')::int)
        ELSE jsonb_path_query_first(f.chain, '$[*] ? (@.since == null)') END)
  FROM fired f LEFT JOIN organisation o ON o.org_id = f.org_id LEFT JOIN deadline_ground g ON g.digest = f.ground,
    LATERAL (SELECT COALESCE(f.customer_id, f.org_id) AS key) k
  ORDER BY f.at, f.id)
SELECT f.id, f.kind, f.name, f.subject_type, f.subject_id FROM fired f
$$;

-- Tell of deadlines as they stand now, after a move that is no step of theirs.
CREATE FUNCTION tell_deadlines(service text, ids uuid[], move text, moved_at timestamptz) RETURNS void LANGUAGE sql AS $$
  INSERT INTO outbox (lane, event_id, topic, key, type, aggregate, version, orgpath, actor, correlation_id, time, payload)
  SELECT crc32(convert_to(k.key, 'UTF8')) % 8, uuidv7(), 'keypost.' || service, k.key,
    service || '.deadline.' || move || '.v1', 'deadline:' || d.id, d.version, COALESCE(path_of(d.org_id), ''), acting(),
    d.correlation_id, moved_at, deadline_shape(d) || jsonb_build_object('step', jsonb_build_object('step', move, 'at', moved_at),
      'next_holder', jsonb_path_query_first(d.chain, '$[*] ? (@.since == null)'))
  FROM deadline d, LATERAL (SELECT COALESCE(d.customer_id, d.org_id) AS key) k
  WHERE d.id = ANY (ids) ORDER BY d.due_at, d.id
$$;

CREATE FUNCTION plan_of(d deadline) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT jsonb_build_object('due_at', d.due_at, 'due_on', d.due_on, 'provisional', d.provisional, 'steps', d.steps, 'chain', d.chain)
$$;

-- Items of a plan with their instants moved: those that have not fired yet, told by `from_step` and by `since`.
CREATE FUNCTION moved(items jsonb, from_item integer, by_time interval) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT COALESCE(jsonb_agg(CASE WHEN n > from_item AND i->>'since' IS NULL
    THEN i || jsonb_build_object('at', (i->>'at')::timestamptz + by_time) ELSE i END ORDER BY n), '[]')
  FROM jsonb_array_elements(items) WITH ORDINALITY AS e(i, n)
$$;

-- Fire what is due of a subject's running deadlines, whether or not the sweeper has come by.
CREATE FUNCTION catch_up(service text, s_type text, s_id text, kinds text[], up_to timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE late uuid;
BEGIN
  FOR late IN SELECT id FROM deadline WHERE subject_type = s_type AND subject_id = s_id AND kind = ANY (kinds)
      AND state = 'running' AND next_at <= up_to ORDER BY id FOR UPDATE LOOP
    WHILE EXISTS (SELECT FROM deadline WHERE id = late AND state = 'running' AND next_at <= up_to) LOOP
      PERFORM fire_deadlines(service, up_to, 1, '{}', false, '{}', late);
    END LOOP;
  END LOOP;
END $$;

-- Let paused deadlines run on: what lies ahead of them moves by the time they stood still, and none stands still longer than
-- it was allowed to.
CREATE FUNCTION resume_deadlines(service text, ids uuid[], now_at timestamptz, note jsonb) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  one deadline;
  ended timestamptz;
  stood interval;
  resumed integer := 0;
BEGIN
  FOR one IN SELECT * FROM deadline WHERE id = ANY (ids) AND state = 'paused' ORDER BY id FOR UPDATE LOOP
    ended := GREATEST(LEAST(now_at, one.paused_until), (one.paused->>'since')::timestamptz);
    stood := make_interval(secs => extract(epoch FROM ended - (one.paused->>'since')::timestamptz));
    UPDATE deadline d SET version = version + 1, state = 'running', paused = NULL, paused_until = NULL,
      paused_for = paused_for + stood, due_at = due_at + stood,
      due_on = ((due_at + stood - interval '1 microsecond') AT TIME ZONE 'Asia/Shanghai')::date,
      steps = moved(steps, next_step, stood), chain = moved(chain, 0, stood),
      next_at = (moved(steps, next_step, stood)->next_step->>'at')::timestamptz
    WHERE d.id = one.id;
    INSERT INTO deadline_ledger (deadline_id, at, what, by, why, due_before, due_after)
    VALUES (one.id, ended, 'resumed', CASE WHEN now_at < one.paused_until THEN acting() ELSE 'system:' || service END, note,
            one.due_at, one.due_at + stood);
    PERFORM tell_deadlines(service, ARRAY[one.id], 'resumed', ended);
    resumed := resumed + 1;
  END LOOP;
  RETURN resumed;
END $$;

-- Let those run on whose pause has lasted as long as it may.
CREATE FUNCTION end_pauses(service text, now_at timestamptz, most integer) RETURNS integer LANGUAGE sql AS $$
  SELECT resume_deadlines(service, ARRAY(SELECT id FROM deadline WHERE paused_until <= now_at
    ORDER BY paused_until, id LIMIT most FOR UPDATE SKIP LOCKED), now_at, '{"reason": "budget"}')
$$;

CREATE FUNCTION paused_of(s_type text, s_id text, kinds text[]) RETURNS uuid[] LANGUAGE sql STABLE AS $$
  SELECT array_agg(id) FROM deadline
  WHERE subject_type = s_type AND subject_id = s_id AND kind = ANY (kinds) AND state = 'paused'
$$;

-- The clocks of a subject as they stand once what is due has fired, locked: what a pause is decided on.
CREATE FUNCTION clocks_to_pause(service text, s_type text, s_id text, kinds text[], at timestamptz)
RETURNS TABLE (state text, pauses integer, paused_for interval, warnings integer, holder_org_id text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM resume_deadlines(service, ARRAY(SELECT d.id FROM deadline d WHERE d.id = ANY (paused_of(s_type, s_id, kinds))
    AND d.paused_until <= at), at, '{"reason": "budget"}');
  PERFORM catch_up(service, s_type, s_id, kinds, at);
  RETURN QUERY SELECT d.state, d.pauses, d.paused_for, cardinality(d.warned_at), d.holder->>'org_id' FROM deadline d
    WHERE d.subject_type = s_type AND d.subject_id = s_id AND d.kind = ANY (kinds) AND d.state IN ('running', 'paused')
    ORDER BY d.id FOR UPDATE;
END $$;

-- Let the running deadlines of a subject stand still, at the latest until `until`. `why` says who asked, who approved, and
-- the reason, none of it in words of a caller. It is shown as long as the pause lasts.
CREATE FUNCTION pause_deadlines(service text, s_type text, s_id text, kinds text[], at timestamptz, until timestamptz, note jsonb)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE ids uuid[];
BEGIN
  PERFORM catch_up(service, s_type, s_id, kinds, at);
  WITH before AS (
    SELECT d.id, d.due_at, plan_of(d) AS plan FROM deadline d
    WHERE d.subject_type = s_type AND d.subject_id = s_id AND d.kind = ANY (kinds) AND d.state = 'running' FOR UPDATE),
  paused AS (
    UPDATE deadline d SET version = version + 1, state = 'paused', pauses = d.pauses + 1, paused_until = until, next_at = NULL,
      paused = note || jsonb_build_object('since', at, 'until', until)
    FROM before b WHERE d.id = b.id RETURNING d.id),
  noted AS (
    INSERT INTO deadline_ledger (deadline_id, at, what, by, why, due_before, due_after, plan)
    SELECT b.id, at, 'paused', acting(), note || jsonb_build_object('until', until), b.due_at, b.due_at, b.plan FROM before b)
  SELECT array_agg(id) INTO ids FROM paused;
  PERFORM tell_deadlines(service, ids, 'paused', at);
  RETURN COALESCE(cardinality(ids), 0);
END $$;

-- Let the paused deadlines of a subject run on.
CREATE FUNCTION resume_subject(service text, s_type text, s_id text, kinds text[], at timestamptz, note jsonb)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN resume_deadlines(service, paused_of(s_type, s_id, kinds), at, note);
END $$;

-- What a new calendar may move, locked.
CREATE FUNCTION counted_deadlines() RETURNS SETOF deadline
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT d.* FROM deadline d WHERE d.counted IS NOT NULL AND d.state IN ('running', 'paused') ORDER BY d.id FOR UPDATE
$$;

-- Take over a deadline's new plan after a new calendar: `plans` are {id, due_at, due_on, provisional, steps, chain, next_at}.
-- What has fired stays fired; a paused one keeps standing still.
CREATE FUNCTION recompute_deadlines(service text, at timestamptz, plans jsonb, note jsonb) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE ids uuid[];
BEGIN
  WITH after AS (
    SELECT * FROM jsonb_to_recordset(plans) AS p(id uuid, due_at timestamptz, due_on date, provisional boolean, steps jsonb,
                                                 chain jsonb, next_at timestamptz)),
  before AS (
    SELECT d.id, d.due_at, plan_of(d) AS plan FROM deadline d
    WHERE d.id IN (SELECT a.id FROM after a) AND d.state IN ('running', 'paused') ORDER BY d.id FOR UPDATE),
  changed AS (
    UPDATE deadline d SET version = version + 1, due_at = a.due_at, due_on = a.due_on, provisional = a.provisional,
      steps = a.steps, chain = a.chain, next_at = CASE WHEN d.state = 'paused' THEN NULL ELSE a.next_at END
    FROM after a JOIN before b USING (id) WHERE d.id = b.id
    RETURNING d.id, b.due_at AS due_before, d.due_at AS due_after,
              jsonb_build_object('before', b.plan, 'after', plan_of(d)) AS plan),
  noted AS (
    INSERT INTO deadline_ledger (deadline_id, at, what, by, why, due_before, due_after, plan)
    SELECT c.id, recompute_deadlines.at, 'recomputed', acting(), note, c.due_before, c.due_after, c.plan FROM changed c)
  SELECT array_agg(id) INTO ids FROM changed;
  PERFORM tell_deadlines(service, ids, 'recomputed', at);
  RETURN COALESCE(cardinality(ids), 0);
END $$;

-- Settle the running deadlines of a subject: met in time, or met late. What is settled late is breached first,
-- even where the sweeper has not come by yet; what stood still runs on until this instant. It reaches deadlines outside
-- the caller's scope: whoever may answer a complaint stops its clock, wherever its holder sits.
CREATE OR REPLACE FUNCTION settle_deadlines(service text, s_type text, s_id text, kinds text[], at timestamptz)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  settled integer;
  late deadline;
BEGIN
  PERFORM resume_deadlines(service, paused_of(s_type, s_id, kinds), at, '{"reason": "settled"}');
  FOR late IN SELECT * FROM deadline WHERE subject_type = s_type AND subject_id = s_id AND kind = ANY (kinds)
      AND state = 'running' AND due_at <= at FOR UPDATE LOOP
    WHILE late.state = 'running' LOOP
      PERFORM fire_deadlines(service, at, 1, '{}', false, '{}', late.id);
      EXIT WHEN NOT FOUND;
      SELECT * INTO late FROM deadline WHERE id = late.id;
    END LOOP;
  END LOOP;
  WITH ended AS (
    UPDATE deadline SET state = CASE WHEN state = 'breached' OR at >= due_at THEN 'met-late' ELSE 'met' END,
      settled_at = at, next_at = NULL, next_step = NULL
    WHERE subject_type = s_type AND subject_id = s_id AND kind = ANY (kinds) AND state IN ('running', 'breached')
      AND settled_at IS NULL
    RETURNING id, state, due_at)
  INSERT INTO deadline_ledger (deadline_id, at, what, by, due_before, due_after)
  SELECT e.id, settle_deadlines.at, e.state, acting(), e.due_at, e.due_at FROM ended e;
  GET DIAGNOSTICS settled = ROW_COUNT;
  RETURN settled;
END $$;

-- Cancel the running deadlines of a subject whose matter has gone away; one that was breached stays so, and stops there.
CREATE OR REPLACE FUNCTION cancel_deadlines(s_type text, s_id text, kinds text[], at timestamptz)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE cancelled integer;
BEGIN
  WITH ended AS (
    UPDATE deadline SET state = CASE state WHEN 'breached' THEN state ELSE 'cancelled' END, settled_at = at, next_at = NULL,
      next_step = NULL, paused = NULL, paused_until = NULL
    WHERE subject_type = s_type AND subject_id = s_id AND kind = ANY (kinds) AND settled_at IS NULL
      AND state IN ('running', 'paused', 'breached')
    RETURNING id, state, due_at),
  noted AS (
    INSERT INTO deadline_ledger (deadline_id, at, what, by, due_before, due_after)
    SELECT e.id, cancel_deadlines.at, CASE e.state WHEN 'breached' THEN 'stopped' ELSE 'cancelled' END, acting(), e.due_at, e.due_at
    FROM ended e)
  SELECT count(*) FILTER (WHERE state = 'cancelled') INTO cancelled FROM ended;
  RETURN cancelled;
END $$;

DO $$
DECLARE definer text;
BEGIN
  FOREACH definer IN ARRAY ARRAY['clocks_to_pause', 'pause_deadlines',
                              'resume_subject', 'counted_deadlines', 'recompute_deadlines'] LOOP
    EXECUTE format('ALTER FUNCTION %I OWNER TO %I', definer, current_setting('keypost.worker_role'));
  END LOOP;
END $$;

-- Start deadlines, with how they were counted where the calendar matters.
CREATE OR REPLACE FUNCTION start_deadlines(deadlines jsonb) RETURNS integer LANGUAGE plpgsql
  SET plan_cache_mode = force_generic_plan AS $$
DECLARE started integer;
BEGIN
  -- Nearly always the words are kept already: spared the statement.
  IF deadlines @? '$[*] ? (@.because != null)' THEN
    INSERT INTO deadline_ground (digest, because)
    SELECT DISTINCT ON (d.ground) d.ground, d.because
    FROM jsonb_to_recordset(deadlines) AS d(ground text, because jsonb) WHERE d.because IS NOT NULL ORDER BY d.ground
    ON CONFLICT DO NOTHING;
  END IF;
  INSERT INTO deadline (id, kind, subject_type, subject_id, customer_id, org_id, started_at, due_at, due_on, provisional,
                        holder, chain, ground, steps, next_step, next_at, correlation_id, counted)
  SELECT d.id, d.kind, d.subject_type, d.subject_id, d.customer_id, d.org_id, d.started_at, d.due_at, d.due_on,
         d.provisional, d.holder, d.chain, d.ground, d.steps, 0, d.next_at, d.correlation_id, d.counted
  FROM jsonb_to_recordset(deadlines) AS d(id uuid, kind text, subject_type text, subject_id text, customer_id text,
       org_id text, started_at timestamptz, due_at timestamptz, due_on date, provisional boolean, holder jsonb,
       chain jsonb, ground text, steps jsonb, next_at timestamptz, correlation_id text, counted jsonb);
  GET DIAGNOSTICS started = ROW_COUNT;
  RETURN started;
END $$;

-- Whether a caller has to act on a deadline: by role and organisation, or by name, also as a deputy of one who is away; the
-- first holder or one of those it has passed to.
CREATE OR REPLACE FUNCTION is_held_by(d deadline, roles text[], org text, person text, on_day date) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT EXISTS (
    SELECT 1 FROM (SELECT d.holder AS h UNION ALL
                   SELECT c FROM jsonb_array_elements(d.chain) c WHERE c->>'since' IS NOT NULL) held
    WHERE CASE WHEN h->>'staff_id' IS NULL
               THEN (h->>'org_id' = org AND h->>'role' = ANY (is_held_by.roles)) OR EXISTS (
                 SELECT 1 FROM staff s WHERE s.org_id = h->>'org_id' AND h->>'role' = ANY (s.roles) AND s.deputy_id IS NOT NULL
                   AND is_away(s, on_day) AND standing_in(s.staff_id, on_day)::text = person)
          ELSE standing_in((h->>'staff_id')::uuid, on_day)::text = person OR h->>'staff_id' = person END)
$$;
