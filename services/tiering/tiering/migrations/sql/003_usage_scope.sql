-- A customer's figures are seen, and succeeded by newer ones, where the customer is, also where another unit filed them.
CREATE POLICY of_customer_in_scope ON usage
  USING (EXISTS (SELECT 1 FROM customer c WHERE c.customer_id = usage.customer_id))
  WITH CHECK (current_setting('keypost.scope', true) <> '');
