"""No number for what the desk would refuse; and what it refused all the same is put right under its number."""

import json
import re
import sqlite3
from typing import Any

import pytest

from support.seat_that_dies import STATEMENTS
from support.seats import SEATED, SeatProcess
from support.service import ServiceUnderTest, expect

MORNING = "2026-03-02T08:00:00+08:00"
NUMBER = re.compile(r"\d{15}")
CALL = {"channel": "hotline", "category": "delay", "content": "迟了", "called_at": MORNING}
pytestmark = pytest.mark.timeout(120)


def taken(seat: SeatProcess) -> int:
    """Give how many calls the seat's file holds."""
    with sqlite3.connect(seat.file) as file:
        return int(file.execute("SELECT count(*) FROM call").fetchone()[0])


async def refused(seat: SeatProcess, **facts: Any) -> str:
    """Let the desk refuse a call whose city it does not serve, which a seat cannot know; gives its number."""
    (number,) = NUMBER.findall(
        (await seat.run("take", "--lines", lines=[{**CALL, "city": "999999", **facts}])).said
    )
    assert "0 sent, 1 refused" in (await seat.run("send")).said
    return str(number)


@pytest.mark.parametrize(
    "wrong",
    [
        ("--category", "nosuch", "--content", "x"),
        ("--content", "x"),
        ("--category", "delay", "--content", ""),
        ("--category", "delay"),
        ("--category", "delay", "--content", "x" * 20_001),
        ("--category", "delay", "--content", "x", "--phone", "abc"),
        ("--category", "delay", "--content", "x", "--called-at", "0001-01-01T00:00:00+08:00"),
        ("--category", "delay", "--content", "x", "--called-at", "2026-03-02T08:00:00"),
        ("--category", "delay", "--content", "x", "--called-at", "9000-01-01T00:00:00+08:00"),
        ("--category", "delay", "--content", "x", "--called-at", "2026-03-01T23:59:59+08:00"),
    ],
)
async def test_what_the_desk_would_refuse_gets_no_number(seat: SeatProcess, wrong: tuple[str, ...]) -> None:
    ran = await seat.run("take", *wrong)
    assert (ran.status, ran.said, taken(seat)) == (1, "", 0)
    assert "没有编号" in ran.errors and "no number" in ran.errors and "Traceback" not in ran.errors


async def test_of_several_lines_the_wrong_ones_get_an_empty_line_and_the_others_their_number(
    seat: SeatProcess,
) -> None:
    process = await seat.start("take", "--lines")
    without_content = {name: value for name, value in CALL.items() if name != "content"}
    deep = "[" * 100_000
    lines = [json.dumps(CALL), "{not json", json.dumps(without_content), deep, json.dumps(CALL)]
    said, errors = await process.communicate("\n".join(lines).encode() + b"\n\xff\n")
    numbers = said.decode().split("\n")
    assert process.returncode == 1 and taken(seat) == 2
    assert [bool(NUMBER.fullmatch(one)) for one in numbers] == [True, False, False, False, True, False, False]
    assert [f"line {line}" in errors.decode() for line in range(1, 7)] == [
        False,
        True,
        True,
        True,
        False,
        True,
    ]


async def test_the_first_day_of_the_seat_is_taken(desk: ServiceUnderTest, seat: SeatProcess) -> None:
    first = await seat.run("take", "--lines", lines=[{**CALL, "called_at": "2026-03-02T00:00:00+08:00"}])
    assert (first.status, (await seat.run("send")).said[:5]) == (0, "已传1件，")


async def test_a_refused_call_is_listed_corrected_and_sent_again_under_its_number(
    desk: ServiceUnderTest, seat: SeatProcess
) -> None:
    number = await refused(seat, caller={"phone": "13907110000"})
    listed = (await seat.run("list")).said
    assert all(part in listed for part in (number, "被退回", "999999", "13907110000", f"correct {number}"))
    still_wrong = await seat.run("correct", number, "--category", "nosuch")
    assert (still_wrong.status, (await seat.run("list")).said) == (1, listed)
    corrected = await seat.run("correct", number, "--city", "", "--content", "迟了两天")
    assert corrected.status == 0 and number in corrected.said
    assert (await seat.run("list")).said == "" and "1 waiting, 0 sent, 0 refused" in (
        await seat.run("status")
    ).said
    assert "1 sent, 0 refused, 0 still waiting" in (await seat.run("send")).said
    case = expect(await desk.get(SEATED, f"/complaints/{number}"), 200)
    assert (case["content"], case["received_at"], case["caller"]["phone"]) == (
        "迟了两天",
        MORNING,
        "139****0000",
    )


async def test_what_was_not_refused_is_not_corrected(desk: ServiceUnderTest, seat: SeatProcess) -> None:
    (number,) = NUMBER.findall((await seat.run("take", "--lines", lines=[CALL])).said)
    for known in (number, "260302100000007"):
        ran = await seat.run("correct", known, "--content", "别的")
        assert ran.status == 1 and "没有被退回的" in ran.errors
    assert (await seat.run("send")).status == 0
    assert (await seat.run("correct", number, "--content", "别的")).status == 1
    assert expect(await desk.get(SEATED, f"/complaints/{number}"), 200)["content"] == "迟了"


@pytest.mark.parametrize("moment", list(STATEMENTS)[2:])
async def test_a_seat_killed_while_correcting_has_lost_nothing(
    desk: ServiceUnderTest, seat: SeatProcess, moment: str
) -> None:
    number = await refused(seat)
    assert (await seat.run("correct", number, "--city", "420100", die_at=moment)).killed
    assert number in (await seat.run("list")).said
    assert (await seat.run("correct", number, "--city", "420100")).status == 0
    assert (await seat.run("send", die_at="before the batch is sent")).killed
    assert "1 sent" in (await seat.run("send")).said
    assert expect(await desk.get(SEATED, f"/complaints/{number}"), 200)["content"] == "迟了"


async def test_a_file_of_an_earlier_seat_is_read_on(seat: SeatProcess) -> None:
    with sqlite3.connect(seat.file) as file:
        file.execute("ALTER TABLE seat DROP COLUMN given_on")
    ran = await seat.run("take", "--lines", lines=[CALL])
    assert ran.status == 0 and NUMBER.search(ran.said)
