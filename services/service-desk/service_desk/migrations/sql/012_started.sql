-- What happened to the clocks of a complaint, from their start on: the first due moment is that of the first plan kept.
CREATE OR REPLACE FUNCTION complaint_ledger(of_complaint uuid) RETURNS json
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN (
    WITH clock AS (
      SELECT d.id, d.kind, d.started_at, d.due_at FROM deadline d
      WHERE d.subject_type = 'complaint' AND d.subject_id = of_complaint::text),
    entry AS (
      SELECT c.id, c.kind, 0 AS seq, 'started' AS what, c.started_at AS at, NULL AS by, NULL::jsonb AS why,
        NULL::timestamptz AS due_before, COALESCE((
          SELECT COALESCE(l.plan -> 'before', l.plan) ->> 'due_at' FROM deadline_ledger l
          WHERE l.deadline_id = c.id AND l.plan IS NOT NULL ORDER BY l.seq LIMIT 1)::timestamptz, c.due_at) AS due_after
      FROM clock c
      UNION ALL
      SELECT c.id, c.kind, l.seq, l.what, l.at, l.by, l.why, l.due_before, l.due_after
      FROM clock c JOIN deadline_ledger l ON l.deadline_id = c.id)
    SELECT COALESCE(json_agg(json_build_object('kind', e.kind, 'deadline_id', e.id, 'what', e.what, 'at', e.at, 'by', e.by,
      'why', e.why, 'due_before', e.due_before, 'due_after', e.due_after) ORDER BY e.at, e.seq, e.due_after, e.id), '[]')
    FROM entry e);
END $$;
