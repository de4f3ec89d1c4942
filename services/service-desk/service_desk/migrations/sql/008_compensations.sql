-- Compensations to their end, settlements between units, service requests, repeated complaints, erasure.

-- Compensations: what was granted and paid; every step with who, when, how much and why.
ALTER TABLE complaint ADD COLUMN erased_at timestamptz;
ALTER TABLE compensation
  ADD COLUMN amount_granted numeric(17, 2),
  ADD COLUMN amount_paid numeric(17, 2),
  ADD COLUMN erased_at timestamptz;

CREATE TABLE compensation_step (
  compensation_id uuid NOT NULL REFERENCES compensation,
  version bigint NOT NULL,
  step text NOT NULL,
  at timestamptz NOT NULL,
  actor text NOT NULL,
  org_id text NOT NULL,
  amount numeric(17, 2),
  because json NOT NULL,
  words bytea NOT NULL,
  PRIMARY KEY (compensation_id, version));
CALL grant_to_services('compensation_step');
CREATE POLICY with_its_compensation ON compensation_step
  USING (EXISTS (SELECT FROM compensation c WHERE c.id = compensation_id));

-- One item is never paid twice: one row a mail number and cause, whoever pays, whatever they see.
CREATE TABLE compensation_payment (
  mail_no text NOT NULL,
  cause text NOT NULL,
  compensation_id uuid NOT NULL UNIQUE REFERENCES compensation,
  case_no text NOT NULL,
  org_id text NOT NULL,
  amount numeric(17, 2) NOT NULL CHECK (amount > 0),
  paid_at timestamptz NOT NULL,
  paid_by text NOT NULL,
  PRIMARY KEY (mail_no, cause));
CALL guard('compensation_payment', 'org_id');

-- Liability: apart from the money, from the payment on. A round of shares is never changed; a later one replaces it.
CREATE TABLE liability_share (
  compensation_id uuid NOT NULL,
  round bigint NOT NULL,
  link text NOT NULL,
  org_id text NOT NULL,
  creditor_org_id text NOT NULL,
  share numeric(7, 6) NOT NULL CHECK (share > 0 AND share <= 1),
  amount numeric(17, 2) NOT NULL CHECK (amount >= 0),
  PRIMARY KEY (compensation_id, round, link, org_id));
CALL guard('liability_share', 'org_id', 'creditor_org_id');

CREATE TABLE liability (
  compensation_id uuid PRIMARY KEY REFERENCES compensation,
  case_no text NOT NULL UNIQUE,
  state text NOT NULL CHECK (state IN ('pending', 'assigned', 'appealed', 'settled')),
  version bigint NOT NULL,
  round bigint NOT NULL,
  subject text NOT NULL,
  org_id text NOT NULL,
  customer_id uuid,
  creditor_org_id text NOT NULL,
  amount numeric(17, 2) NOT NULL CHECK (amount > 0),
  above_limit boolean NOT NULL,
  paid_at timestamptz NOT NULL,
  assigned_by text,
  appeal_until timestamptz,
  decider_org_id text,
  decided_at timestamptz,
  settled_at timestamptz);
CALL guard('liability', 'org_id', 'creditor_org_id');
-- Whoever is charged sees that much of the case, and may appeal; the file itself stays out of sight.
CREATE POLICY charged ON liability
  USING (EXISTS (SELECT FROM liability_share s WHERE s.compensation_id = liability.compensation_id))
  WITH CHECK (current_setting('keypost.scope', true) <> '');

CREATE TABLE liability_step (
  compensation_id uuid NOT NULL REFERENCES liability,
  version bigint NOT NULL,
  step text NOT NULL,
  at timestamptz NOT NULL,
  actor text NOT NULL,
  org_id text NOT NULL,
  because json NOT NULL,
  words bytea NOT NULL,
  PRIMARY KEY (compensation_id, version));
CALL grant_to_services('liability_step');
CREATE POLICY with_its_liability ON liability_step
  USING (EXISTS (SELECT FROM liability l WHERE l.compensation_id = liability_step.compensation_id));

