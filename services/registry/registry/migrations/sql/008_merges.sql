-- Merges, and the history of customers, claims, assignments and organisations.

-- The first day on which nobody serves the customer, while it is merged into another.
ALTER TABLE assignment ADD COLUMN valid_to date;
ALTER TABLE customer_file_change DROP CONSTRAINT customer_file_change_source_check,
  ADD CONSTRAINT customer_file_change_source_check CHECK (source IN ('person', 'form', 'merge', 'unmerge'));
-- Few: what is compared with those that lead elsewhere need not look at the rest.
CREATE INDEX customer_merged ON customer (customer_id) WHERE state = 'merged';

-- Every merge, undone or not. `lines` are the claims that it moved, with what they were and what began for them;
-- `taken` is what the survivor's file took over, sealed.
CREATE TABLE customer_merge (
  merge_id uuid PRIMARY KEY,
  merged_id uuid NOT NULL,
  survivor_id uuid NOT NULL,
  former_state text NOT NULL,
  merged_by uuid NOT NULL,
  merged_at timestamptz NOT NULL,
  reason text NOT NULL,
  evidence jsonb NOT NULL,
  lines jsonb NOT NULL,
  taken bytea,
  because jsonb,
  undone_by uuid,
  undone_at timestamptz,
  undone_reason text,
  version bigint NOT NULL);
CREATE UNIQUE INDEX customer_merge_one ON customer_merge (merged_id) WHERE undone_at IS NULL;
CREATE INDEX customer_merge_survivor ON customer_merge (survivor_id);
CALL grant_to_services('customer_merge');
CREATE POLICY of_customer ON customer_merge
  USING (EXISTS (SELECT FROM customer c WHERE c.customer_id IN (customer_merge.merged_id, customer_merge.survivor_id)))
  WITH CHECK (current_setting('keypost.scope', true) <> '');

-- Merges come one after another: which customers are merged cannot change under the one at work.
CREATE FUNCTION merge_alone() RETURNS void LANGUAGE sql VOLATILE AS $$
  SELECT pg_advisory_xact_lock(hashtext('registry.merges'))
$$;

-- Locks the row of the customer that one leads to. A merge that commits while this waits leads on to its survivor.
-- A merged customer's row stays locked then, but no merge waits for that one: it looks before it locks.
CREATE FUNCTION hold_survivor(asked uuid) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  reached uuid;
  is_merged boolean;
BEGIN
  LOOP
    reached := survivor_of(asked);
    SELECT c.state = 'merged' INTO is_merged FROM customer c WHERE c.customer_id = reached FOR UPDATE;
    IF is_merged IS NOT TRUE THEN
      RETURN reached;
    END IF;
    IF survivor_of(asked) = reached THEN
      RAISE EXCEPTION 'customer % is merged and leads nowhere', reached;
    END IF;
  END LOOP;
END $$;

-- The customer that a code leads to; codes are given once, so the old code of a merged one goes on naming its survivor.
CREATE FUNCTION survivor_by_code(code text) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT survivor_of(c.customer_id) FROM customer c WHERE c.customer_code = code
$$;

