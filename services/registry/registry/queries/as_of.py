"""Records as they were on a day, as far as that was known at a time.

Versions are kept with the business day from which each holds and the instant at which it was recorded. On a day holds the
version that began last before or on it, of equal beginnings the last; as known at a time, those recorded later are not there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from regulations.calendars import day_of

# Nothing is recorded later; the driver has no infinity for a time with its zone.
ALL_KNOWN = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class AsOf:
    """The two questions: which day, and known when."""

    valid: date
    known: datetime

    @classmethod
    def asked(cls, valid: date | None, known: datetime | None, now: datetime) -> "AsOf | None":
        """Give what was asked for; None where neither was. A time alone asks for its own day."""
        if valid is None and known is None:
            return None
        return cls(valid or day_of(known or now), known or ALL_KNOWN)

    @classmethod
    def of(cls, filters: Mapping[str, Any], now: datetime) -> "AsOf | None":
        """Give what the filters of a list ask for."""
        return cls.asked(filters.get("valid"), filters.get("known"), now)

    @property
    def given(self) -> tuple[object, ...]:
        """The values of $1 and $2."""
        return self.valid, self.known


def rows_as_of(table: str, key: str, *, ends: bool = False) -> str:
    """Give a table's rows as of $1 and known by $2, in brackets; they have the table's own columns.

    `ends`: a version may end its record, which is not there then until the next.
    """
    living = " WHERE ((v.facts ->> 'valid_to')::date <= $1) IS NOT TRUE" if ends else ""
    return (
        f"(SELECT (jsonb_populate_record(NULL::{table}, v.facts)).* FROM ("  # noqa: S608 - names of our own
        f"SELECT DISTINCT ON (w.{key}) w.* FROM {table}_version w WHERE w.valid_from <= $1 AND w.recorded <= $2"
        f" ORDER BY w.{key}, w.valid_from DESC, w.version DESC) v{living})"
    )
