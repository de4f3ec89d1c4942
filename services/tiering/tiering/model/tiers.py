"""What a class is."""

from dataclasses import dataclass
from decimal import Decimal

TENTH = Decimal(1).scaleb(-1)
CENT = TENTH * TENTH
"""The least difference between two amounts of yuan."""
BASIS_POINT = CENT * CENT
"""What shares are rounded to."""


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
