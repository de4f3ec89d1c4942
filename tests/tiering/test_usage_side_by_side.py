"""Portions of a file that are written side by side leave what they would have left one after the other."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest
import pytest_asyncio

from support.instance import Databases
from support.service import OFFICER, ServiceUnderTest, running_service, surroundings
from support.usage_filing import corrected, csv, customer, done, filed, on_record, refusals, row, upload
from support.usage_sums import sums_hold
from tiering.consumers.side_by_side import Place, SideBySide
from tiering.policies.csv_lines import LineCutter

CUSTOMERS = 40
MANY = 16
LINES = ("礼仪", "domestic-express", "integrated-logistics")


@pytest_asyncio.fixture
async def in_small_pieces(tiering_databases: Databases) -> AsyncIterator[ServiceUnderTest]:
    """Tiering whose files come in portions of some ten rows."""
    with surroundings({"KEYPOST_USAGE_PART_BYTES": "400"}):
        async with running_service("tiering", tiering_databases("tiering")) as running:
            yield running


@pytest.mark.parametrize("by_line", [False, True])
async def test_a_file_in_any_order_is_told_and_counted_in_its_own(
    in_small_pieces: ServiceUnderTest, *, by_line: bool
) -> None:
    tiering = in_small_pieces
    codes = [await customer(tiering) for _ in range(CUSTOMERS)]
    if by_line:
        rows = [row(one, f"{number}.50", line=line) for line in LINES for number, one in enumerate(codes)]
    else:
        rows = [row(one, f"{number}.50", line=line) for number, one in enumerate(codes) for line in LINES]
    again = row(codes[0], "1000.00", line=LINES[0])
    file = await done(tiering, OFFICER, (await upload(tiering, OFFICER, csv([*rows, again])))["id"])
    counts = {name: file[name] for name in ("state", "rows", "loaded_rows", "refused_rows")}
    assert counts == {"state": "loaded", "rows": len(rows) + 1, "loaded_rows": len(rows), "refused_rows": 1}
    [refused] = await tiering.rows(
        "SELECT row_no, code FROM usage_refusal WHERE usage_file_id = $1", file["id"]
    )
    assert (refused["row_no"], refused["code"]) == (len(rows) + 2, "repeated-row")
    events = await tiering.events("usage:420100:2026-02")
    assert [event["version"] for event in events] == list(range(1, len(events) + 1)) and len(events) > 5
    told = [(one[1], Decimal(one[2])) for event in events for one in event["payload"]["rows"]]
    assert [revenue for _, revenue in told] == [Decimal(one.split(",")[3]) for one in rows]
    assert await sums_hold(tiering)


async def test_a_repeated_row_of_another_portion_stays_refused_when_its_file_comes_again(
    in_small_pieces: ServiceUnderTest,
) -> None:
    tiering = in_small_pieces
    made, others = await customer(tiering), [await customer(tiering) for _ in range(CUSTOMERS)]
    rows = [row(made, "5.00"), *(row(one) for one in others), row(made, "6.00")]
    first = await filed(tiering, OFFICER, rows)
    await corrected(tiering, made, "9.00", "2026-02")
    again = await filed(tiering, OFFICER, rows)
    for file, loaded in ((first, CUSTOMERS + 1), (again, 0)):
        assert (file["loaded_rows"], file["refused_rows"], file["totals"]) == (loaded, 1, first["totals"])
    assert await refusals(tiering, OFFICER, again["id"]) == {len(rows) + 1: "repeated-row"}
    assert [one["revenue"] for one in await on_record(tiering, made)] == [Decimal("5.00"), Decimal("9.00")]


async def test_what_has_something_in_common_follows_and_the_rest_goes_on() -> None:
    ended: list[str] = []
    gates = {name: asyncio.Event() for name in "abc"}

    def piece(name: str):  # type: ignore[no-untyped-def]
        async def work(place: Place) -> None:
            place.taken.set()
            await place.wait_for_the_same()
            await gates[name].wait()
            ended.append(name)

        return work

    async with SideBySide(3) as under_way:
        await under_way.follow({"x"}, piece("a"))
        await under_way.follow({"y"}, piece("b"))
        await under_way.follow({"x", "z"}, piece("c"))
        gates["c"].set()
        gates["b"].set()
        await asyncio.sleep(0.05)
        assert ended == ["b"]
        gates["a"].set()
        await under_way.end()
    assert ended == ["b", "a", "c"]


async def test_where_one_fails_those_behind_it_are_cancelled() -> None:
    cancelled = asyncio.Event()

    async def fails(place: Place) -> None:
        place.taken.set()
        await asyncio.sleep(0)
        raise LookupError("first")

    async def goes_on(place: Place) -> None:
        place.taken.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    with pytest.raises(LookupError, match="first"):
        async with SideBySide(2) as under_way:
            await under_way.follow({"x"}, fails)
            await under_way.follow({"y"}, goes_on)
            await under_way.follow({"z"}, goes_on)
    assert cancelled.is_set()


@pytest.mark.parametrize("piece_bytes", [1, 5, 9, 30, 1_000])
def test_lines_are_cut_between_customers_where_they_stand_together(piece_bytes: int) -> None:
    lines = [f"{number // 3},{number}" for number in range(30)]
    content = "\n".join(lines).encode()
    pieces = [content[at : at + piece_bytes] for at in range(0, len(content), piece_bytes)]
    cutter = LineCutter("utf-8", 100, MANY)
    given = [cutter.feed(piece, last=number == len(pieces)) for number, piece in enumerate(pieces, 1)]
    assert [line for _, found in given for line in found] == lines
    assert [first + place for first, found in given for place in range(len(found))] == list(range(1, 31))
    ends = [found[-1].partition(",")[0] for _, found in given if found]
    begins = [found[0].partition(",")[0] for _, found in given if found]
    # A piece of few bytes may hold no other customer; then it is cut within one.
    if piece_bytes >= 30:
        assert all(end != begin for end, begin in zip(ends, begins[1:], strict=False))


def test_lines_that_all_begin_alike_are_not_held_back() -> None:
    lines = [f"2026-02,{number}" for number in range(2 * MANY)]
    _, given = LineCutter("utf-8", 100, MANY).feed("\n".join([*lines, ""]).encode())
    assert given == lines
