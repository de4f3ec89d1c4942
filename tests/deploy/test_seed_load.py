"""Loading the sample: each request once, interrupted loads go on, the clock ends in real time, failures are told."""

import io
from collections import Counter

import httpx
import pytest

from deploy.seed.client import CallFailedError, Client, Upload, explain
from deploy.seed.load import load
from deploy.seed.plan import Plan, build
from deploy.seed.progress import Progress
from support.province import MONTHS, Installation

BASE = "http://sample.test"


@pytest.fixture(scope="module")
def plan() -> Plan:
    return build(120, last_month=MONTHS[-1], months=len(MONTHS))


async def test_everything_is_loaded_and_ends_in_its_planned_stage(plan: Plan) -> None:
    house = Installation()
    async with Client(BASE, house) as client:
        await load(client, plan)
    assert [row["org_id"] for row in house.rows["organisations"]] == [n.org_id for n in plan.organisations]
    assert {row["staff_no"] for row in house.rows["staff"]} == {p.staff_no for p in plan.staff}
    adopted = [(row["org_id"], row["pack"]) for row in house.rows["adoptions"]]
    assert adopted == [(given.org_id, given.pack) for given in plan.adoptions]
    by_name = {row["customer"]["name"]: row["state"] for row in house.declarations.values()}
    assert {c.firm.name: by_name[c.firm.name] for c in plan.customers} == {
        c.firm.name: c.assignment.stage for c in plan.customers
    }


async def test_every_month_of_every_city_is_filed_but_those_that_never_come(plan: Plan) -> None:
    house = Installation()
    async with Client(BASE, house) as client:
        await load(client, plan)
    filed = Counter((item["org_id"], item["month"]) for item in house.files)
    cities = {plan.city_of(c.assignment.unit) for c in plan.customers if c.registered and not c.fate.start}
    assert set(filed) >= {(city, MONTHS[0]) for city in cities}
    assert set(filed.values()) == {1}


async def test_what_is_told_of_a_month_is_told_after_it_and_never_of_a_day_to_come(plan: Plan) -> None:
    house = Installation()
    async with Client(BASE, house) as client:
        await load(client, plan)
    assert all(item["at"].strftime("%Y-%m") > item["month"] for item in house.files)
    assert house.days_to_come == []


async def test_customers_are_registered_once_a_quarter_before_they_come_to_count(plan: Plan) -> None:
    house = Installation()
    async with Client(BASE, house) as client:
        await load(client, plan)
    assert all(customer.fate.registers <= customer.fate.start for customer in plan.customers)
    months = {MONTHS[customer.fate.registers] for customer in plan.customers if customer.registered}
    assert {at.strftime("%Y-%m") for at in house.approved_at} == months <= {MONTHS[0], MONTHS[3]}


async def test_a_load_ends_in_real_time_and_a_failed_one_too(plan: Plan) -> None:
    house = Installation()
    house.refuse_after = 90
    async with Client(BASE, house) as client:
        with pytest.raises(CallFailedError):
            await load(client, plan)
        assert (house.moves > 0, house.offset_seconds) == (True, 0)
        house.refuse_after = None
        await load(client, plan)
    assert house.offset_seconds == 0


async def test_without_customers_the_clock_stays_as_it_is() -> None:
    house = Installation()
    async with Client(BASE, house) as client:
        await load(client, build(0))
    assert house.moves == 0


async def test_the_law_is_adopted_before_it_is_asked_for() -> None:
    house = Installation()
    async with Client(BASE, house) as client:
        await load(client, build(0))
    province = house.adopted_at.pop("420000")
    assert province == 2
    assert set(house.adopted_at.values()) == {len(house.rows["organisations"])}


async def test_a_load_ends_only_when_the_console_knows_everybody() -> None:
    house = Installation()
    house.unheard_for = 2
    async with Client(BASE, house) as client:
        await load(client, build(0))
    assert house.unheard_for == 0


async def test_a_console_that_hears_of_nobody_fails_the_load_with_their_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("deploy.seed.foundation.HEARING_SECONDS", 0.3)
    house, plan = Installation(), build(0)
    house.unheard_for = 1000
    async with Client(BASE, house) as client:
        with pytest.raises(CallFailedError, match=f"has not heard of {len(plan.staff)} of {len(plan.staff)}"):
            await load(client, plan)


async def test_a_second_load_sends_nothing(plan: Plan) -> None:
    house = Installation()
    async with Client(BASE, house) as client:
        await load(client, plan)
    posts, moves = house.posts.copy(), house.moves
    async with Client(BASE, house) as client:
        second = await load(client, plan)
    assert house.posts == posts
    assert (+second.made, house.moves - moves) == (Counter(), 1)


@pytest.mark.parametrize("refuse_after", [45, 80, 130])
async def test_an_interrupted_load_goes_on_where_it_stopped(plan: Plan, refuse_after: int) -> None:
    house, whole = Installation(), Installation()
    house.refuse_after = refuse_after
    async with Client(BASE, house) as client:
        with pytest.raises(CallFailedError):
            await load(client, plan)
    house.refuse_after = None
    async with Client(BASE, house) as client:
        await load(client, plan)
    async with Client(BASE, whole) as client:
        await load(client, plan)
    assert house.states() == whole.states()
    assert {(f["org_id"], f["month"]) for f in house.files} == {
        (f["org_id"], f["month"]) for f in whole.files
    }
    assert len(house.annex_2) == len(whole.annex_2)


async def test_a_sample_of_another_size_is_not_mixed_with_the_one_that_is_there(plan: Plan) -> None:
    house, larger = Installation(), build(150, last_month=MONTHS[-1], months=len(MONTHS))
    async with Client(BASE, house) as client:
        await load(client, plan)
        declared = len(house.declarations)
        with pytest.raises(CallFailedError, match="another size or seed"):
            await load(client, larger)
    assert (len(house.declarations), house.offset_seconds) == (declared, 0)


async def test_a_server_that_is_not_ready_is_asked_again() -> None:
    house = Installation()
    house.unavailable = 2
    async with Client(BASE, house) as client:
        assert (await client.get("bootstrap", "/organisations"))["total"] == 0


async def test_a_record_that_another_request_works_on_is_asked_for_again() -> None:
    house = Installation()
    house.busy = 2
    async with Client(BASE, house) as client:
        assert (await client.get("bootstrap", "/organisations"))["total"] == 0
    assert house.busy == 0


async def test_a_refused_call_names_account_path_code_and_words() -> None:
    house = Installation()
    house.refuse_after = 0
    async with Client(BASE, house) as client:
        with pytest.raises(
            CallFailedError, match=r"bootstrap: POST .*/adoptions.*409.*wrong-state.*not now.*现在不行"
        ):
            await client.post("bootstrap", "/adoptions", {})


def test_the_same_upload_gives_the_same_bytes_and_another_field_others() -> None:
    upload = Upload("a.csv", b"1,2", {"month": "2026-03"})
    assert upload.encoded() == Upload("a.csv", b"1,2", {"month": "2026-03"}).encoded()
    assert upload.encoded() != Upload("a.csv", b"1,2", {"month": "2026-04"}).encoded()


def test_an_answer_that_is_no_problem_document_is_quoted() -> None:
    assert explain(httpx.Response(500, text="Internal Server Error")) == "500 Internal Server Error"


def test_progress_without_a_terminal_prints_a_line_at_every_fifth() -> None:
    out = io.StringIO()
    progress = Progress("customers", 10, out)
    for _ in range(10):
        progress.step()
    progress.close()
    assert out.getvalue().splitlines() == [f"customers: {count}/10" for count in (2, 4, 6, 8, 10)]
