-- Seats that work without a network, and callers.

-- A seat's number is given to one person at a time; the numbers of its cases carry it. `device` is the one file that counts
-- its serials: a second one would count them again.
CREATE TABLE seat (
  id uuid PRIMARY KEY,
  number integer NOT NULL,
  staff_id uuid NOT NULL,
  org_id text NOT NULL,
  state text NOT NULL,
  given_at timestamptz NOT NULL,
  given_by text NOT NULL,
  device text,
  enrolled_at timestamptz,
  revoked_at timestamptz,
  revoked_by text,
  version bigint NOT NULL);
CREATE UNIQUE INDEX seat_held ON seat (number) WHERE revoked_at IS NULL;
CREATE INDEX seat_number ON seat (number);
CREATE INDEX seat_staff ON seat (staff_id);
CALL guard('seat', 'org_id');

-- A call as a seat sent it: what it held, so that it counts once however often it comes. Kept for good, unlike the
-- answers to requests.
CREATE TABLE seat_call (
  case_no text PRIMARY KEY,
  seat integer NOT NULL,
  actor text NOT NULL,
  print bytea NOT NULL);
CALL grant_to_services('seat_call');
CREATE POLICY own ON seat_call USING (actor = current_setting('keypost.actor', true))
  WITH CHECK (actor = current_setting('keypost.actor', true));

CREATE FUNCTION day_of(at timestamptz) RETURNS date LANGUAGE sql IMMUTABLE AS $$
  SELECT (at AT TIME ZONE 'Asia/Shanghai')::date
$$;

-- Whether a number was a person's on a day; asked past row-level security, for a person may have moved since.
CREATE FUNCTION holds_seat(wanted integer, who text, on_day date) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM seat s WHERE s.number = wanted AND s.staff_id::text = who AND day_of(s.given_at) <= on_day
                 AND (s.revoked_at IS NULL OR on_day <= day_of(s.revoked_at)))
$$;

-- The numbers that nobody can be given on a day: held, or held by somebody until that day, whose calls carry it too.
-- The lock makes those wait who give numbers at the same time.
CREATE FUNCTION seats_taken(on_day date) RETURNS SETOF integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('seat'));
  RETURN QUERY SELECT DISTINCT s.number FROM seat s WHERE s.revoked_at IS NULL OR day_of(s.revoked_at) >= on_day;
END $$;

-- `new` where the call has not come before, `again` where it has, `other` where its number came with another content.
CREATE FUNCTION claim_seat_call(in_scope text, who text, of_seat integer, new_case_no text, new_print bytea, call_day date)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE kept bytea;
BEGIN
  PERFORM set_config('keypost.scope', in_scope, true), set_config('keypost.actor', who, true);
  IF NOT holds_seat(of_seat, who, call_day) THEN
    RETURN 'foreign';
  END IF;
  INSERT INTO seat_call (case_no, seat, actor, print) VALUES (new_case_no, of_seat, who, new_print) ON CONFLICT DO NOTHING;
  IF FOUND THEN
    RETURN 'new';
  END IF;
  SELECT c.print INTO kept FROM seat_call c WHERE c.case_no = new_case_no;
  RETURN CASE WHEN kept = new_print THEN 'again' ELSE 'other' END;
END $$;

-- What a seat's calls were answered, the same at every time: nothing in it changes after the intake.
CREATE FUNCTION seat_receipts(who text, numbers text[])
RETURNS TABLE (case_no text, id uuid, received_at timestamptz, recorded_at timestamptz, first_responder text, promised json)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT c.case_no, c.id, c.received_at, c.recorded_at, c.first_responder_org_id, c.promised::json
  FROM complaint c JOIN seat_call s USING (case_no) WHERE s.actor = who AND c.case_no = ANY (numbers)
$$;

DO $$ BEGIN
  EXECUTE format('ALTER FUNCTION holds_seat OWNER TO %I', current_setting('keypost.worker_role'));
  EXECUTE format('ALTER FUNCTION seats_taken OWNER TO %I', current_setting('keypost.worker_role'));
  EXECUTE format('ALTER FUNCTION seat_receipts OWNER TO %I', current_setting('keypost.worker_role'));
