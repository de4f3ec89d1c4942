-- Intake: scope, customer, idempotency, case, clocks and event in one statement and one round trip.
-- The answer is made before the call from what the service last knew of the customer; where that is no longer so the
-- function writes nothing, says what holds now, and is called again. Its statements are planned once: planning them for
-- each call's values cost as much as the writing.

CREATE FUNCTION known_caller(named_id uuid, named_code text, keys text[]) RETURNS customer LANGUAGE plpgsql AS $$
DECLARE
  found customer;
  ids uuid[];
BEGIN
  IF named_id IS NOT NULL THEN
    SELECT * INTO found FROM customer c WHERE c.customer_id = named_id;
  ELSIF named_code IS NOT NULL THEN
    SELECT * INTO found FROM customer c WHERE c.code = named_code;
  ELSIF keys IS NOT NULL THEN
    ids := ARRAY(SELECT DISTINCT c.customer_id FROM customer_phone p JOIN customer c USING (customer_id)
                 WHERE p.phone_key = ANY (keys));
    IF cardinality(ids) = 1 THEN
      SELECT * INTO found FROM customer c WHERE c.customer_id = ids[1];
    END IF;
  END IF;
  RETURN found;
END $$;

CREATE FUNCTION facts_of(c customer) RETURNS json LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN c.customer_id IS NULL THEN NULL ELSE json_build_object('customer_id', c.customer_id, 'code', c.code,
    'name', c.name, 'service_class', class_of(c), 'vip', c.vip, 'responsible_org_id', c.responsible_org_id,
    'version', c.version) END
$$;

-- The first answer to a key: `new` where this call is the first, `again` with what was answered, `reused` for another request.
-- The reason, which is most of an answer, is not kept with it but found by its digest: long rows are slow to write.
CREATE FUNCTION claim_key(who text, request_key text, print bytea, answer_status smallint, answer_headers jsonb, answer bytea,
                          OUT verdict text, OUT headers jsonb, OUT body bytea, OUT because json)
LANGUAGE plpgsql AS $$
DECLARE stored idempotency;
BEGIN
  INSERT INTO idempotency (actor, key, fingerprint, status, headers, body)
  VALUES (who, request_key, print, answer_status, answer_headers, answer) ON CONFLICT DO NOTHING;
  IF FOUND THEN
    verdict := 'new';
    RETURN;
  END IF;
  SELECT * INTO stored FROM idempotency i WHERE i.actor = who AND i.key = request_key;
  IF stored.fingerprint IS DISTINCT FROM print THEN
    verdict := 'reused';
    RETURN;
  END IF;
  verdict := 'again';
  headers := stored.headers;
  body := stored.body;
  SELECT g.because INTO because FROM case_ground g WHERE g.digest = decode(stored.headers->>'ground', 'hex');
END $$;

CREATE FUNCTION keep_ground(in_scope text, who text, of_digest bytea, text_of_it json) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('keypost.scope', in_scope, true), set_config('keypost.actor', who, true);
  INSERT INTO case_ground (digest, because) VALUES (of_digest, text_of_it) ON CONFLICT DO NOTHING;
END $$;

-- Generic plans: with arrays among the parameters the planner would plan anew at every call, which costs more than all else.
CREATE FUNCTION receive_complaint(
  in_scope text, who text, request_key text, print bytea, answer_status smallint, answer_headers jsonb, answer bytea,
  named_id uuid, named_code text, keys text[], guessed uuid, guessed_version bigint,
  new_id uuid, new_case_no text, new_channel text, new_category text, new_subject text, new_org text,
  new_class smallint, new_vip boolean, new_responder text, new_desk text, new_received timestamptz, new_recorded timestamptz,
  new_language text, new_mail_no text, new_caller_key text, new_caller bytea, new_content bytea, new_promised jsonb, new_ground bytea,
  clocks jsonb, events jsonb,
  OUT verdict text, OUT facts json, OUT headers jsonb, OUT body bytea, OUT because json)
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  holder customer;
  claimed record;
