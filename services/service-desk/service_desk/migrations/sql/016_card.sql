-- Clocks say whether a day is only expected.
CREATE OR REPLACE FUNCTION clocks_of(s_type text, s_id text) RETURNS json
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT COALESCE(json_agg(json_build_object('id', d.id, 'kind', d.kind, 'started_at', d.started_at,
    'due_at', d.due_at, 'due_on', d.due_on, 'provisional', d.provisional, 'state', d.state) ORDER BY d.due_at, d.kind), '[]')
  FROM deadline d WHERE d.subject_type = s_type AND d.subject_id = s_id
$$;
