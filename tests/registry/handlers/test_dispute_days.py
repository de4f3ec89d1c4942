"""The last day of each period of a dispute, at midnight in Shanghai: evidence 5, ruling 10, appeal 7, its ruling 10 days."""

from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio

from support.disputes import (
    LINE,
    RIVAL_HEAD,
    add_people,
    claims_of,
    contested,
    heard,
    prospect,
    registered,
    ruled,
    ruling,
)
from support.instance import Databases
from support.registry import expect, running_registry
from support.service import DIRECTOR, HEAD, INSPECTOR, MORNING, PROVINCE, ServiceUnderTest
from support.waiting import eventually

MINE, THEIRS = "420106-T01", "420107"


@pytest_asyncio.fixture(scope="module")
async def running(registry_databases: Databases) -> AsyncIterator[ServiceUnderTest]:
    """A registry whose clock nobody else moves."""
    async with running_registry(registry_databases("registry")) as registry:
        await add_people(registry)
        yield registry


@pytest_asyncio.fixture
async def alone(running: ServiceUnderTest) -> ServiceUnderTest:
    """The same, its clock at 2 March 2026, 09:00."""
    running.set_clock(MORNING)
    return running


def last_minute_of(day: int) -> str:
    return f"2026-03-{day:02d}T23:59:00+08:00"


def midnight_after(day: int) -> str:
    return f"2026-03-{day + 1:02d}T00:00:00+08:00"


async def clocks(registry: ServiceUnderTest, subject: str) -> dict[str, dict[str, Any]]:
    rows = await registry.rows("SELECT * FROM deadline WHERE subject_id = $1", subject)
    return {row["kind"]: row for row in rows}


async def state_of(registry: ServiceUnderTest, dispute_id: str) -> str:
    [row] = await registry.rows("SELECT state FROM dispute WHERE dispute_id = $1::uuid", dispute_id)
    return str(row["state"])


async def test_the_answer_names_the_last_days(alone: ServiceUnderTest) -> None:
    dispute = await contested(alone, await prospect(alone))
    # 2 March is not counted: 5 days end with the 7th, and 10 more with the 17th.
    assert (dispute["evidence_due_on"], dispute["evidence_until"]) == (
        "2026-03-07",
        "2026-03-08T00:00:00+08:00",
    )
    assert (dispute["due_on"], dispute["due_at"]) == ("2026-03-17", "2026-03-18T00:00:00+08:00")


async def test_evidence_of_the_fifth_day_is_in_time_and_of_the_sixth_is_marked_late(
    alone: ServiceUnderTest,
) -> None:
    dispute = await contested(alone, await prospect(alone))
    alone.set_clock(last_minute_of(7))
    await heard(alone, dispute["id"], HEAD)
    alone.set_clock(midnight_after(7))
    await heard(alone, dispute["id"], RIVAL_HEAD)
    center = await expect(alone.get(DIRECTOR, f"/disputes/{dispute['id']}"), 200)
    late = {one["org_id"]: one["late"] for one in center["evidence"] if one["kind"] == "filed"}
    assert late == {MINE: False, THEIRS: True}
    sides = {
        side: (await clocks(alone, f"{dispute['id']}:{side}"))["dispute-evidence"]["state"] for side in late
    }
    assert sides == {MINE: "met", THEIRS: "met-late"}


async def test_a_silent_party_is_waited_for_until_its_time_is_over(alone: ServiceUnderTest) -> None:
    dispute = await contested(alone, await prospect(alone))
    alone.set_clock(last_minute_of(7))
    answer = await expect(alone.post(DIRECTOR, f"/disputes/{dispute['id']}/rule", ruling((MINE, "1"))), 409)
    assert answer["code"] == "evidence-running"
    alone.set_clock(midnight_after(7))
    await ruled(alone, dispute["id"], (MINE, "1"))


async def test_a_ruling_of_the_last_day_is_in_time(alone: ServiceUnderTest) -> None:
    dispute = await contested(alone, await prospect(alone))
    alone.set_clock(last_minute_of(17))
    await ruled(alone, dispute["id"], (MINE, "1"))
    assert (await clocks(alone, dispute["id"]))["dispute-rule"]["state"] == "met"


async def test_a_ruling_after_the_last_day_is_late_and_shows_whose_it_was(alone: ServiceUnderTest) -> None:
    dispute = await contested(alone, await prospect(alone))
    alone.set_clock(midnight_after(17))
    await ruled(alone, dispute["id"], (MINE, "1"))
    clock = (await clocks(alone, dispute["id"]))["dispute-rule"]
    assert clock["state"] == "met-late"
    assert '"420100"' in clock["breached_by"]
    assert '"center-director"' in clock["breached_by"]


