-- Merged customers: who calls under the old name, number or code is the survivor, with the cases of all that lead to it.

CREATE OR REPLACE FUNCTION customers_meant(ids uuid[]) RETURNS uuid[] LANGUAGE plpgsql STABLE AS $$
BEGIN
  -- Nearly always one: spared the sorting.
  IF cardinality(ids) = 1 THEN
    RETURN ARRAY[survivor_of(ids[1])];
  END IF;
  RETURN ARRAY(SELECT DISTINCT survivor_of(one.id) FROM unnest(ids) AS one(id));
END $$;

CREATE OR REPLACE FUNCTION ids_of(customer uuid) RETURNS uuid[] LANGUAGE sql STABLE AS $$
  SELECT same_customer(customer)
$$;

CREATE OR REPLACE FUNCTION known_caller(named_id uuid, named_code text, keys text[]) RETURNS customer LANGUAGE plpgsql AS $$
DECLARE
  found customer;
  ids uuid[];
BEGIN
  IF named_id IS NOT NULL THEN
    ids := ARRAY[named_id];
  ELSIF named_code IS NOT NULL THEN
    ids := ARRAY(SELECT c.customer_id FROM customer c WHERE c.code = named_code);
  ELSIF keys IS NOT NULL THEN
    ids := ARRAY(SELECT DISTINCT c.customer_id FROM customer_phone p JOIN customer c USING (customer_id)
                 WHERE p.phone_key = ANY (keys));
  END IF;
  IF cardinality(ids) > 0 THEN
    ids := customers_meant(ids);
  END IF;
  IF cardinality(ids) = 1 THEN
    SELECT * INTO found FROM customer c WHERE c.customer_id = ids[1];
  END IF;
  RETURN found;
END $$;
