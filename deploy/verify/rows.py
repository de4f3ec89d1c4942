"""The rows that are compared, as plain values, and what is found among them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID


class Kind(StrEnum):
    """What can be wrong; the first four are about events, the others about what follows from them."""

    LOST = "lost"
    PHANTOM = "phantom"
    DOUBLED = "doubled"
    REORDERED = "reordered"
    DIFFERS = "differs"
    TWO_HOLDERS = "two-holders"
    LATE = "late"
    PARKED = "parked"
    BROKEN = "broken"


WORDS: dict[Kind, str] = {
    Kind.LOST: "丢失",
    Kind.PHANTOM: "凭空",
    Kind.DOUBLED: "重复",
    Kind.REORDERED: "乱序",
    Kind.DIFFERS: "不一致",
    Kind.TWO_HOLDERS: "两个持有者",
    Kind.LATE: "滞留",
    Kind.PARKED: "搁置",
    Kind.BROKEN: "断裂",
}


class Logged(NamedTuple):
    """A row of a service's log; `published` tells event_log from outbox, `waiting` is how long it has waited there."""

    event_id: UUID
    topic: str
    type: str
    aggregate: str
    version: int
    seq: int
    key: str
    published: bool
    waiting: float


class Heard(NamedTuple):
    """A row of a consumer's inbox."""

    event_id: UUID
    source: str
    type: str
    aggregate: str
    version: int
    position: int


class Streamed(NamedTuple):
    """A row of the console's log."""

    event_id: UUID
    source: str
    type: str
    aggregate: str
    version: int
    position: int


class Told(NamedTuple):
    """The newest event of a record, with its data."""

    event_id: UUID
    type: str
    aggregate: str
    version: int
    data: dict[str, Any]


class Parked(NamedTuple):
    """A record that a consumer set aside."""

    key: str
    event_id: UUID | None
    error: str
    parked_at: datetime


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: what kind, in a sentence, with the rows that show it."""

    kind: Kind
    says: str
    rows: Sequence[object] = ()

    def __str__(self) -> str:
        lines = [f"{WORDS[self.kind]} {self.kind}: {self.says}", *(f"    {_shown(row)}" for row in self.rows)]
        return "\n".join(lines)


@dataclass(frozen=True)
class Outcome:
    """What one check looked at, how much of it there was, and what it found."""

    check: str
    looked_at: int
    findings: Sequence[Finding]


def _shown(row: object) -> str:
    fields = getattr(row, "_asdict", None)
    pairs = fields().items() if fields else row.items() if isinstance(row, dict) else [("row", row)]
    return ", ".join(f"{name}={value}" for name, value in pairs)


Row = dict[str, Any]