END $$;

-- Callers: found by the initials of their name too, and with the last contacts on the card.
ALTER TABLE customer ADD COLUMN initials text NOT NULL DEFAULT '';
CREATE INDEX customer_initials ON customer USING gin (initials gin_trgm_ops);
CREATE INDEX complaint_contact ON complaint (customer_id, received_at DESC) WHERE customer_id IS NOT NULL;
CREATE INDEX compensation_contact ON compensation (customer_id, received_at DESC) WHERE customer_id IS NOT NULL;
CREATE INDEX complaint_item ON complaint (mail_no) WHERE mail_no IS NOT NULL AND ended_at IS NULL;

-- Customers whose initials hold a text, past row-level security like those of a name part.
CREATE FUNCTION customers_by_initials(in_scope text, pattern text, most integer) RETURNS SETOF uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT c.customer_id FROM customer c JOIN organisation o ON o.org_id = c.responsible_org_id
  WHERE c.initials LIKE pattern AND (o.orgpath = in_scope OR o.orgpath ^@ (in_scope || '.'))
  ORDER BY c.name, c.customer_id LIMIT most
$$;
DO $$ BEGIN
  EXECUTE format('ALTER FUNCTION customers_by_initials OWNER TO %I', current_setting('keypost.worker_role'));
END $$;

-- Whom ids mean, and under which ids a customer's cases stand: the two places where merged customers come together.
CREATE FUNCTION customers_meant(ids uuid[]) RETURNS uuid[] LANGUAGE sql STABLE AS $$
  SELECT ids
$$;
CREATE FUNCTION ids_of(customer uuid) RETURNS uuid[] LANGUAGE sql STABLE AS $$
  SELECT ARRAY[customer]
$$;

CREATE OR REPLACE FUNCTION open_cases_of(customer uuid) RETURNS json LANGUAGE plpgsql STABLE AS $$
DECLARE ids uuid[] := ids_of(customer);
BEGIN
  RETURN (SELECT COALESCE(json_agg(x.line ORDER BY x.received_at), '[]') FROM (
    SELECT complaint_line(c) AS line, c.received_at FROM complaint c WHERE c.customer_id = ANY (ids) AND c.ended_at IS NULL
    UNION ALL
    SELECT compensation_line(c), c.received_at FROM compensation c WHERE c.customer_id = ANY (ids) AND c.ended_at IS NULL) x);
END $$;

-- What was last spoken with a customer: calls taken, words added, answers, follow-ups; the newest first.
CREATE FUNCTION last_contacts_of(customer uuid, most integer) RETURNS json LANGUAGE plpgsql STABLE AS $$
DECLARE ids uuid[] := ids_of(customer);
BEGIN
  RETURN (
    WITH lately AS (
      SELECT c.id, c.case_no, c.channel, c.category, c.state, c.received_at FROM complaint c
      WHERE c.customer_id = ANY (ids) ORDER BY c.received_at DESC LIMIT most),
    contact AS (
      SELECT l.received_at AS at, 'complaint' AS type, 'received' AS step, l.case_no, l.channel, l.category, l.state FROM lately l
      UNION ALL
      SELECT s.at, 'complaint', s.step, l.case_no, l.channel, l.category, l.state
      FROM lately l JOIN complaint_step s ON s.complaint_id = l.id WHERE s.step IN ('add', 'answer', 'close', 'withdraw')
      UNION ALL
      (SELECT m.received_at, 'compensation', 'received', m.case_no, m.channel, m.cause, m.state FROM compensation m
       WHERE m.customer_id = ANY (ids) ORDER BY m.received_at DESC LIMIT most))
    SELECT COALESCE(json_agg(json_build_object('at', k.at, 'type', k.type, 'step', k.step, 'case_no', k.case_no,
      'channel', k.channel, 'category', k.category, 'state', k.state) ORDER BY k.at DESC, k.case_no), '[]')
    FROM (SELECT * FROM contact ORDER BY at DESC, case_no LIMIT most) k);
END $$;

DROP FUNCTION find_callers(text, text, text[], uuid, text, text, text, integer);
DROP FUNCTION card_of(customer);

