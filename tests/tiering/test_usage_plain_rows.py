"""Rows of a usage file are read the same whether at a glance or by their cells, wherever a piece of the file ends."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

import pytest

from tiering.model.usage import RefusedRow
from tiering.policies import faults
from tiering.policies.portions import CsvFile, Portion, Reading

CODE, OTHER = "42010000000017", "42010000000025"
HEADERS = {
    "customer": "客户编码",
    "line": "业务种类",
    "revenue": "收入(元)",
    "pieces": "件数",
    "weight_kg": "重量(公斤)",
}
PLAIN = {"customer": CODE, "line": "礼仪", "revenue": "12.50", "pieces": "3", "weight_kg": "0.125"}
LINES = {"礼仪": "ceremonial", "domestic-express": "domestic-express"}
LONGEST = 80
MANY = 5
CHANGES: Sequence[Mapping[str, str]] = (
    {},
    {"revenue": "0"},
    {"revenue": "12.5"},
    {"revenue": "0012.50"},
    {"revenue": "9999999999999.99"},
    {"revenue": "99999999999999"},
    {"revenue": "12.505"},
    {"revenue": "-1"},
    {"revenue": ""},
    {"pieces": "007", "weight_kg": "00.5"},
    {"pieces": "1.5"},
    {"weight_kg": "1"},
    {"weight_kg": "0.1255"},
    {"line": "礼仪业务"},
    {"customer": "4201"},
    {"customer": "４２０１００００００００１７"},
    {"customer": CODE + "0" * LONGEST},
    {"customer": "合计"},
)
ORDERS = (tuple(HEADERS), ("weight_kg", "line", "revenue", "customer", "pieces"))
ENDS = ("\n", "\r\n")


def portions(text: str, piece_bytes: int) -> list[Portion]:
    """Give what is read of a file that comes in such pieces."""
    content = text.encode()
    reading = Reading(date(2026, 2, 1), LINES, LONGEST, MANY, MANY, yuan_in_wan=10_000, kg_in_a_ton=1_000)
    file = CsvFile("utf-8-sig", reading, 0)
    starts = range(0, len(content), piece_bytes)
    return [
        file.portion(content[start : start + piece_bytes], Decimal(number) / len(starts))
        for number, start in enumerate(starts, 1)
    ]


def written(rows: Sequence[Mapping[str, str]], order: Sequence[str], end: str) -> str:
    """Give a file of these rows, behind its header."""
    lines = [HEADERS, *rows]
    return "".join(",".join(row[field] for field in order) + end for row in lines)


def refused(made: Sequence[Portion]) -> list[RefusedRow]:
    return [row for portion in made for row in portion.refused]


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("change", CHANGES)
def test_a_row_says_the_same_with_its_cells_in_quotes(
    change: Mapping[str, str], order: Sequence[str], end: str
) -> None:
    row = {**PLAIN, **change}
    quoted = {field: f'"{cell}"' for field, cell in row.items()}
    [bare] = portions(written([row], order, end), 10_000)
    [by_cells] = portions(written([quoted], order, end), 10_000)
    assert (bare.rows, bare.text) == (by_cells.rows, by_cells.text)
    assert [(one.number, one.fault) for one in bare.refused] == [
        (one.number, one.fault) for one in by_cells.refused
    ]


@pytest.mark.parametrize("piece_bytes", [1, 7, 50, 10_000])
def test_where_a_piece_ends_changes_no_row(piece_bytes: int) -> None:
    rows = [{**PLAIN, **change, "line": line} for change in CHANGES for line in LINES]
    text = written(rows, tuple(HEADERS), "\r\n") + "\r\n \n" + f"{OTHER},礼仪,1,2,3"
    whole, cut = portions(text, len(text.encode())), portions(text, piece_bytes)
    told = [
        [line for portion in made for line in portion.text.decode().splitlines()] for made in (whole, cut)
    ]
    assert told[0][-1].startswith(f"{len(rows) + 4}\t{OTHER}\tceremonial\t1\t2\t3\t")
    # The second row of one customer and line is only seen within a portion: cut, it is for the database to tell.
    assert set(told[0]) <= set(told[1])
    assert whole[-1].rows == cut[-1].rows
    unreadable = [[one for one in refused(made) if one.fault != faults.REPEATED] for made in (whole, cut)]
    assert unreadable[0] == unreadable[1]


def test_a_row_refused_by_the_database_is_kept_with_its_cells() -> None:
    [portion] = portions(written([PLAIN], tuple(HEADERS), "\r\n"), 10_000)
    assert portion.code_of(2) == CODE
    portion.refuse(2, faults.REPEATED)
    assert portion.refused == [RefusedRow(2, [PLAIN[field] for field in HEADERS], faults.REPEATED)]
