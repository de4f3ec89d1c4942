"""Intake with the broker away in the middle: every accepted complaint is there once and in order; a seat's backlog too."""

import asyncio
import signal
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from deploy.story.cast import person_at
from support.acknowledged import assert_all_there, rows, writing
from support.crashing import Mortal
from support.players import DESK, Players, players
from support.seats import SeatProcess

pytestmark = pytest.mark.timeout(1_200)

OUTAGE_SECONDS = 20
CALLS = 25
TOLD = """
    SELECT payload->>'case_no' AS case_no, count(*) AS times, min(seq) AS first FROM (
      SELECT payload, seq FROM event_log WHERE type = 'service-desk.complaint.received.v1'
      UNION ALL SELECT payload, seq FROM outbox WHERE type = 'service-desk.complaint.received.v1') told
    WHERE payload->>'case_no' = ANY ($1) GROUP BY 1 ORDER BY 3
"""


def call(number: int) -> dict[str, Any]:
    caller = {"phone": "13900008888"}
    at = datetime.now(UTC).isoformat()
    return {
        "channel": "hotline",
        "category": "delay",
        "content": f"第{number}件",
        "caller": caller,
        "called_at": at,
    }


async def a_seat(mortal: Mortal, people: Players, file: Path) -> SeatProcess:
    """Give the city's agent a seat and enrol it."""
    house = people.cast.agent.house
    administrator = await person_at(house, "CN", "administrator")
    given = await administrator.post(f"{DESK}/seats", {"staff_no": people.cast.agent.account})
    assert given.status == 201, given
    seat = SeatProcess(file, people.cast.agent.token)
    server = f"{mortal.layout.url('console')}/api/service-desk"
    ran = await seat.run("enrol", "--server", server, "--seat", str(given.body["number"]))
    assert ran.status == 0, ran
    return seat


async def test_with_the_broker_away_in_the_middle_every_accepted_complaint_is_there_once_and_in_order(
    mortal: Mortal, tmp_path: Path
) -> None:
    async with players(mortal) as people, writing(mortal) as acknowledged:
        seat = await a_seat(mortal, people, tmp_path / "seat.db")
        first = (
            await seat.run("take", "--lines", lines=[call(number) for number in range(CALLS)])
        ).said.split()
        await acknowledged.until(10)
        mortal.kill("broker", signal.SIGSTOP)
        try:
            before = acknowledged.count
            second = (
                await seat.run("take", "--lines", lines=[call(number) for number in range(CALLS)])
            ).said.split()
            sent = await seat.run("send")
            assert "50 sent, 0 refused, 0 still waiting" in sent.said, sent
            again = await seat.run("send")
            assert "0 sent" in again.said, again
            await asyncio.sleep(OUTAGE_SECONDS)
            await acknowledged.until(5)
            assert acknowledged.count > before
        finally:
            mortal.kill("broker", signal.SIGCONT)
        await acknowledged.until(10)
    await assert_all_there(mortal, acknowledged)
    told = await rows(mortal, "service-desk", TOLD, first + second)
    assert [row["times"] for row in told] == [1] * (CALLS + CALLS)
    assert [row["case_no"] for row in told] == first + second
