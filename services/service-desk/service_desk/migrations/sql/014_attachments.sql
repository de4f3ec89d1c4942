-- Attachments hang on a case: named in one form, read by whom the case is open to, erased with it.

-- The case that an attachment hangs on, where its subject names one of this type.
CREATE FUNCTION hung_on(type text, subject text) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
  SELECT substring(subject FROM
    '^' || type || ':(' || replace('xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx', 'x', '[0-9a-f]') || ')$')::uuid
$$;

-- The cases that a text may mean, as attachments name them: a case number or an id, with the type before it or without.
CREATE FUNCTION subjects_of(of_type text, number text, of_id uuid) RETURNS TABLE (subject text) LANGUAGE sql STABLE AS $$
  SELECT 'complaint:' || c.id FROM complaint c
    WHERE of_type IN ('', 'complaint') AND (c.case_no = number OR c.id = of_id)
  UNION ALL
  SELECT 'compensation:' || c.id FROM compensation c
    WHERE of_type IN ('', 'compensation') AND (c.case_no = number OR c.id = of_id)
  UNION ALL
  SELECT 'service-request:' || r.id FROM service_request r
    WHERE of_type IN ('', 'service-request') AND (r.case_no = number OR r.id = of_id)
$$;

-- What was kept under other forms of a case's name; then what hangs on cases that were erased before this was seen.
-- Row-level security holds for the owner too: it rests while the owner looks through all rows.
ALTER TABLE attachment NO FORCE ROW LEVEL SECURITY;
ALTER TABLE complaint NO FORCE ROW LEVEL SECURITY;
ALTER TABLE compensation NO FORCE ROW LEVEL SECURITY;
ALTER TABLE service_request NO FORCE ROW LEVEL SECURITY;
WITH cases AS (
  SELECT 'complaint' AS type, id, case_no FROM complaint
  UNION ALL SELECT 'compensation', id, case_no FROM compensation
  UNION ALL SELECT 'service-request', id, case_no FROM service_request)
UPDATE attachment a SET subject = c.type || ':' || c.id
FROM cases c CROSS JOIN LATERAL unnest(ARRAY[c.case_no, c.id::text, c.type || ':' || c.case_no]) AS form
WHERE a.subject = form;
DELETE FROM attachment a USING complaint c WHERE a.subject = 'complaint:' || c.id AND c.erased_at IS NOT NULL;
DELETE FROM attachment a USING compensation c WHERE a.subject = 'compensation:' || c.id AND c.erased_at IS NOT NULL;
DELETE FROM attachment a USING service_request r WHERE a.subject = 'service-request:' || r.id AND r.erased_at IS NOT NULL;
ALTER TABLE attachment FORCE ROW LEVEL SECURITY;
ALTER TABLE complaint FORCE ROW LEVEL SECURITY;
ALTER TABLE compensation FORCE ROW LEVEL SECURITY;
ALTER TABLE service_request FORCE ROW LEVEL SECURITY;

-- What hangs on a case is seen where the case is; what hangs on none, by the organisation that put it in.
DROP POLICY in_scope ON attachment;
CREATE POLICY with_its_case ON attachment
  USING (CASE
    WHEN hung_on('complaint', subject) IS NOT NULL
      THEN EXISTS (SELECT FROM complaint c WHERE c.id = hung_on('complaint', attachment.subject))
    WHEN hung_on('compensation', subject) IS NOT NULL
      THEN EXISTS (SELECT FROM compensation c WHERE c.id = hung_on('compensation', attachment.subject))
    WHEN hung_on('service-request', subject) IS NOT NULL
      THEN EXISTS (SELECT FROM service_request r WHERE r.id = hung_on('service-request', attachment.subject))
    ELSE EXISTS (SELECT FROM organisation o WHERE o.org_id = attachment.org_id
      AND (o.orgpath = current_setting('keypost.scope', true)
        OR o.orgpath ^@ (current_setting('keypost.scope', true) || '.'))) END)
  WITH CHECK (current_setting('keypost.scope', true) <> '');

-- Overwrite what cases hold of persons with `blank`: callers, texts, the words of every step, attachments. The cases, their
-- numbers, clocks, amounts and events stay. Gives how many rows of each were overwritten.
CREATE OR REPLACE FUNCTION erase_cases(ids uuid[], numbers text[], blank bytea, at timestamptz) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  done jsonb := '{}';
  rows bigint;
BEGIN
  UPDATE complaint SET caller = blank, content = blank, caller_key = NULL, erased_at = at WHERE id = ANY (ids);
  GET DIAGNOSTICS rows = ROW_COUNT;
  done := done || jsonb_build_object('complaint', rows);
  UPDATE compensation SET caller = blank, content = blank, caller_key = NULL, erased_at = at WHERE id = ANY (ids);
  GET DIAGNOSTICS rows = ROW_COUNT;
  done := done || jsonb_build_object('compensation', rows);
  UPDATE service_request SET caller = blank, content = blank, caller_key = NULL, erased_at = at WHERE id = ANY (ids);
  GET DIAGNOSTICS rows = ROW_COUNT;
  done := done || jsonb_build_object('service_request', rows);
  UPDATE complaint_step SET words = blank WHERE complaint_id = ANY (ids);
  GET DIAGNOSTICS rows = ROW_COUNT;
  done := done || jsonb_build_object('complaint_step', rows);
  UPDATE compensation_step SET words = blank WHERE compensation_id = ANY (ids);
  GET DIAGNOSTICS rows = ROW_COUNT;
  done := done || jsonb_build_object('compensation_step', rows);
  UPDATE liability_step SET words = blank WHERE compensation_id = ANY (ids);
  GET DIAGNOSTICS rows = ROW_COUNT;
  done := done || jsonb_build_object('liability_step', rows);
  UPDATE settlement_entry SET words = blank WHERE compensation_id = ANY (ids);
  GET DIAGNOSTICS rows = ROW_COUNT;
  done := done || jsonb_build_object('settlement_entry', rows);
  UPDATE service_request_step SET words = blank WHERE request_id = ANY (ids);
  GET DIAGNOSTICS rows = ROW_COUNT;
  done := done || jsonb_build_object('service_request_step', rows);
  UPDATE contact_meeting SET words = blank, erased_at = at WHERE case_no = ANY (numbers);
  GET DIAGNOSTICS rows = ROW_COUNT;
  done := done || jsonb_build_object('contact_meeting', rows);
  UPDATE tracking_feedback SET words = blank WHERE cases && numbers;
  GET DIAGNOSTICS rows = ROW_COUNT;
  done := done || jsonb_build_object('tracking_feedback', rows);
  UPDATE person_correction SET reason = blank WHERE case_no = ANY (numbers);
  GET DIAGNOSTICS rows = ROW_COUNT;
  done := done || jsonb_build_object('person_correction', rows);
  DELETE FROM attachment WHERE subject IN (
    SELECT of_type || ':' || id FROM unnest(ids) id, unnest(ARRAY['complaint', 'compensation', 'service-request']) of_type);
  GET DIAGNOSTICS rows = ROW_COUNT;
  RETURN done || jsonb_build_object('attachment', rows);
END $$;
