"""Declarations: what a team declares before it develops a customer (预开发申报), up to registration."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from contracts.refusals import MakerIsChecker
from registry.model.customers import Nature
from registry.model.refusals import WrongState


class DeclarationState(StrEnum):
    """Where a declaration stands."""

    SUBMITTED = "submitted"
    REFUSED = "refused"
    HELD = "held"
    PROTECTED = "protected"
    FILED = "filed"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


_S = DeclarationState
_MOVES: Mapping[DeclarationState, frozenset[DeclarationState]] = {
    _S.SUBMITTED: frozenset({_S.REFUSED, _S.HELD, _S.PROTECTED}),
    _S.HELD: frozenset({_S.PROTECTED, _S.REFUSED, _S.WITHDRAWN}),
    _S.PROTECTED: frozenset({_S.FILED, _S.WITHDRAWN, _S.LAPSED}),
    _S.FILED: frozenset({_S.APPROVED, _S.PROTECTED, _S.REFUSED, _S.WITHDRAWN}),
    _S.REFUSED: frozenset(),
    _S.APPROVED: frozenset(),
    _S.WITHDRAWN: frozenset(),
    _S.LAPSED: frozenset(),
}
# Somebody must decide these; the deadline of the city center runs.
UNDECIDED = frozenset({_S.HELD, _S.FILED})


class Outcome(StrEnum):
    """What the match of a declaration against all customers came to."""

    EXACT = "exact"
    PROBABLE = "probable"
    RELATED = "related"
    NONE = "none"


@dataclass(frozen=True)
class Prospect:
    """The declared customer in the team's words, phones as written."""

    name: str
    nature: Nature
    division: str
    credit_code: str | None
    phones: tuple[str, ...]
    address: str | None


@dataclass(frozen=True)
class Holding:
    """Who holds a customer or a line of it; `until` is None where there is no end."""

    org_id: str
    org_name: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class Refused:
    """Why a declaration was refused at once: the holder and the matched keys, nothing else of the other's file.

    `customer_id` is for a dispute over it, and shown to nobody.
    """

    holder: Holding
    matched: tuple[str, ...]
    taken_lines: tuple[str, ...]
    customer_id: UUID | None = None


@dataclass(frozen=True)
class Candidate:
    """An existing customer that the declared one may be or is tied to, as the center sees it, scored field by field."""

    customer_id: UUID
    name: str
    org_id: str
    outcome: Outcome
    score: int
    scores: Mapping[str, int]
    reasons: tuple[str, ...]
    group_id: UUID | None = None


@dataclass(frozen=True)
class Verdict:
    """What somebody decided about a declaration, and why."""

    by: UUID
    at: datetime
    outcome: str
    reason: str | None


@dataclass(frozen=True)
class Declaration:
    """One declaration with its customer and lines; `annex_1` is the registration form once filed."""

    declaration_id: UUID
    customer_id: UUID | None
    org_id: str
    city_org_id: str
    submitted_by: UUID
    submitted_at: datetime
    prospect: Prospect
    lines: tuple[str, ...]
    state: DeclarationState = DeclarationState.SUBMITTED
    annex_1: Mapping[str, Any] | None = None
    reasons: tuple[str, ...] = ()
    refused: Refused | None = None
    verdict: Verdict | None = None
    because: Mapping[str, Any] | None = None
    version: int = 1

    def moved(self, state: DeclarationState, **facts: Any) -> "Declaration":
        """Give the declaration in its next state, or refuse a move that does not exist."""
        if state not in _MOVES[self.state]:
            raise WrongState(
                f"申报现为“{STATE_ZH[self.state]}”,不能变为“{STATE_ZH[state]}”",
                f"the declaration is {self.state}; it cannot become {state}",
                extra={"state": str(self.state)},
            )
        return replace(self, state=state, **facts, version=self.version + 1)

    def must_be(self, state: DeclarationState) -> None:
        """Refuse what is done from one state alone: what is held is not returned, what is filed not accepted."""
        if self.state is not state:
            raise WrongState(
                f"申报现为“{STATE_ZH[self.state]}”,不是“{STATE_ZH[state]}”",
                f"the declaration is {self.state}, not {state}",
                extra={"state": str(self.state)},
            )

    def must_be_decided_by_another(self, staff_id: UUID, manager_id: UUID | None) -> None:
        """Refuse the submitter, and the customer's own manager, as the one who decides."""
        if staff_id in (self.submitted_by, manager_id):
            raise MakerIsChecker.of()


STATE_ZH: Mapping[DeclarationState, str] = {
    _S.SUBMITTED: "已申报",
    _S.REFUSED: "已拒绝",
    _S.HELD: "待中心确认",
    _S.PROTECTED: "保护中",
    _S.FILED: "已报注册表",
    _S.APPROVED: "已注册",
    _S.WITHDRAWN: "已撤回",
    _S.LAPSED: "已失效",
}