-- All shares of a round, for whoever decides or appeals; the answers show a charged unit its own alone.
CREATE FUNCTION shares_of(compensation uuid, of_round bigint)
RETURNS TABLE (link text, org_id text, share numeric, amount numeric)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT s.link, s.org_id, s.share, s.amount FROM liability_share s
  WHERE s.compensation_id = compensation AND s.round = of_round ORDER BY s.link, s.org_id
$$;

-- The ledger between units: an entry is what one unit owes another, or has paid it; its two lines sum to nothing.
-- Nothing is changed: a correction is an entry of its own that takes one back, and may be followed by the right one.
CREATE TABLE settlement_entry (
  id uuid PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('charge', 'payment', 'correction')),
  debtor_org_id text NOT NULL,
  creditor_org_id text NOT NULL,
  amount numeric(17, 2) NOT NULL CHECK (amount > 0),
  period text NOT NULL,
  case_no text,
  compensation_id uuid REFERENCES compensation,
  corrects uuid UNIQUE REFERENCES settlement_entry,
  replaces uuid UNIQUE REFERENCES settlement_entry,
  posted_at timestamptz NOT NULL,
  posted_by text NOT NULL,
  words bytea NOT NULL);
CREATE UNIQUE INDEX settlement_charged_once ON settlement_entry (compensation_id, debtor_org_id)
  WHERE kind = 'charge' AND replaces IS NULL;
CREATE INDEX settlement_entry_posted ON settlement_entry (posted_at DESC, id DESC);
CALL guard('settlement_entry', 'debtor_org_id', 'creditor_org_id');

CREATE TABLE settlement_line (
  entry_id uuid NOT NULL REFERENCES settlement_entry,
  org_id text NOT NULL,
  counterparty_org_id text NOT NULL,
  period text NOT NULL,
  amount numeric(17, 2) NOT NULL CHECK (amount <> 0),
  PRIMARY KEY (entry_id, org_id));
CREATE INDEX settlement_line_unit ON settlement_line (org_id, counterparty_org_id, period);
CALL guard('settlement_line', 'org_id');

CREATE FUNCTION settlement_balances() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  written bigint;
  total numeric;
BEGIN
  SELECT count(*), sum(amount) INTO written, total FROM settlement_line WHERE entry_id = NEW.entry_id;
  IF written <= 1 OR total <> 0 OR NEW.org_id = NEW.counterparty_org_id OR NOT EXISTS (
      SELECT FROM settlement_entry e WHERE e.id = NEW.entry_id AND abs(NEW.amount) = e.amount
        AND (e.kind = 'correction') = (e.corrects IS NOT NULL)) THEN
    RAISE EXCEPTION 'the lines of settlement % do not balance', NEW.entry_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER settlement_balances AFTER INSERT ON settlement_line
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION settlement_balances();

-- What a unit still owes another: summed past row-level security, for the two lines lie with two units.
CREATE FUNCTION owed_between(debtor text, creditor text) RETURNS numeric
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT COALESCE(sum(amount), 0) FROM settlement_line WHERE org_id = creditor AND counterparty_org_id = debtor
$$;

-- Service requests: the six priorities of the VIP channel, urgent and one-off requests.
CREATE TABLE service_request (
  id uuid PRIMARY KEY,
  case_no text NOT NULL UNIQUE,
  state text NOT NULL CHECK (state IN ('open', 'accepted', 'done', 'declined')),
  version bigint NOT NULL,
  kind text NOT NULL,
  priority text,
  channel text NOT NULL,
  subject text NOT NULL,
  org_id text NOT NULL,
  customer_id uuid NOT NULL,
  service_class smallint,
  vip boolean NOT NULL,
  desk_org_id text NOT NULL,
  received_at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL,
  recorded_by text NOT NULL,
  wanted_by timestamptz,
  mail_no text,
  caller_key text,
  caller bytea NOT NULL,
  content bytea NOT NULL,
  because json NOT NULL,
  ended_at timestamptz,
  erased_at timestamptz);