CREATE FUNCTION card_of(c customer, contacts integer) RETURNS json LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN json_build_object(
    'customer', json_build_object('customer_id', c.customer_id, 'code', c.code, 'name', c.name, 'state', c.state,
      'class', class_of(c), 'vip', c.vip, 'risk', c.risk, 'division', c.division),
    'manager', (SELECT json_build_object('staff_no', s.staff_no, 'name', s.name) FROM staff s WHERE s.staff_id = c.manager_id),
    'unit', (SELECT json_build_object('org_id', o.org_id, 'name', o.name) FROM organisation o WHERE o.org_id = c.responsible_org_id),
    'last_contacts', last_contacts_of(c.customer_id, contacts),
    'open_cases', open_cases_of(c.customer_id));
END $$;

-- Exactly one of keys, wanted_id, wanted_code, wanted_credit_code, pattern is given; initials only beside a pattern.
CREATE FUNCTION find_callers(in_scope text, actor text, keys text[], wanted_id uuid, wanted_code text,
                             wanted_credit_code text, pattern text, initials text, most integer, contacts integer)
RETURNS TABLE (matches bigint, cards json, open_cases json)
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  ids uuid[];
  one customer;
BEGIN
  PERFORM set_config('keypost.scope', in_scope, true), set_config('keypost.actor', actor, true);
  IF keys IS NOT NULL THEN
    ids := ARRAY(SELECT DISTINCT p.customer_id FROM customer_phone p WHERE p.phone_key = ANY (keys));
  ELSIF wanted_id IS NOT NULL THEN
    ids := ARRAY[wanted_id];
  ELSIF wanted_code IS NOT NULL THEN
    ids := ARRAY(SELECT c.customer_id FROM customer c WHERE c.code = wanted_code);
  ELSIF wanted_credit_code IS NOT NULL THEN
    ids := ARRAY(SELECT c.customer_id FROM customer c WHERE c.credit_code = wanted_credit_code);
  ELSIF initials IS NOT NULL THEN
    ids := ARRAY(SELECT customers_named(in_scope, pattern, most) UNION SELECT customers_by_initials(in_scope, initials, most));
  ELSE
    ids := ARRAY(SELECT customers_named(in_scope, pattern, most));
  END IF;
  ids := customers_meant(ids);
  open_cases := '[]';
  -- Nearly always one: spared the sorting.
  IF cardinality(ids) = 1 THEN
    SELECT * INTO one FROM customer k WHERE k.customer_id = ids[1];
    matches := CASE WHEN one.customer_id IS NULL THEN 0 ELSE 1 END;
    cards := CASE WHEN matches = 0 THEN '[]' ELSE json_build_array(card_of(one, contacts)) END;
  ELSE
    SELECT count(*), COALESCE(json_agg(card_of(c, contacts) ORDER BY c.name, c.customer_id), '[]') INTO matches, cards
    FROM (SELECT * FROM customer k WHERE k.customer_id = ANY (ids) ORDER BY k.name, k.customer_id LIMIT most) c;
  END IF;
  IF matches = 0 AND keys IS NOT NULL THEN
    open_cases := open_cases_by_phone(keys);
  END IF;
  RETURN NEXT;
END $$;

-- Open cases that a new call may be about: of the same customer or phone with the same matter, or of the same item whoever
-- called. NULL where the request has been answered before: what it made itself is no duplicate of it.
CREATE FUNCTION likely_duplicates(in_scope text, who text, request_key text, named_id uuid, named_code text, keys text[],
                                  matter text, item text, most integer)
