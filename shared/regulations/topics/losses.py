"""Lost customers and lost money: causes, measures, who bears what (hubei art. 32-34; city-maintenance)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from regulations.provisions import Topic
from regulations.reading import CustomerClass, Money, Share
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


def _at_most_whole(*shares: Share) -> None:
    if sum(shares) > 1:
        raise ValueError("the shares sum to more than the whole")


@dataclass(frozen=True)
class ArrearsLiability(Topic):
    """What maintainer and unit head bear of arrears overdue and lost; above how many yuan more follows."""

    topic: ClassVar[str] = "arrears-liability"
    when: Literal["past-term-and-not-recovered"]
    maintainer: Share
    unit_head: Share
    accountable_above: Money
    up_to: Literal["removal"]

    def __post_init__(self) -> None:
        _at_most_whole(self.maintainer, self.unit_head)


@dataclass(frozen=True)
class LossLiability(Topic):
    """What maintainer and unit head bear of the damage of a loss that was not reported and traced in time."""

    topic: ClassVar[str] = "loss-liability"
    when: Literal["not-reported-and-traced-in-time"]
    maintainer: Share
    unit_head: Share

    def __post_init__(self) -> None:
        _at_most_whole(self.maintainer, self.unit_head)


@dataclass(frozen=True)
class LiabilityRemainder(Topic):
    """Who bears what maintainer and unit head do not."""

    topic: ClassVar[str] = "liability-remainder"
    stays_with: Literal["unit"]
