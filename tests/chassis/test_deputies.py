"""Who a step passes a deadline to, and who is recorded at the breach, where people are away."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from chassis.database import Connection, Database
from chassis.deadlines import Deadline, Holder, plan
from chassis.transaction import unscoped
from support.backbone import moment, superuser
from support.instance import FreshDatabase
from support.terms import FRIDAY, a_term, law, start, state

CITY = Holder("420100", "center-officer")
FIRE = "SELECT count(*) FROM fire_deadlines('tiering', $1, 500, '{}', false, '{}')"
AWAY = [{"from": "2026-11-20", "until": "2026-11-30"}]
ADD = """
    INSERT INTO staff (staff_id, staff_no, name, org_id, roles, deputy_id, absences, active, version)
    VALUES ($1::uuid, $2, 'X', $3, $4, $5::uuid, $6::jsonb, true, 1)
"""


def person(number: int) -> str:
    return f"0199cccc-0000-7000-8000-{number:012d}"


@pytest_asyncio.fixture
async def root(fresh: FreshDatabase) -> AsyncIterator[Connection]:
    async with superuser(fresh) as connection:
        await connection.execute("TRUNCATE staff, deadline, deadline_ledger, outbox")
        yield connection


async def add(
    root: Connection,
    number: int,
    role: str,
    *,
    deputy: int | None = None,
    away: bool = False,
    org: str = "420100",
) -> None:
    deputy_id = person(deputy) if deputy else None
    await root.execute(
        ADD, person(number), f"{number:08d}", org, [role], deputy_id, json.dumps(AWAY if away else [])
    )


async def run_out(pools: Database) -> Deadline:
    """Give a deadline of the city's center all of whose steps have fired."""
    planned = plan(a_term(holder=CITY, org_id="420100"), await law(pools))
    await start(pools, planned)
    late = FRIDAY + timedelta(days=9)
    async with unscoped(pools.worker, moment(now=late)) as tx:
        while await tx.fetchval(FIRE, late):
            pass
    return planned


async def chain(root: Connection, planned: Deadline) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((await state(root, planned))["chain"])
    return found


async def held_by(root: Connection, planned: Deadline) -> str | None:
    row = await state(root, planned)
    staff_id: str | None = json.loads(row["breached_by"])["staff_id"]
    return staff_id


async def test_who_alone_held_it_is_recorded_by_name(pools: Database, root: Connection) -> None:
    await add(root, 1, "center-officer")
    assert await held_by(root, await run_out(pools)) == person(1)


async def test_the_only_one_who_was_there_is_recorded(pools: Database, root: Connection) -> None:
    await add(root, 1, "center-officer", away=True)
    await add(root, 2, "center-officer")
    assert await held_by(root, await run_out(pools)) == person(2)


async def test_several_who_were_there_held_it_as_the_role(pools: Database, root: Connection) -> None:
    await add(root, 1, "center-officer")
    await add(root, 2, "center-officer")
    assert await held_by(root, await run_out(pools)) is None


async def test_a_step_passes_to_the_role_while_anybody_is_there(pools: Database, root: Connection) -> None:
    await add(root, 3, "center-director")
    await add(root, 4, "center-director", away=True, deputy=3)
    [first, _] = await chain(root, await run_out(pools))
    assert (first["role"], first["staff_id"]) == ("center-director", None)


@pytest.mark.parametrize(
    ("line", "acts"),
    [
        ([(3, 5, True), (5, None, False)], 5),
        ([(3, 5, True), (5, 6, True), (6, None, False)], 6),
        ([(3, 5, True), (5, 6, True), (6, 7, True), (7, 8, True), (8, None, False)], 7),
        ([(3, 5, True), (5, 3, True)], 5),
    ],
    ids=["one hop", "two hops", "three at most", "a loop is cut"],
)
async def test_where_all_are_away_the_deputy_gets_it_at_the_moment_of_the_step(
    pools: Database, root: Connection, line: list[tuple[int, int | None, bool]], acts: int
) -> None:
    for number, deputy, away in line:
        await add(
            root, number, "center-director" if number == 3 else "center-officer", deputy=deputy, away=away
        )
    planned = await run_out(pools)
    [first, _] = await chain(root, planned)
    assert first["staff_id"] == person(acts)
    listed = "SELECT is_held_by(d, '{finance}', '420106', $2, '2026-12-01') FROM deadline d WHERE id = $1"
    assert await root.fetchval(listed, planned.id, person(acts)) is True
    assert await root.fetchval(listed, planned.id, person(99)) is False


async def test_a_deputy_has_to_act_on_what_an_absent_role_holds(pools: Database, root: Connection) -> None:
    await add(root, 1, "center-officer", away=True, deputy=9)
    await add(root, 9, "unit-head", org="420106")
    planned = plan(a_term(holder=CITY, org_id="420100"), await law(pools))
    await start(pools, planned)
    held = "SELECT is_held_by(d, '{unit-head}', '420106', $2, $3::text::date) FROM deadline d WHERE id = $1"
    assert await root.fetchval(held, planned.id, person(9), "2026-11-21") is True
    assert await root.fetchval(held, planned.id, person(9), "2026-12-01") is False
