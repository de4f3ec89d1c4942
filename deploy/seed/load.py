"""Loads the plan as its people would, month after month of business time, and ends in real time."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from deploy.seed import caring, clock, dealing, foundation
from deploy.seed.client import CallFailedError, Client
from deploy.seed.course import Stop, from_offset, stops
from deploy.seed.dealing import Requests
from deploy.seed.fates import told_from
from deploy.seed.filing import FilingMonths
from deploy.seed.house import House, together
from deploy.seed.irregularities import CityMonth, Irregularities
from deploy.seed.ledger import Ledger
from deploy.seed.plan import Plan
from deploy.seed.progress import Progress
from deploy.seed.registering import Registering
from deploy.seed.reviewing import review

ANOTHER = (
    "此处已有另一规模或种子的示例省,请换一个数据目录 · "
    "a sample of another size or seed is here already: use a data folder of its own"
)


@dataclass(frozen=True)
class Loaded:
    """What was made anew, and the milliseconds of each part."""

    made: Counter[str]
    milliseconds: Counter[str]


async def load(client: Client, plan: Plan) -> Loaded:
    """Load what is not there yet. Without customers the clock stays as it is."""
    wrong = Irregularities(plan.seed, plan.cities, plan.months)
    house = House(client, plan, Ledger(plan), wrong)
    if not plan.customers:
        house.made.update(await foundation.lay(client, plan))
        return Loaded(house.made, house.milliseconds)
    course = stops(plan.months, wrong, await clock.real_now(client))
    async with clock.moved(client):
        if not await foundation.complete(client, plan):
            await clock.go_to(client, course[0].at)
        async with house.part("foundation"):
            house.made.update(await foundation.lay(client, plan))
        await _Months(house).live_through(course)
    return Loaded(house.made, house.milliseconds)


class _Months:
    """Goes from stop to stop; what an earlier load has done is not done again."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._registering, self._filing = Registering(house), FilingMonths(house)
        self._requests = Requests(house)

    async def live_through(self, course: Sequence[Stop]) -> None:
        house = self._house
        async with house.part("recall"):
            await self._registering.recall()
            filed = await self._filing.filed() if len(house.ledger) else set()
        if self._registering.complete and not self._due(len(house.plan.months) - 1, filed, late=True):
            return
        begin_with = self._first_to_do(filed)
        if begin_with and not self._registering.registered_until(begin_with):
            raise CallFailedError(ANOTHER)
        left = from_offset(list(course), begin_with)
        progress = Progress("月份 months", len(left))
        for stop in left:
            async with house.part("clock"):
                await clock.go_to(house.client, stop.at)
            await self._at(stop)
            progress.step()
        progress.close()

    def _first_to_do(self, filed: set[CityMonth]) -> int:
        """The month before the first whose files are not all there: its other work may have been cut short."""
        if not len(self._house.ledger):
            return 0
        months = range(len(self._house.plan.months))
        first = next((offset for offset in months if self._due(offset, filed)), len(months))
        return max(0, first - 1)

    def _due(self, offset: int, filed: set[CityMonth], *, late: bool = False) -> set[CityMonth]:
        """The files of a month that are still to be sent, if asked for with those that come late."""
        house, month = self._house, self._house.plan.months[offset]
        due = {
            CityMonth(month, city)
            for city in house.plan.cities
            if any(entry.demand.fate.start <= offset for entry in house.ledger.of_city(city))
        }
        never = house.wrong.missing if late else house.wrong.missing | house.wrong.late
        return due - never - filed

    async def _at(self, stop: Stop) -> None:
        house = self._house
        async with house.part("hearing"):
            await self._filing.wait_until_heard()
        works = [*map(self._month, stop.files), *map(self._registering.begin, stop.registers)]
        await together([*works, *(self._filing.file(offset, late=True) for offset in stop.files_late)])
        for year in stop.reviews:
            await review(house, year)
        if stop.last:
            today = (await clock.real_now(house.client)).date()
            await self._registering.wait_at_the_end(today.isoformat())

    async def _month(self, offset: int) -> None:
        """Everything that is told of a month once it is over; of long ago only usage and agreements are taken over."""
        house, filing = self._house, self._filing
        works = [filing.file(offset), self._money(offset)]
        if offset:
            works.append(filing.correct(offset - 1))
        if self._told(offset):
            care = (caring.record_visits(house, offset), caring.hold_symposia(house, offset))
            works += [filing.report(offset), *care, self._requests.of_month(offset)]
        await together(works)

    async def _money(self, offset: int) -> None:
        """Bills are due by the agreements, so these come first."""
        await dealing.agree(self._house, offset)
        if self._told(offset):
            await dealing.bill(self._house, offset)

    def _told(self, offset: int) -> bool:
        return offset >= told_from(len(self._house.plan.months))
