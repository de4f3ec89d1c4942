"""Technical limits of tiering; business figures are in the regulation packs."""

from decimal import Decimal

from chassis.settings import Settings

# Parts of the published HTTP interface, not of any regulation.
LONGEST_REFERENCE = 40
LONGEST_ORG_ID = 14
LONGEST_TEXT = 2_000
LONGEST_NAME = 200
ROWS_MOST = 500
DRY_RUN_ROWS_MOST = 100
REPORT_CUSTOMERS_MOST = 2_000
FIRST_YEAR = 2000
LAST_YEAR = 2999
DRAFTS_MOST = 50
DEEPEST_VALUE = 20
LARGEST_NUMBER = 1_000_000_000_000_000
PIECES_MOST = 10**15 - 1
YUAN_IN_WAN = 10_000
KG_IN_A_TON = 1_000
PERCENT = Decimal(100)
PERCENT_PLACE = Decimal("0.01")
ANNEX_3_WIDTHS = (10, 18, 28, 8, 16, 12, 12, 12, 12, 12, 12, 12, 12, 14)


class TieringSettings(Settings):
    """Settings of a tiering process."""

    worker_pool_size: int = 12
    # A page of events with 500 rows each is some 20 MB.
    relay_page: int = 500
    max_usage_file_bytes: int = 128 * 1024 * 1024
    max_upload_bytes: int = 129 * 1024 * 1024
    usage_portion_rows: int = 20_000
    usage_portions_at_once: int = 3
    usage_portion_timeout_ms: int = 60_000
    usage_part_bytes: int = 1024 * 1024
    usage_event_rows: int = 500
    usage_months_back: int = 36
    usage_row_characters: int = 4_000
    usage_rows_of_one: int = 64  # more than a customer has in a month
    usage_rows_at_a_glance: int = 256
    # As many as a workbook may have that is posted again; of a CSV so many are read at a time.
    usage_error_sheet_rows: int = 100_000
    usage_error_page_rows: int = 5_000
    usage_form_rows: int = 20_000
    usage_loaders: int = 2
    usage_idle_seconds: float = 0.3
    usage_filing_poll_seconds: float = 2.0
    review_portion_lines: int = 5_000
    # How long a proposal is waited for before it is answered that it goes on, and how often is looked.
    review_answer_seconds: float = 20.0
    review_look_seconds: float = 0.03
    review_idle_seconds: float = 1.0
    review_proposers: int = 1
    # What is rated counts as so much of the work; the rest is written in portions of so many blocks.
    review_rated_share: Decimal = Decimal("0.5")
    review_portion_blocks: int = 2_000
    months_idle_seconds: float = 0.5
    # How long the sums of months rest after each turn, by how long it took: loading comes first.
    months_rest: float = 1.0
    months_timeout_ms: int = 300_000
    # Bureaus that wait at most for their standings; who is dropped is missed again.
    standings_waiting: int = 500
    # How long is waited for those at work, how often is tidied, and how long the keeper rests, by how long its turn took.
    standings_settle_seconds: float = 0.2
    standings_tidy_seconds: float = 2.0
    standings_rest: float = 0.5
    standings_timeout_ms: int = 30_000
    overview_months: int = 24
    overview_movers: int = 10
    review_timeout_ms: int = 300_000
    what_if_timeout_ms: int = 120_000
    # Saved what-ifs of one center: each keeps a row for everybody who would move.
    what_ifs_most: int = 50
