"""The console's own log of every event that it has heard, in the order of its commits."""

from chassis.migrations import execute_script

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STREAM = """
CREATE TABLE stream_log (
  position bigint PRIMARY KEY,
  event_id uuid NOT NULL UNIQUE,
  source text NOT NULL,
  type text NOT NULL,
  time timestamptz NOT NULL,
  subject text NOT NULL,
  sequence bigint NOT NULL,
  aggregate text NOT NULL,
  version bigint NOT NULL,
  orgpath text NOT NULL,
  actor text NOT NULL,
  correlation_id text NOT NULL,
  causation_id text,
  data json NOT NULL);
CREATE INDEX stream_log_type ON stream_log (type, position);
CREATE INDEX stream_log_path ON stream_log (orgpath text_pattern_ops, position);
CALL guard_path('stream_log');

-- Only added to, and by nobody but the consumer.
DO $$ BEGIN
  EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON stream_log FROM %I', current_setting('keypost.app_role'));
  EXECUTE format('REVOKE UPDATE, DELETE ON stream_log FROM %I', current_setting('keypost.worker_role'));
END $$;

-- Positions are taken one transaction at a time and kept until its commit: whoever reads up to a position misses nothing
-- before it, and a transaction that fails leaves no gap. An event that is in the log already is not added again.
CREATE FUNCTION append_to_stream(events json) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  last bigint;
  added integer;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('stream_log'));
  SELECT COALESCE(max(position), 0) INTO last FROM stream_log;
  INSERT INTO stream_log
  SELECT last + row_number() OVER (ORDER BY e.place), e.event_id, e.source, e.type, e.time, e.subject, e.sequence,
    e.aggregate, e.version, e.orgpath, e.actor, e.correlation_id, e.causation_id, e.data
  FROM ROWS FROM (json_to_recordset(events) AS (event_id uuid, source text, type text, time timestamptz, subject text,
    sequence bigint, aggregate text, version bigint, orgpath text, actor text, correlation_id text, causation_id text,
    data json)) WITH ORDINALITY AS e(event_id, source, type, time, subject, sequence, aggregate, version, orgpath, actor,
    correlation_id, causation_id, data, place)
  WHERE NOT EXISTS (SELECT FROM stream_log s WHERE s.event_id = e.event_id);
  GET DIAGNOSTICS added = ROW_COUNT;
  RETURN added;
END $$;
"""


def upgrade() -> None:
    """Create it."""
    execute_script(STREAM)
