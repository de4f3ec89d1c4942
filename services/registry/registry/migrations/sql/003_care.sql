-- Customer files, visits and symposia.

-- What every event of a customer tells of its file.
ALTER TABLE customer ADD COLUMN file_completeness jsonb NOT NULL DEFAULT '{}';
ALTER TABLE customer ADD COLUMN filed_with_province_on date;

-- Rows that belong to a customer are seen by whoever sees the customer, whichever unit answers for it by now.
CREATE PROCEDURE guard_customer(target regclass) LANGUAGE plpgsql AS $$
BEGIN
  CALL grant_to_services(target);
  EXECUTE format('CREATE POLICY of_customer ON %s USING (EXISTS (SELECT FROM customer c WHERE c.customer_id = %s.customer_id))'
                 || ' WITH CHECK (current_setting(''keypost.scope'', true) <> '''')', target, target);
END $$;

-- Annex 2 as it now is, each layer sealed.
CREATE TABLE customer_file (
  customer_id uuid PRIMARY KEY,
  basic bytea NOT NULL,
  extended bytea NOT NULL,
  key_persons bytea NOT NULL,
  competitors bytea NOT NULL,
  raised jsonb NOT NULL,
  version bigint NOT NULL);
CALL guard_customer('customer_file');

-- What each change replaced: who, when, which fields, and their values before it. Only added to.
CREATE TABLE customer_file_change (
  change_id uuid PRIMARY KEY,
  customer_id uuid NOT NULL,
  version bigint NOT NULL,
  layer text NOT NULL,
  fields text[] NOT NULL,
  former bytea NOT NULL,
  source text NOT NULL CHECK (source IN ('person', 'form')),
  staff_id uuid NOT NULL,
  org_id text NOT NULL,
  at timestamptz NOT NULL);
CREATE INDEX customer_file_change_customer ON customer_file_change (customer_id, change_id);
CALL guard_customer('customer_file_change');

CREATE TABLE customer_file_filing (
  filing_id uuid PRIMARY KEY,
  customer_id uuid NOT NULL,
  filed_with text NOT NULL CHECK (filed_with IN ('city', 'province')),
  filed_on date NOT NULL,
  file_version bigint NOT NULL,
  staff_id uuid NOT NULL,
  org_id text NOT NULL,
  at timestamptz NOT NULL);
CREATE INDEX customer_file_filing_customer ON customer_file_filing (customer_id, filing_id);
CALL guard_customer('customer_file_filing');

DO $$ BEGIN
  EXECUTE format('REVOKE UPDATE, DELETE ON customer_file_change, customer_file_filing FROM %I',
                 current_setting('keypost.app_role'));
END $$;

-- A visit is seen by the visitor's organisation and by whoever sees the customer; what was said is sealed.
CREATE TABLE visit (
  visit_id uuid PRIMARY KEY,
  customer_id uuid NOT NULL,
  org_id text NOT NULL,
  level text NOT NULL,
  staff_id uuid NOT NULL,
  kind text NOT NULL,
  leader boolean NOT NULL,
  visited_on date NOT NULL,
  state text NOT NULL CHECK (state IN ('planned', 'done', 'missed', 'cancelled')),
  record bytea,
  recorded_at timestamptz NOT NULL,
  cancelled jsonb,
  version bigint NOT NULL);
CREATE INDEX visit_customer ON visit (customer_id, visit_id);
CREATE INDEX visit_org ON visit (org_id, visit_id);
CREATE INDEX visit_day ON visit (visited_on);
CALL guard('visit', 'org_id');
CREATE POLICY of_customer ON visit FOR SELECT
  USING (EXISTS (SELECT FROM customer c WHERE c.customer_id = visit.customer_id));

CREATE TABLE symposium (
  symposium_id uuid PRIMARY KEY,
  org_id text NOT NULL,
  held_on date NOT NULL,
  title text NOT NULL,
  record bytea,
  customers uuid[] NOT NULL,
  staff_id uuid NOT NULL,
  recorded_at timestamptz NOT NULL,
  version bigint NOT NULL);
CREATE INDEX symposium_org ON symposium (org_id, symposium_id);
CALL guard('symposium', 'org_id');

-- Workbooks of annex 2 as they were taken in; what became of each form quotes it, and is sealed.
CREATE TABLE file_import (
  import_id uuid PRIMARY KEY,
  org_id text NOT NULL,
  file_name text NOT NULL,
  submitted_by uuid NOT NULL,
  submitted_at timestamptz NOT NULL,
  forms integer NOT NULL,
  taken integer NOT NULL,
  refused integer NOT NULL,
  outcome bytea NOT NULL);
CREATE INDEX file_import_org ON file_import (org_id, import_id);
CALL guard('file_import', 'org_id');
