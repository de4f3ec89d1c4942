"""Technical limits of a seat."""

CALLS_A_BATCH = 50
# Parts of the desk's published interface.
LONGEST_TEXT = 20_000
LONGEST_LINE = 200
LONGEST_REFERENCE = 40
MAIL_NO_CHARACTERS = (8, 20)
HOTLINE_DIGITS = (5, 8)
FOREIGN_DIGITS = (9, 17)
TIMEOUT_SECONDS = 30.0
LOCKED_SECONDS = 30.0
SHORTEST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0
OWNER_ALONE = 0o600
SHOWN_CALLS = 20
NO_NETWORK = 75
"""Exit status of a sending that nothing answered: what waits is sent next time (EX_TEMPFAIL)."""