CREATE INDEX service_request_customer ON service_request (customer_id) WHERE ended_at IS NULL;
CREATE INDEX service_request_caller ON service_request (caller_key) WHERE caller_key IS NOT NULL;
CREATE INDEX service_request_received ON service_request (received_at DESC, id DESC);
CALL guard('service_request', 'org_id', 'desk_org_id');

CREATE TABLE service_request_step (
  request_id uuid NOT NULL REFERENCES service_request,
  version bigint NOT NULL,
  step text NOT NULL,
  at timestamptz NOT NULL,
  actor text NOT NULL,
  words bytea NOT NULL,
  PRIMARY KEY (request_id, version));
CALL grant_to_services('service_request_step');
CREATE POLICY with_its_request ON service_request_step
  USING (EXISTS (SELECT FROM service_request r WHERE r.id = request_id));

-- Daily tracking: a clock a day and customer, and what was fed back.
CREATE TABLE tracking_day (
  id uuid PRIMARY KEY,
  customer_id uuid NOT NULL,
  org_id text NOT NULL,
  due_on date NOT NULL,
  due_at timestamptz NOT NULL,
  UNIQUE (customer_id, due_on));
CALL guard('tracking_day', 'org_id');

CREATE TABLE tracking_feedback (
  id uuid PRIMARY KEY,
  customer_id uuid NOT NULL,
  org_id text NOT NULL,
  at timestamptz NOT NULL,
  actor text NOT NULL,
  cases text[] NOT NULL,
  words bytea NOT NULL);
CREATE INDEX tracking_feedback_customer ON tracking_feedback (customer_id, at DESC, id DESC);
CALL guard('tracking_feedback', 'org_id');

-- Customers by the class that holds: who may be owed feedback is found without reading all of them.
CREATE INDEX customer_class ON customer
  ((CASE WHEN tier_version > 0 THEN service_class ELSE COALESCE(service_class, initial_class) END));

-- When the last open case of a customer ends, nothing is owed any more that day.
CREATE FUNCTION tracking_ends() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM complaint c WHERE c.customer_id = NEW.customer_id AND c.ended_at IS NULL)
    AND NOT EXISTS (SELECT FROM service_request r WHERE r.customer_id = NEW.customer_id AND r.ended_at IS NULL) THEN
    PERFORM cancel_deadlines('tracking-day', t.id::text, ARRAY['daily-feedback'], NEW.ended_at)
    FROM tracking_day t WHERE t.customer_id = NEW.customer_id AND t.due_at > NEW.ended_at;
    DELETE FROM tracking_day t WHERE t.customer_id = NEW.customer_id AND t.due_at > NEW.ended_at;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER tracking_ends AFTER UPDATE OF ended_at ON complaint FOR EACH ROW
  WHEN (OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL AND NEW.customer_id IS NOT NULL) EXECUTE FUNCTION tracking_ends();
CREATE TRIGGER tracking_ends AFTER UPDATE OF ended_at ON service_request FOR EACH ROW
  WHEN (OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL) EXECUTE FUNCTION tracking_ends();

-- The emergency mechanism: declared by a center from an instant until another, and what was done under it.
CREATE TABLE emergency (
  id uuid PRIMARY KEY,
  version bigint NOT NULL,
  situation text NOT NULL,
  org_id text NOT NULL,
  service_request_id uuid REFERENCES service_request,
  from_at timestamptz NOT NULL,
  until_at timestamptz NOT NULL,
  ended_at timestamptz,
  declared_at timestamptz NOT NULL,
  declared_by text NOT NULL,
  because json NOT NULL,
  words bytea NOT NULL);
CREATE INDEX emergency_declared ON emergency (declared_at DESC, id DESC);
CALL guard('emergency', 'org_id');

