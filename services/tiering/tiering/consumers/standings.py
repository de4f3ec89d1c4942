"""Keeps the standings of bureaus ready where one was missed."""

import asyncio
import time
from dataclasses import dataclass

from chassis.database import DATABASE_FAILURES
from chassis.doorbell import Doorbell
from chassis.ids import uuid7
from chassis.runtime import Runtime
from chassis.telemetry import describe, log
from chassis.transaction import Moment, Transaction, unscoped
from tiering.ports.standings import Bureau
from tiering.settings import TieringSettings

NOW = "SELECT pg_current_snapshot()::text"
KEEP = "SELECT keep_standing($1, $2, $3, $4, $5, $6::text::pg_snapshot)"
TIDY = "SELECT tidy_standings($1::text::pg_snapshot)"


class MissedStandings:
    """Bureaus whose standings were missed: each once, so many at most, the last missed first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._missed: dict[str, Bureau] = {}
        self._bell = Doorbell()

    def missed(self, bureau: Bureau) -> None:
        """Hear that the sums of a whole bureau had to be read for one customer."""
        self._missed.pop(bureau.org_id, None)
        self._missed[bureau.org_id] = bureau
        while len(self._missed) > self._most:
            del self._missed[next(iter(self._missed))]
        self._bell.ring()

    def take(self) -> Bureau | None:
        """Give the one that was missed last; None where none was."""
        return self._missed.popitem()[1] if self._missed else None

    async def wait(self, timeout: float) -> None:
        """Wait until one is missed, at most so many seconds."""
        if not self._missed:
            await self._bell.wait(timeout)


@dataclass(frozen=True, slots=True)
class StandingKeeper:
    """Makes the standings that were missed, one at a time, and takes away what is good for nobody any more."""

    runtime: Runtime
    settings: TieringSettings
    standings: MissedStandings

    async def run(self) -> None:
        """Work until cancelled; after each standing it rests, so that who asks comes first."""
        tidied, since = time.monotonic(), None
        while True:
            await self.standings.wait(self.settings.standings_tidy_seconds)
            began = time.monotonic()
            try:
                bureau = self.standings.take()
                if bureau is not None:
                    await self.keep(bureau)
                if began - tidied >= self.settings.standings_tidy_seconds:
                    tidied, since = began, await self.tidy(since)
            except DATABASE_FAILURES as error:
                log().warning("standings", error=describe(error))
            await asyncio.sleep((time.monotonic() - began) * self.settings.standings_rest)

    async def keep(self, bureau: Bureau) -> bool:
        """Make the standing of a bureau; tells whether it is kept. Who is at work may have to be done first."""
        async with unscoped(self.runtime.database.worker, self._moment()) as tx:
            since: str = await tx.fetchval(NOW)
        kept = await self._keep(bureau, since)
        if kept is None:
            await asyncio.sleep(self.settings.standings_settle_seconds)
            kept = await self._keep(bureau, since)
        return bool(kept)

    async def tidy(self, since: str | None) -> str:
        """Take away what was done with by a moment before; gives the moment of now."""
        async with unscoped(self.runtime.database.worker, self._moment()) as tx:
            now: str = await tx.fetchval(NOW)
            await self._take_time(tx)
            await tx.execute(TIDY, since or now)
        return now

    async def _keep(self, bureau: Bureau, since: str) -> bool | None:
        async with unscoped(self.runtime.database.worker, self._moment()) as tx:
            await self._take_time(tx)
            kept: bool | None = await tx.fetchval(
                KEEP, bureau.org_id, bureau.units, bureau.reach, bureau.first, bureau.last, since
            )
            return kept

    async def _take_time(self, tx: Transaction) -> None:
        await tx.take_time(self.settings.standings_timeout_ms)

    def _moment(self) -> Moment:
        service = self.runtime.settings.service
        return Moment(service, self.runtime.clock.now(), f"system:{service}", str(uuid7()))
