"""Technical limits of scoring."""

from chassis.settings import Settings

# Parts of the published HTTP interface, not of any regulation.
LONGEST_REFERENCE = 40
LONGEST_PERIOD = 10
# Of the events behind a line so many are named, those with the lowest ids; how many there are is told beside.
EVIDENCE_AT_MOST = 1_000
# A batch of the bus may hold a million rows of usage: so many are written at a time.
ROWS_A_STATEMENT = 20_000
EVENTS_A_STATEMENT = 500


class ScoringSettings(Settings):
    """Settings of a scoring process."""

    sheets_kept: int = 2_000