-- An emergency holds for the center that declared it and every unit below, which therefore sees it too.
CREATE FUNCTION emergencies_for(in_scope text) RETURNS SETOF emergency
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT e.* FROM emergency e JOIN organisation o USING (org_id)
  WHERE in_scope <> '' AND (o.orgpath = in_scope OR o.orgpath ^@ (in_scope || '.') OR in_scope ^@ (o.orgpath || '.'))
$$;

CREATE TABLE emergency_use (
  id uuid PRIMARY KEY,
  emergency_id uuid NOT NULL REFERENCES emergency,
  org_id text NOT NULL,
  at timestamptz NOT NULL,
  actor text NOT NULL,
  pieces integer,
  words bytea NOT NULL);
CREATE INDEX emergency_use_emergency ON emergency_use (emergency_id);
CALL guard('emergency_use', 'org_id');

CREATE TABLE contact_meeting (
  id uuid PRIMARY KEY,
  version bigint NOT NULL,
  customer_id uuid NOT NULL,
  org_id text NOT NULL,
  occasion text NOT NULL,
  held_on date NOT NULL,
  case_no text,
  recorded_at timestamptz NOT NULL,
  recorded_by text NOT NULL,
  because json NOT NULL,
  words bytea NOT NULL,
  erased_at timestamptz);
CREATE INDEX contact_meeting_held ON contact_meeting (held_on DESC, id DESC);
CALL guard('contact_meeting', 'org_id');

-- When a case is next due, wherever the clock's holder sits.
CREATE FUNCTION next_due(s_type text, s_id text) RETURNS timestamptz
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT min(d.due_at) FROM deadline d
  WHERE d.subject_type = s_type AND d.subject_id = s_id AND d.state IN ('running', 'paused', 'breached')
$$;

-- What a unit has open, whatever its sort; the VIP channel first, then by class, then by what is due.
CREATE VIEW queue_item WITH (security_invoker = true) AS
SELECT q.*, CASE WHEN q.vip THEN 0 ELSE 1 END AS vip_rank, CASE WHEN q.class IS NULL THEN 1 ELSE 0 END AS class_rank,
  COALESCE(q.class, 0) AS class_order, CASE WHEN q.due_at IS NULL THEN 1 ELSE 0 END AS due_rank,
  COALESCE(q.due_at, q.received_at) AS due_order
FROM (
  SELECT c.id, c.case_no, 'complaint' AS type, c.state, c.category, c.handler_org_id AS unit, c.customer_id, k.name AS customer_name,
    c.vip OR COALESCE(k.vip, false) AS vip, COALESCE(class_of(k), c.service_class) AS class,
    next_due('complaint', c.id::text) AS due_at, c.received_at
  FROM complaint c LEFT JOIN customer k USING (customer_id) WHERE c.ended_at IS NULL
  UNION ALL
  SELECT c.id, c.case_no, 'compensation', c.state, c.cause, c.first_responder_org_id, c.customer_id, k.name,
    c.vip OR COALESCE(k.vip, false), COALESCE(class_of(k), c.service_class), next_due('compensation', c.id::text), c.received_at
  FROM compensation c LEFT JOIN customer k USING (customer_id) WHERE c.ended_at IS NULL
  UNION ALL
  SELECT r.id, r.case_no, 'service-request', r.state, COALESCE(r.priority, r.kind), r.org_id, r.customer_id, k.name,
    r.vip OR COALESCE(k.vip, false), COALESCE(class_of(k), r.service_class), r.wanted_by, r.received_at
  FROM service_request r LEFT JOIN customer k USING (customer_id) WHERE r.ended_at IS NULL) q;
DO $$ BEGIN
  EXECUTE format('GRANT SELECT ON queue_item TO %I, %I', current_setting('keypost.app_role'), current_setting('keypost.worker_role'));
END $$;

-- Repeated complaints, found after the intake: how far the complaints have been looked through (by id, which grows with time).
CREATE TABLE complaint_repeat (
  complaint_id uuid PRIMARY KEY REFERENCES complaint,
  earlier_id uuid NOT NULL REFERENCES complaint,
  linked_at timestamptz NOT NULL,
  because json NOT NULL);
