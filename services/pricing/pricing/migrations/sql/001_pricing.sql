-- Customers as pricing knows them, tariff requests, agreements, bills. What is confidential is sealed: `figures`, `terms`.

CREATE TABLE customer (
  customer_id uuid PRIMARY KEY,
  code text,
  name text NOT NULL DEFAULT '',
  state text NOT NULL DEFAULT 'prospect',
  initial_class smallint,
  division text,
  responsible_org_id text,
  manager_id uuid,
  registry_version bigint NOT NULL DEFAULT 0,
  placed_by uuid);
CREATE INDEX customer_code ON customer (code) WHERE code IS NOT NULL;
CREATE INDEX customer_org ON customer (responsible_org_id, customer_id);
CALL guard('customer', 'responsible_org_id');

CREATE TABLE customer_support (
  customer_id uuid NOT NULL,
  line text NOT NULL,
  org_id text NOT NULL,
  PRIMARY KEY (customer_id, line, org_id));
CALL guard('customer_support', 'org_id');
-- Beyond its subtree a unit sees the customers that it supports.
CREATE POLICY supported ON customer
  USING (EXISTS (SELECT FROM customer_support s WHERE s.customer_id = customer.customer_id));

-- What hangs on a customer is seen by whoever sees the customer.
CREATE PROCEDURE guard_with_customer(target regclass) LANGUAGE plpgsql AS $$
BEGIN
  CALL grant_to_services(target);
  EXECUTE format('CREATE POLICY with_its_customer ON %s'
                 || ' USING (EXISTS (SELECT FROM customer c WHERE c.customer_id = %s.customer_id))'
                 || ' WITH CHECK (current_setting(''keypost.scope'', true) <> '''')', target, target);
END $$;

-- Every class that was told, for which day on: of two of one day the later word holds.
CREATE TABLE customer_class (
  customer_id uuid NOT NULL,
  version bigint NOT NULL,
  valid_from date NOT NULL,
  class smallint,
  PRIMARY KEY (customer_id, version));
CALL guard_with_customer('customer_class');

-- The class that holds on a day: that of the reviews, before the first that of the registration form.
CREATE FUNCTION class_on(c customer, on_day date) RETURNS smallint LANGUAGE sql STABLE AS $$
  SELECT k.class FROM (
    SELECT class, valid_from, version FROM customer_class WHERE customer_id = c.customer_id AND valid_from <= on_day
    UNION ALL SELECT c.initial_class, '-infinity'::date, 0) k
  ORDER BY k.valid_from DESC, k.version DESC LIMIT 1
$$;

CREATE TABLE tariff_request (
  id uuid PRIMARY KEY,
  version bigint NOT NULL,
  state text NOT NULL CHECK (state IN ('open', 'approved', 'refused', 'withdrawn')),
  customer_id uuid NOT NULL,
  org_id text NOT NULL,
  lines text[] NOT NULL,
  class smallint NOT NULL,
  level text NOT NULL,
  deciding_org_id text NOT NULL,
  levels jsonb NOT NULL,
  requested_by text NOT NULL,
  requested_at timestamptz NOT NULL,
  answered_by text,
  answered_at timestamptz,
  filed_with_province boolean NOT NULL,
  because jsonb NOT NULL,
  figures bytea NOT NULL);
CREATE INDEX tariff_request_customer ON tariff_request (customer_id, id);
CREATE INDEX tariff_request_org ON tariff_request (org_id, id);
CREATE INDEX tariff_request_waiting ON tariff_request (deciding_org_id, id) WHERE state = 'open';
CALL guard('tariff_request', 'org_id');
CREATE POLICY with_its_customer ON tariff_request
  USING (EXISTS (SELECT FROM customer c WHERE c.customer_id = tariff_request.customer_id));

-- One customer, one open request a line, whoever asks; that is why everybody signed in meets the row.
CREATE TABLE tariff_open (
  customer_id uuid NOT NULL,
  line text NOT NULL,
  tariff_request_id uuid NOT NULL,
  org_id text NOT NULL,
  PRIMARY KEY (customer_id, line));
CREATE INDEX tariff_open_request ON tariff_open (tariff_request_id);
CALL guard_any('tariff_open');

-- When the present (or last) level has to answer: whoever sees a request sees that, so past row-level security.
CREATE FUNCTION tariff_due(request uuid) RETURNS timestamptz
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT due_at FROM deadline WHERE subject_type = 'tariff-request' AND subject_id = request::text
  ORDER BY id DESC LIMIT 1
$$;
DO $$ BEGIN
  EXECUTE format('ALTER FUNCTION tariff_due OWNER TO %I', current_setting('keypost.worker_role'));
END $$;

-- Whether an organisation lies below another, or is it.
CREATE FUNCTION is_within(org text, top text) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM organisation o JOIN organisation t ON t.org_id = top
    WHERE o.org_id = org AND (o.orgpath = t.orgpath OR o.orgpath ^@ (t.orgpath || '.')))
$$;

CREATE TABLE agreement (
  id uuid PRIMARY KEY,
  version bigint NOT NULL,
  state text NOT NULL CHECK (state IN ('draft', 'signed', 'ended')),
  customer_id uuid NOT NULL,
  org_id text NOT NULL,
  lines text[] NOT NULL,
  settlement_days integer NOT NULL,
  starts_on date NOT NULL,
  ends_on date,
  signed_on date,
  ended_on date,
  drafted_by text NOT NULL,
  drafted_at timestamptz NOT NULL,
  because jsonb,
  terms bytea NOT NULL);
CREATE INDEX agreement_customer ON agreement (customer_id, starts_on);
CREATE INDEX agreement_org ON agreement (org_id, id);
CALL guard('agreement', 'org_id');
CREATE POLICY with_its_customer ON agreement
  USING (EXISTS (SELECT FROM customer c WHERE c.customer_id = agreement.customer_id));

-- One row a customer that was ever billed: its writers lock it. `version` counts arrears.changed, `credit_version` credit.*.
CREATE TABLE account (
  customer_id uuid PRIMARY KEY,
  oldest_due_on date,
  version bigint NOT NULL DEFAULT 0,
  credit_state text NOT NULL DEFAULT 'normal' CHECK (credit_state IN ('normal', 'warned', 'stopped')),
  credit_mark integer NOT NULL DEFAULT 0,
  credit_version bigint NOT NULL DEFAULT 0);
CREATE INDEX account_oldest ON account (oldest_due_on, customer_id) WHERE oldest_due_on IS NOT NULL;
CALL guard_with_customer('account');

CREATE TABLE bill (
  customer_id uuid NOT NULL,
  month text NOT NULL,
  amount numeric(17, 2) NOT NULL,
  settled numeric(17, 2) NOT NULL DEFAULT 0 CHECK (settled <= amount),
  due_on date NOT NULL,
  recorded_at timestamptz NOT NULL,
  recorded_by text NOT NULL,
  PRIMARY KEY (customer_id, month));
CREATE INDEX bill_open ON bill (customer_id, due_on) WHERE settled < amount;
CALL guard_with_customer('bill');

CREATE TABLE settlement (
  id uuid PRIMARY KEY,
  customer_id uuid NOT NULL,
  month text NOT NULL,
  amount numeric(17, 2) NOT NULL,
  paid_on date NOT NULL,
  recorded_at timestamptz NOT NULL,
  recorded_by text NOT NULL);
CREATE INDEX settlement_bill ON settlement (customer_id, month);
CALL guard_with_customer('settlement');
