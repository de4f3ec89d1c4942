"""Works months out again where something that their sums rest on was touched."""

import asyncio
import time
from dataclasses import dataclass
from datetime import date

from chassis.database import DATABASE_FAILURES
from chassis.ids import uuid7
from chassis.runtime import Runtime
from chassis.telemetry import describe, log
from chassis.transaction import Moment, unscoped
from tiering.settings import TieringSettings

SUM = "SELECT sum_a_month($1, $2)"


@dataclass(frozen=True, slots=True)
class MonthSums:
    """Keeps the sums by unit and month that comparisons and overviews read."""

    runtime: Runtime
    settings: TieringSettings

    async def run(self) -> None:
        """Work until cancelled; after each month it rests, so that what is loaded meanwhile comes first."""
        while True:
            began = time.monotonic()
            summed = None
            try:
                summed = await self.sum_one()
            except DATABASE_FAILURES as error:
                log().warning("usage.months", error=describe(error))
            rest = (time.monotonic() - began) * self.settings.months_rest
            await asyncio.sleep(self.settings.months_idle_seconds if summed is None else rest)

    async def sum_one(self) -> date | None:
        """Work out the newest month that is due; None where none is."""
        service = self.runtime.settings.service
        moment = Moment(service, self.runtime.clock.now(), f"system:{service}", str(uuid7()))
        async with unscoped(self.runtime.database.worker, moment) as tx:
            await tx.take_time(self.settings.months_timeout_ms)
            this_month = moment.now.date().replace(day=1)
            month: date | None = await tx.fetchval(SUM, this_month, self.settings.overview_movers)
            return month
