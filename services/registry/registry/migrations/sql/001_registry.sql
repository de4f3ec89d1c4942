-- Customers, declarations, claims and assignments of the registry.

-- The Kafka key of a person's events: the organisation at the first of them, for good.
ALTER TABLE staff ADD COLUMN event_key text NOT NULL;

CREATE TABLE customer (
  customer_id uuid PRIMARY KEY,
  -- Commit order of the ones made under the lock of the second look.
  seq bigint GENERATED ALWAYS AS IDENTITY,
  customer_code text UNIQUE,
  state text NOT NULL CHECK (state IN ('prospect', 'registered', 'closed', 'dropped', 'merged')),
  nature text NOT NULL,
  name text NOT NULL,
  name_key text NOT NULL,
  core text NOT NULL,
  trade text NOT NULL,
  sound text NOT NULL,
  initials text NOT NULL,
  credit_code text,
  division text NOT NULL,
  place_class text NOT NULL,
  address text,
  phones bytea,
  phone_keys text[] NOT NULL DEFAULT '{}',
  industry text,
  importance text,
  importance_level text,
  initial_class smallint,
  vip boolean NOT NULL DEFAULT false,
  org_id text NOT NULL,
  manager_id uuid,
  supports jsonb NOT NULL DEFAULT '[]',
  filed_on date,
  version bigint NOT NULL);
CREATE INDEX customer_seq ON customer (seq);
CREATE INDEX customer_org ON customer (org_id, customer_id);
CREATE INDEX customer_name_key ON customer (name_key);
CREATE INDEX customer_trade ON customer (trade);
CREATE INDEX customer_sound ON customer (sound);
CREATE INDEX customer_credit_code ON customer (credit_code) WHERE credit_code IS NOT NULL;
-- No pending lists: a look-up must not pay for the writes before it.
CREATE INDEX customer_core_trigrams ON customer USING gin (core gin_trgm_ops) WITH (fastupdate = off);
CREATE INDEX customer_name_trigrams ON customer USING gin (lower(name_key) gin_trgm_ops) WITH (fastupdate = off);
CREATE INDEX customer_initials_trigrams ON customer USING gin (initials gin_trgm_ops) WITH (fastupdate = off);
CREATE INDEX customer_phone_keys ON customer USING gin (phone_keys) WITH (fastupdate = off);
CREATE INDEX customer_manager ON customer (manager_id) WHERE manager_id IS NOT NULL;
CALL guard('customer', 'org_id');

-- What no two customers share; the database lets the first to commit have it.
CREATE TABLE identity_key (
  kind text NOT NULL,
  value text NOT NULL,
  customer_id uuid NOT NULL,
  PRIMARY KEY (kind, value));
CREATE INDEX identity_key_customer ON identity_key (customer_id);
CALL guard_any('identity_key');

CREATE TABLE code_serial (
  city text PRIMARY KEY,
  last bigint NOT NULL);
CALL guard_any('code_serial');

CREATE TABLE declaration (
  declaration_id uuid PRIMARY KEY,
  customer_id uuid,
  org_id text NOT NULL,
  city_org_id text NOT NULL,
  submitted_by uuid NOT NULL,
  submitted_at timestamptz NOT NULL,
  name text NOT NULL,
  name_key text NOT NULL,
  initials text NOT NULL,
  nature text NOT NULL,
  division text NOT NULL,
  credit_code text,
  address text,
  phones bytea,
  lines text[] NOT NULL,
  state text NOT NULL CHECK (state IN
    ('submitted', 'refused', 'held', 'protected', 'filed', 'approved', 'withdrawn', 'lapsed')),
  annex_1 bytea,
  reasons text[] NOT NULL,
  refused jsonb,
  verdict jsonb,
  because jsonb,
  version bigint NOT NULL);
CREATE INDEX declaration_customer ON declaration (customer_id);
CREATE INDEX declaration_org ON declaration (org_id, declaration_id);
CREATE INDEX declaration_undecided ON declaration (city_org_id, declaration_id) WHERE state IN ('held', 'filed');
CREATE INDEX declaration_name_trigrams ON declaration USING gin (lower(name_key) gin_trgm_ops);
CALL guard('declaration', 'org_id');

-- What the center sees side by side; the declaring unit does not: only the city's own scope holds the row.
CREATE TABLE declaration_candidate (
  declaration_id uuid NOT NULL REFERENCES declaration,
  customer_id uuid NOT NULL,
  city_org_id text NOT NULL,
  name text NOT NULL,
  org_id text NOT NULL,
  score smallint NOT NULL,
  reasons text[] NOT NULL,
  PRIMARY KEY (declaration_id, customer_id));
CALL guard('declaration_candidate', 'city_org_id');

CREATE TABLE claim (
  claim_id uuid PRIMARY KEY,
  customer_id uuid NOT NULL,
  declaration_id uuid NOT NULL,
  line text NOT NULL,
  org_id text NOT NULL,
  state text NOT NULL CHECK (state IN ('live', 'expired', 'released', 'transferred', 'revoked')),
  since timestamptz NOT NULL,
  until timestamptz,
  because jsonb,
  version bigint NOT NULL);
