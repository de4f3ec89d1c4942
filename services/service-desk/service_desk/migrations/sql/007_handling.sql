-- Handlers, cycles and clocks of complaints.

-- `handovers`: how often the case has changed hands; `opened_at`: when its cycle began, null in the first.
ALTER TABLE complaint ADD COLUMN handovers integer NOT NULL DEFAULT 0, ADD COLUMN opened_at timestamptz;
ALTER TABLE complaint_step ADD COLUMN cycle integer NOT NULL DEFAULT 1;

-- How a cycle ended that was reopened; never changed.
CREATE TABLE complaint_cycle (
  complaint_id uuid NOT NULL REFERENCES complaint,
  cycle integer NOT NULL,
  opened_at timestamptz NOT NULL,
  ended_at timestamptz NOT NULL,
  level integer NOT NULL,
  handler_org_id text NOT NULL,
  cause text,
  link text,
  satisfaction smallint,
  PRIMARY KEY (complaint_id, cycle));
CALL grant_to_services('complaint_cycle');
CREATE POLICY with_its_complaint ON complaint_cycle
  USING (EXISTS (SELECT FROM complaint c WHERE c.id = complaint_id));

-- All clocks of a complaint, of every cycle, with what happened to them so far.
CREATE FUNCTION complaint_clocks(of_complaint uuid, at timestamptz) RETURNS json
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT COALESCE(json_agg(json_build_object('id', d.id, 'kind', d.kind, 'cycle', y.cycle, 'started_at', d.started_at,
    'due_at', d.due_at, 'due_on', d.due_on, 'provisional', d.provisional, 'state', d.state, 'paused', d.paused,
    'warned_at', d.warned_at, 'holder', d.holder, 'breached_by', d.breached_by, 'settled_at', d.settled_at,
    'overdue_seconds', CASE WHEN d.state IN ('breached', 'met-late')
                            THEN extract(epoch FROM COALESCE(d.settled_at, at) - d.due_at)::float8 END)
    ORDER BY y.cycle, d.due_at, d.kind), '[]')
  FROM deadline d, LATERAL (SELECT 1 + count(*) AS cycle FROM complaint_cycle c
    WHERE c.complaint_id = of_complaint AND c.ended_at <= d.started_at) y
  WHERE d.subject_type = 'complaint' AND d.subject_id = of_complaint::text
$$;

-- What happened to the clocks of a complaint, in order.
CREATE FUNCTION complaint_ledger(of_complaint uuid) RETURNS json
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN (SELECT COALESCE(json_agg(json_build_object('kind', d.kind, 'deadline_id', d.id, 'what', l.what, 'at', l.at, 'by', l.by,
    'why', l.why, 'due_before', l.due_before, 'due_after', l.due_after) ORDER BY l.seq), '[]')
  FROM deadline d JOIN deadline_ledger l ON l.deadline_id = d.id
  WHERE d.subject_type = 'complaint' AND d.subject_id = of_complaint::text);
END $$;
DO $$ BEGIN
  EXECUTE format('ALTER FUNCTION complaint_clocks OWNER TO %I', current_setting('keypost.worker_role'));
  EXECUTE format('ALTER FUNCTION complaint_ledger OWNER TO %I', current_setting('keypost.worker_role'));
END $$;
