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

-- Two letters make no trigram: names that begin with them are found in the order of their initials.
CREATE INDEX customer_initials_first ON customer (initials COLLATE "C", customer_id);

-- Customers whose initials are like a pattern, `%ABC%` or `AB%`; past row-level security like those of a name part.
CREATE OR REPLACE FUNCTION customers_by_initials(in_scope text, pattern text, most integer) RETURNS SETOF uuid
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  first text := rtrim(pattern, '%') COLLATE "C";
BEGIN
  IF pattern ^@ '%' THEN
    RETURN QUERY SELECT c.customer_id FROM customer c JOIN organisation o ON o.org_id = c.responsible_org_id
      WHERE c.initials LIKE pattern AND (o.orgpath = in_scope OR o.orgpath ^@ (in_scope || '.'))
      ORDER BY c.name, c.customer_id LIMIT most;
  ELSE
    -- Initials are A to Z and digits: whatever begins with some lies before these with the sign behind Z.
    RETURN QUERY SELECT c.customer_id FROM customer c JOIN organisation o ON o.org_id = c.responsible_org_id
      WHERE c.initials COLLATE "C" >= first AND c.initials COLLATE "C" < first || '['
        AND (o.orgpath = in_scope OR o.orgpath ^@ (in_scope || '.'))
      ORDER BY c.initials COLLATE "C", c.customer_id LIMIT most;
  END IF;
END $$;

-- Exactly one of keys, wanted_id, wanted_code, wanted_credit_code, pattern is given; initials only beside a pattern.
-- `matches` is one more than `most` where there are more than the cards that are given.
CREATE OR REPLACE FUNCTION find_callers(in_scope text, actor text, keys text[], wanted_id uuid, wanted_code text,
                             wanted_credit_code text, pattern text, initials text, most integer, contacts integer)
RETURNS TABLE (matches bigint, cards json, open_cases json)
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  ids uuid[];
  named integer;
  shown uuid[];
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
  ELSIF initials IS NOT NULL THEN
    ids := ARRAY(SELECT customers_named(in_scope, pattern, most + 1) UNION SELECT customers_by_initials(in_scope, initials, most + 1));
  ELSE
    ids := ARRAY(SELECT customers_named(in_scope, pattern, most + 1));
  END IF;
  named := CASE WHEN pattern IS NULL THEN 0 ELSE cardinality(ids) END;
  ids := customers_meant(ids);
  open_cases := '[]';
  -- Nearly always one: spared the sorting.
  IF cardinality(ids) = 1 THEN
    SELECT * INTO one FROM customer k WHERE k.customer_id = ids[1];
    matches := CASE WHEN one.customer_id IS NULL THEN 0 ELSE 1 END;
    cards := CASE WHEN matches = 0 THEN '[]' ELSE json_build_array(card_of(one, contacts)) END;
  ELSE
    shown := ARRAY(SELECT k.customer_id FROM customer k WHERE k.customer_id = ANY (ids) ORDER BY k.name, k.customer_id LIMIT most + 1);
    -- Of names that were cut off, merged customers may have left fewer cards.
    matches := CASE WHEN named > most AND cardinality(shown) > 0 THEN most + 1 ELSE cardinality(shown) END;
    SELECT COALESCE(json_agg(card_of(c, contacts) ORDER BY c.name, c.customer_id), '[]') INTO cards
    FROM customer c WHERE c.customer_id = ANY (shown[:most]);
  END IF;
  IF matches = 0 AND keys IS NOT NULL THEN
    open_cases := open_cases_by_phone(keys);
  END IF;
  RETURN NEXT;
END $$;