RETURNS json LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE ids uuid[];
BEGIN
  PERFORM set_config('keypost.scope', in_scope, true), set_config('keypost.actor', who, true);
  IF EXISTS (SELECT FROM idempotency i WHERE i.actor = who AND i.key = request_key) THEN
    RETURN NULL;
  END IF;
  ids := ids_of((known_caller(named_id, named_code, keys)).customer_id);
  RETURN (
    WITH found AS (
      SELECT c.id FROM complaint c
      WHERE c.customer_id = ANY (ids) AND c.ended_at IS NULL AND (c.category = matter OR c.mail_no = item)
      UNION
      SELECT c.id FROM complaint c
      WHERE c.caller_key = ANY (keys) AND c.ended_at IS NULL AND (c.category = matter OR c.mail_no = item)
      UNION
      SELECT c.id FROM complaint c WHERE c.mail_no = item AND c.ended_at IS NULL)
    SELECT COALESCE(json_agg(complaint_line(d.c)::jsonb || jsonb_build_object('same', array_remove(ARRAY[
        CASE WHEN (d.c).mail_no = item THEN 'mail_no' END, CASE WHEN (d.c).category = matter THEN 'category' END,
        CASE WHEN (d.c).customer_id = ANY (ids) THEN 'customer' END, CASE WHEN (d.c).caller_key = ANY (keys) THEN 'phone' END
      ], NULL)) ORDER BY d.same_item DESC, (d.c).received_at DESC), '[]')
    FROM (SELECT c, (c.mail_no = item) IS TRUE AS same_item FROM complaint c JOIN found USING (id)
          ORDER BY (c.mail_no = item) IS TRUE DESC, c.received_at DESC LIMIT most) d);
END $$;

-- An unknown caller has no customer to be found by.
DROP INDEX complaint_customer;
CREATE INDEX complaint_customer ON complaint (customer_id) WHERE ended_at IS NULL AND customer_id IS NOT NULL;

-- As before, with fewer statements: each that is written as an expression is spared the executor. A ground that the caller
-- knows to be kept is not looked for again.
DROP FUNCTION receive_complaint;
CREATE FUNCTION receive_complaint(
  in_scope text, who text, request_key text, print bytea, answer_status smallint, answer_headers jsonb, answer bytea,
  named_id uuid, named_code text, keys text[], guessed uuid, guessed_version bigint,
  new_id uuid, new_case_no text, new_channel text, new_category text, new_subject text, new_org text,
  new_class smallint, new_vip boolean, new_responder text, new_desk text, new_received timestamptz, new_recorded timestamptz,
  new_language text, new_mail_no text, new_caller_key text, new_caller bytea, new_content bytea, new_promised jsonb, new_ground bytea,
  clocks jsonb, events jsonb, ground_kept boolean,
  OUT verdict text, OUT facts json, OUT headers jsonb, OUT body bytea, OUT because json)
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  holder customer;
  claimed record;
  written integer;
  setting text;
BEGIN
  setting := set_config('keypost.scope', in_scope, true);
  setting := set_config('keypost.actor', who, true);
  holder := known_caller(named_id, named_code, keys);
  IF holder.customer_id IS DISTINCT FROM guessed OR holder.version IS DISTINCT FROM guessed_version THEN
    verdict := 'facts';
    facts := facts_of(holder);
    RETURN;
  END IF;
  IF NOT ground_kept AND NOT EXISTS (SELECT FROM case_ground g WHERE g.digest = new_ground) THEN
    verdict := 'ground';
    RETURN;
  END IF;
  INSERT INTO idempotency (actor, key, fingerprint, status, headers, body)
  VALUES (who, request_key, print, answer_status, answer_headers, answer) ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN
    SELECT * INTO claimed FROM claim_key(who, request_key, print, answer_status, answer_headers, answer);
    verdict := claimed.verdict;
    headers := claimed.headers;
    body := claimed.body;
    because := claimed.because;
    RETURN;
  END IF;
  verdict := 'new';
  INSERT INTO complaint (id, case_no, state, cycle, level, version, channel, category, subject, org_id, customer_id,
    named_customer, service_class, vip, first_responder_org_id, handler_org_id, desk_org_id, received_at, recorded_at,
    recorded_by, language, mail_no, caller_key, caller, content, promised, ground)
  VALUES (new_id, new_case_no, 'recorded', 1, 1, 1, new_channel, new_category, new_subject, new_org, guessed,
    COALESCE(named_id::text, named_code), new_class, new_vip, new_responder, new_responder, new_desk, new_received, new_recorded,
    who, new_language, new_mail_no, new_caller_key, new_caller, new_content, new_promised, new_ground);
  written := start_deadlines(clocks);
  written := announce(events);
END $$;
