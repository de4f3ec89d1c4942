-- The caller's card, made where the rows are: one round trip from a phone to everything the agent reads out.

-- Whoever sees a case sees its clocks, also where they belong to a center beside: so past row-level security, and only
-- ever called on cases that passed it.
CREATE FUNCTION clocks_of(s_type text, s_id text) RETURNS json
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT COALESCE(json_agg(json_build_object('id', d.id, 'kind', d.kind, 'started_at', d.started_at,
    'due_at', d.due_at, 'due_on', d.due_on, 'state', d.state) ORDER BY d.due_at, d.kind), '[]')
  FROM deadline d WHERE d.subject_type = s_type AND d.subject_id = s_id
$$;
DO $$ BEGIN
  EXECUTE format('ALTER FUNCTION clocks_of OWNER TO %I', current_setting('keypost.worker_role'));
END $$;

CREATE FUNCTION complaint_line(c complaint) RETURNS json LANGUAGE sql STABLE AS $$
  SELECT json_build_object('type', 'complaint', 'case_no', c.case_no, 'state', c.state, 'category', c.category,
    'level', c.level, 'received_at', c.received_at, 'deadlines', clocks_of('complaint', c.id::text))
$$;

CREATE FUNCTION compensation_line(c compensation) RETURNS json LANGUAGE sql STABLE AS $$
  SELECT json_build_object('type', 'compensation', 'case_no', c.case_no, 'state', c.state, 'category', c.cause,
    'received_at', c.received_at, 'deadlines', clocks_of('compensation', c.id::text))
$$;

CREATE FUNCTION open_cases_of(customer uuid) RETURNS json LANGUAGE sql STABLE AS $$
  SELECT COALESCE(json_agg(x.line ORDER BY x.received_at), '[]') FROM (
    SELECT complaint_line(c) AS line, c.received_at FROM complaint c WHERE c.customer_id = customer AND c.ended_at IS NULL
    UNION ALL
    SELECT compensation_line(c), c.received_at FROM compensation c WHERE c.customer_id = customer AND c.ended_at IS NULL) x
$$;

CREATE FUNCTION open_cases_by_phone(keys text[]) RETURNS json LANGUAGE sql STABLE AS $$
  SELECT COALESCE(json_agg(x.line ORDER BY x.received_at), '[]') FROM (
    SELECT complaint_line(c) AS line, c.received_at FROM complaint c
    WHERE c.caller_key = ANY (keys) AND c.customer_id IS NULL AND c.ended_at IS NULL
    UNION ALL
    SELECT compensation_line(c), c.received_at FROM compensation c
    WHERE c.caller_key = ANY (keys) AND c.customer_id IS NULL AND c.ended_at IS NULL) x
$$;

CREATE FUNCTION card_of(c customer) RETURNS json LANGUAGE sql STABLE AS $$
  SELECT json_build_object(
    'customer', json_build_object('customer_id', c.customer_id, 'code', c.code, 'name', c.name, 'state', c.state,
      'class', class_of(c), 'vip', c.vip, 'risk', c.risk, 'division', c.division),
    'manager', (SELECT json_build_object('staff_no', s.staff_no, 'name', s.name) FROM staff s WHERE s.staff_id = c.manager_id),
    'unit', (SELECT json_build_object('org_id', o.org_id, 'name', o.name) FROM organisation o WHERE o.org_id = c.responsible_org_id),
    'open_cases', open_cases_of(c.customer_id))
$$;

-- Exactly one of keys, wanted_id, wanted_code, wanted_credit_code, pattern is given.
CREATE FUNCTION find_callers(in_scope text, actor text, keys text[], wanted_id uuid, wanted_code text,
                             wanted_credit_code text, pattern text, most integer)
RETURNS TABLE (matches bigint, cards json, open_cases json)
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  ids uuid[];
  one customer;
BEGIN
  PERFORM set_config('keypost.scope', in_scope, true), set_config('keypost.actor', actor, true);
  IF keys IS NOT NULL THEN
    ids := ARRAY(SELECT DISTINCT p.customer_id FROM customer_phone p WHERE p.phone_key = ANY (keys));
  ELSIF wanted_id IS NOT NULL THEN
    ids := ARRAY[wanted_id];
  ELSIF wanted_code IS NOT NULL THEN
    ids := ARRAY(SELECT c.customer_id FROM customer c WHERE c.code = wanted_code);
  ELSIF wanted_credit_code IS NOT NULL THEN
    ids := ARRAY(SELECT c.customer_id FROM customer c WHERE c.credit_code = wanted_credit_code);
  ELSE
    ids := ARRAY(SELECT customers_named(in_scope, pattern, most));
  END IF;
  open_cases := '[]';
  -- Nearly always one: spared the sorting.
  IF cardinality(ids) = 1 THEN
    SELECT * INTO one FROM customer k WHERE k.customer_id = ids[1];
    matches := CASE WHEN one.customer_id IS NULL THEN 0 ELSE 1 END;
    cards := CASE WHEN matches = 0 THEN '[]' ELSE json_build_array(card_of(one)) END;
  ELSE
    SELECT count(*), COALESCE(json_agg(card_of(c) ORDER BY c.name, c.customer_id), '[]') INTO matches, cards
    FROM (SELECT * FROM customer k WHERE k.customer_id = ANY (ids) ORDER BY k.name, k.customer_id LIMIT most) c;
  END IF;
  IF matches = 0 AND keys IS NOT NULL THEN
    open_cases := open_cases_by_phone(keys);
  END IF;
  RETURN NEXT;
END $$;
