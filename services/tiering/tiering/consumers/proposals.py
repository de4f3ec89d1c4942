"""Proposes reviews in the background: each in one transaction, so that a proposal is there whole or not at all."""

from dataclasses import dataclass, field
from decimal import Decimal

import asyncpg

from chassis import points
from chassis.database import DATABASE_FAILURES
from chassis.doorbell import Doorbell
from chassis.ids import uuid7
from chassis.runtime import Runtime
from chassis.telemetry import describe, log
from chassis.transaction import Moment, Transaction, unscoped
from tiering.repository.proposals import Proposals, tell_progress
from tiering.settings import TieringSettings

FAULTS: tuple[type[Exception], ...] = (*DATABASE_FAILURES, asyncpg.PostgresError, LookupError)


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
        """Propose the review that waits longest; tells whether there was one."""
        name = self.runtime.settings.service
        moment = Moment(name, self.runtime.clock.now(), f"system:{name}", str(uuid7()))
        async with unscoped(self.runtime.database.worker, moment) as tx:
            if not await self._propose(tx):
                return False
            points.reach("review.before-commit")
        return True

    async def _propose(self, tx: Transaction) -> bool:
        settings, beside = self.settings, self.runtime.database.worker
        proposals = Proposals(tx, settings.review_portion_blocks, settings.review_timeout_ms)
        waiting = await proposals.next()
        if waiting is None:
            return False
        review_id, org_id = waiting
        await tell_progress(beside, review_id, org_id, Decimal(0))
        rated = settings.review_rated_share
        async for written in proposals.propose(review_id):
            await tell_progress(beside, review_id, org_id, rated + (1 - rated) * written)
            points.reach("review.after-portion")
        return True
