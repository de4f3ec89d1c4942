-- Merged customers: what stands under their names is owed and was paid by the survivor. Past row-level security, because
-- another unit may have answered for the merged one; only ever asked of a customer that passed it.

-- The account of a customer and of all that lead to it: the oldest open bill, the narrowest credit, every open bill.
-- No row where none of them has an account.
CREATE FUNCTION owed_by(of_customer uuid) RETURNS TABLE (oldest_due_on date, credit_state text, bills json)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH same AS MATERIALIZED (SELECT unnest(same_customer(of_customer)) AS customer_id)
  SELECT min(a.oldest_due_on),
    CASE WHEN bool_or(a.credit_state = 'stopped') THEN 'stopped' WHEN bool_or(a.credit_state = 'warned') THEN 'warned'
      ELSE 'normal' END,
    (SELECT json_agg(json_build_object('month', b.month, 'amount', b.amount::text, 'open', (b.amount - b.settled)::text,
       'due_on', b.due_on) ORDER BY b.due_on, b.month)
     FROM bill b JOIN same USING (customer_id) WHERE b.settled < b.amount)
  FROM account a JOIN same USING (customer_id) HAVING count(*) > 0
$$;

CREATE FUNCTION paid_by(of_customer uuid) RETURNS SETOF settlement
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT s.* FROM settlement s WHERE s.customer_id = ANY ((SELECT same_customer(of_customer))::uuid[])
$$;

DO $$ BEGIN
  EXECUTE format('ALTER FUNCTION owed_by OWNER TO %I', current_setting('keypost.worker_role'));
  EXECUTE format('ALTER FUNCTION paid_by OWNER TO %I', current_setting('keypost.worker_role'));
END $$;
