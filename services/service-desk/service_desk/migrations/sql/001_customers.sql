-- What the desk knows of customers: a projection of what the registry (and later others) tell.

CREATE TABLE customer (
  customer_id uuid PRIMARY KEY,
  code text,
  name text NOT NULL DEFAULT '',
  credit_code text,
  state text NOT NULL DEFAULT 'prospect',
  initial_class smallint,
  service_class smallint,
  vip boolean NOT NULL DEFAULT false,
  risk text NOT NULL DEFAULT 'none',
  division text,
  responsible_org_id text,
  manager_id uuid,
  registry_version bigint NOT NULL DEFAULT 0,
  placed_by uuid,
  version bigint NOT NULL DEFAULT 1);
CREATE INDEX customer_code ON customer (code) WHERE code IS NOT NULL;
CREATE INDEX customer_credit_code ON customer (credit_code) WHERE credit_code IS NOT NULL;
CREATE INDEX customer_name ON customer USING gin (name gin_trgm_ops);
CALL guard('customer', 'responsible_org_id');

-- A row a key: text equality is leakproof, so that the index serves behind row-level security, which && on an array would not.
CREATE TABLE customer_phone (
  phone_key text NOT NULL,
  customer_id uuid NOT NULL,
  PRIMARY KEY (phone_key, customer_id));
CREATE INDEX customer_phone_customer ON customer_phone (customer_id);
CALL guard_any('customer_phone');

-- The class that holds: the desk works by the service class, before the first by that of the registration form.
CREATE FUNCTION class_of(c customer) RETURNS smallint LANGUAGE sql IMMUTABLE AS $$
  SELECT COALESCE(c.service_class, c.initial_class)
$$;

-- Customers whose name holds a text, looked up past row-level security because LIKE is not leakproof; the scope is
-- therefore part of the query itself.
CREATE FUNCTION customers_named(in_scope text, pattern text, most integer) RETURNS SETOF uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT c.customer_id FROM customer c JOIN organisation o ON o.org_id = c.responsible_org_id
  WHERE c.name LIKE pattern AND (o.orgpath = in_scope OR o.orgpath ^@ (in_scope || '.'))
  ORDER BY c.name, c.customer_id LIMIT most
$$;
DO $$ BEGIN
  EXECUTE format('ALTER FUNCTION customers_named OWNER TO %I', current_setting('keypost.worker_role'));
END $$;
