-- Use of claims: progress, renewal, idleness; development cases and projects.

ALTER TABLE claim ADD COLUMN renewals smallint NOT NULL DEFAULT 0;
CREATE INDEX claim_ending ON claim (until, claim_id) WHERE state = 'live';
ALTER TABLE customer ADD COLUMN prospect_score text;

-- A prospect under development by one unit. What was written at each step, the grounds of the grades, the project and
-- its watching are sealed: they name persons and prices.
CREATE TABLE development_case (
  case_id uuid PRIMARY KEY,
  org_id text NOT NULL,
  city_org_id text NOT NULL,
  -- The Kafka key of the case's events: the customer where it was known at the opening, else the organisation.
  event_key text NOT NULL,
  customer_id uuid,
  name text NOT NULL,
  name_key text NOT NULL,
  initials text NOT NULL,
  nature text NOT NULL,
  division text NOT NULL,
  credit_code text,
  lines text[] NOT NULL,
  demand text NOT NULL,
  owner_id uuid NOT NULL,
  opened_at timestamptz NOT NULL,
  state text NOT NULL CHECK (state IN ('open', 'won', 'lost', 'dropped')),
  step text NOT NULL CHECK (step IN ('locate', 'analyse', 'plan', 'link')),
  written bytea,
  filed_at timestamptz,
  filed_by uuid,
  score text,
  grades bytea,
  project_state text CHECK (project_state IN ('filed', 'approved', 'refused', 'assessed')),
  project bytea,
  ended_at timestamptz,
  end_reason bytea,
  because jsonb,
  version bigint NOT NULL);
CREATE INDEX development_case_org ON development_case (org_id, case_id);
CREATE INDEX development_case_customer ON development_case (customer_id) WHERE customer_id IS NOT NULL;
CREATE INDEX development_case_name_trigrams ON development_case USING gin (lower(name_key) gin_trgm_ops);
CREATE INDEX development_case_lead_name ON development_case (name_key) WHERE state = 'open';
CREATE INDEX development_case_lead_code ON development_case (credit_code) WHERE state = 'open' AND credit_code IS NOT NULL;
-- One to one: a unit develops a prospect in one case at a time.
CREATE UNIQUE INDEX development_case_one_open ON development_case (org_id, name_key, COALESCE(credit_code, ''))
  WHERE state = 'open';
CALL guard('development_case', 'org_id');

-- Every move of a case from step to step, also back; `progress` where a step was reached for the first time.
CREATE TABLE development_move (
  move_id uuid PRIMARY KEY,
  case_id uuid NOT NULL REFERENCES development_case,
  org_id text NOT NULL,
  former text NOT NULL,
  step text NOT NULL,
  progress boolean NOT NULL,
  reason bytea,
  staff_id uuid NOT NULL,
  at timestamptz NOT NULL);
CREATE INDEX development_move_case ON development_move (case_id, move_id);
CALL guard('development_move', 'org_id');

-- What was seen of a project in progress. Only added to.
CREATE TABLE development_watch (
  watch_id uuid PRIMARY KEY,
  case_id uuid NOT NULL REFERENCES development_case,
  org_id text NOT NULL,
  note bytea NOT NULL,
  staff_id uuid NOT NULL,
  at timestamptz NOT NULL);
CREATE INDEX development_watch_case ON development_watch (case_id, watch_id);
CALL guard('development_watch', 'org_id');

DO $$ BEGIN
  EXECUTE format('REVOKE UPDATE, DELETE ON development_move, development_watch FROM %I',
                 current_setting('keypost.app_role'));
END $$;

-- Earlier leads on what was declared, as the center sees them; the declaring unit does not.
CREATE TABLE declaration_lead (
  declaration_id uuid NOT NULL REFERENCES declaration,
  case_id uuid NOT NULL,
  city_org_id text NOT NULL,
  org_id text NOT NULL,
  filed_at timestamptz NOT NULL,
  PRIMARY KEY (declaration_id, case_id));
CALL guard('declaration_lead', 'city_org_id');

-- The leads on a prospect, whoever filed them: by customer, by credit code, or by a firm's full name where a code does
-- not tell the two apart. A lead on which its unit was granted a claim that ended is spent. Row-level security goes on
-- hiding the rest of the cases.
CREATE FUNCTION leads_on(known uuid[], code text, full_name text)
RETURNS TABLE (case_id uuid, org_id text, filed_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT d.case_id, d.org_id, d.filed_at FROM development_case d
  WHERE d.state = 'open' AND d.filed_at IS NOT NULL AND d.case_id IN (
    SELECT one.case_id FROM development_case one WHERE one.customer_id = ANY (known)
    UNION SELECT one.case_id FROM development_case one WHERE one.state = 'open' AND one.credit_code = code
    UNION SELECT one.case_id FROM development_case one
          WHERE one.state = 'open' AND one.name_key = full_name AND one.nature = 'organisation'
            AND (one.credit_code IS NULL OR code IS NULL OR one.credit_code = code))
    AND NOT EXISTS (SELECT FROM claim c WHERE c.customer_id = d.customer_id AND c.org_id = d.org_id
                    AND c.since >= d.filed_at AND c.state IN ('expired', 'released'))
  ORDER BY d.filed_at, d.case_id
$$;

-- Of customers that a declaration resembles: whether somebody holds one of them, and since when the first waits.
CREATE FUNCTION waiting_for(known uuid[])
RETURNS TABLE (held boolean, since timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM claim c WHERE c.customer_id = ANY (known) AND c.state = 'live')
      OR EXISTS (SELECT FROM assignment a WHERE a.customer_id = ANY (known))
      OR EXISTS (SELECT FROM customer k WHERE k.customer_id = ANY (known)
                 AND NOT EXISTS (SELECT FROM declaration d WHERE d.customer_id = k.customer_id AND d.state = 'held')),
    (SELECT min(d.submitted_at) FROM declaration d WHERE d.customer_id = ANY (known) AND d.state = 'held')
$$;

DO $$
DECLARE
  worker text := current_setting('keypost.worker_role');
  app text := current_setting('keypost.app_role');
  blind text;
BEGIN
  FOREACH blind IN ARRAY ARRAY['leads_on(uuid[], text, text)', 'waiting_for(uuid[])'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', blind);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I, %I', blind, app, worker);
    EXECUTE format('ALTER FUNCTION %s OWNER TO %I', blind, worker);
  END LOOP;
END $$;
