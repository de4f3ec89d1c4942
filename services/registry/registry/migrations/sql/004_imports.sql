-- Workbooks of forms as they were taken in. What became of each form quotes it, phone numbers and all, and is sealed.
CREATE TABLE declaration_import (
  import_id uuid PRIMARY KEY,
  org_id text NOT NULL,
  file_name text NOT NULL,
  submitted_by uuid NOT NULL,
  submitted_at timestamptz NOT NULL,
  forms integer NOT NULL,
  taken integer NOT NULL,
  refused integer NOT NULL,
  outcome bytea NOT NULL);
CREATE INDEX declaration_import_org ON declaration_import (org_id, import_id);
CALL guard('declaration_import', 'org_id');
