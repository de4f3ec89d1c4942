"""The desk's rounds: what is found by looking again, in a loop beside the requests."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

from chassis.clock import SHANGHAI
from chassis.database import DATABASE_FAILURES
from chassis.ids import uuid7
from chassis.runtime import Runtime
from chassis.telemetry import describe, log
from chassis.transaction import Moment, Transaction, unscoped
from regulations.reading import PackError
from service_desk.handlers.rounds import link_repeats, start_feedback_clocks
from service_desk.repository.repeats import Repeats
from service_desk.repository.tracking import Tracking
from service_desk.settings import DeskSettings

FAILURES: tuple[type[Exception], ...] = (*DATABASE_FAILURES, PackError, LookupError)
Round = Callable[[Transaction], Awaitable[int]]


class Rounds:
    """One per process; rows are made once, whoever comes first."""

    def __init__(self, runtime: Runtime, settings: DeskSettings) -> None:
        self._runtime = runtime
        self._settings = settings

    async def run(self) -> None:
        """Go round until cancelled; what fails is tried again at the next turn."""
        settings = self._settings
        async with asyncio.TaskGroup() as rounds:
            rounds.create_task(self._every(settings.repeats_seconds, partial(self.turn, self.repeats)))
            rounds.create_task(self._every(settings.feedback_seconds, self.feed_back))

    async def _every(self, seconds: float, one: Callable[[], Awaitable[int]]) -> None:
        while True:
            await asyncio.sleep(seconds)
            try:
                await one()
            except FAILURES as error:
                log().warning("rounds.failed", error=describe(error))

    async def turn(self, one: Round) -> int:
        """Go one round in a transaction of its own; gives how much was done."""
        settings = self._settings
        moment = Moment(
            service=settings.service,
            now=self._runtime.clock.now(),
            actor=f"system:{settings.service}",
            correlation_id=str(uuid7()),
        )
        async with unscoped(self._runtime.database.worker, moment) as tx:
            done = await one(tx)
        if done:
            self._runtime.relay_bell.ring()
            if self._runtime.sweeper is not None:
                self._runtime.sweeper.bell.ring()
        return done

    async def feed_back(self) -> int:
        """Start clocks of daily feedback until today's runs for everyone who is owed one; gives how many.

        Each turn starts one day's for as many as a batch holds: after an outage the days that were missed come first.
        """
        started = 0
        while done := await self.turn(self.feedback):
            started += done
        return started

    async def repeats(self, tx: Transaction) -> int:
        """Link repeated complaints."""
        look_back = timedelta(seconds=self._settings.rounds_look_back_seconds)
        found = Repeats(tx, look_back, self._settings.rounds_batch)
        return await link_repeats(found, self._runtime.directory.current)

    async def feedback(self, tx: Transaction) -> int:
        """Start the clocks of daily feedback."""
        customers = Tracking(tx, self._runtime.vault, self._settings.rounds_batch)
        now = tx.now.astimezone(SHANGHAI)
        return await start_feedback_clocks(customers, now, self._runtime.directory.current)
