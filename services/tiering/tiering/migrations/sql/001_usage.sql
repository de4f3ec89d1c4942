-- Usage by customer, line and month, the files that brought it, and filed analyses.

-- A unit's month: its number is that of the last event told about it, so its writers take it in turn.
CREATE TABLE usage_month (
  org_id text NOT NULL,
  month date NOT NULL,
  version bigint NOT NULL DEFAULT 0,
  filed_at timestamptz,
  planned boolean NOT NULL DEFAULT false,
  missing_told_at timestamptz,
  PRIMARY KEY (org_id, month));
CALL guard('usage_month', 'org_id');

-- One row for every figure that was ever reported; a newer one is another row, of a higher version.
-- `org_id` is the unit that filed. The month leads the key: a month comes at once and is summed at once.
CREATE TABLE usage (
  customer_id uuid NOT NULL,
  line text NOT NULL,
  month date NOT NULL,
  version integer NOT NULL,
  current boolean NOT NULL DEFAULT true,
  revenue numeric(15,2) NOT NULL CHECK (revenue >= 0),
  pieces bigint NOT NULL CHECK (pieces >= 0),
  weight_kg numeric(15,3) NOT NULL CHECK (weight_kg >= 0),
  org_id text NOT NULL,
  usage_file_id uuid,
  reason text CHECK (reason IN ('late', 'source', 'inaccuracy')),
  recorded timestamptz NOT NULL,
  PRIMARY KEY (month, customer_id, line, version));
CREATE INDEX usage_by_month ON usage USING brin (month);
CALL guard('usage', 'org_id');

CREATE TABLE usage_file (
  id uuid PRIMARY KEY,
  org_id text NOT NULL,
  month date NOT NULL,
  name text NOT NULL,
  format text NOT NULL CHECK (format IN ('csv', 'xlsx')),
  size bigint NOT NULL,
  sha256 bytea NOT NULL,
  state text NOT NULL DEFAULT 'received' CHECK (state IN ('received', 'checking', 'loaded', 'rejected')),
  uploaded_by text NOT NULL,
  correlation_id text NOT NULL,
  received_at timestamptz NOT NULL,
  due_on date,
  late boolean NOT NULL DEFAULT false,
  rows bigint NOT NULL DEFAULT 0,
  loaded_rows bigint NOT NULL DEFAULT 0,
  corrected_rows bigint NOT NULL DEFAULT 0,
  unchanged_rows bigint NOT NULL DEFAULT 0,
  refused_rows bigint NOT NULL DEFAULT 0,
  progress numeric(4,3) NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 1),
  revenue numeric(20,2) NOT NULL DEFAULT 0,
  loaded_revenue numeric(20,2) NOT NULL DEFAULT 0,
  pieces numeric(20) NOT NULL DEFAULT 0,
  header jsonb NOT NULL DEFAULT '[]',
  stated jsonb,
  warnings jsonb NOT NULL DEFAULT '[]',
  rejected_because jsonb,
  finished_at timestamptz,
  version bigint NOT NULL DEFAULT 0);
CREATE INDEX usage_file_list ON usage_file (org_id, month);
CREATE INDEX usage_file_same ON usage_file (sha256);
CREATE INDEX usage_file_open ON usage_file (received_at) WHERE state IN ('received', 'checking');
CALL guard('usage_file', 'org_id');

-- The file's bytes in pieces, so that no process ever holds the whole of it.
CREATE TABLE usage_file_part (
  usage_file_id uuid NOT NULL REFERENCES usage_file,
  number integer NOT NULL,
  org_id text NOT NULL,
  content bytea NOT NULL,
  PRIMARY KEY (usage_file_id, number));
CALL guard('usage_file_part', 'org_id');

CREATE TABLE usage_refusal (
  usage_file_id uuid NOT NULL REFERENCES usage_file,
  row_no bigint NOT NULL,
  org_id text NOT NULL,
  code text NOT NULL,
  zh text NOT NULL,
  en text NOT NULL,
  cells jsonb NOT NULL,
  PRIMARY KEY (usage_file_id, row_no));
CALL guard('usage_refusal', 'org_id');

CREATE TABLE report (
  id uuid PRIMARY KEY,
  org_id text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('monthly-analysis', 'kpi-report')),
  month date NOT NULL,
  customers uuid[] NOT NULL,
  filed_with_province boolean NOT NULL,
  note text,
  filed_on date NOT NULL,
  filed_by text NOT NULL,
  recorded timestamptz NOT NULL);
CREATE INDEX report_list ON report (org_id, month);
CALL guard('report', 'org_id');
