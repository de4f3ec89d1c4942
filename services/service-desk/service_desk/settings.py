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
MOST_CARDS = 20


class DeskSettings(Settings):
    """Settings of a service-desk process."""

    intake_attempts: int = 4
    guesses_kept: int = 100_000
    grounds_kept: int = 10_000
    case_numbers_a_block: int = 100
