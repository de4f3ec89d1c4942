"""Scores worked out now: of one bureau or of all that are scored beside it, remembered until something new is heard."""

from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from chassis.directory import Snapshot
from chassis.runtime import Runtime
from chassis.transaction import Moment, Transaction, unscoped
from scoring.handlers.leagues import units_of
from scoring.handlers.scoring import Asked, score_bureau
from scoring.model.sheets import Sheet
from scoring.queries.bureaus import BureauRows

REVISION = "SELECT revision FROM heard"
# One state of the events for all lines of all bureaus.
STEADY = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
Key = tuple[str, str, bool, int, str]


class Sheets:
    """The sheets of this process; the oldest used go first when there are too many."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Key, Sheet] = OrderedDict()

    async def of(self, tx: Transaction, law: Snapshot, asked: Sequence[Asked]) -> list[Sheet]:
        """Give sheets as the events heard so far and the law make them."""
        revision = await tx.fetchval(REVISION) or 0
        return [await self._of(tx, law, one, revision) for one in asked]

    async def _of(self, tx: Transaction, law: Snapshot, asked: Asked, revision: int) -> Sheet:
        key = (asked.org_id, str(asked.quarter), asked.over, revision, law.revision)
        sheet = self._kept.get(key)
        if sheet is None:
            sheet = await worked_out(tx, law, asked)
            self._kept[key] = sheet
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return sheet


async def worked_out(tx: Transaction, law: Snapshot, asked: Asked) -> Sheet:
    """Give a bureau's sheet; the same events, tree and law give the same bytes (`Sheet.canonical`)."""
    return await score_bureau(asked, BureauRows(tx, units_of(law, asked.org_id)), law)


@asynccontextmanager
async def steady(runtime: Runtime, moment: Moment) -> AsyncIterator[Transaction]:
    """Open a transaction that reads everybody's rows at one moment: ranks compare bureaus that the caller may not see."""
    async with unscoped(runtime.database.worker, moment) as tx:
        await tx.execute(STEADY)
        yield tx
