-- What-ifs: drafts of the law over the real figures, saved. Nothing that gives or tells a class reads these tables.

-- `layers` are the drafts in force one over the other, from the present law on; `law` holds the provisions of each profile
-- with the base's law and with the drafts'; json and not jsonb, for the order of a table's tiers means something.
CREATE TABLE what_if (
  id uuid PRIMARY KEY,
  center_org_id text NOT NULL,
  org_id text NOT NULL,
  name text NOT NULL,
  year integer NOT NULL,
  valid_from date NOT NULL,
  as_of date NOT NULL,
  base_id uuid,
  base_name text,
  layers json NOT NULL,
  changes json NOT NULL,
  law json NOT NULL,
  made_by text NOT NULL,
  made_at timestamptz NOT NULL,
  customers bigint NOT NULL DEFAULT 0,
  moved bigint NOT NULL DEFAULT 0,
  revenue numeric(20,2) NOT NULL DEFAULT 0,
  revenue_affected numeric(20,2) NOT NULL DEFAULT 0);
CREATE UNIQUE INDEX what_if_name ON what_if (center_org_id, name);
CALL guard('what_if', 'center_org_id');

-- How many customers of a unit, with what yearly fees, go from which class to which; those that stay are counted too.
CREATE TABLE what_if_flow (
  what_if_id uuid NOT NULL,
  org_id text NOT NULL,
  from_class smallint,
  to_class smallint,
  direction text NOT NULL CHECK (direction IN ('up', 'down', 'in', 'out', 'renamed', 'stays')),
  customers bigint NOT NULL,
  revenue numeric(20,2) NOT NULL,
  from_key_accounts bigint NOT NULL,
  to_key_accounts bigint NOT NULL,
  UNIQUE NULLS NOT DISTINCT (what_if_id, org_id, from_class, to_class, direction));
CALL guard('what_if_flow', 'org_id');

-- Who moves, and from what it was worked out; its explanations are told from that and the laws of the what-if.
CREATE TABLE what_if_mover (
  what_if_id uuid NOT NULL,
  customer_id uuid NOT NULL,
  org_id text NOT NULL,
  direction text NOT NULL,
  bureau text,
  level text NOT NULL,
  fees numeric(17,2) NOT NULL,
  prior_fees numeric(17,2),
  month_fees numeric(17,2) NOT NULL,
  months numeric(15,2)[] NOT NULL,
  agreement boolean NOT NULL,
  settlement_days integer,
  overdue_days integer NOT NULL,
  importance text,
  importance_level text,
  from_profile integer NOT NULL,
  from_place text,
  from_rank bigint,
  from_asks_rank boolean NOT NULL,
  from_eligible boolean NOT NULL,
  from_table_class smallint,
  from_class smallint,
  from_scheme text NOT NULL,
  from_tier text,
  to_profile integer NOT NULL,
  to_place text,
  to_rank bigint,
  to_asks_rank boolean NOT NULL,
  to_eligible boolean NOT NULL,
  to_table_class smallint,
  to_class smallint,
  to_scheme text NOT NULL,
  to_tier text,
  PRIMARY KEY (what_if_id, customer_id));
CALL guard('what_if_mover', 'org_id');

-- What drafts do to a customer. Without a class on either side it is asked whether it is a key account at all.
CREATE FUNCTION direction_of(from_class smallint, to_class smallint, from_eligible boolean, to_eligible boolean,
    is_renamed boolean) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE
    WHEN from_class > to_class THEN 'up'
    WHEN from_class < to_class THEN 'down'
    WHEN from_class IS NULL AND to_class IS NOT NULL THEN 'in'
    WHEN from_class IS NOT NULL AND to_class IS NULL THEN 'out'
    WHEN from_class IS NULL AND to_eligible AND NOT from_eligible THEN 'in'
    WHEN from_class IS NULL AND from_eligible AND NOT to_eligible THEN 'out'
    WHEN from_class IS NOT NULL AND is_renamed THEN 'renamed'
    ELSE 'stays' END
$$;