-- Ids and codes that lead to a customer.
CREATE FUNCTION merged_from(survivor uuid) RETURNS TABLE (customer_id uuid, customer_code text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT c.customer_id, c.customer_code FROM customer c
  WHERE c.customer_id = ANY (same_customer(survivor)) AND c.customer_id <> survivor ORDER BY c.customer_id
$$;

-- What the blind check compares with beside all others: identities of merged customers, each under its survivor.
CREATE FUNCTION merged_like(code text, own_name integer, own_keys integer[], own_phones text[])
RETURNS TABLE (customer_id uuid, org_id text, name text, nature text, credit_code text, phone_keys text[], address text,
               division text, group_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT s.customer_id, s.org_id, m.name, m.nature, m.credit_code, m.phone_keys, m.address, m.division, s.group_id
  FROM customer m JOIN customer s ON s.customer_id = survivor_of(m.customer_id)
  WHERE m.state = 'merged' AND s.state NOT IN ('dropped', 'merged')
    AND (m.credit_code = code OR m.match_keys @> ARRAY[own_name] OR m.match_keys && own_keys OR m.phone_keys && own_phones)
$$;

CREATE OR REPLACE FUNCTION hold_customer(held uuid)
RETURNS TABLE (line text, org_id text, org_name text, since timestamptz, until timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  holder uuid := hold_survivor(held);
BEGIN
  RETURN QUERY
    SELECT NULL::text, a.org_id, COALESCE(o.name, a.org_id), a.since, NULL::timestamptz
    FROM assignment a LEFT JOIN organisation o ON o.org_id = a.org_id
    WHERE a.customer_id = holder AND a.valid_to IS NULL
    UNION ALL
    SELECT c.line, c.org_id, COALESCE(o.name, c.org_id), c.since, c.until
    FROM claim c LEFT JOIN organisation o ON o.org_id = c.org_id WHERE c.customer_id = holder AND c.state = 'live';
END $$;

-- The same without a lock, for checks.
CREATE OR REPLACE FUNCTION holders_of(held uuid)
RETURNS TABLE (line text, org_id text, org_name text, since timestamptz, until timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT NULL::text, a.org_id, COALESCE(o.name, a.org_id), a.since, NULL::timestamptz
  FROM assignment a LEFT JOIN organisation o ON o.org_id = a.org_id
  WHERE a.customer_id = survivor_of(held) AND a.valid_to IS NULL
  UNION ALL
  SELECT c.line, c.org_id, COALESCE(o.name, c.org_id), c.since, c.until
  FROM claim c LEFT JOIN organisation o ON o.org_id = c.org_id
  WHERE c.customer_id = survivor_of(held) AND c.state = 'live'
$$;

CREATE OR REPLACE FUNCTION awaits_center(held uuid, but uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM declaration
                 WHERE customer_id = ANY (same_customer(held)) AND state = 'held' AND declaration_id IS DISTINCT FROM but)
$$;

-- Whether anybody ever had a claim on a customer: such a one keeps its identity when nobody holds it any more.
CREATE FUNCTION was_claimed(known uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM claim WHERE customer_id = ANY (same_customer(known)))
$$;

-- Live claims of a customer, locked, whoever holds them: a merge is decided by a center above all of them.
CREATE FUNCTION claims_to_move(held uuid) RETURNS SETOF claim
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT * FROM claim WHERE customer_id = held AND state = 'live' ORDER BY claim_id FOR UPDATE
$$;

-- What changed, version by version: each row as it was written, from which business day on it held, and when that was
-- recorded. Only added to; written in the statement that writes the row.
CREATE PROCEDURE keep_versions(target text, key text, kind text) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE TABLE %I (%I %s NOT NULL, version bigint NOT NULL, unit_id text, valid_from date NOT NULL,'
    || ' recorded timestamptz NOT NULL, actor text NOT NULL, facts jsonb NOT NULL, PRIMARY KEY (%I, version))',
    target || '_version', key, kind, key);
END $$;
CALL keep_versions('customer', 'customer_id', 'uuid');
CALL keep_versions('claim', 'claim_id', 'uuid');
CALL keep_versions('assignment', 'customer_id', 'uuid');
CALL keep_versions('organisation', 'org_id', 'text');
CREATE INDEX claim_version_customer ON claim_version ((facts ->> 'customer_id'));
CALL guard_customer('customer_version');
CALL guard_customer('assignment_version');
CALL guard('claim_version', 'unit_id');
CALL guard_any('organisation_version');

-- Rows that were written before versions were kept: as they stand, recorded when their newest event was.
DO $$
DECLARE kept record;
BEGIN
  EXECUTE format('SET LOCAL ROLE %I', current_setting('keypost.worker_role'));
  FOR kept IN SELECT * FROM (VALUES ('customer', 'customer_id'), ('claim', 'claim_id'), ('assignment', 'customer_id'),
                             ('organisation', 'org_id')) AS k(target, key) LOOP
    EXECUTE format('INSERT INTO %I SELECT t.%I, t.version, t.org_id, e.time::date, e.time, e.actor, to_jsonb(t)'
      || ' FROM %I t JOIN (SELECT DISTINCT ON (aggregate) * FROM (SELECT aggregate, version, time, actor FROM event_log'
      || '   UNION ALL SELECT aggregate, version, time, actor FROM outbox) told ORDER BY aggregate, version DESC) e'
      || ' ON e.aggregate = %L || t.%I', kept.target || '_version', kept.key, kept.target, kept.target || ':', kept.key);
  END LOOP;
  RESET ROLE;
END $$;

DO $$
DECLARE
  worker text := current_setting('keypost.worker_role');
  app text := current_setting('keypost.app_role');
  blind text;
BEGIN
  EXECUTE format('REVOKE UPDATE, DELETE ON customer_version, assignment_version, claim_version, organisation_version FROM %I, %I',
                 app, worker);
  FOREACH blind IN ARRAY ARRAY['hold_survivor(uuid)', 'survivor_by_code(text)', 'merged_from(uuid)',
    'merged_like(text, integer, integer[], text[])', 'claims_to_move(uuid)', 'was_claimed(uuid)'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', blind);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I, %I', blind, app, worker);
    EXECUTE format('ALTER FUNCTION %s OWNER TO %I', blind, worker);
  END LOOP;
END $$;

-- What was told of customers themselves and of who served them, wherever they were served then; only ever asked of customers
-- that the asker has in sight.
CREATE FUNCTION told_of_customers(ids uuid[])
RETURNS TABLE (event_id uuid, type text, aggregate text, version bigint, actor text, "time" timestamptz, payload jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH own AS (SELECT kind || id AS aggregate FROM unnest(ids) AS one(id), (VALUES ('customer:'), ('assignment:')) AS k(kind))
  SELECT l.event_id, l.type, l.aggregate, l.version, l.actor, l.time, l.payload FROM event_log l JOIN own USING (aggregate)
  UNION ALL
  SELECT x.event_id, x.type, x.aggregate, x.version, x.actor, x.time, x.payload FROM outbox x JOIN own USING (aggregate)
$$;
DO $$ BEGIN
  EXECUTE format('ALTER FUNCTION told_of_customers(uuid[]) OWNER TO %I', current_setting('keypost.worker_role'));
END $$;
