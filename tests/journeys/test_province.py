"""A small province lived through 24 months on real services: what they found agrees with what was planted."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest_asyncio

from chassis.clock import SHANGHAI
from deploy.seed import truth
from deploy.seed.client import PRICING, TIERING, Client
from deploy.seed.load import load
from deploy.seed.months import month_of, shifted, whole_years
from deploy.seed.plan import Plan, build
from deploy.seed.truth import GroundTruth, revenue_of_the_year
from support.instance import whole_instance
from support.looking import through_the_lists

SIZE = 80
# A seed by which every kind of irregularity falls on somebody among so few.
SEED = "journey-58"
PROVINCE_DIRECTOR = "00000003"
OVERDUE_DAYS = 90


@dataclass
class Province:
    """The loaded province, its plan and what was planted in it."""

    client: Client
    plan: Plan
    planted: GroundTruth
    base: str

    async def all(self, path: str, service: str = "registry", **query: str) -> list[dict[str, Any]]:
        """Everything in a list, as the province's director sees it."""
        return [item async for item in self.client.each(PROVINCE_DIRECTOR, path, service, **query)]

    async def codes(self) -> dict[str, str]:
        """The customer code of each registered customer, by name."""
        customers = await self.all("/customers", state="registered")
        return {item["name"]: item["customer_code"] for item in customers}


@pytest_asyncio.fixture(scope="module")
async def province() -> AsyncIterator[Province]:
    """Eighty customers on six services of their own, since their clock is moved."""
    last_month = shifted(month_of(datetime.now(SHANGHAI).date()), -1)
    plan = build(SIZE, SEED, last_month)
    with whole_instance() as instance:
        base = instance.layout.url("console")
        async with Client(base) as client:
            await load(client, plan)
            yield Province(client, plan, truth.of(plan), base)


async def test_every_declaration_stands_where_the_plan_leaves_it(province: Province) -> None:
    states = Counter(item["state"] for item in await province.all("/declarations"))
    kinds = Counter(each.kind for each in province.planted.duplicates)
    planned = province.planted.stages
    assert states["approved"] == planned["approved"]
    assert states["filed"] == planned["filed"]
    assert states["protected"] == planned["protected"]
    assert (states["held"], states["refused"]) == (kinds["look-alike"], kinds["same-code"])


async def test_the_clock_shows_real_time_again(province: Province) -> None:
    assert (await province.client.clock())["offset"] == 0


async def test_registered_customers_have_the_class_of_their_form(province: Province) -> None:
    codes = await province.codes()
    for customer in province.plan.customers:
        if customer.registered and customer.fate.start == 0:
            path = f"/tiers/{codes[customer.firm.name]}/history"
            history = await province.client.get(PROVINCE_DIRECTOR, path, TIERING)
            first = min(history["items"], key=lambda item: item["valid_from"])
            assert first["class"] == customer.assignment.customer_class, customer.firm.name


async def test_files_came_in_time_late_or_never_as_planted(province: Province) -> None:
    filed = await province.all("/usage-files", TIERING)
    late = {(item["month"], item["org_id"]) for item in filed if item["late"]}
    there = {(item["month"], item["org_id"]) for item in filed}
    cities = {city for _, city in there}
    assert late == {(each.month, each.city) for each in province.planted.late_files if each.city in cities}
    assert not there & {(each.month, each.city) for each in province.planted.missing_files}
    assert {item["state"] for item in filed} == {"loaded"}
    assert sum(item["refused_rows"] for item in filed) == 0


async def test_the_review_counted_what_was_mailed_corrections_and_all(province: Province) -> None:
    codes, year = await province.codes(), whole_years(province.plan.months)[0]
    (review,) = [each for each in await province.all("/reviews", TIERING) if each["year"] == year]
    assert review["state"] == "published"
    lines = await province.all(f"/reviews/{review['id']}/lines", TIERING)
    counted = {line["customer_code"]: Decimal(line["revenue"] or 0) for line in lines}
    for customer in province.plan.customers:
        code = codes.get(customer.firm.name)
        if code in counted:
            assert counted[code] == revenue_of_the_year(customer, year, province.plan), customer.firm.name
    assert len(set(codes.values()) & set(counted)) > SIZE // 2


async def test_after_a_stop_no_usage_is_on_record(province: Province) -> None:
    codes = await province.codes()
    stopped = province.planted.anomalies["stop"]
    assert stopped
    for index, month in stopped.items():
        code = codes[province.plan.customers[index].firm.name]
        rows = await province.all("/usage", TIERING, customer=code)
        assert rows
        assert max(row["month"] for row in rows) < month


async def test_only_planted_debtors_owe_for_more_than_90_days(province: Province) -> None:
    codes = {code: name for name, code in (await province.codes()).items()}
    long = await province.all("/arrears", PRICING, over_days=str(OVERDUE_DAYS))
    names = {codes[item["customer_code"]] for item in long}
    longest = datetime.now(SHANGHAI).date() - timedelta(days=OVERDUE_DAYS + 95)
    certain = {
        province.plan.customers[index].firm.name
        for index, month in province.planted.unpaid_from.items()
        if month < month_of(longest)
    }
    planted = {province.plan.customers[index].firm.name for index in province.planted.unpaid_from}
    assert certain <= names <= planted


async def test_customers_have_the_files_and_visits_that_the_plan_gives_them(province: Province) -> None:
    codes = await province.codes()
    without = {province.plan.customers[index].firm.name for index in province.planted.without_file}
    for name in sorted(codes)[:20]:
        file = await province.client.get(PROVINCE_DIRECTOR, f"/customers/{codes[name]}/file")
        assert bool(file["filing"]["city"]["filed_on"]) == (name not in without), name
    visits = await province.all("/visits")
    assert {visit["state"] for visit in visits} == {"done"}
    assert len(visits) > SIZE


async def test_loading_again_finds_everything_done(province: Province) -> None:
    before = len(await province.all("/declarations"))
    again = await load(province.client, province.plan)
    assert +again.made == Counter()
    assert len(await province.all("/declarations")) == before


async def test_the_page_shows_the_five_services_at_work(province: Province) -> None:
    assert await asyncio.to_thread(through_the_lists, province.base, PROVINCE_DIRECTOR) == []
