"""Proposes reviews in the background: each in one transaction, so that a proposal is there whole or not at all."""

from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

import asyncpg

from chassis import points
from chassis.database import DATABASE_FAILURES, is_passing
from chassis.doorbell import Doorbell
from chassis.ids import uuid7
from chassis.runtime import Runtime
from chassis.telemetry import describe, log
from chassis.transaction import Moment, unscoped
from tiering.repository.proposals import Proposals, give_up, tell_progress
from tiering.settings import TieringSettings

FAULTS: tuple[type[Exception], ...] = (
    *DATABASE_FAILURES,
    asyncpg.PostgresError,
    LookupError,
    ValueError,
    TypeError,
    ArithmeticError,
)
GIVEN_UP = "系统未能完成本次评定的拟定，已自动撤回；可重新提出，如再次出现请联系系统管理员。"


@dataclass(frozen=True, slots=True)
class Proposer:
    """Takes the reviews that wait, one at a time; several processes work side by side.

    One that was killed has left nothing but the review that waits; whoever comes next begins it anew.
    """

    runtime: Runtime
    settings: TieringSettings
    bell: Doorbell = field(default_factory=Doorbell)

    async def run(self) -> None:
        """Propose until cancelled."""
        while True:
            try:
                if not await self.propose_next():
                    await self.bell.wait(self.settings.review_idle_seconds)
            except FAULTS as error:
                log().error("review.propose", error=describe(error))
                await self.bell.wait(self.settings.review_idle_seconds)

    async def propose_next(self) -> bool:
        """Propose the review that waits longest; tells whether there was one.

        One that cannot be proposed is taken back, for it would come again and again, before all others.
        """
        waiting: tuple[UUID, str] | None = None
        try:
            async with unscoped(self.runtime.database.worker, self._moment()) as tx:
                settings = self.settings
                proposals = Proposals(tx, settings.review_portion_blocks, settings.review_timeout_ms)
                waiting = await proposals.next()
                if waiting is None:
                    return False
                await self._propose(proposals, *waiting)
                points.reach("review.before-commit")
        except FAULTS as error:
            if waiting is None or (is_passing(error) and not isinstance(error, asyncpg.QueryCanceledError)):
                raise
            review_id, _ = waiting
            log().error("review.given-up", review=str(review_id), error=describe(error))
            async with unscoped(self.runtime.database.worker, self._moment()) as tx:
                await give_up(tx, review_id, GIVEN_UP)
        return True

    async def _propose(self, proposals: Proposals, review_id: UUID, org_id: str) -> None:
        beside, rated = self.runtime.database.worker, self.settings.review_rated_share
        await tell_progress(beside, review_id, org_id, Decimal(0))
        async for written in proposals.propose(review_id):
            await tell_progress(beside, review_id, org_id, rated + (1 - rated) * written)
            points.reach("review.after-portion")

    def _moment(self) -> Moment:
        name = self.runtime.settings.service
        return Moment(name, self.runtime.clock.now(), f"system:{name}", str(uuid7()))
