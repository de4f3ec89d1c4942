"""What a service does now and then by itself: seal the audit, drop idempotency keys that are past their time."""

import asyncio
from datetime import timedelta

from chassis import audit, points
from chassis.clock import Clock, technical_now
from chassis.database import DATABASE_FAILURES, Database
from chassis.ids import uuid7
from chassis.settings import Settings
from chassis.telemetry import describe, log
from chassis.transaction import Moment, unscoped

EVERY_SECONDS = 5.0
SEAL_AT_MOST = 1_000


class Housekeeping:
    """One loop a process; the database lets one of several work."""

    def __init__(self, settings: Settings, database: Database, clock: Clock) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock

    async def run(self) -> None:
        """Keep house until cancelled."""
        while True:
            try:
                await self._once()
            except DATABASE_FAILURES as error:
                log().warning("housekeeping.failed", error=describe(error))
            await asyncio.sleep(EVERY_SECONDS)

    async def _once(self) -> None:
        service = self._settings.service
        moment = Moment(service, self._clock.now(), f"system:{service}", str(uuid7()))
        async with unscoped(self._database.worker, moment) as tx:
            await audit.seal(tx, SEAL_AT_MOST)
            oldest = technical_now() - timedelta(hours=self._settings.idempotency_hours)
            await tx.execute("DELETE FROM idempotency WHERE at < $1", oldest)
            points.reach("housekeeping.before-commit")
