"""Agreements, monthly bills and their payment, and a few requests for a discount."""

from collections.abc import Iterator
from decimal import Decimal
from random import Random
from typing import Any

from deploy.seed import seasons
from deploy.seed.adoptions import PROVINCE
from deploy.seed.client import CONFLICT, PRICING, CallFailedError
from deploy.seed.fates import told_from
from deploy.seed.house import DIRECTOR, FINANCE, House, batches
from deploy.seed.ledger import Entry
from deploy.seed.months import MONTHS_A_YEAR, day_in, shifted

ITEMS = 500
LAST_DAY = 31
# Until which day of which later month a bill is paid in time, by the days of the settlement cycle.
PAID = {30: (1, 25), 45: (2, 10), 60: (2, 25)}
TERM_MONTHS = 3 * MONTHS_A_YEAR
REQUESTS_A_MONTH = 2
DISCOUNTS = ("0.05", "0.08", "0.10", "0.15", "0.22")
REASONS = ("竞争对手报价较低", "用邮量增长,申请优惠", "旺季集中交寄")


async def agree(house: House, offset: int) -> None:
    """Take over the agreements of the credit customers that began in a month."""
    month = house.plan.months[offset]
    begun = (e for e in _credit(house) if e.demand.fate.start == offset)
    items = [
        {
            "customer": entry.code,
            "lines": list(entry.demand.lines),
            "settlement_days": entry.demand.fate.settlement_days,
            "starts_on": day_in(month, 1).isoformat(),
            "ends_on": day_in(shifted(month, TERM_MONTHS - 1), LAST_DAY).isoformat(),
            "signed_on": day_in(month, 1).isoformat(),
        }
        for entry in begun
    ]
    async with house.part("agreements"):
        for batch in batches(items, ITEMS):
            officer = house.account(PROVINCE, DIRECTOR)
            await house.client.post(officer, "/agreements/import", {"items": batch}, PRICING)
            house.made["agreements"] += len(batch)


async def bill(house: House, offset: int) -> None:
    """Send the bills of a month, and book what was paid in it."""
    finance = house.account(PROVINCE, FINANCE)
    async with house.part("bills"):
        for batch in batches(_bills(house, offset), ITEMS):
            await house.client.post(finance, "/receivables", {"items": batch}, PRICING)
            house.made["bills"] += len(batch)
        for batch in batches(_payments(house, offset), ITEMS):
            await house.client.post(finance, "/settlements", {"items": batch}, PRICING)
            house.made["payments"] += len(batch)


def _credit(house: House) -> Iterator[Entry]:
    return (entry for entry in house.ledger if entry.demand.fate.settlement_days is not None)


def _bills(house: House, offset: int) -> Iterator[dict[str, Any]]:
    month = house.plan.months[offset]
    for entry in _credit(house):
        amount = _amount(entry, offset, month)
        if amount:
            yield {"customer": entry.code, "month": month, "amount": str(amount)}


def _payments(house: House, offset: int) -> Iterator[dict[str, Any]]:
    """What was paid in a month for earlier ones: in time, a month late, or never."""
    months = house.plan.months
    for entry in _credit(house):
        fate = entry.demand.fate
        after, day = PAID[fate.settlement_days or 0]
        billed = offset - after - fate.late_payer
        if billed < told_from(len(months)) or (fate.unpaid_from is not None and billed >= fate.unpaid_from):
            continue
        amount = _amount(entry, billed, months[billed])
        if amount:
            paid_on = day_in(months[offset], day).isoformat()
            yield {"customer": entry.code, "month": months[billed], "amount": str(amount), "paid_on": paid_on}


def _amount(entry: Entry, offset: int, month: str) -> Decimal:
    used = entry.demand.used(offset, month, seasons.read())
    return sum((row.revenue for row in used), Decimal(0))


class Requests:
    """A few requests for a discount each month: most granted, some refused, one in so many answered too late."""

    LATE_EVERY = 12
    REFUSED_EVERY = 5

    def __init__(self, house: House) -> None:
        self._house = house
        self._left_open: list[dict[str, Any]] = []

    async def of_month(self, offset: int) -> None:
        """Ask, and answer what is to be answered in time; what was left open last month is answered now."""
        async with self._house.part("tariffs"):
            for request in self._left_open:
                await self._answer(request, refused=False)
            self._left_open.clear()
            for number, entry in enumerate(self._asking(offset)):
                await self._ask(entry, REQUESTS_A_MONTH * offset + number)

    def _asking(self, offset: int) -> list[Entry]:
        rng = Random(f"{self._house.plan.seed}:tariffs:{offset}")
        begun = [e for e in self._house.ledger if e.demand.fate.start <= offset and e.customer_class < 4]
        return rng.sample(begun, min(REQUESTS_A_MONTH, len(begun)))

    async def _ask(self, entry: Entry, number: int) -> None:
        house, index = self._house, entry.index
        body = {
            "customer": entry.code,
            "lines": list(entry.demand.lines[:1]),
            "discount": DISCOUNTS[number % len(DISCOUNTS)],
            "reason": REASONS[number % len(REASONS)],
        }
        manager = house.plan.customers.assignment(index).manager_no
        try:
            request = await house.client.post(manager, "/tariff-requests", body, PRICING)
        except CallFailedError as failure:
            # A customer that lost its class in the review has no standard to ask for; in life one hears it then.
            if failure.status != CONFLICT:
                raise
            return
        house.made["tariff requests"] += 1
        if number % self.LATE_EVERY == self.LATE_EVERY - 1:
            self._left_open.append(request)
        elif request["state"] == "open":
            await self._answer(request, refused=number % self.REFUSED_EVERY == self.REFUSED_EVERY - 1)

    async def _answer(self, request: dict[str, Any], *, refused: bool) -> None:
        house, node = self._house, request["deciding_org_id"]
        role = DIRECTOR if house.plan.has(node, DIRECTOR) else "unit-head"
        path = f"/tariff-requests/{request['id']}/{'refuse' if refused else 'approve'}"
        body = {"reason": "超出当前优惠政策"} if refused else {"note": "同意"}
        await house.client.post(house.account(node, role), path, body, PRICING)
