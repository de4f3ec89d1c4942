"""What a table whose rows are told of by events is held against them by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Record:
    """A table whose rows are told of by events: its key, its aggregate's kind and the fields that both must share.

    `fields` maps a column to the path in the event's data. `once` are event types that each row has exactly one of.
    `rows` reads them where they are not simply the table's, each with the version that its newest event has.
    """

    service: str
    table: str
    key: str
    aggregate: str
    fields: Mapping[str, str]
    once: Sequence[str] = ()
    rows: str = ""

    @property
    def select(self) -> str:
        """What reads the rows."""
        columns = dict.fromkeys((self.key, "version", *self.fields))
        return self.rows or f"SELECT {', '.join(columns)} FROM {self.table}"  # noqa: S608 - names of our own


def same(*names: str) -> dict[str, str]:
    """Give columns that bear the same name in the event's data."""
    return {name: name for name in names}
