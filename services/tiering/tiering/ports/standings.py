"""Whose places in their bureau should be kept ready."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Bureau:
    """A county-level bureau with all its units, since when it is asked what was filed, and the months it is ranked by.

    Of a unit that lies in no county it stands for itself and all below.
    """

    org_id: str
    units: tuple[str, ...]
    reach: date
    first: date
    last: date


class Standings(Protocol):
    """Where standings are kept; nothing is lost where one that was missed is not."""

    def missed(self, bureau: Bureau) -> None:
        """Hear that the sums of a whole bureau had to be read for one customer."""
        ...
