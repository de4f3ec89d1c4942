-- Disputes, their evidence, rulings and appeals.

-- Who is credited with the revenue of a line from which month on, as rulings divided it: [{line, from_month, org_id, share, lead}];
-- org_id null: whoever is responsible.
ALTER TABLE customer ADD COLUMN credit jsonb NOT NULL DEFAULT '[]';
ALTER TABLE assignment ADD COLUMN credit jsonb NOT NULL DEFAULT '[]';

CREATE TABLE dispute (
  dispute_id uuid PRIMARY KEY,
  customer_id uuid NOT NULL,
  kind text NOT NULL,
  origin text NOT NULL CHECK (origin IN ('party', 'declaration', 'territory-rule', 'demand')),
  lines text[] NOT NULL,
  parties text[] NOT NULL,
  org_id text NOT NULL,
  opened_by uuid NOT NULL,
  opened_at timestamptz NOT NULL,
  declaration_id uuid,
  facts jsonb NOT NULL,
  ruling_org_id text NOT NULL,
  state text NOT NULL CHECK (state IN ('open', 'ruled', 'appealed', 'final', 'withdrawn')),
  evidence_until timestamptz NOT NULL,
  due_at timestamptz,
  award jsonb,
  ruled_by uuid,
  ruled_at timestamptz,
  appealed_by uuid,
  because jsonb,
  version bigint NOT NULL);
CREATE INDEX dispute_customer ON dispute (customer_id);
CREATE INDEX dispute_parties ON dispute USING gin (parties);
CREATE INDEX dispute_ruling_org ON dispute (ruling_org_id, dispute_id);
CREATE INDEX dispute_due ON dispute (due_at) WHERE due_at IS NOT NULL;
CALL guard('dispute', 'org_id', 'ruling_org_id');
CREATE POLICY of_party ON dispute
  USING (EXISTS (SELECT 1 FROM organisation o WHERE o.org_id = ANY (dispute.parties)
                 AND (o.orgpath = current_setting('keypost.scope', true)
                      OR o.orgpath ^@ (current_setting('keypost.scope', true) || '.'))))
  WITH CHECK (current_setting('keypost.scope', true) <> '');

