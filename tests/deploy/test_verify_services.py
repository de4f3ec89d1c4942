"""What every service keeps of a busy instance is held against what was told; damage is named."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from deploy.instance import Instance
from deploy.story.cast import person_at
from deploy.verify.comparing import COMPARISONS
from deploy.verify.everything import verify
from deploy.verify.reading import opened
from deploy.verify.records import RECORDS
from deploy.verify.rows import Kind
from support.busy import NATION, live
from support.damage import damaged, findings
from support.damage_to_classes import DAMAGE_TO_CLASSES
from support.damage_to_money import DAMAGE_TO_MONEY
from support.damage_to_records import DAMAGE_TO_RECORDS
from support.players import done, players
from support.rebuilt import rebuilt, touched

BACKWARDS = [
    "ALTER TABLE inbox ALTER COLUMN position DROP IDENTITY",
    "UPDATE inbox SET position = -position",
    "ALTER TABLE inbox ALTER COLUMN position ADD GENERATED ALWAYS AS IDENTITY (START 1000000)",
]
REPLAYED = (
    "INSERT INTO replay (id, requested_by, requested_at, state) VALUES (uuidv7(), 'bootstrap', now(), 'done')"
)
SCORING_HEARD = (
    *(
        "inbox",
        "heard",
        "evidence",
        "customer_fact",
        "assignment_fact",
        "tier_fact",
        "usage_event",
        "usage_row",
    ),
    *("visit", "symposium", "report"),
)


@pytest.fixture(scope="module")
async def busy(services: Instance) -> AsyncIterator[Instance]:
    """An instance at rest where every service has had something to do."""
    async with players(services) as people:
        await live(people)
    found = await findings(services, patience=120)
    assert found == [], [str(one) for one in found]
    yield services


DAMAGE = [
    *DAMAGE_TO_RECORDS,
    *DAMAGE_TO_CLASSES,
    *DAMAGE_TO_MONEY,
    pytest.param(
        "tiering", BACKWARDS, Kind.REORDERED, "tiering inbox", id="heard backwards, nothing was replayed"
    ),
]


@pytest.mark.parametrize(("service", "statements", "kind", "place"), DAMAGE)
async def test_planted_damage_is_found_by_name(
    busy: Instance, service: str, statements: list[str], kind: Kind, place: str
) -> None:
    async with damaged(busy, service, *statements):
        found = await findings(busy)
    named = [one for one in found if one.kind is kind and place in one.says]
    assert named, [str(one) for one in found][:5]
    assert any(one.rows for one in named)


async def test_heard_backwards_is_in_order_where_the_source_told_its_log_again(busy: Instance) -> None:
    async with damaged(busy, "registry", REPLAYED), damaged(busy, "service-desk", *BACKWARDS):
        found = await findings(busy)
    assert [str(one) for one in found if "service-desk inbox" in one.says and "customer:" in one.says] == []


async def test_what_another_source_told_again_excuses_nothing(busy: Instance) -> None:
    async with damaged(busy, "pricing", REPLAYED), damaged(busy, "service-desk", *BACKWARDS):
        found = await findings(busy)
    assert any(one.kind is Kind.REORDERED and "service-desk inbox" in one.says for one in found)


@pytest.mark.parametrize("service", ["scoring", "pricing", "tiering", "service-desk", "console"])
async def test_made_once_more_of_everything_that_happens_a_projection_is_the_same(
    busy: Instance, service: str
) -> None:
    async with players(busy) as people:
        administrator = await person_at(people.cast.officer.house, NATION, "administrator")
        assert touched(await rebuilt(administrator, service)) == {}


async def test_a_consumer_that_lost_everything_and_heard_all_logs_again_is_in_order(busy: Instance) -> None:
    forget = [f"DELETE FROM {table}" for table in SCORING_HEARD]
    sources = ("registry", "tiering", "scoring")
    async with AsyncExitStack() as stack:
        for service in sources:
            await stack.enter_async_context(damaged(busy, service, "TABLE replay"))
        await stack.enter_async_context(damaged(busy, "scoring", *forget))
        assert any(one.kind is Kind.LOST and "scoring inbox" in one.says for one in await findings(busy))
        async with players(busy) as people:
            administrator = await person_at(people.cast.officer.house, NATION, "administrator")
            for service in sources:
                await done(administrator.post(f"/api/{service}/v1/replays", {}))
        found = await findings(busy, patience=60)
    assert found == [], [str(one) for one in found][:5]


async def test_no_check_of_rows_looks_at_nothing(busy: Instance) -> None:
    outcomes = (await verify(busy, 30)).outcomes
    names = {f"{one.service} {one.table}" for one in RECORDS} | {one.name for one in COMPARISONS}
    looked_at = {outcome.check: outcome.looked_at for outcome in outcomes}
    assert names <= set(looked_at)
    assert {name for name in names if not looked_at[name]} <= {"tiering usage_month missing"}


async def test_every_aggregate_in_a_log_has_its_record(busy: Instance) -> None:
    async with opened(busy) as reader:
        states = await reader.state()
    told = {
        (service, row.aggregate.partition(":")[0]) for service, state in states.items() for row in state.log
    }
    compared = {("registry", "rule"), ("registry", "calendar")} | {
        (service, "deadline") for service in states
    }
    assert told - compared - {(one.service, one.aggregate) for one in RECORDS} == set()
