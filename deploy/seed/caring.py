"""Visits of a month and the symposia of the centers."""

from collections.abc import Iterator
from typing import Any

from deploy.seed import visits
from deploy.seed.adoptions import PROVINCE
from deploy.seed.house import OFFICER, House, batches
from deploy.seed.ledger import Entry
from deploy.seed.months import day_in

ITEMS = 500
INVITED = 40
SYMPOSIUM_DAY = 18
RECORDS = ("了解用邮需求和意见", "介绍旺季服务安排", "回访投递时限", "沟通结算和对账", "征求对上门揽收的意见")


async def record_visits(house: House, offset: int) -> None:
    """Put the visits of a month on record; the province's center enters what the cities have sent in."""
    officer = house.account(PROVINCE, OFFICER)
    async with house.part("visits"):
        made = (visit for city in house.plan.cities for visit in _visits(house, city, offset))
        for items in batches(made, ITEMS):
            await house.client.post(officer, "/visits/import", {"items": items})
            house.made["visits"] += len(items)


async def hold_symposia(house: House, offset: int) -> None:
    """Put the symposia of a month on record."""
    month = house.plan.months[offset]

    async def city(code: str) -> None:
        invited = [entry.code for entry in _guests(house, code, offset)]
        if not invited or not house.wrong.symposium(code, month):
            return
        body = {
            "held_on": day_in(month, SYMPOSIUM_DAY).isoformat(),
            "title": f"{house.plan.unit(code).name}大客户座谈会",
            "record": "通报服务情况,听取意见",
            "customers": invited,
        }
        await house.client.post(house.account(code, OFFICER), "/symposia", body)
        house.made["symposia"] += 1

    async with house.part("visits"):
        await house.in_each_city(city)


def _guests(house: House, city: str, offset: int) -> list[Entry]:
    here = [entry for entry in house.ledger.of_city(city) if entry.demand.fate.start <= offset]
    return sorted(here, key=lambda entry: (entry.customer_class, entry.index))[:INVITED]


def _visits(house: House, city: str, offset: int) -> Iterator[dict[str, Any]]:
    month = house.plan.months[offset]
    for entry in house.ledger.of_city(city):
        fate = entry.demand.fate
        if fate.start > offset:
            continue
        for visit in visits.in_month(entry.index, entry.customer_class, fate, month):
            yield {
                "customer": entry.code,
                "org_id": city if visit.by_center else f"{city}-S01",
                "visited_on": day_in(month, visit.day).isoformat(),
                "kind": visit.kind,
                "leader": visit.by_center,
                "record": RECORDS[(entry.index + offset) % len(RECORDS)],
            }
