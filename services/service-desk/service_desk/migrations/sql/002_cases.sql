-- Complaints and compensations. Texts, names and phones are sealed: `caller`, `content`, `words`.

CREATE SEQUENCE case_block CYCLE;
DO $$ BEGIN
  EXECUTE format('GRANT USAGE ON SEQUENCE case_block TO %I', current_setting('keypost.app_role'));
END $$;

-- Why a case went where it did, by which clocks: the same for many cases, so kept once under its SHA-256, byte by byte.
CREATE TABLE case_ground (
  digest bytea PRIMARY KEY,
  because json NOT NULL);
CALL guard_any('case_ground');

CREATE TABLE complaint (
  id uuid PRIMARY KEY,
  case_no text NOT NULL UNIQUE,
  state text NOT NULL,
  cycle integer NOT NULL,
  level integer NOT NULL,
  version bigint NOT NULL,
  channel text NOT NULL,
  category text NOT NULL,
  subject text NOT NULL,
  org_id text NOT NULL,
  customer_id uuid,
  named_customer text,
  service_class smallint,
  vip boolean NOT NULL,
  first_responder_org_id text NOT NULL,
  handler_org_id text NOT NULL,
  desk_org_id text NOT NULL,
  received_at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL,
  recorded_by text NOT NULL,
  language text NOT NULL,
  mail_no text,
  caller_key text,
  caller bytea NOT NULL,
  content bytea NOT NULL,
  promised jsonb NOT NULL,
  ground bytea NOT NULL,
  cause text,
  link text,
  satisfaction smallint,
  ended_at timestamptz);
CREATE INDEX complaint_customer ON complaint (customer_id) WHERE ended_at IS NULL;
CREATE INDEX complaint_caller ON complaint (caller_key) WHERE ended_at IS NULL;
CREATE INDEX complaint_named ON complaint (named_customer) WHERE customer_id IS NULL AND named_customer IS NOT NULL;
CREATE INDEX complaint_received ON complaint (received_at DESC, id DESC);
CALL guard('complaint', 'org_id', 'first_responder_org_id', 'desk_org_id');

CREATE TABLE complaint_step (
  complaint_id uuid NOT NULL REFERENCES complaint,
  version bigint NOT NULL,
  step text NOT NULL,
  at timestamptz NOT NULL,
  actor text NOT NULL,
  words bytea NOT NULL,
  PRIMARY KEY (complaint_id, version));
CALL grant_to_services('complaint_step');
CREATE POLICY with_its_complaint ON complaint_step
  USING (EXISTS (SELECT FROM complaint c WHERE c.id = complaint_id));

CREATE TABLE compensation (
  id uuid PRIMARY KEY,
  case_no text NOT NULL UNIQUE,
  state text NOT NULL,
  version bigint NOT NULL,
  channel text NOT NULL,
  cause text NOT NULL,
  amount_claimed numeric(17, 2) NOT NULL,
  above_limit boolean NOT NULL,
  complaint_case_no text,
  subject text NOT NULL,
  org_id text NOT NULL,
  customer_id uuid,
  service_class smallint,
  vip boolean NOT NULL,
  first_responder_org_id text NOT NULL,
  desk_org_id text NOT NULL,
  received_at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL,
  recorded_by text NOT NULL,
  language text NOT NULL,
  mail_no text NOT NULL,
  caller_key text,
  caller bytea NOT NULL,
  content bytea NOT NULL,
  promised jsonb NOT NULL,
  ground bytea NOT NULL,
  ended_at timestamptz);
CREATE INDEX compensation_customer ON compensation (customer_id) WHERE ended_at IS NULL;
CREATE INDEX compensation_caller ON compensation (caller_key) WHERE ended_at IS NULL;
CREATE INDEX compensation_received ON compensation (received_at DESC, id DESC);
CREATE INDEX compensation_item ON compensation (mail_no);
CALL guard('compensation', 'org_id', 'first_responder_org_id', 'desk_org_id');
