"""Development cases (开发案): a prospect worked on step by step, its score, and its selling project."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from contracts.refusals import MakerIsChecker
from registry.model.customers import Nature
from registry.model.refusals import WrongState


class CaseState(StrEnum):
    """Where a development case stands."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"
    DROPPED = "dropped"


class Step(StrEnum):
    """The four steps, in order."""

    LOCATE = "locate"
    ANALYSE = "analyse"
    PLAN = "plan"
    LINK = "link"


class ProjectState(StrEnum):
    """Where a selling project stands."""

    FILED = "filed"
    APPROVED = "approved"
    REFUSED = "refused"
    ASSESSED = "assessed"


STATE_ZH: Mapping[CaseState, str] = {
    CaseState.OPEN: "开发中",
    CaseState.WON: "成功",
    CaseState.LOST: "失败",
    CaseState.DROPPED: "放弃",
}
PROJECT_ZH: Mapping[ProjectState | None, str] = {
    None: "未报备",
    ProjectState.FILED: "已报备",
    ProjectState.APPROVED: "已立项",
    ProjectState.REFUSED: "未立项",
    ProjectState.ASSESSED: "已评估",
}
_PROJECT_MOVES: Mapping[ProjectState | None, frozenset[ProjectState]] = {
    None: frozenset({ProjectState.FILED}),
    ProjectState.FILED: frozenset({ProjectState.APPROVED, ProjectState.REFUSED}),
    ProjectState.APPROVED: frozenset({ProjectState.ASSESSED}),
    ProjectState.REFUSED: frozenset({ProjectState.FILED}),
    ProjectState.ASSESSED: frozenset(),
}


@dataclass(frozen=True)
class Target:
    """Who is to be won, as the unit knows it."""

    name: str
    nature: Nature
    division: str
    credit_code: str | None


@dataclass(frozen=True)
class Grade:
    """A grade of one aspect, with what it rests on: texts and attachments."""

    grade: int
    texts: tuple[str, ...]
    attachments: tuple[UUID, ...]


@dataclass(frozen=True)
class Project:
    """A selling project as filed, decided and assessed; what was said of it is of the internal layer."""

    title: str
    plan: str
    filed_by: UUID
    filed_at: datetime
    decided_by: UUID | None = None
    decided_at: datetime | None = None
    reason: str | None = None
    assessed_by: UUID | None = None
    assessed_at: datetime | None = None
    assessment: str | None = None


@dataclass(frozen=True)
class DevelopmentCase:
    """One unit's work on one prospect; filed with the center it is a lead from `filed_at` on.

    `written` holds by step what was found out, by the names the law gives; `event_key` is fixed at the opening.
    """

    case_id: UUID
    org_id: str
    city_org_id: str
    event_key: str
    customer_id: UUID | None
    target: Target
    lines: tuple[str, ...]
    demand: str
    owner_id: UUID
    opened_at: datetime
    state: CaseState = CaseState.OPEN
    step: Step = Step.LOCATE
    written: Mapping[Step, Mapping[str, str]] = field(default_factory=dict)
    filed_at: datetime | None = None
    filed_by: UUID | None = None
    score: str | None = None
    grades: Mapping[str, Grade] = field(default_factory=dict)
    project_state: ProjectState | None = None
    project: Project | None = None
    ended_at: datetime | None = None
    end_reason: str | None = None
    because: Mapping[str, Any] | None = None
    version: int = 1

    def changed(self, **facts: Any) -> "DevelopmentCase":
        """Give an open case with some facts replaced."""
        self._must_be_open()
        return replace(self, **facts, version=self.version + 1)

    def ended(self, state: CaseState, at: datetime, reason: str | None, **facts: Any) -> "DevelopmentCase":
        """Give an open case as it ended."""
        self._must_be_open()
        return replace(self, state=state, ended_at=at, end_reason=reason, **facts, version=self.version + 1)

    def project_moved(self, state: ProjectState, project: Project, **facts: Any) -> "DevelopmentCase":
        """Give a case with its project in the next state, or refuse a move that does not exist.

        A project is assessed also once its case has ended.
        """
        if state is not ProjectState.ASSESSED:
            self._must_be_open()
        if state not in _PROJECT_MOVES[self.project_state]:
            raise WrongState(
                f"项目现为“{PROJECT_ZH[self.project_state]}”，不能变为“{PROJECT_ZH[state]}”",
                f"the project is {self.project_state or 'not filed'}; it cannot become {state}",
                extra={"state": self.project_state},
            )
        return replace(self, project_state=state, project=project, **facts, version=self.version + 1)

    def must_be_decided_by_another(self, staff_id: UUID) -> None:
        """Refuse who filed the project, and who works on the case, as the one who decides about it."""
        if staff_id in (self.owner_id, self.project.filed_by if self.project else None):
            raise MakerIsChecker.of()

    def _must_be_open(self) -> None:
        if self.state is not CaseState.OPEN:
            raise WrongState(
                f"开发案已结束（{STATE_ZH[self.state]}）",
                f"the case has ended: {self.state}",
                extra={"state": str(self.state)},
            )


@dataclass(frozen=True)
class Move:
    """A case's way from one step to another; `progress`: it reached this step for the first time."""

    move_id: UUID
    case_id: UUID
    org_id: str
    former: Step
    step: Step
    progress: bool
    reason: str | None
    staff_id: UUID
    at: datetime


@dataclass(frozen=True)
class Watch:
    """What somebody saw of a project in progress."""

    watch_id: UUID
    case_id: UUID
    org_id: str
    note: str
    staff_id: UUID
    at: datetime


def reached(moves: Sequence[Move]) -> frozenset[Step]:
    """Give the steps that a case has been at."""
    return frozenset({Step.LOCATE, *(move.step for move in moves)})
