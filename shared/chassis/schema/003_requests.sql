-- What requests leave behind besides their effect: the first answer, the audit, attachments.

CREATE TABLE idempotency (
  actor text NOT NULL,
  key text NOT NULL,
  fingerprint bytea NOT NULL,
  status smallint,
  headers jsonb,
  body bytea,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (actor, key)) WITH (toast_tuple_target = 8160);
CREATE INDEX idempotency_at ON idempotency (at);
CALL grant_to_services('idempotency');
CREATE POLICY own ON idempotency USING (actor = current_setting('keypost.actor', true))
  WITH CHECK (actor = current_setting('keypost.actor', true));

-- Added to, never changed; a seal is a row of its own so that entries stay as they were written.
CREATE TABLE audit_entry (
  id uuid PRIMARY KEY,
  at timestamptz NOT NULL,
  actor text NOT NULL,
  orgpath text NOT NULL,
  kind text NOT NULL,
  subject text NOT NULL,
  fields text[] NOT NULL,
  detail jsonb NOT NULL,
  correlation_id text NOT NULL);
CREATE INDEX audit_subject ON audit_entry (subject, at);
CALL guard_path('audit_entry');

CREATE TABLE audit_block (
  number bigint PRIMARY KEY,
  previous bytea NOT NULL,
  digest bytea NOT NULL,
  entries integer NOT NULL,
  sealed_at timestamptz NOT NULL);
CALL grant_to_services('audit_block');

CREATE TABLE audit_seal (
  entry_id uuid PRIMARY KEY REFERENCES audit_entry,
  block bigint NOT NULL REFERENCES audit_block,
  ordinal integer NOT NULL,
  UNIQUE (block, ordinal));
CALL grant_to_services('audit_seal');

CREATE TABLE attachment (
  id uuid PRIMARY KEY,
  org_id text NOT NULL,
  subject text,
  name text NOT NULL,
  media_type text NOT NULL,
  size integer NOT NULL,
  sha256 bytea NOT NULL,
  content bytea NOT NULL,
  uploaded_by text NOT NULL,
  uploaded_at timestamptz NOT NULL);
CREATE INDEX attachment_subject ON attachment (subject);
CALL guard('attachment', 'org_id');

DO $$ BEGIN
  EXECUTE format('REVOKE UPDATE, DELETE ON audit_entry, audit_block, audit_seal FROM %I, %I',
                 current_setting('keypost.app_role'), current_setting('keypost.worker_role'));
  EXECUTE format('REVOKE UPDATE, DELETE ON outbox FROM %I', current_setting('keypost.app_role'));
  EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON event_log, event_log_other FROM %I', current_setting('keypost.app_role'));
  EXECUTE format('REVOKE UPDATE, DELETE ON event_log, event_log_other FROM %I', current_setting('keypost.worker_role'));
END $$;
