"""What the keeping of rules and calendars needs from outside."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from registry.model.calendars import CalendarNotice
from registry.model.organisations import Organisation
from registry.model.rules import Draft
from regulations.calendars import AnnouncedYear
from regulations.loading import Rule
from regulations.provisions import Citation


class Nodes(Protocol):
    """The nodes of the tree."""

    async def existing(self, org_ids: Sequence[str]) -> dict[str, Organisation]:
        """Give those of the nodes that exist."""
        ...


class Rulebook(Protocol):
    """Rules with every wording, shipped and published."""

    async def find(self, rule: str) -> Rule | None:
        """Give a rule by its pack and topic, or None."""
        ...

    async def published(self, rule: str) -> int:
        """Give how many wordings of a rule were published."""
        ...

    async def lock(self, rule: str) -> None:
        """Let nobody else publish the rule until the commit."""
        ...

    def citation(self, act: str, article: str) -> Citation | None:
        """Cite an article; None where there is no such act."""
        ...

    async def adopters(self, pack: str) -> list[Organisation]:
        """Give every node that has adopted a pack or topics of it."""
        ...

    async def publish(self, draft: Draft, version: int) -> None:
        """Put a wording in force and tell it."""
        ...


class Drafts(Protocol):
    """Drafts in the caller's scope."""

    async def get(self, draft_id: UUID) -> Draft:
        """Give a draft, locked for change; raises NotFound."""
        ...

    async def add(self, draft: Draft) -> None:
        """Write a new draft."""
        ...

    async def save(self, draft: Draft) -> None:
        """Write what was decided of a draft."""
        ...


class Calendars(Protocol):
    """Official calendars by year."""

    async def next_version(self, year: int) -> int:
        """Give which import of the year the next one is; nobody else imports it until the commit."""
        ...

    async def add(self, notice: CalendarNotice, announced: AnnouncedYear) -> None:
        """Write a notice and every day of its year, and tell them."""
        ...


@dataclass(frozen=True)
class LawDesk:
    """What the keeping of rules and calendars works with in one transaction."""

    now: datetime
    nodes: Nodes
    rules: Rulebook
    drafts: Drafts
    calendars: Calendars

    @property
    def today(self) -> date:
        """The business date of the moment."""
        return self.now.date()
