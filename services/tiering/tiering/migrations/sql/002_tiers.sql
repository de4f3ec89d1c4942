-- Customers as tiering knows them, their classes, and reviews.

-- A projection of what the registry tells.
CREATE TABLE customer (
  customer_id uuid PRIMARY KEY,
  code text UNIQUE,
  name text NOT NULL DEFAULT '',
  state text NOT NULL DEFAULT 'prospect',
  division text,
  place_class text,
  importance text,
  importance_level text,
  reach text,
  vip boolean NOT NULL DEFAULT false,
  initial_class smallint,
  responsible_org_id text,
  manager_id uuid,
  registry_version bigint NOT NULL DEFAULT 0,
  placed_by uuid,
  version bigint NOT NULL DEFAULT 1);
CREATE INDEX customer_unit ON customer (responsible_org_id);
CALL guard('customer', 'responsible_org_id');
