-- What a declaration is compared with, blind checks, groups of target markets.

-- Customers that may be one have one of these keys in common (policies/blocking.py makes them).
ALTER TABLE customer
  DROP COLUMN core,
  DROP COLUMN trade,
  DROP COLUMN sound,
  ADD COLUMN match_keys integer[] NOT NULL DEFAULT '{}',
  ADD COLUMN group_id uuid;
CREATE INDEX customer_match_keys ON customer USING gin (match_keys) WITH (fastupdate = off);
CREATE INDEX customer_group ON customer (group_id) WHERE group_id IS NOT NULL;

-- The same code is the same customer, and nothing else is looked for. Otherwise: whoever has the whole name or a phone,
-- and of each other key as many as are asked for, those that share most keys first. Every branch has its index; the
-- planner overrates how many share one, and would read them all.
DROP FUNCTION customers_like(text, text, text, text, text, text[], bigint, integer);
CREATE FUNCTION customers_like(code text, own_name integer, own_keys integer[], own_phones text[], most integer)
RETURNS TABLE (customer_id uuid, org_id text, name text, nature text, credit_code text, phone_keys text[], address text,
               division text, group_id uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off SET jit = off AS $$
BEGIN
  RETURN QUERY
    SELECT c.customer_id, c.org_id, c.name, c.nature, c.credit_code, c.phone_keys, c.address, c.division, c.group_id
    FROM customer c WHERE c.credit_code = code AND c.state NOT IN ('dropped', 'merged');
  IF FOUND THEN
    RETURN;
  END IF;
  RETURN QUERY
    WITH hit AS (
      SELECT h.seq FROM unnest(own_keys) AS k(key) CROSS JOIN LATERAL
        (SELECT c.seq FROM customer c WHERE c.match_keys @> ARRAY[k.key] LIMIT most) h),
    found AS (
      (SELECT c.seq FROM customer c WHERE c.match_keys @> ARRAY[own_name] LIMIT most)
      UNION (SELECT c.seq FROM customer c WHERE c.phone_keys && own_phones LIMIT most)
      UNION (SELECT n.seq FROM (SELECT hit.seq FROM hit GROUP BY hit.seq ORDER BY count(*) DESC, hit.seq LIMIT most) n))
    SELECT c.customer_id, c.org_id, c.name, c.nature, c.credit_code, c.phone_keys, c.address, c.division, c.group_id
    FROM found JOIN customer c USING (seq) WHERE c.state NOT IN ('dropped', 'merged');
END $$;

CREATE FUNCTION customers_since(seen bigint)
RETURNS TABLE (customer_id uuid, org_id text, name text, nature text, credit_code text, phone_keys text[], address text,
               division text, group_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT c.customer_id, c.org_id, c.name, c.nature, c.credit_code, c.phone_keys, c.address, c.division, c.group_id
  FROM customer c WHERE c.seq > seen AND c.state NOT IN ('dropped', 'merged')
$$;

-- The center sees each candidate field by field; also those that a declaration is tied to and was granted beside.
ALTER TABLE declaration_candidate
  ADD COLUMN outcome text NOT NULL DEFAULT 'probable',
  ADD COLUMN scores jsonb NOT NULL DEFAULT '{}';

-- Target markets (hubei, art. 3): a group made by a center, which customers join and leave.
CREATE TABLE market_group (
  group_id uuid PRIMARY KEY,
  org_id text NOT NULL,
  kind text NOT NULL,
  name text NOT NULL,
  name_key text NOT NULL,
  division text NOT NULL,
  address text,
  street text NOT NULL,
  made_by uuid NOT NULL,
  made_at timestamptz NOT NULL,
  members integer NOT NULL,
  version bigint NOT NULL);
CREATE INDEX market_group_org ON market_group (org_id, group_id);
CREATE INDEX market_group_division ON market_group (division);
CREATE UNIQUE INDEX market_group_once ON market_group (division, name_key);
CALL guard('market_group', 'org_id');

-- Who was in a group from when until when: rows are added and ended, never removed.
CREATE TABLE group_member (
  group_id uuid NOT NULL REFERENCES market_group,
  customer_id uuid NOT NULL,
  org_id text NOT NULL,
  joined_at timestamptz NOT NULL,
  left_at timestamptz,
  PRIMARY KEY (group_id, customer_id, joined_at));
CREATE UNIQUE INDEX group_member_one ON group_member (customer_id) WHERE left_at IS NULL;
CALL guard('group_member', 'org_id');

-- The market that a declaration names, for the center.
CREATE TABLE declaration_group (
  declaration_id uuid NOT NULL REFERENCES declaration,
  group_id uuid NOT NULL REFERENCES market_group,
  city_org_id text NOT NULL,
  name text NOT NULL,
  kind text NOT NULL,
  reasons text[] NOT NULL,
  PRIMARY KEY (declaration_id, group_id));
CALL guard('declaration_group', 'city_org_id');

-- The markets of a city that a name or an address speaks of, and those whose members resemble a customer.
CREATE FUNCTION groups_named(city text, texts text[], own_street text, group_ids uuid[])
RETURNS TABLE (group_id uuid, name text, kind text, reasons text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT g.group_id, g.name, g.kind, array_remove(ARRAY[
    CASE WHEN named THEN 'market-name' END,
    CASE WHEN there THEN 'market-address' END,
    CASE WHEN g.group_id = ANY (group_ids) THEN 'like-a-member' END], NULL)
  FROM market_group g
    CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM unnest(texts) AS t(text) WHERE strpos(t.text, g.name_key) > 0)) n(named)
    CROSS JOIN LATERAL (SELECT g.street <> '' AND starts_with(own_street, g.street)) s(there)
  WHERE g.division ^@ city AND (named OR there) OR g.group_id = ANY (group_ids)
$$;

-- Blind checks: who asked when is plain, what was asked and what came out is sealed.
CREATE TABLE blind_check (
  check_id uuid PRIMARY KEY,
  org_id text NOT NULL,
  asked_by uuid NOT NULL,
  asked_at timestamptz NOT NULL,
  -- Technical time: what the limit counts by, whatever the business clock says.
  counted_at timestamptz NOT NULL,
  asked bytea NOT NULL,
  answered bytea NOT NULL);
CREATE INDEX blind_check_org ON blind_check (org_id, check_id);
CREATE INDEX blind_check_asker ON blind_check (asked_by, counted_at);
CREATE INDEX blind_check_unit ON blind_check (org_id, counted_at);
CALL guard('blind_check', 'org_id');

-- Who holds a customer, without the lock of hold_customer: a check changes nothing and waits for nobody.
CREATE FUNCTION holders_of(held uuid)
RETURNS TABLE (line text, org_id text, org_name text, since timestamptz, until timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT NULL::text, a.org_id, COALESCE(o.name, a.org_id), a.since, NULL::timestamptz
  FROM assignment a LEFT JOIN organisation o ON o.org_id = a.org_id WHERE a.customer_id = held
  UNION ALL
  SELECT c.line, c.org_id, COALESCE(o.name, c.org_id), c.since, c.until
  FROM claim c LEFT JOIN organisation o ON o.org_id = c.org_id WHERE c.customer_id = held AND c.state = 'live'
$$;

DO $$
DECLARE
  worker text := current_setting('keypost.worker_role');
  app text := current_setting('keypost.app_role');
  blind text;
BEGIN
  FOREACH blind IN ARRAY ARRAY[
    'customers_like(text, integer, integer[], text[], integer)', 'customers_since(bigint)',
    'groups_named(text, text[], text, uuid[])', 'holders_of(uuid)'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', blind);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I, %I', blind, app, worker);
    EXECUTE format('ALTER FUNCTION %s OWNER TO %I', blind, worker);
  END LOOP;
END $$;