-- Rows that belong to a dispute are seen by whoever sees it.
CREATE PROCEDURE guard_dispute(target regclass) LANGUAGE plpgsql AS $$
BEGIN
  CALL grant_to_services(target);
  EXECUTE format('CREATE POLICY of_dispute ON %s USING (EXISTS (SELECT FROM dispute d WHERE d.dispute_id = %s.dispute_id))'
                 || ' WITH CHECK (current_setting(''keypost.scope'', true) <> '''')', target, target);
END $$;

-- A line of a customer is in one living dispute at most.
CREATE TABLE dispute_line (
  dispute_id uuid NOT NULL REFERENCES dispute,
  customer_id uuid NOT NULL,
  line text NOT NULL,
  live boolean NOT NULL,
  PRIMARY KEY (dispute_id, line));
CREATE UNIQUE INDEX dispute_one_live ON dispute_line (customer_id, line) WHERE live;
CALL guard_dispute('dispute_line');

-- What happened in a dispute, step by step; reasons as written are sealed. `former`: what an award changed, as it was.
CREATE TABLE dispute_step (
  step_id uuid PRIMARY KEY,
  dispute_id uuid NOT NULL,
  step text NOT NULL CHECK (step IN ('opened', 'evidence-filed', 'ruled', 'sent-up', 'appealed', 'final', 'withdrawn')),
  org_id text NOT NULL,
  staff_id uuid,
  at timestamptz NOT NULL,
  ruling_org_id text NOT NULL,
  award jsonb,
  reason bytea,
  cites text[] NOT NULL,
  former jsonb,
  because jsonb);
CREATE INDEX dispute_step_dispute ON dispute_step (dispute_id, step_id);
CALL guard_dispute('dispute_step');

-- Evidence is its party's own: the other party does not see it, the center above both does.
CREATE TABLE dispute_evidence (
  evidence_id uuid PRIMARY KEY,
  dispute_id uuid NOT NULL,
  org_id text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('filed', 'declaration', 'claim', 'lead', 'visit', 'registration')),
  staff_id uuid,
  recorded_at timestamptz NOT NULL,
  late boolean NOT NULL,
  text bytea,
  attachments uuid[] NOT NULL,
  facts jsonb NOT NULL);
CREATE INDEX dispute_evidence_dispute ON dispute_evidence (dispute_id, recorded_at, evidence_id);
CALL guard('dispute_evidence', 'org_id');

DO $$ BEGIN
  EXECUTE format('REVOKE UPDATE, DELETE ON dispute_step, dispute_evidence FROM %I', current_setting('keypost.app_role'));
END $$;

-- Whether a customer, or these lines of it, is disputed; a merge waits for it, a claim's time too.
CREATE FUNCTION is_disputed(contested uuid, of_lines text[] DEFAULT NULL) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM dispute_line
                 WHERE customer_id = contested AND live AND (of_lines IS NULL OR line = ANY (of_lines)))
$$;

-- The customer that a unit contests by its declaration: the one that it was refused for, the one that it is held under,
-- or, once its center refused it, the likeliest of those it was compared with: before, nobody is told who has that one.
CREATE FUNCTION contested_customer(contesting uuid) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT COALESCE(
    (SELECT (d.refused->>'customer_id')::uuid FROM declaration d WHERE d.declaration_id = contesting),
    (SELECT d.customer_id FROM declaration d WHERE d.declaration_id = contesting
     AND (EXISTS (SELECT FROM claim k WHERE k.customer_id = d.customer_id AND k.state = 'live')
          OR EXISTS (SELECT FROM assignment a WHERE a.customer_id = d.customer_id))),
    (SELECT c.customer_id FROM declaration_candidate c JOIN declaration d USING (declaration_id)
     WHERE c.declaration_id = contesting AND d.state = 'refused'
     ORDER BY c.score DESC, c.customer_id LIMIT 1))
$$;

-- Locks the customer's row and tells who answers for it, whoever asks.
CREATE FUNCTION contested_file(contested uuid)
RETURNS TABLE (org_id text, state text, assigned boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM 1 FROM customer c WHERE c.customer_id = contested FOR UPDATE;
  RETURN QUERY
    SELECT COALESCE(a.org_id, c.org_id), c.state, a.customer_id IS NOT NULL
    FROM customer c LEFT JOIN assignment a ON a.customer_id = c.customer_id WHERE c.customer_id = contested;
END $$;

-- The registry's own record of both sides: declarations, claims, leads, visits, registration; each row its unit's own.
CREATE FUNCTION enter_timeline(disputed uuid, contested uuid, sides text[]) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  INSERT INTO dispute_evidence (evidence_id, dispute_id, org_id, kind, staff_id, recorded_at, late, attachments, facts)
  SELECT uuidv7(), disputed, t.org_id, t.kind, t.staff_id, t.at, false, '{}', t.facts
  FROM (
    SELECT d.org_id, 'declaration' AS kind, d.submitted_by AS staff_id, d.submitted_at AS at,
      jsonb_build_object('declaration_id', d.declaration_id, 'state', d.state, 'lines', d.lines) AS facts
    FROM declaration d
    WHERE (d.customer_id = contested OR d.refused->>'customer_id' = contested::text
           OR d.declaration_id = (SELECT s.declaration_id FROM dispute s WHERE s.dispute_id = disputed))
    UNION ALL
    SELECT k.org_id, 'claim', NULL, k.since,
      jsonb_build_object('claim_id', k.claim_id, 'line', k.line, 'state', k.state, 'until', k.until)
    FROM claim k WHERE k.customer_id = contested
    UNION ALL
    SELECT l.org_id, 'lead', l.filed_by, l.filed_at, jsonb_build_object('case_id', l.case_id, 'lines', l.lines)
    FROM development_case l WHERE l.customer_id = contested AND l.filed_at IS NOT NULL
    UNION ALL
    SELECT v.org_id, 'visit', v.staff_id, v.recorded_at,
      jsonb_build_object('visit_id', v.visit_id, 'visited_on', v.visited_on, 'kind', v.kind)
    FROM visit v WHERE v.customer_id = contested AND v.state = 'done'
    UNION ALL
    SELECT a.org_id, 'registration', a.manager_id, a.since,
      jsonb_build_object('customer_code', c.customer_code, 'valid_from', a.valid_from)
    FROM assignment a JOIN customer c USING (customer_id) WHERE a.customer_id = contested) t
  WHERE t.org_id = ANY (sides)
$$;

-- Who has a hand in a matter, whichever side: those who declared or called for a party, filed evidence, or manage the customer.
CREATE FUNCTION hands_in(disputed uuid) RETURNS TABLE (staff_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT s.opened_by FROM dispute s WHERE s.dispute_id = disputed
  UNION SELECT e.staff_id FROM dispute_evidence e WHERE e.dispute_id = disputed AND e.staff_id IS NOT NULL
  UNION SELECT t.staff_id FROM dispute_step t
    WHERE t.dispute_id = disputed AND t.step IN ('opened', 'evidence-filed', 'ruled', 'appealed') AND t.staff_id IS NOT NULL
  UNION SELECT c.manager_id FROM customer c JOIN dispute s USING (customer_id)
    WHERE s.dispute_id = disputed AND c.manager_id IS NOT NULL
$$;

DO $$
DECLARE
  worker text := current_setting('keypost.worker_role');
  app text := current_setting('keypost.app_role');
  blind text;
BEGIN
  FOREACH blind IN ARRAY ARRAY[
    'is_disputed(uuid, text[])', 'contested_customer(uuid)', 'contested_file(uuid)',
    'enter_timeline(uuid, uuid, text[])', 'hands_in(uuid)'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', blind);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I, %I', blind, app, worker);
    EXECUTE format('ALTER FUNCTION %s OWNER TO %I', blind, worker);
  END LOOP;
END $$;
