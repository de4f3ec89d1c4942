-- To whom a complaint went up, in order, and whose verdict a later cycle's is.
ALTER TABLE complaint ADD COLUMN raised_to text[] NOT NULL DEFAULT '{}', ADD COLUMN verdict_org_id text;

-- Cases that went up before have as handlers the organisations between the first responder and the present handler.
ALTER TABLE complaint NO FORCE ROW LEVEL SECURITY;
ALTER TABLE organisation NO FORCE ROW LEVEL SECURITY;
UPDATE complaint c SET
  raised_to = ARRAY(
    SELECT n.org_id FROM unnest(string_to_array(path_of(c.first_responder_org_id), '.')) WITH ORDINALITY n (org_id, depth)
    WHERE n.org_id <> c.first_responder_org_id AND n.org_id <> c.handler_org_id
      AND n.depth > cardinality(string_to_array(path_of(c.handler_org_id), '.'))
    ORDER BY n.depth DESC) || c.handler_org_id
WHERE c.handler_org_id <> c.first_responder_org_id;
UPDATE complaint SET verdict_org_id = handler_org_id WHERE cycle > 1;
ALTER TABLE organisation FORCE ROW LEVEL SECURITY;
ALTER TABLE complaint FORCE ROW LEVEL SECURITY;