async def test_sent_up_the_time_to_rule_begins_anew(alone: ServiceUnderTest) -> None:
    dispute = await contested(alone, await prospect(alone))
    await heard(alone, dispute["id"])
    alone.set_clock("2026-03-10T15:00:00+08:00")
    sent = await expect(alone.post(DIRECTOR, f"/disputes/{dispute['id']}/send-up", {"reason": "重大"}), 200)
    assert sent["due_on"] == "2026-03-20"


async def ruled_on_the_tenth(alone: ServiceUnderTest) -> tuple[str, str]:
    """Give a dispute and its customer, ruled for the challenger on 10 March."""
    known = await registered(alone)
    dispute = await contested(alone, known)
    await heard(alone, dispute["id"])
    alone.set_clock("2026-03-10T08:00:00+08:00")
    answer = await ruled(alone, dispute["id"], (THEIRS, "1"))
    assert answer["due_on"] == "2026-03-17"
    return dispute["id"], known["customer_id"]


async def test_an_appeal_of_the_seventh_day_is_heard(alone: ServiceUnderTest) -> None:
    dispute_id, _ = await ruled_on_the_tenth(alone)
    alone.set_clock(last_minute_of(17))
    appealed = await expect(alone.post(HEAD, f"/disputes/{dispute_id}/appeal", {"reason": "不服"}), 200)
    # 17 March is not counted: ten days end with the 27th.
    assert (appealed["state"], appealed["due_on"]) == ("appealed", "2026-03-27")
    assert (await clocks(alone, dispute_id))["dispute-appeal"]["state"] == "met"
    alone.set_clock(last_minute_of(27))
    await ruled(alone, dispute_id, (MINE, "1"), by=PROVINCE)
    assert (await clocks(alone, dispute_id))["appeal-rule"]["state"] == "met"


async def test_a_ruling_on_an_appeal_after_its_tenth_day_is_late(alone: ServiceUnderTest) -> None:
    dispute_id, _ = await ruled_on_the_tenth(alone)
    await expect(alone.post(HEAD, f"/disputes/{dispute_id}/appeal", {"reason": "不服"}), 200)
    alone.set_clock(midnight_after(20))
    await ruled(alone, dispute_id, (MINE, "1"), by=PROVINCE)
    assert (await clocks(alone, dispute_id))["appeal-rule"]["state"] == "met-late"


async def test_not_appealed_in_time_the_ruling_stands_by_the_clock(alone: ServiceUnderTest) -> None:
    dispute_id, customer_id = await ruled_on_the_tenth(alone)
    alone.set_clock(midnight_after(17))
    late = await alone.post(HEAD, f"/disputes/{dispute_id}/appeal", {"reason": "不服"})
    assert (late.status_code, late.json()["code"]) in ((409, "appeal-over"), (409, "wrong-state"))
    await eventually(lambda: state_of(alone, dispute_id), "final")
    assert await claims_of(alone, customer_id, DIRECTOR) == {LINE: THEIRS}
    again = await expect(alone.post(HEAD, f"/disputes/{dispute_id}/appeal", {"reason": "不服"}), 409)
    assert again["code"] == "wrong-state"


async def test_a_claim_does_not_end_by_time_while_it_is_disputed(alone: ServiceUnderTest) -> None:
    known = await prospect(alone)
    # jiangxi: protected for 90 days, up to and with 31 May; platform: it idles out after 30, up to and with 1 April.
    alone.set_clock("2026-03-31T10:00:00+08:00")
    dispute = await contested(alone, known)
    alone.set_clock("2026-04-03T10:00:00+08:00")
    await eventually(lambda: overdue(alone, known["customer_id"]), {"breached"})
    assert await claims_of(alone, known["customer_id"], DIRECTOR) == {LINE: MINE}
    path = f"/disputes/{dispute['id']}/withdraw"
    await expect(alone.post(RIVAL_HEAD, path, {"reason": "不再争议"}), 200)
    assert await claims_of(alone, known["customer_id"], INSPECTOR) == {}


async def overdue(registry: ServiceUnderTest, customer_id: str) -> set[str]:
    rows = await registry.rows(
        "SELECT state FROM deadline WHERE customer_id = $1 AND kind = 'claim-idle'", customer_id
    )
    return {row["state"] for row in rows}
