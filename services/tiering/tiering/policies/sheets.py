"""The law of many units as `rating` (migrations/sql/006_rating.sql) reads it: units by number of law, and the laws."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from tiering.policies.law import ClassLaw, pinned


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit whose customers are rated: its law by number, its county-level bureau, level and place."""

    org_id: str
    profile: int
    bureau: str | None
    level: str
    place: str | None


def sheet(units: Iterable[Unit], laws: Mapping[int, ClassLaw]) -> dict[str, Any]:
    """Give the units, and each law as a review keeps it."""
    return {
        "units": [asdict(unit) for unit in units],
        "laws": {str(number): pinned(law) for number, law in laws.items()},
    }