CREATE INDEX complaint_repeat_earlier ON complaint_repeat (earlier_id);
CALL grant_to_services('complaint_repeat');
CREATE POLICY with_its_complaint ON complaint_repeat
  USING (EXISTS (SELECT FROM complaint c WHERE c.id = complaint_id));

CREATE TABLE repeat_mark (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  upto uuid NOT NULL);
CALL grant_to_services('repeat_mark');

-- A complaint that got its customer later is looked at once more.
CREATE TABLE repeat_pending (complaint_id uuid PRIMARY KEY);
CALL grant_to_services('repeat_pending');
CREATE FUNCTION repeat_later() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO repeat_pending (complaint_id) VALUES (NEW.id) ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER repeat_later AFTER UPDATE OF customer_id ON complaint FOR EACH ROW
  WHEN (OLD.customer_id IS NULL AND NEW.customer_id IS NOT NULL) EXECUTE FUNCTION repeat_later();

-- Requests of persons: erasure by two people, correction by one.
CREATE TABLE person_erasure (
  id uuid PRIMARY KEY,
  state text NOT NULL CHECK (state IN ('requested', 'executed', 'refused')),
  version bigint NOT NULL,
  org_id text NOT NULL,
  phone_keys text[] NOT NULL,
  case_nos text[] NOT NULL,
  requested_at timestamptz NOT NULL,
  requested_by text NOT NULL,
  decided_at timestamptz,
  decided_by text,
  erased jsonb NOT NULL DEFAULT '{}',
  reason bytea NOT NULL);
CREATE INDEX person_erasure_requested ON person_erasure (requested_at DESC, id DESC);
CALL guard('person_erasure', 'org_id');

CREATE TABLE person_correction (
  id uuid PRIMARY KEY,
  case_no text NOT NULL,
  org_id text NOT NULL,
  fields text[] NOT NULL,
  at timestamptz NOT NULL,
  actor text NOT NULL,
  reason bytea NOT NULL);
CREATE INDEX person_correction_case ON person_correction (case_no);
CALL guard('person_correction', 'org_id');

-- The cases in which somebody called from one of these numbers, or which are named, as far as a scope goes.
CREATE FUNCTION cases_of_person(in_scope text, keys text[], numbers text[])
RETURNS TABLE (type text, id uuid, case_no text) LANGUAGE sql STABLE AS $$
  WITH units AS (SELECT o.org_id FROM organisation o WHERE o.orgpath = in_scope OR o.orgpath ^@ (in_scope || '.'))
  SELECT 'complaint', c.id, c.case_no FROM complaint c WHERE (c.caller_key = ANY (keys) OR c.case_no = ANY (numbers))
    AND EXISTS (SELECT FROM units u WHERE u.org_id IN (c.org_id, c.first_responder_org_id, c.desk_org_id))
  UNION ALL
  SELECT 'compensation', c.id, c.case_no FROM compensation c WHERE (c.caller_key = ANY (keys) OR c.case_no = ANY (numbers))
    AND EXISTS (SELECT FROM units u WHERE u.org_id IN (c.org_id, c.first_responder_org_id, c.desk_org_id))
  UNION ALL
  SELECT 'service-request', r.id, r.case_no FROM service_request r WHERE (r.caller_key = ANY (keys) OR r.case_no = ANY (numbers))
    AND EXISTS (SELECT FROM units u WHERE u.org_id IN (r.org_id, r.desk_org_id))
$$;

-- Overwrite what cases hold of persons with `blank`: callers, texts, the words of every step, attachments. The cases, their
-- numbers, clocks, amounts and events stay. Gives how many rows of each were overwritten.
CREATE FUNCTION erase_cases(ids uuid[], numbers text[], blank bytea, at timestamptz) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  done jsonb := '{}';
  rows bigint;
