"""Drafts of rules: open until a director puts them in force or somebody discards them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from contracts.refusals import MakerIsChecker
from registry.model.refusals import WrongState


class DraftState(StrEnum):
    """Where a draft stands; what was decided stays."""

    OPEN = "open"
    PUBLISHED = "published"
    DISCARDED = "discarded"


STATE_ZH: Mapping[DraftState, str] = {
    DraftState.OPEN: "待发布",
    DraftState.PUBLISHED: "已发布",
    DraftState.DISCARDED: "已作废",
}


@dataclass(frozen=True)
class Draft:
    """A new wording of a rule as proposed; `basis` counts the published wordings that it was compared with."""

    draft_id: UUID
    rule: str
    org_id: str
    in_force: date
    act: str
    article: str
    assumption: bool
    value: Any
    basis: int
    comparison: Mapping[str, Any]
    drafted_by: UUID
    drafted_at: datetime
    state: DraftState = DraftState.OPEN
    decided_by: UUID | None = None
    decided_at: datetime | None = None
    reason: str | None = None
    recorded: datetime | None = None

    def must_be_decided_by_another(self, staff_id: UUID) -> None:
        """Refuse the drafter as the one who publishes."""
        if staff_id == self.drafted_by:
            raise MakerIsChecker(
                "起草人不能发布自己起草的规定", "nobody publishes a rule that they drafted themselves"
            )

    def published(self, by: UUID, at: datetime, recorded: datetime) -> "Draft":
        """Give the draft put in force, or refuse where it was decided before."""
        return self._decided(DraftState.PUBLISHED, by, at, recorded=recorded)

    def discarded(self, by: UUID, at: datetime, reason: str | None) -> "Draft":
        """Give the draft given up, or refuse where it was decided before."""
        return self._decided(DraftState.DISCARDED, by, at, reason=reason)

    def _decided(self, state: DraftState, by: UUID, at: datetime, **facts: Any) -> "Draft":
        if self.state is not DraftState.OPEN:
            raise WrongState(
                f"草案{STATE_ZH[self.state]},不能再办理",
                f"the draft is {self.state} already",
                extra={"state": str(self.state)},
            )
        return replace(self, state=state, decided_by=by, decided_at=at, **facts)
