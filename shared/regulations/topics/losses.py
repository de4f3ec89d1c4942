"""Lost customers: causes, measures and who calls whom to account (hubei art. 32-34)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from regulations.provisions import Topic
from regulations.reading import CustomerClass
from regulations.topics.words import Named, OrgKind, codes_once


@dataclass(frozen=True)
class CauseGroup(Named):
    """A group of causes with what follows from any of them."""

    causes: tuple[Named, ...]
    measures: tuple[Named, ...]
    open_list: bool

    def __post_init__(self) -> None:
        codes_once(self.causes)


@dataclass(frozen=True)
class LossCauses(Topic):
    """Why a customer was lost."""

    topic: ClassVar[str] = "loss-causes"
    root: ClassVar[str | None] = "groups"
    groups: tuple[CauseGroup, ...]

    def __post_init__(self) -> None:
        codes_once(self.groups)


@dataclass(frozen=True)
class NoticeRule:
    """Whose loss by our own fault is circulated and penalised by whom, and filed with whom."""

    whom: Literal["class-1", "key-class-2", "class-2-and-below"]
    by: OrgKind
    filed_with: OrgKind | None = None


@dataclass(frozen=True)
class LossNotice(Topic):
    """Notices and penalties for losses by marketing or service."""

    topic: ClassVar[str] = "loss-notice"
    root: ClassVar[str | None] = "rules"
    rules: tuple[NoticeRule, ...]


@dataclass(frozen=True)
class AuthorityRule:
    """Who calls to account for a loss of these classes (none: other agreement customers), who approves."""

    classes: tuple[CustomerClass, ...]
    by: Literal["province", "city", "bureau"]
    approved_by: OrgKind | None = None


@dataclass(frozen=True)
class LossAuthority(Topic):
    """Who calls to account, by class."""

    topic: ClassVar[str] = "loss-authority"
    root: ClassVar[str | None] = "rules"
    rules: tuple[AuthorityRule, ...]


@dataclass(frozen=True)
class LossApprovalOrder(Topic):
    """Which comes first where one article says approval and another filing."""

    topic: ClassVar[str] = "loss-approval-order"
    order: tuple[Literal["approval", "filing"], ...]


@dataclass(frozen=True)
class WinBack(Topic):
    """What goes on beside calling to account."""

    topic: ClassVar[str] = "win-back"
    goes_on: bool
    looked_into: Literal["at-once"]
