-- Clocks say whether a day is only expected.
CREATE OR REPLACE FUNCTION clocks_of(s_type text, s_id text) RETURNS json
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT COALESCE(json_agg(json_build_object('id', d.id, 'kind', d.kind, 'started_at', d.started_at,
    'due_at', d.due_at, 'due_on', d.due_on, 'provisional', d.provisional, 'state', d.state) ORDER BY d.due_at, d.kind), '[]')
  FROM deadline d WHERE d.subject_type = s_type AND d.subject_id = s_id
$$;

CREATE FUNCTION request_line(r service_request) RETURNS json LANGUAGE sql STABLE AS $$
  SELECT json_build_object('type', 'service-request', 'case_no', r.case_no, 'state', r.state, 'kind', r.kind,
    'priority', r.priority, 'received_at', r.received_at, 'wanted_by', r.wanted_by,
    'deadlines', clocks_of('service-request', r.id::text))
$$;

CREATE OR REPLACE FUNCTION open_cases_of(customer uuid) RETURNS json LANGUAGE plpgsql STABLE AS $$
DECLARE ids uuid[] := ids_of(customer);
BEGIN
  RETURN (SELECT COALESCE(json_agg(x.line ORDER BY x.received_at), '[]') FROM (
    SELECT complaint_line(c) AS line, c.received_at FROM complaint c WHERE c.customer_id = ANY (ids) AND c.ended_at IS NULL
    UNION ALL
    SELECT compensation_line(c), c.received_at FROM compensation c WHERE c.customer_id = ANY (ids) AND c.ended_at IS NULL
    UNION ALL
    SELECT request_line(r), r.received_at FROM service_request r WHERE r.customer_id = ANY (ids) AND r.ended_at IS NULL) x);
END $$;

-- Of service requests only open ones are on a card.
CREATE OR REPLACE FUNCTION with_cases(ids uuid[]) RETURNS uuid[] LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
  SELECT COALESCE(array_agg(i), '{}') FROM unnest(ids) AS i
  WHERE EXISTS (SELECT FROM complaint c WHERE c.customer_id = i) OR EXISTS (SELECT FROM compensation m WHERE m.customer_id = i)
    OR EXISTS (SELECT FROM service_request r WHERE r.customer_id = i AND r.ended_at IS NULL)
    OR EXISTS (SELECT FROM customer_alias a WHERE a.survivor_id = i)
    OR EXISTS (SELECT FROM customer_alias a WHERE a.customer_id = i AND a.survivor_id IS NOT NULL)
$$;
