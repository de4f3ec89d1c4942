-- Scope, row-level security and the directory: who may see which row.
-- The migration sets keypost.app_role and keypost.worker_role for its session.

CREATE PROCEDURE grant_to_services(target regclass) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO %I, %I', target,
                 current_setting('keypost.app_role'), current_setting('keypost.worker_role'));
END $$;

-- Rows that belong to organisations: seen where any of the named columns holds an organisation of the scope.
-- Writing needs a scope, no more: a receipt may belong to a center that the receiver does not see.
CREATE PROCEDURE guard(target regclass, VARIADIC columns text[]) LANGUAGE plpgsql AS $$
DECLARE condition text;
BEGIN
  CALL grant_to_services(target);
  SELECT string_agg(format(
    'EXISTS (SELECT 1 FROM organisation o WHERE o.org_id = %s.%I AND (o.orgpath = current_setting(''keypost.scope'', true)'
    || ' OR o.orgpath ^@ (current_setting(''keypost.scope'', true) || ''.'')))', target, c), ' OR ')
    INTO condition FROM unnest(columns) AS c;
  EXECUTE format('CREATE POLICY in_scope ON %s USING (%s) WITH CHECK (current_setting(''keypost.scope'', true) <> '''')',
                 target, condition);
END $$;

-- Rows that carry the path of their moment; a row without one is nobody's, also not of who has no scope.
CREATE PROCEDURE guard_path(target regclass) LANGUAGE plpgsql AS $$
BEGIN
  CALL grant_to_services(target);
  EXECUTE format('CREATE POLICY in_scope ON %s USING (current_setting(''keypost.scope'', true) <> '''''
                 || ' AND (orgpath = current_setting(''keypost.scope'', true)'
                 || ' OR orgpath ^@ (current_setting(''keypost.scope'', true) || ''.'')))'
                 || ' WITH CHECK (current_setting(''keypost.scope'', true) <> '''')', target);
END $$;

-- Rows that everybody signed in may read.
CREATE PROCEDURE guard_any(target regclass) LANGUAGE plpgsql AS $$
BEGIN
  CALL grant_to_services(target);
  EXECUTE format('CREATE POLICY signed_in ON %s USING (current_setting(''keypost.scope'', true) <> '''')'
                 || ' WITH CHECK (current_setting(''keypost.scope'', true) <> '''')', target);
END $$;

CREATE FUNCTION set_scope(scope text, actor text) RETURNS void LANGUAGE sql AS $$
  SELECT set_config('keypost.scope', scope, true), set_config('keypost.actor', actor, true)
$$;

CREATE TABLE organisation (
  org_id text PRIMARY KEY,
  parent_id text,
  kind text NOT NULL,
  name text NOT NULL,
  name_en text,
  division text,
  place_class text,
  orgpath text NOT NULL,
  adoptions jsonb NOT NULL DEFAULT '[]',
  successor_id text,
  valid_from date NOT NULL,
  valid_to date,
  version bigint NOT NULL);
CREATE INDEX organisation_path ON organisation (orgpath text_pattern_ops);
CREATE INDEX organisation_parent ON organisation (parent_id);
CALL guard_any('organisation');

CREATE TABLE staff (
  staff_id uuid PRIMARY KEY,
  staff_no text NOT NULL UNIQUE,
  name text NOT NULL,
  org_id text NOT NULL,
  roles text[] NOT NULL,
  deputy_id uuid,
  absences jsonb NOT NULL DEFAULT '[]',
  active boolean NOT NULL DEFAULT true,
  version bigint NOT NULL);
CREATE INDEX staff_org ON staff (org_id);
CALL guard_any('staff');

-- Wordings published at run time; the shipped packs are files.
CREATE TABLE rule_wording (
  rule text NOT NULL,
  in_force date NOT NULL,
  recorded timestamptz NOT NULL,
  wording jsonb NOT NULL,
  version bigint NOT NULL,
  PRIMARY KEY (rule, in_force, recorded));
CALL guard_any('rule_wording');

-- Days whose working status was imported; days without a row are as shipped, or provisional.
CREATE TABLE calendar_day (
  day date PRIMARY KEY,
  workday boolean NOT NULL,
  provisional boolean NOT NULL,
  note text NOT NULL DEFAULT '',
  version bigint NOT NULL);
CALL guard_any('calendar_day');

CREATE FUNCTION path_of(org text) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT orgpath FROM organisation WHERE org_id = org
$$;
