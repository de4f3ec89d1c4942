-- Drafts of rules, wordings put in force, and calendars as imported.

CREATE TABLE rule_draft (
  draft_id uuid PRIMARY KEY,
  rule text NOT NULL,
  org_id text NOT NULL,
  in_force date NOT NULL,
  act text NOT NULL,
  article text NOT NULL,
  assumption boolean NOT NULL,
  value jsonb NOT NULL,
  -- How many wordings of the rule had been published when it was drafted and compared.
  basis bigint NOT NULL,
  comparison jsonb NOT NULL,
  state text NOT NULL CHECK (state IN ('open', 'published', 'discarded')),
  drafted_by uuid NOT NULL,
  drafted_at timestamptz NOT NULL,
  decided_by uuid,
  decided_at timestamptz,
  reason text,
  recorded timestamptz);
CREATE INDEX rule_draft_org ON rule_draft (org_id, draft_id);
CALL guard('rule_draft', 'org_id');

-- The order in which the wordings of a rule were published has no gap and no fork.
CREATE UNIQUE INDEX rule_wording_version ON rule_wording (rule, version);

CREATE TABLE calendar_import (
  year integer NOT NULL,
  version bigint NOT NULL,
  source text NOT NULL,
  imported_by uuid NOT NULL,
  imported_at timestamptz NOT NULL,
  days jsonb NOT NULL,
  PRIMARY KEY (year, version));
CALL guard_any('calendar_import');
