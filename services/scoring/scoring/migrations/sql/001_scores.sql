-- What scoring heard, what follows from it, and scores as published.
-- Topics have no order among each other: whatever comes in, in whichever order and how often, the same rows remain.

-- Every event that a score may rest on, as it came.
CREATE TABLE evidence (
  event_id uuid PRIMARY KEY,
  source text NOT NULL,
  type text NOT NULL,
  time timestamptz NOT NULL,
  subject text NOT NULL,
  orgpath text NOT NULL,
  aggregate text NOT NULL,
  version bigint NOT NULL,
  actor text NOT NULL,
  data jsonb NOT NULL);
CALL guard_path('evidence');

-- How much was heard: every batch makes a new revision. `newest` is the latest time that an event was recorded at.
CREATE TABLE heard (
  consumer text PRIMARY KEY,
  revision bigint NOT NULL,
  newest timestamptz NOT NULL);
CALL guard_any('heard');

-- A customer's facts, one row a version; `day` is when they were recorded.
CREATE TABLE customer_fact (
  event_id uuid PRIMARY KEY,
  customer_id uuid NOT NULL,
  version bigint NOT NULL,
  day date NOT NULL,
  org_id text NOT NULL,
  state text NOT NULL,
  class smallint,
  group_id uuid,
  filed_on date,
  filed_with_province_on date);
CREATE INDEX customer_fact_customer ON customer_fact (customer_id, version DESC);
CREATE INDEX customer_fact_org ON customer_fact (org_id, customer_id);
CALL guard('customer_fact', 'org_id');

CREATE TABLE assignment_fact (
  event_id uuid PRIMARY KEY,
  customer_id uuid NOT NULL,
  valid_from date NOT NULL,
  time timestamptz NOT NULL,
  version bigint NOT NULL,
  org_id text NOT NULL);
CREATE INDEX assignment_fact_customer ON assignment_fact (customer_id, valid_from DESC, time DESC, version DESC, event_id DESC);
CREATE INDEX assignment_fact_org ON assignment_fact (org_id, customer_id);
CALL guard('assignment_fact', 'org_id');

CREATE TABLE tier_fact (
  event_id uuid PRIMARY KEY,
  customer_id uuid NOT NULL,
  valid_from date NOT NULL,
  time timestamptz NOT NULL,
  version bigint NOT NULL,
  org_id text NOT NULL,
  class smallint);
CREATE INDEX tier_fact_customer ON tier_fact (customer_id, valid_from DESC, time DESC, version DESC, event_id DESC);
CALL guard('tier_fact', 'org_id');

-- Usage as it now stands: of a customer's line and month the highest version.
CREATE TABLE usage_row (
  customer_id uuid NOT NULL,
  month text NOT NULL,
  line text NOT NULL,
  version bigint NOT NULL,
  event_id uuid NOT NULL,
  org_id text NOT NULL,
  revenue numeric(16,2) NOT NULL,
  PRIMARY KEY (customer_id, month, line));
CALL guard('usage_row', 'org_id');

-- Reports of usage by unit and month: recorded, corrected (with its reason), form loaded, form missing.
CREATE TABLE usage_event (
  event_id uuid PRIMARY KEY,
  org_id text NOT NULL,
  month text NOT NULL,
  kind text NOT NULL,
  reason text,
  late boolean NOT NULL,
  occasion uuid NOT NULL,
  rows integer NOT NULL);
CREATE INDEX usage_event_org ON usage_event (org_id, month);
CALL guard('usage_event', 'org_id');

CREATE TABLE visit (
  visit_id uuid PRIMARY KEY,
  version bigint NOT NULL,
  event_id uuid NOT NULL,
  customer_id uuid NOT NULL,
  org_id text NOT NULL,
  level text NOT NULL,
  visited_on date NOT NULL,
  state text NOT NULL);
CREATE INDEX visit_customer ON visit (customer_id, visited_on);
CREATE INDEX visit_org ON visit (org_id, visited_on);
CALL guard('visit', 'org_id');

CREATE TABLE symposium (
  symposium_id uuid PRIMARY KEY,
  version bigint NOT NULL,
  event_id uuid NOT NULL,
  org_id text NOT NULL,
  held_on date NOT NULL);
CREATE INDEX symposium_org ON symposium (org_id, held_on);
CALL guard('symposium', 'org_id');

CREATE TABLE report (
  report_id uuid PRIMARY KEY,
  version bigint NOT NULL,
  event_id uuid NOT NULL,
  org_id text NOT NULL,
  kind text NOT NULL,
  month text NOT NULL,
  filed_with_province boolean NOT NULL,
  customers uuid[] NOT NULL);
CREATE INDEX report_org ON report (org_id, month);
CALL guard('report', 'org_id');

-- A quarter is circulated once by an organisation; the row decides between two who publish at once.
CREATE TABLE notice (
  id uuid PRIMARY KEY,
  org_id text NOT NULL,
  period text NOT NULL,
  published_at timestamptz NOT NULL,
  published_by uuid NOT NULL,
  UNIQUE (org_id, period));
CALL guard('notice', 'org_id');

-- Scores as published: the bytes that were sealed, and the seal.
CREATE TABLE score (
  id uuid PRIMARY KEY,
  org_id text NOT NULL,
  period text NOT NULL,
  version integer NOT NULL,
  rank integer,
  body bytea NOT NULL,
  seal text NOT NULL,
  published_at timestamptz NOT NULL,
  published_by uuid NOT NULL,
  UNIQUE (org_id, period, version));
CALL guard('score', 'org_id');
