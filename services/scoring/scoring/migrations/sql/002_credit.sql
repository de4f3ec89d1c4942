-- Who is credited with a customer's revenue, as rulings divided it: told whole with every change of an assignment.
-- `credited`: the units among them, null for none.
ALTER TABLE assignment_fact ADD COLUMN credit jsonb;
ALTER TABLE assignment_fact ADD COLUMN credited text[];
CREATE INDEX assignment_fact_credited ON assignment_fact USING gin (credited) WHERE credited IS NOT NULL;
CREATE INDEX assignment_fact_divided ON assignment_fact (customer_id) WHERE credited IS NOT NULL;

-- What of a row of revenue belongs to some units: all of it where nothing divides the line in that month and the customer
-- is theirs; else the parts of the latest division by then, rounded half up to the fen, the lead's being what they leave.
CREATE FUNCTION part_of(revenue numeric, credit jsonb, in_line text, in_month text, units text[], ours boolean)
RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
  WITH entry AS (
    SELECT e.org_id, e.share, e.lead, e.from_month
    FROM jsonb_to_recordset(COALESCE(credit, '[]'))
      AS e(line text, from_month text, org_id text, share numeric, lead boolean)
    WHERE e.line = in_line AND e.from_month <= in_month),
  part AS (
    SELECT CASE WHEN e.org_id IS NULL THEN ours ELSE e.org_id = ANY (units) END AS theirs,
      CASE WHEN e.lead
        THEN revenue - COALESCE(sum((revenue * e.share)::numeric(16,2)) FILTER (WHERE NOT e.lead) OVER (), 0)
        ELSE (revenue * e.share)::numeric(16,2) END AS amount
    FROM entry e WHERE e.from_month = (SELECT max(from_month) FROM entry))
  SELECT CASE WHEN EXISTS (SELECT FROM part) THEN COALESCE((SELECT sum(amount) FROM part WHERE theirs), 0)
              WHEN ours THEN revenue ELSE 0 END
$$;
