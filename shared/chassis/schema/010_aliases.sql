-- Customers that were merged into others. Rows of a merged customer keep its id; whoever reads them is led to the survivor.
-- `survivor_id` is the one that it was merged into, null once the merge is undone; that one may have been merged in turn.
CREATE TABLE customer_alias (
  customer_id uuid PRIMARY KEY,
  survivor_id uuid,
  version bigint NOT NULL);
CREATE INDEX customer_alias_survivor ON customer_alias (survivor_id) WHERE survivor_id IS NOT NULL;
CALL guard_any('customer_alias');

-- The survivor that a customer leads to, itself where it was not merged. Events of several customers have no order among
-- each other, so that for a moment two may lead to each other: neither leads anywhere then.
CREATE FUNCTION survivor_of(customer uuid) RETURNS uuid LANGUAGE plpgsql STABLE AS $$
DECLARE
  reached uuid := customer;
  following uuid;
  seen uuid[] := '{}';
BEGIN
  LOOP
    SELECT a.survivor_id INTO following FROM customer_alias a WHERE a.customer_id = reached;
    IF following IS NULL THEN
      RETURN reached;
    END IF;
    seen := seen || reached;
    IF following = ANY (seen) THEN
      RETURN customer;
    END IF;
    reached := following;
  END LOOP;
END $$;

-- Every merged customer with the survivor that it leads to in the end.
CREATE FUNCTION aliases() RETURNS TABLE (customer_id uuid, survivor_id uuid) LANGUAGE sql STABLE AS $$
  SELECT a.customer_id, survivor_of(a.customer_id) FROM customer_alias a
  WHERE a.survivor_id IS NOT NULL AND survivor_of(a.customer_id) <> a.customer_id
$$;

-- The survivor of a customer with all that lead to it: whose rows are read as one customer's.
CREATE FUNCTION same_customer(customer uuid) RETURNS uuid[] LANGUAGE plpgsql STABLE AS $$
DECLARE
  found uuid[] := ARRAY[survivor_of(customer)];
  merged uuid[] := found;
BEGIN
  LOOP
    merged := ARRAY(SELECT a.customer_id FROM customer_alias a
                    WHERE a.survivor_id = ANY (merged) AND NOT a.customer_id = ANY (found));
    IF cardinality(merged) = 0 THEN
      RETURN found;
    END IF;
    found := found || merged;
  END LOOP;
END $$;