BEGIN
  UPDATE complaint SET caller = blank, content = blank, caller_key = NULL, erased_at = at WHERE id = ANY (ids);
  GET DIAGNOSTICS rows = ROW_COUNT;
  done := done || jsonb_build_object('complaint', rows);
  UPDATE compensation SET caller = blank, content = blank, caller_key = NULL, erased_at = at WHERE id = ANY (ids);
  GET DIAGNOSTICS rows = ROW_COUNT;
  done := done || jsonb_build_object('compensation', rows);
  UPDATE service_request SET caller = blank, content = blank, caller_key = NULL, erased_at = at WHERE id = ANY (ids);
  GET DIAGNOSTICS rows = ROW_COUNT;
  done := done || jsonb_build_object('service_request', rows);
  UPDATE complaint_step SET words = blank WHERE complaint_id = ANY (ids);
  GET DIAGNOSTICS rows = ROW_COUNT;
  done := done || jsonb_build_object('complaint_step', rows);
  UPDATE compensation_step SET words = blank WHERE compensation_id = ANY (ids);
  GET DIAGNOSTICS rows = ROW_COUNT;
  done := done || jsonb_build_object('compensation_step', rows);
  UPDATE liability_step SET words = blank WHERE compensation_id = ANY (ids);
  GET DIAGNOSTICS rows = ROW_COUNT;
  done := done || jsonb_build_object('liability_step', rows);
  UPDATE settlement_entry SET words = blank WHERE compensation_id = ANY (ids);
  GET DIAGNOSTICS rows = ROW_COUNT;
  done := done || jsonb_build_object('settlement_entry', rows);
  UPDATE service_request_step SET words = blank WHERE request_id = ANY (ids);
  GET DIAGNOSTICS rows = ROW_COUNT;
  done := done || jsonb_build_object('service_request_step', rows);
  UPDATE contact_meeting SET words = blank, erased_at = at WHERE case_no = ANY (numbers);
  GET DIAGNOSTICS rows = ROW_COUNT;
  done := done || jsonb_build_object('contact_meeting', rows);
  UPDATE tracking_feedback SET words = blank WHERE cases && numbers;
  GET DIAGNOSTICS rows = ROW_COUNT;
  done := done || jsonb_build_object('tracking_feedback', rows);
  UPDATE person_correction SET reason = blank WHERE case_no = ANY (numbers);
  GET DIAGNOSTICS rows = ROW_COUNT;
  done := done || jsonb_build_object('person_correction', rows);
  DELETE FROM attachment WHERE subject = ANY (numbers) OR subject = ANY (ids::text[]);
  GET DIAGNOSTICS rows = ROW_COUNT;
  RETURN done || jsonb_build_object('attachment', rows);
END $$;

DO $$ BEGIN
  EXECUTE format('ALTER FUNCTION settlement_balances OWNER TO %I', current_setting('keypost.worker_role'));
  EXECUTE format('ALTER FUNCTION emergencies_for OWNER TO %I', current_setting('keypost.worker_role'));
  EXECUTE format('ALTER FUNCTION shares_of OWNER TO %I', current_setting('keypost.worker_role'));
  EXECUTE format('ALTER FUNCTION owed_between OWNER TO %I', current_setting('keypost.worker_role'));
  EXECUTE format('ALTER FUNCTION tracking_ends OWNER TO %I', current_setting('keypost.worker_role'));
  EXECUTE format('ALTER FUNCTION next_due OWNER TO %I', current_setting('keypost.worker_role'));
  EXECUTE format('ALTER FUNCTION repeat_later OWNER TO %I', current_setting('keypost.worker_role'));
  -- What is on record stays; of the steps and entries only the sealed words, which a person may have erased.
  EXECUTE format('REVOKE UPDATE, DELETE ON compensation_payment, liability_share, settlement_line, compensation_step, liability_step,'
                 ' settlement_entry FROM %I, %I', current_setting('keypost.app_role'), current_setting('keypost.worker_role'));
  EXECUTE format('GRANT UPDATE (words) ON compensation_step, liability_step, settlement_entry TO %I, %I',
                 current_setting('keypost.app_role'), current_setting('keypost.worker_role'));
END $$;
