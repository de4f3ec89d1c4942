"""Technical limits of the service desk."""

from chassis.settings import Settings

# Parts of the published HTTP interface, not of any regulation.
LONGEST_TEXT = 20_000
LONGEST_LINE = 200
LONGEST_REFERENCE = 40
LONGEST_MAIL_NO = 20
SHORTEST_MAIL_NO = 8
BEST_SATISFACTION = 5
MOST_TRIES = 99
SHORTEST_NAME_PART = 2
INITIALS_ANYWHERE = 3
MOST_CARDS = 20
MOST_CONTACTS = 8
MOST_SIMILAR = 5
MOST_CALLS = 200
GROUNDS_REMEMBERED = 10_000
# How many arguments the SQL function takes that files a compensation.
FILE_ARGUMENTS = 36
LONGEST_DEVICE = 64
MOST_SHARES = 50
MOST_NAMED = 50
MOST_PIECES = 1_000_000
MOST_EXPORTED = 50_000
SHARE_DECIMALS = 6
SETTLEMENT_WIDTHS = (10, 8, 24, 24, 14, 18, 26, 14, 40)


class DeskSettings(Settings):
    """Settings of a service-desk process."""

    intake_attempts: int = 4
    intakes_together: int = 32
    look_ups_together: int = 8
    roads: int = 2
    road_patience_seconds: float = 0.02
    """How many go to the database together, in how many groups at once, and how long one group waits for another."""
    guesses_kept: int = 100_000
    grounds_kept: int = 10_000
    case_numbers_a_block: int = 100
    repeats_seconds: float = 2.0
    feedback_seconds: float = 60.0
    """How long the desk waits before it looks again for repeated complaints, and for feedback that falls due."""
    rounds_look_back_seconds: float = 60.0
    """Longer than any intake takes from its id to its commit: what is younger is looked at once more."""
    rounds_batch: int = 5_000
