-- Rebuilds asked for: projections made once more from their events, in a schema that nobody else looks into.

CREATE SCHEMA shadow;
DO $$ BEGIN
  EXECUTE format('GRANT USAGE, CREATE ON SCHEMA shadow TO %I', current_setting('keypost.worker_role'));
END $$;

-- `missing`: what the service has heard and the shadow has not, as last counted, by who told it.
-- `changed`: rows added, changed and removed by table, once they were taken over.
CREATE TABLE rebuild (
  id uuid PRIMARY KEY,
  requested_by text NOT NULL,
  requested_at timestamptz NOT NULL,
  state text NOT NULL DEFAULT 'requested' CHECK (state IN ('requested', 'running', 'done', 'cancelled', 'failed')),
  begun_at timestamptz,
  ended_at timestamptz,
  heard bigint NOT NULL DEFAULT 0,
  missing jsonb,
  changed jsonb,
  reason text);
CREATE UNIQUE INDEX rebuild_open ON rebuild ((true)) WHERE state IN ('requested', 'running');
CALL guard_any('rebuild');
