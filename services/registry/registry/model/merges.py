"""Merges: two files that turned out to be one customer, and what it takes to undo that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from registry.model.customers import CustomerState
from registry.model.files import Layer
from registry.model.merge_refusals import NotMerged

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Evidence:
    """What shows that the two are one, or are not: in words, with attachments."""

    text: str
    attachments: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class MovedLine:
    """A claim of the merged customer as it ended by the merge; `joined`: its unit had the line of the survivor already."""

    line: str
    declaration_id: UUID
    org_id: str
    claim_id: UUID
    until: datetime | None
    renewals: int
    joined: bool

    @property
    def origin(self) -> tuple[str, UUID]:
        """By what a claim that came from it is known, however often it has moved on since."""
        return self.line, self.declaration_id


@dataclass(frozen=True)
class Taken:
    """What the survivor's file, and the survivor itself, took over because they had nothing of the kind."""

    fields: Mapping[Layer, Facts] = field(default_factory=dict)
    entries: Mapping[Layer, Sequence[Facts]] = field(default_factory=dict)
    of_customer: Facts = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Tell whether nothing was taken over."""
        return not (self.fields or self.entries or self.of_customer)


@dataclass(frozen=True)
class Merge:
    """One merge; a customer that is merged once more after it was undone has another."""

    merge_id: UUID
    merged_id: UUID
    survivor_id: UUID
    former_state: CustomerState
    merged_by: UUID
    merged_at: datetime
    reason: str
    evidence: tuple[Evidence, ...]
    lines: tuple[MovedLine, ...]
    taken: Taken
    because: Facts | None
    undone_by: UUID | None = None
    undone_at: datetime | None = None
    undone_reason: str | None = None
    version: int = 1

    def undone(self, by: UUID, at: datetime, reason: str) -> "Merge":
        """Give the merge as undone; it is undone once."""
        if self.undone_at is not None:
            raise NotMerged("该合并已经撤销", "the merge has been undone already")
        return replace(self, undone_by=by, undone_at=at, undone_reason=reason, version=self.version + 1)
