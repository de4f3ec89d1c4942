-- Intakes that come at once are written by one statement a table, not by one a case.

CREATE TYPE intake AS (
  in_scope text, who text, request_key text, print bytea, answer_status smallint, answer_headers jsonb, answer bytea,
  named_id uuid, named_code text, keys text[], guessed uuid, guessed_version bigint,
  new_id uuid, new_case_no text, new_channel text, new_category text, new_subject text, new_org text,
  new_class smallint, new_vip boolean, new_responder text, new_desk text, new_received timestamptz, new_recorded timestamptz,
  new_language text, new_mail_no text, new_caller_key text, new_caller bytea, new_content bytea, new_promised jsonb, new_ground bytea,
  clocks jsonb, events jsonb, ground_kept boolean);

-- What holds of one call before anything of it is written: `facts` where its customer is not what was assumed, `ground`
-- where its reason is not kept yet, else null.
CREATE FUNCTION intake_hindered(one intake) RETURNS TABLE (verdict text, facts json) LANGUAGE plpgsql AS $$
DECLARE holder customer;
BEGIN
  holder := known_caller(one.named_id, one.named_code, one.keys);
  IF holder.customer_id IS DISTINCT FROM one.guessed OR holder.version IS DISTINCT FROM one.guessed_version THEN
    verdict := 'facts';
    facts := facts_of(holder);
  ELSIF NOT one.ground_kept AND NOT EXISTS (SELECT FROM case_ground g WHERE g.digest = one.new_ground) THEN
    verdict := 'ground';
  END IF;
  RETURN NEXT;
END $$;

-- Each call is looked at, and its key entered, under its own caller's scope and name; what all of them write, every scope
-- may write. A group is one transaction: where one cannot be written none is. `place` is that of the call in the group.
DROP FUNCTION receive_complaint;
CREATE FUNCTION receive_complaints(given intake[])
RETURNS TABLE (place bigint, verdict text, facts json, headers jsonb, body bytea, because json)
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  sender record;
  phones text[];
  free bigint[];
  entered text[];
  fresh bigint[] := '{}';
  setting text;
  written integer;
BEGIN
  -- By name, so that two groups with keys of the same people wait for each other in one order.
  FOR sender IN SELECT g.in_scope, g.who, array_agg(g.ordinality) AS places
      FROM unnest(given) WITH ORDINALITY AS g GROUP BY g.in_scope, g.who ORDER BY g.who, g.in_scope LOOP
    setting := set_config('keypost.scope', sender.in_scope, true);
    setting := set_config('keypost.actor', sender.who, true);
    -- Most calls name no customer and come from a phone that none has: seen for all of them at one look.
    phones := ARRAY(SELECT p.phone_key FROM customer_phone p WHERE p.phone_key = ANY (ARRAY(
      SELECT k FROM unnest(given) WITH ORDINALITY AS g, unnest(g.keys) AS k WHERE g.ordinality = ANY (sender.places))));
    free := ARRAY(SELECT g.ordinality FROM unnest(given) WITH ORDINALITY AS g
      WHERE g.ordinality = ANY (sender.places) AND g.named_id IS NULL AND g.named_code IS NULL AND g.guessed IS NULL
        AND g.ground_kept AND (g.keys && phones) IS NOT TRUE);
    IF cardinality(free) < cardinality(sender.places) THEN
      FOREACH place IN ARRAY sender.places LOOP
        CONTINUE WHEN place = ANY (free);
        SELECT h.verdict, h.facts INTO verdict, facts FROM intake_hindered(given[place]) h;
        IF verdict IS NULL THEN
          free := free || place;
        ELSE
          RETURN NEXT;
        END IF;
      END LOOP;
    END IF;
    WITH entering AS (
      INSERT INTO idempotency (actor, key, fingerprint, status, headers, body)
      SELECT g.who, g.request_key, g.print, g.answer_status, g.answer_headers, g.answer
      FROM unnest(given) WITH ORDINALITY AS g WHERE g.ordinality = ANY (free) ORDER BY g.request_key, g.ordinality
      ON CONFLICT DO NOTHING RETURNING key)
    SELECT COALESCE(array_agg(key), '{}') INTO entered FROM entering;
    IF cardinality(entered) = cardinality(free) THEN
      fresh := fresh || free;
      CONTINUE;
    END IF;
    -- Of equal keys in one group the first has entered it.
    fresh := fresh || ARRAY(SELECT min(g.ordinality) FROM unnest(given) WITH ORDINALITY AS g
      WHERE g.ordinality = ANY (free) AND g.request_key = ANY (entered) GROUP BY g.request_key);
    FOREACH place IN ARRAY free LOOP
      CONTINUE WHEN place = ANY (fresh);
      SELECT c.verdict, NULL::json, c.headers, c.body, c.because INTO verdict, facts, headers, body, because
      FROM unnest(given) WITH ORDINALITY AS g,
        LATERAL claim_key(g.who, g.request_key, g.print, g.answer_status, g.answer_headers, g.answer) c
      WHERE g.ordinality = place;
      IF verdict = 'new' THEN
        fresh := fresh || place;
      ELSE
        RETURN NEXT;
      END IF;
    END LOOP;
  END LOOP;
  INSERT INTO complaint (id, case_no, state, cycle, level, version, channel, category, subject, org_id, customer_id,
    named_customer, service_class, vip, first_responder_org_id, handler_org_id, desk_org_id, received_at, recorded_at,
    recorded_by, language, mail_no, caller_key, caller, content, promised, ground)
  SELECT g.new_id, g.new_case_no, 'recorded', 1, 1, 1, g.new_channel, g.new_category, g.new_subject, g.new_org, g.guessed,
    COALESCE(g.named_id::text, g.named_code), g.new_class, g.new_vip, g.new_responder, g.new_responder, g.new_desk,
    g.new_received, g.new_recorded, g.who, g.new_language, g.new_mail_no, g.new_caller_key, g.new_caller, g.new_content,
    g.new_promised, g.new_ground
  FROM unnest(given) WITH ORDINALITY AS g WHERE g.ordinality = ANY (fresh) ORDER BY g.ordinality;
  written := start_all_deadlines(ARRAY(
    SELECT g.clocks FROM unnest(given) WITH ORDINALITY AS g WHERE g.ordinality = ANY (fresh) ORDER BY g.ordinality));
  written := announce_all(ARRAY(
    SELECT g.events FROM unnest(given) WITH ORDINALITY AS g WHERE g.ordinality = ANY (fresh) ORDER BY g.ordinality));
  RETURN QUERY SELECT f, 'new'::text, NULL::json, NULL::jsonb, NULL::bytea, NULL::json FROM unnest(fresh) AS f;
END $$;

-- A phone's key is only ever looked for as a whole.
DROP INDEX complaint_caller;
CREATE INDEX complaint_caller ON complaint USING hash (caller_key) WHERE ended_at IS NULL;
