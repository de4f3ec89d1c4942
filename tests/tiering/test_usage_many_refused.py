"""A file with more refused rows than a sheet or an export holds: nothing is left out without saying so."""

import csv
import io
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from support.instance import Databases
from support.service import FAR_HEAD, OFFICER, ServiceUnderTest, expect, running_service, surroundings
from support.usage_filing import code, customer, done, filed, row, upload

SHEET_ROWS = 5
LIMITS = {
    "KEYPOST_USAGE_ERROR_SHEET_ROWS": str(SHEET_ROWS),
    "KEYPOST_USAGE_ERROR_PAGE_ROWS": "2",
    "KEYPOST_EXPORT_MOST": "3",
}


@pytest_asyncio.fixture(scope="module")
async def tight(tiering_databases: Databases) -> AsyncIterator[ServiceUnderTest]:
    """Tiering with small error sheets, pages and exports."""
    with surroundings(LIMITS):
        async with running_service("tiering", tiering_databases("tiering")) as running:
            yield running


async def sheet_of(tiering: ServiceUnderTest, file_id: str) -> tuple[bytes, list[list[str]]]:
    """Give the error sheet of a file, and its rows below the header."""
    answer = await tiering.get(OFFICER, f"/usage-files/{file_id}/errors.xlsx")
    assert answer.status_code == 200
    [sheet] = (await tiering.runtime.workbooks.read(answer.content)).sheets
    return answer.content, [[cell.text for cell in sheet.row(number)] for number in range(1, sheet.height)]


@pytest.mark.parametrize("refused", [SHEET_ROWS - 1, SHEET_ROWS, SHEET_ROWS + 1, 2 * SHEET_ROWS])
async def test_the_sheet_says_how_many_rows_it_does_not_list(tight: ServiceUnderTest, refused: int) -> None:
    file = await filed(tight, OFFICER, [row(code()) for _ in range(refused)])
    _, rows = await sheet_of(tight, file["id"])
    listed = [one[0] for one in rows[:SHEET_ROWS]]
    assert listed == [str(number + 2) for number in range(min(refused, SHEET_ROWS))]
    notes = rows[SHEET_ROWS:]
    assert len(notes) == (refused > SHEET_ROWS)
    for note in notes:
        more = refused - SHEET_ROWS
        assert f"另有{more}行" in note[0] and note[-1].startswith(f"{more} more rows")


async def test_a_sheet_that_is_cut_can_be_posted_again_as_it_is(tight: ServiceUnderTest) -> None:
    file = await filed(tight, OFFICER, [row(await customer(tight), "x") for _ in range(SHEET_ROWS + 2)])
    content, _ = await sheet_of(tight, file["id"])
    again = await done(tight, OFFICER, (await upload(tight, OFFICER, content, name="errors.xlsx"))["id"])
    assert (again["state"], again["rows"], again["refused_rows"]) == ("loaded", SHEET_ROWS, SHEET_ROWS)


@pytest.mark.parametrize("refused", [0, 1, 2, 3, 4, 11])
async def test_the_csv_has_every_refused_row(tight: ServiceUnderTest, refused: int) -> None:
    rows = [row(await customer(tight)), *(row("=1+1") for _ in range(refused))]
    file = await filed(tight, OFFICER, rows)
    path = f"/usage-files/{file['id']}/errors"
    answer = await tight.get(OFFICER, path, format="csv")
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/csv")
    assert "errors.csv" in answer.headers["content-disposition"]
    head, *lines = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert head == ["row_no", "code", "zh", "en", "cells"]
    assert [one[:2] for one in lines] == [[str(3 + n), "malformed-customer-code"] for n in range(refused)]
    assert all(one[-1].startswith("'=1+1; ") for one in lines)
    expect(await tight.get(FAR_HEAD, path, format="csv"), 404)
