"""A seat killed at any moment: every call that was taken arrives once, under the number that was read to its caller."""

import asyncio
import json
import random
import re
from typing import Any

import pytest

from support.seat_that_dies import AFTER_COMMIT, SENDING, TAKING
from support.seats import SEATED, SeatProcess
from support.service import ServiceUnderTest, expect

MORNING = "2026-03-02T08:{:02d}:00+08:00"
NUMBER = re.compile(r"^\d{15}$", re.MULTILINE)
ROUNDS, CALLS = 4, 30
pytestmark = pytest.mark.timeout(240)


def call(number: int) -> dict[str, Any]:
    caller = {"phone": f"1390000{number:04d}"}
    at = MORNING.format(number % 60)
    return {
        "channel": "hotline",
        "category": "delay",
        "content": f"来电{number}",
        "caller": caller,
        "called_at": at,
    }


async def kept(desk: ServiceUnderTest, numbers: list[str]) -> dict[str, str]:
    """Give the words that the desk has under each number; fails where one is missing."""
    answers = [expect(await desk.get(SEATED, f"/complaints/{number}"), 200) for number in numbers]
    return {answer["case_no"]: answer["content"] for answer in answers}


async def in_all(desk: ServiceUnderTest, seat_of: str) -> int:
    """Give how many complaints the desk has of a seat."""
    rows = await desk.rows("SELECT FROM complaint WHERE substr(case_no, 7, 3) = $1", seat_of)
    return len(rows)


async def test_what_was_taken_without_a_network_arrives_with_its_number_when_there_is_one(
    desk: ServiceUnderTest, seat: SeatProcess
) -> None:
    taken = await seat.run(
        "take", "--category", "delay", "--content", "迟了", "--called-at", MORNING.format(1)
    )
    (number,) = NUMBER.findall(taken.said)
    assert f"{number[:6]} {number[6:9]} {number[9:]}" in taken.said
    sent = await seat.run("send")
    assert (sent.status, await kept(desk, [number])) == (0, {number: "迟了"})
    assert "1 sent, 0 refused, 0 still waiting" in sent.said
    assert "迟了" not in seat.file.read_bytes().decode(errors="replace")


async def test_without_a_network_a_sending_says_so_and_everything_stays(
    desk: ServiceUnderTest, address: str, seat: SeatProcess
) -> None:
    numbers = NUMBER.findall((await seat.run("take", "--lines", lines=[call(1), call(2)])).said)
    moved = await seat.run("send", die_at="before the batch is sent")
    assert moved.killed
    status = await seat.run("status")
    assert "2 waiting" in status.said
    assert (await seat.run("send")).status == 0
    assert list(await kept(desk, numbers)) == numbers


@pytest.mark.parametrize("moment", TAKING)
async def test_a_number_is_told_only_when_its_call_is_on_the_disk_and_is_never_given_twice(
    desk: ServiceUnderTest, seat: SeatProcess, moment: str
) -> None:
    first = NUMBER.findall((await seat.run("take", "--lines", lines=[call(1)])).said)
    dead = await seat.run("take", "--lines", lines=[call(2)], die_at=moment)
    assert dead.killed and not dead.said
    later = NUMBER.findall((await seat.run("take", "--lines", lines=[call(3)])).said)
    assert (await seat.run("send")).status == 0
    words = await kept(desk, first + later)
    assert [words[number] for number in first + later] == ["来电1", "来电3"]
    assert await in_all(desk, first[0][6:9]) == (3 if moment == AFTER_COMMIT else 2)


@pytest.mark.parametrize("moment", SENDING)
async def test_a_seat_killed_while_sending_sends_again_and_nothing_counts_twice(
    desk: ServiceUnderTest, seat: SeatProcess, moment: str
) -> None:
    numbers = NUMBER.findall((await seat.run("take", "--lines", lines=[call(1), call(2), call(3)])).said)
    assert (await seat.run("send", die_at=moment)).killed
    assert (await seat.run("send")).status == 0
    assert list((await kept(desk, numbers)).values()) == ["来电1", "来电2", "来电3"]
    assert await in_all(desk, numbers[0][6:9]) == 3
    assert "0 waiting, 3 sent" in (await seat.run("status")).said


async def test_killed_at_random_while_taking_and_sending_every_number_read_out_is_one_complaint(
    desk: ServiceUnderTest, seat: SeatProcess
) -> None:
    told: dict[str, str] = {}
    rng = random.Random(20260302)
    following = 1
    for _ in range(ROUNDS):
        taking, sending = await asyncio.gather(seat.start("take", "--lines"), seat.start("send", "--watch"))
        assert taking.stdin is not None and taking.stdout is not None
        deaths = (rng.randrange(1, CALLS), rng.uniform(0.2, 1.0))
        for _ in range(deaths[0]):
            content = call(following)
            following += 1
            taking.stdin.write(f"{json.dumps(content)}\n".encode())
            number = (await taking.stdout.readline()).decode().strip()
            assert number not in told
            told[number] = content["content"]
        taking.stdin.write(f"{json.dumps(call(following))}\n".encode())
        following += 1
        await asyncio.sleep(rng.uniform(0, 0.01))
        taking.kill()
        await asyncio.sleep(deaths[1])
        sending.kill()
        await asyncio.gather(taking.communicate(), sending.communicate())
    assert (await seat.run("send")).status == 0
    assert "0 waiting" in (await seat.run("status")).said
    assert await kept(desk, list(told)) == told
    assert len(told) <= await in_all(desk, next(iter(told))[6:9]) <= len(told) + ROUNDS
