"""Technical limits of the registry; business figures are in the regulation packs."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from chassis.settings import Settings
from registry.model.checks import Limits
from registry.policies.match import Bounds

# Parts of the published HTTP interface, not of any regulation.
IMPORT_MOST = 500
FORMS_MOST = 200
ANNEX_1_WIDTHS = (16.0, 12.0, 12.0, 12.0, 16.0, 14.0, 12.0, 12.0)
LONGEST_FILE_NAME = 200
LONGEST_TEXT = 200
LONGEST_REASON = 2000
LONGEST_SEARCH = 100
LONGEST_ORG_ID = 14
LONGEST_CODE = 40
SHORTEST_PHONE = 3
LONGEST_PHONE = 40
PHONES_MOST = 10
LINES_MOST = 20
ATTACHMENTS_MOST = 20
PARTIES_MOST = 20
CITES_MOST = 20
SHARE_STEP = Decimal("0.01")
MONTHS_A_YEAR = 12
WAN = 10_000
ANNEX_2_WIDTHS = (22.0, 20.0, 22.0, 20.0, 22.0, 20.0)
KEY_PERSONS_MOST = 50
COMPETITORS_MOST = 50
EVIDENCE_MOST = 20
RULES_MOST = 500
MERGED_CLAIMS_MOST = 50
OLDEST = 130
DEEPEST_VALUE = 20
LARGEST_NUMBER = 1_000_000_000_000_000
DAYS_OF_A_YEAR = 366
FIRST_YEAR = 1992
LAST_YEAR = 2200
TIMELINE_MOST = 500
EVIDENCE_MOST = 50


class RegistrySettings(Settings):
    """How likeness of names is scored, and how much a match may cost."""

    candidates_most: int = 50
    imports_at_once: int = 1

    # Blind checks of a person, and of all persons of a unit, within so many seconds.
    checks_most: int = 30
    checks_of_unit_most: int = 120
    checks_within_seconds: int = 3600

    match_certain: int = 100
    match_shortest_trade: int = 2
    match_transposed: int = 90
    match_same_sound: int = 90
    match_same_family: int = 80
    match_compatible: int = 80
    match_same_address: int = 85
    match_probable: int = 75
    match_probable_with_contact: int = 45
    match_related: int = 90
    match_weights: Mapping[str, int] = {
        "credit_code": 10,
        "name": 20,
        "trade": 40,
        "line": 10,
        "region": 10,
        "form": 2,
        "branch": 5,
        "phones": 15,
        "address": 10,
    }

    @property
    def check_limits(self) -> Limits:
        """How many blind checks may be asked for."""
        within = timedelta(seconds=self.checks_within_seconds)
        return Limits(self.checks_most, self.checks_of_unit_most, within)

    @property
    def bounds(self) -> Bounds:
        """The scores as the match takes them."""
        return Bounds(
            certain=self.match_certain,
            shortest_trade=self.match_shortest_trade,
            transposed=self.match_transposed,
            same_sound=self.match_same_sound,
            same_family=self.match_same_family,
            compatible=self.match_compatible,
            same_address=self.match_same_address,
            probable=self.match_probable,
            probable_with_contact=self.match_probable_with_contact,
            related=self.match_related,
            weights=self.match_weights,
        )
