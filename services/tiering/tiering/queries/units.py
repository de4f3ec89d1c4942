"""Which organisations a reader asks for."""

UNITS = """(SELECT b.org_id FROM organisation b JOIN organisation a ON a.org_id = {0}
  AND (b.orgpath = a.orgpath OR b.orgpath ^@ (a.orgpath || '.')))"""
"""An organisation with all below it."""
