"""Starts the clocks of months that have ended, for the cities that file; tells what was not filed in time."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from chassis.clock import SHANGHAI
from chassis.database import DATABASE_FAILURES
from chassis.directory import UnknownOrganisation
from chassis.ids import uuid7
from chassis.runtime import Runtime
from chassis.sweeper import Reaction
from chassis.telemetry import describe, log
from chassis.transaction import Moment, Transaction, unscoped
from regulations.calendars import add_months
from regulations.rulebook import AmbiguousAdoption, NoLaw
from tiering.model.months import read_month
from tiering.policies.filing import filing_term, first_duty
from tiering.repository.filings import Filer, FilingsInTables
from tiering.settings import TieringSettings

NO_LAW: tuple[type[Exception], ...] = (NoLaw, AmbiguousAdoption, UnknownOrganisation)


@dataclass(frozen=True, slots=True)
class FilingClocks:
    """Plans `usage-filing` deadlines as months end."""

    runtime: Runtime
    settings: TieringSettings

    async def run(self) -> None:
        """Plan until cancelled."""
        while True:
            try:
                if await self.plan():
                    self.runtime.relay_bell.ring()
                    if self.runtime.sweeper is not None:
                        self.runtime.sweeper.bell.ring()
            except DATABASE_FAILURES as error:
                log().warning("usage.filings", error=describe(error))
            await asyncio.sleep(self.settings.usage_filing_poll_seconds)

    async def plan(self) -> int:
        """Start the clocks that are due to start; gives how many."""
        runtime = self.runtime
        now = runtime.clock.now()
        moment = Moment(runtime.settings.service, now, f"system:{runtime.settings.service}", str(uuid7()))
        async with unscoped(runtime.database.worker, moment) as tx:
            filings = FilingsInTables(tx, runtime.directory.current)
            filers = await filings.filers(now.date())
            if not filers:
                return 0
            settled = await filings.settled_months(min(map(_first_duty, filers)))
            wanted = [
                (filer.org_id, month)
                for filer in filers
                for month in _ended_months(_first_duty(filer), now.date())
                if (filer.org_id, month) not in settled
            ]
            return sum([await self._start(filings, org_id, month) for org_id, month in wanted])

    async def _start(self, filings: FilingsInTables, org_id: str, month: date) -> int:
        try:
            term = filing_term(org_id, month, self.runtime.directory.current)
        except NO_LAW as missing:
            log().info("usage.no-filing-law", org_id=org_id, error=describe(missing))
            return 0
        await filings.plan(org_id, month, term)
        return 1


def missing_month(runtime: Runtime) -> Reaction:
    """Give what the breach of a month's clock does."""

    async def tell(tx: Transaction, subject: str) -> None:
        org_id, _, written = subject.rpartition(":")
        month = read_month(written)
        if month is None:
            raise LookupError(f"no month: {subject}")
        law = runtime.directory.current
        await FilingsInTables(tx, law).tell_missing(org_id, month, filing_term(org_id, month, law))

    return tell


def _first_duty(filer: Filer) -> date:
    return first_duty(filer.first_month, filer.first_filed_at.astimezone(SHANGHAI).date())


def _ended_months(since: date, today: date) -> Iterator[date]:
    month = since
    while add_months(month, 1) <= today:
        yield month
        month = add_months(month, 1)
