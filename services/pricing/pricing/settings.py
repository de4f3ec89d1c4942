"""Technical limits of pricing; business figures are in the regulation packs."""

# Parts of the published HTTP interface, not of any regulation.
IMPORT_MOST = 500
LONGEST_REASON = 2_000
LONGEST_REFERENCE = 40
LONGEST_ORG_ID = 14
LONGEST_CODE = 40
LINES_MOST = 20
LONGEST_SETTLEMENT_DAYS = 3_650
LONGEST_AGE_DAYS = 36_500
