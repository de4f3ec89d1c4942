-- Replays asked for: the event log told once more, on a topic of its own, from a day on.

CREATE TABLE replay (
  id uuid PRIMARY KEY,
  since date,
  requested_by text NOT NULL,
  requested_at timestamptz NOT NULL,
  state text NOT NULL DEFAULT 'requested' CHECK (state IN ('requested', 'running', 'done')),
  published bigint NOT NULL DEFAULT 0);
CREATE INDEX replay_open ON replay (requested_at) WHERE state <> 'done';
CALL guard_any('replay');