BEGIN
  PERFORM set_config('keypost.scope', in_scope, true), set_config('keypost.actor', who, true);
  holder := known_caller(named_id, named_code, keys);
  IF holder.customer_id IS DISTINCT FROM guessed OR holder.version IS DISTINCT FROM guessed_version THEN
    verdict := 'facts';
    facts := facts_of(holder);
    RETURN;
  END IF;
  IF NOT EXISTS (SELECT FROM case_ground g WHERE g.digest = new_ground) THEN
    verdict := 'ground';
    RETURN;
  END IF;
  SELECT * INTO claimed FROM claim_key(who, request_key, print, answer_status, answer_headers, answer);
  verdict := claimed.verdict;
  IF verdict <> 'new' THEN
    headers := claimed.headers;
    body := claimed.body;
    because := claimed.because;
    RETURN;
  END IF;
  INSERT INTO complaint (id, case_no, state, cycle, level, version, channel, category, subject, org_id, customer_id,
    named_customer, service_class, vip, first_responder_org_id, handler_org_id, desk_org_id, received_at, recorded_at,
    recorded_by, language, mail_no, caller_key, caller, content, promised, ground)
  VALUES (new_id, new_case_no, 'recorded', 1, 1, 1, new_channel, new_category, new_subject, new_org, guessed,
    COALESCE(named_id::text, named_code), new_class, new_vip, new_responder, new_responder, new_desk, new_received, new_recorded,
    who, new_language, new_mail_no, new_caller_key, new_caller, new_content, new_promised, new_ground);
  PERFORM start_deadlines(clocks);
  PERFORM announce(events);
END $$;

CREATE FUNCTION file_compensation(
  in_scope text, who text, request_key text, print bytea, answer_status smallint, answer_headers jsonb, answer bytea,
  named_id uuid, named_code text, keys text[], guessed uuid, guessed_version bigint,
  new_id uuid, new_case_no text, new_channel text, new_cause text, new_subject text, new_org text,
  new_class smallint, new_vip boolean, new_responder text, new_desk text, new_received timestamptz, new_recorded timestamptz,
  new_language text, new_mail_no text, new_caller_key text, new_caller bytea, new_content bytea, new_promised jsonb, new_ground bytea,
  clocks jsonb, events jsonb, new_amount numeric, new_above boolean, about_complaint text,
  OUT verdict text, OUT facts json, OUT headers jsonb, OUT body bytea, OUT because json)
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  holder customer;
  claimed record;
BEGIN
  PERFORM set_config('keypost.scope', in_scope, true), set_config('keypost.actor', who, true);
  holder := known_caller(named_id, named_code, keys);
  IF holder.customer_id IS NULL AND COALESCE(named_id::text, named_code) IS NOT NULL THEN
    verdict := 'unknown-customer';
    RETURN;
  END IF;
  IF about_complaint IS NOT NULL AND NOT EXISTS (SELECT FROM complaint c WHERE c.case_no = about_complaint) THEN
    verdict := 'unknown-complaint';
    RETURN;
  END IF;
  IF holder.customer_id IS DISTINCT FROM guessed OR holder.version IS DISTINCT FROM guessed_version THEN
    verdict := 'facts';
    facts := facts_of(holder);
    RETURN;
  END IF;
  IF NOT EXISTS (SELECT FROM case_ground g WHERE g.digest = new_ground) THEN
    verdict := 'ground';
    RETURN;
  END IF;
  SELECT * INTO claimed FROM claim_key(who, request_key, print, answer_status, answer_headers, answer);
  verdict := claimed.verdict;
  IF verdict <> 'new' THEN
    headers := claimed.headers;
    body := claimed.body;
    because := claimed.because;
    RETURN;
  END IF;
  INSERT INTO compensation (id, case_no, state, version, channel, cause, amount_claimed, above_limit, complaint_case_no,
    subject, org_id, customer_id, service_class, vip, first_responder_org_id, desk_org_id, received_at, recorded_at,
    recorded_by, language, mail_no, caller_key, caller, content, promised, ground)
  VALUES (new_id, new_case_no, 'filed', 1, new_channel, new_cause, new_amount, new_above, about_complaint,
    new_subject, new_org, guessed, new_class, new_vip, new_responder, new_desk, new_received, new_recorded,
    who, new_language, new_mail_no, new_caller_key, new_caller, new_content, new_promised, new_ground);
  PERFORM start_deadlines(clocks);
  PERFORM announce(events);
END $$;
