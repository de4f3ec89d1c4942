"""What a class follows from, and what it is."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

TENTH = Decimal(1).scaleb(-1)
CENT = TENTH * TENTH
"""The least difference between two amounts of yuan."""
BASIS_POINT = CENT * CENT
"""What shares are rounded to."""


@dataclass(frozen=True, slots=True)
class Months:
    """Twelve months in a row whose fees are counted together; both are first days of a month."""

    first: date
    last: date

    @property
    def words(self) -> str:
        """Give them as `2025-01..2025-12`."""
        return f"{self.first:%Y-%m}..{self.last:%Y-%m}"


@dataclass(frozen=True, slots=True)
class Figures:
    """What a class is decided from; fees in yuan.

    `last_year_fees` are those of the last full year, `month_fees` those of the last month. `level` is that of the unit,
    city or county; `rank` is by fees in the county-level bureau, None where it plays no part.
    """

    months: Months
    place: str | None
    level: str
    fees: Decimal
    last_year_fees: Decimal
    month_fees: Decimal
    agreement: bool
    rank: int | None = None
    importance: str | None = None
    importance_level: str | None = None


@dataclass(frozen=True, slots=True)
class Tier:
    """A class as one scheme gives it; `cls` None is no key account of any class."""

    scheme: str | None
    tier: str | None
    cls: int | None

    def differs_from(self, other: "Tier") -> bool:
        """Tell whether the class is another, or of a key account its scheme or tier."""
        return self.cls != other.cls or (
            self.cls is not None and (self.scheme, self.tier) != (other.scheme, other.tier)
        )


NO_TIER = Tier(None, None, None)


@dataclass(frozen=True, slots=True)
class Standing:
    """What figures give: the class, and whether the customer is a key account at all."""

    tier: Tier
    eligible: bool