CREATE UNIQUE INDEX claim_one_live ON claim (customer_id, line) WHERE state = 'live';
CREATE INDEX claim_declaration ON claim (declaration_id);
CREATE INDEX claim_org ON claim (org_id, claim_id);
CALL guard('claim', 'org_id');

CREATE TABLE assignment (
  customer_id uuid PRIMARY KEY,
  org_id text NOT NULL,
  manager_id uuid NOT NULL,
  supports jsonb NOT NULL DEFAULT '[]',
  valid_from date NOT NULL,
  since timestamptz NOT NULL,
  because jsonb,
  version bigint NOT NULL);
CREATE INDEX assignment_org ON assignment (org_id, customer_id);
CREATE INDEX assignment_manager ON assignment (manager_id);
CALL guard('assignment', 'org_id');

-- A supporting unit sees the customers that it serves a line of, and may take itself off again: the claims it sees
-- are those of its own scope. Whatever else it may not do is refused by the handlers.
CREATE FUNCTION serves(served uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM claim WHERE customer_id = served AND state = 'live')
$$;
CREATE POLICY supported ON customer FOR SELECT USING (serves(customer_id));
CREATE POLICY leaving ON customer FOR UPDATE USING (serves(customer_id));
CREATE POLICY supported ON assignment FOR SELECT USING (serves(customer_id));
CREATE POLICY leaving ON assignment FOR UPDATE USING (serves(customer_id));

-- The blind check: what a declaration is matched against, whoever holds it. Row-level security goes on hiding the rest.
-- Every branch has its index; the planner overrates how many customers share a phone, and would read them all.
CREATE FUNCTION customers_like(code text, full_name text, own_core text, own_trade text, own_sound text,
                               own_phones text[], seen bigint, most integer)
RETURNS TABLE (customer_id uuid, org_id text, name text, nature text, credit_code text, phone_keys text[], address text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
  WITH found AS (
    (SELECT c.seq FROM customer c WHERE c.credit_code = code)
    UNION (SELECT c.seq FROM customer c WHERE c.name_key = full_name)
    UNION (SELECT c.seq FROM customer c WHERE c.phone_keys && own_phones)
    UNION (SELECT c.seq FROM customer c WHERE c.trade = own_trade LIMIT most)
    UNION (SELECT c.seq FROM customer c WHERE c.sound = own_sound LIMIT most)
    UNION (SELECT n.seq FROM (SELECT c.seq FROM customer c WHERE c.core % own_core
                              ORDER BY similarity(c.core, own_core) DESC LIMIT most) n))
  SELECT c.customer_id, c.org_id, c.name, c.nature, c.credit_code, c.phone_keys, c.address
  FROM found JOIN customer c USING (seq)
  WHERE c.state NOT IN ('dropped', 'merged') AND seen IS NULL
  UNION ALL
  SELECT c.customer_id, c.org_id, c.name, c.nature, c.credit_code, c.phone_keys, c.address
  FROM customer c WHERE c.seq > seen AND c.state NOT IN ('dropped', 'merged')
$$;

CREATE FUNCTION last_customer() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT COALESCE(max(seq), 0) FROM customer
$$;

-- Locks the customer's row and tells who holds it, line by line; a line that is null is the assignment.
CREATE FUNCTION hold_customer(held uuid)
RETURNS TABLE (line text, org_id text, org_name text, since timestamptz, until timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM 1 FROM customer c WHERE c.customer_id = held FOR UPDATE;
  RETURN QUERY
    SELECT NULL::text, a.org_id, COALESCE(o.name, a.org_id), a.since, NULL::timestamptz
    FROM assignment a LEFT JOIN organisation o ON o.org_id = a.org_id WHERE a.customer_id = held
    UNION ALL
    SELECT c.line, c.org_id, COALESCE(o.name, c.org_id), c.since, c.until
    FROM claim c LEFT JOIN organisation o ON o.org_id = c.org_id WHERE c.customer_id = held AND c.state = 'live';
END $$;

-- Whether a declaration of the customer still waits for its center, this one left out.
CREATE FUNCTION awaits_center(held uuid, but uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM declaration
                 WHERE customer_id = held AND state = 'held' AND declaration_id IS DISTINCT FROM but)
$$;

-- A customer whom nobody holds any more passes to the unit that declared it anew.
CREATE FUNCTION take_over_customer(free uuid, taker text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM claim WHERE customer_id = free AND state = 'live')
     OR EXISTS (SELECT FROM assignment WHERE customer_id = free) THEN
    RAISE EXCEPTION 'customer % is held', free USING ERRCODE = 'check_violation';
  END IF;
  UPDATE customer SET org_id = taker WHERE customer_id = free;
END $$;

DO $$
DECLARE
  worker text := current_setting('keypost.worker_role');
  app text := current_setting('keypost.app_role');
  blind text;
BEGIN
  FOREACH blind IN ARRAY ARRAY[
    'customers_like(text, text, text, text, text, text[], bigint, integer)', 'last_customer()',
    'hold_customer(uuid)', 'awaits_center(uuid, uuid)', 'take_over_customer(uuid, text)'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', blind);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I, %I', blind, app, worker);
    EXECUTE format('ALTER FUNCTION %s OWNER TO %I', blind, worker);
  END LOOP;
END $$;
