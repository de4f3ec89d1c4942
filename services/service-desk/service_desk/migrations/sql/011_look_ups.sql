-- Look-ups by phone that come at once are answered by a few statements for all of them.

CREATE TYPE phone_call AS (in_scope text, who text, keys text[], most integer, contacts integer);

-- The card, made in one place, with what was last spoken and what is open.
CREATE FUNCTION card_with(c customer, last_contacts json, open_cases json) RETURNS json LANGUAGE sql STABLE AS $$
  SELECT json_build_object(
    'customer', json_build_object('customer_id', c.customer_id, 'code', c.code, 'name', c.name, 'state', c.state,
      'class', class_of(c), 'vip', c.vip, 'risk', c.risk, 'division', c.division),
    'manager', (SELECT json_build_object('staff_no', s.staff_no, 'name', s.name) FROM staff s WHERE s.staff_id = c.manager_id),
    'unit', (SELECT json_build_object('org_id', o.org_id, 'name', o.name) FROM organisation o WHERE o.org_id = c.responsible_org_id),
    'last_contacts', last_contacts,
    'open_cases', open_cases)
$$;

CREATE OR REPLACE FUNCTION card_of(c customer, contacts integer) RETURNS json LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN card_with(c, last_contacts_of(c.customer_id, contacts), open_cases_of(c.customer_id));
END $$;

-- Which of these customers have, or ever had, a case anywhere, or share their cases with merged ones: past row-level
-- security, for it decides only who is spared a look; what is shown of a case is asked for in the caller's scope.
CREATE FUNCTION with_cases(ids uuid[]) RETURNS uuid[] LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
  SELECT COALESCE(array_agg(i), '{}') FROM unnest(ids) AS i
  WHERE EXISTS (SELECT FROM complaint c WHERE c.customer_id = i) OR EXISTS (SELECT FROM compensation m WHERE m.customer_id = i)
    OR EXISTS (SELECT FROM customer_alias a WHERE a.survivor_id = i)
    OR EXISTS (SELECT FROM customer_alias a WHERE a.customer_id = i AND a.survivor_id IS NOT NULL)
$$;
DO $$ BEGIN
  EXECUTE format('ALTER FUNCTION with_cases OWNER TO %I', current_setting('keypost.worker_role'));
END $$;

-- What `find_callers` gives for each of several phones, each under its own caller's scope. Most phones mean one customer
-- without any case: those cards are made together, all others each as before.
CREATE FUNCTION find_phones(given phone_call[])
RETURNS TABLE (place bigint, matches bigint, cards json, open_cases json)
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  sender record;
  places bigint[];
  ids uuid[];
  busy uuid[];
  made bigint[];
  setting text;
BEGIN
  FOR sender IN SELECT g.in_scope, g.who, array_agg(g.ordinality) AS places
      FROM unnest(given) WITH ORDINALITY AS g GROUP BY g.in_scope, g.who LOOP
    setting := set_config('keypost.scope', sender.in_scope, true);
    setting := set_config('keypost.actor', sender.who, true);
    SELECT array_agg(one.at), array_agg(one.id) INTO places, ids FROM (
      SELECT g.ordinality AS at, (array_agg(p.customer_id))[1] AS id
      FROM unnest(given) WITH ORDINALITY AS g JOIN customer_phone p ON p.phone_key = ANY (g.keys)
      WHERE g.ordinality = ANY (sender.places) GROUP BY g.ordinality HAVING count(*) = 1) one;
    made := '{}';
    IF places IS NOT NULL THEN
      busy := with_cases(ids);
      FOR place, matches, cards, open_cases IN
        SELECT one.at, 1, json_build_array(card_with(c, '[]', '[]')), '[]'
        FROM unnest(places, ids) AS one(at, id) JOIN customer c ON c.customer_id = one.id WHERE NOT one.id = ANY (busy) LOOP
        made := made || place;
        RETURN NEXT;
      END LOOP;
    END IF;
    IF cardinality(made) < cardinality(sender.places) THEN
      RETURN QUERY SELECT g.ordinality, f.matches, f.cards, f.open_cases
      FROM unnest(given) WITH ORDINALITY AS g,
        LATERAL find_callers(g.in_scope, g.who, g.keys, NULL, NULL, NULL, NULL, NULL, g.most, g.contacts) f
      WHERE g.ordinality = ANY (sender.places) AND NOT g.ordinality = ANY (made);
    END IF;
  END LOOP;
END $$;
