"""The right to develop one business line of a customer (开发权)."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from registry.model.refusals import WrongState


class ClaimState(StrEnum):
    """Live, or how it ended."""

    LIVE = "live"
    EXPIRED = "expired"
    RELEASED = "released"
    TRANSFERRED = "transferred"
    REVOKED = "revoked"


@dataclass(frozen=True)
class Claim:
    """One line of one customer held by one unit; `until` is the first instant without it, None once registered.

    `renewals`: how often it was renewed on progress.
    """

    claim_id: UUID
    customer_id: UUID
    declaration_id: UUID
    line: str
    org_id: str
    state: ClaimState
    since: datetime
    until: datetime | None
    version: int
    renewals: int = 0

    def renewed(self, until: datetime) -> "Claim":
        """Give the claim with a later end, earned by progress."""
        self._must_live()
        return replace(self, until=until, renewals=self.renewals + 1, version=self.version + 1)

    def standing(self) -> "Claim":
        """Give the claim without an end: registration makes it follow the assignment."""
        self._must_live()
        return replace(self, until=None, version=self.version + 1)

    def ended(self, state: ClaimState) -> "Claim":
        """Give the claim as it ended."""
        self._must_live()
        return replace(self, state=state, version=self.version + 1)

    def _must_live(self) -> None:
        if self.state is not ClaimState.LIVE:
            raise WrongState(f"开发权已{_ENDED[self.state]}", f"the claim is {self.state} already")


_ENDED = {
    ClaimState.LIVE: "生效",
    ClaimState.EXPIRED: "到期",
    ClaimState.RELEASED: "释放",
    ClaimState.TRANSFERRED: "转移",
    ClaimState.REVOKED: "撤销",
}
