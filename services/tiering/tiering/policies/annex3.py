"""Draws annex 3: what is on record of a unit's month, compared with the month and the year before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import accumulate

from chassis.spreadsheets.writing import Book, SheetWriter, Style, Value
from tiering.model.months import month_text

TITLE = "物流大客户用邮信息表"
SHEET = "附件3"
GROUPS = (
    ("年月", ()),
    ("客户编码", ()),
    ("客户名称", ()),
    ("等级", ()),
    ("业务种类", ()),
    ("用邮收入（万元）", ("当月", "较上月（%）", "累计", "较上年（%）")),
    ("用邮量（件或吨）", ("当月", "较上月（%）", "累计", "较上年（%）")),
    ("重量（公斤）", ()),
)


@dataclass(frozen=True, slots=True)
class Compared:
    """A figure of the month, of the month before, of the year so far and of the same part of the year before."""

    month: Decimal | None
    last_month: Decimal | None
    year: Decimal | None
    last_year: Decimal | None


@dataclass(frozen=True, slots=True)
class FormRow:
    """One customer's line; revenue in yuan."""

    code: str | None
    name: str
    tier: str | None
    line: str
    revenue: Compared
    pieces: Compared
    weight_kg: Decimal | None


@dataclass(frozen=True, slots=True)
class SheetForm:
    """How figures are written: widths of the columns, yuan in 万, what makes a share a percentage, its last place."""

    widths: Sequence[float]
    yuan_in_wan: int
    percent: Decimal
    last_place: Decimal


@dataclass(frozen=True, slots=True)
class FormHead:
    """What is filled in once for a sheet, under the words of the regulation."""

    words: Mapping[str, str]
    unit: str
    org_id: str
    month: date
    filler: str
    unit_head: str
    note: str
    sheet: SheetForm


def draw_annex_3(head: FormHead, rows: Sequence[FormRow]) -> bytes:
    """Draw the workbook."""
    book = Book()
    sheet = book.sheet(SHEET, widths=head.sheet.widths)
    width = sum(len(below) or 1 for _, below in GROUPS)
    half = width // len(("left", "right"))
    sheet.merge((0, 0), (0, width - 1), TITLE, Style.TITLE)
    sheet.merge((1, 0), (1, half), f"{head.words['unit']}：{head.unit}", Style.NOTE)
    sheet.merge((1, half + 1), (1, width - 1), f"单位代码：{head.org_id}", Style.NOTE)
    first = _header(sheet, 1 + 1)
    sheet.freeze()
    for row in rows:
        sheet.append(_values(head, row))
    sheet.append(_totals(head, rows), Style.LABEL)
    last = first + len(rows) + 1
    sheet.merge((last, 0), (last, width - 1), f"备注：{head.note}", Style.NOTE)
    sheet.merge((last + 1, 0), (last + 1, half), f"{head.words['filler']}：{head.filler}", Style.NOTE)
    sheet.merge(
        (last + 1, half + 1),
        (last + 1, width - 1),
        f"{head.words['unit-head']}：{head.unit_head}",
        Style.NOTE,
    )
    return book.finish()


def change(now: Decimal | None, before: Decimal | None, form: SheetForm) -> Decimal | None:
    """Give the change in percent; nothing where there is nothing to compare with."""
    if now is None or not before:
        return None
    return ((now - before) * form.percent / before).quantize(form.last_place, ROUND_HALF_UP)


def _header(sheet: SheetWriter, row: int) -> int:
    places = accumulate((len(below) or 1 for _, below in GROUPS), initial=0)
    for column, (word, below) in zip(places, GROUPS, strict=False):
        last = (row, column + len(below) - 1) if below else (row + 1, column)
        sheet.merge((row, column), last, word, Style.HEADER)
        for number, lower in enumerate(below):
            sheet.put(row + 1, column + number, lower, Style.HEADER)
    return row + 1 + 1


def _values(head: FormHead, row: FormRow) -> list[Value]:
    revenue = row.revenue
    in_wan = Compared(
        *(
            None if one is None else one / head.sheet.yuan_in_wan
            for one in (revenue.month, revenue.last_month, revenue.year, revenue.last_year)
        )
    )
    identity: list[Value] = [month_text(head.month), row.code, row.name, row.tier, row.line]
    return [*identity, *_compared(in_wan, head.sheet), *_compared(row.pieces, head.sheet), row.weight_kg]


def _compared(figure: Compared, form: SheetForm) -> list[Value]:
    return [
        figure.month,
        change(figure.month, figure.last_month, form),
        figure.year,
        change(figure.year, figure.last_year, form),
    ]


def _totals(head: FormHead, rows: Sequence[FormRow]) -> list[Value]:
    nothing = Decimal(0)
    revenue = sum((row.revenue.month or nothing for row in rows), nothing) / head.sheet.yuan_in_wan
    pieces = sum((row.pieces.month or nothing for row in rows), nothing)
    weight = sum((row.weight_kg or nothing for row in rows), nothing)
    blanks: list[Value] = [None] * len(("code", "name", "class", "line"))
    compared: list[Value] = [None] * len(("last month", "year", "last year"))
    return ["合计", *blanks, revenue, *compared, pieces, *compared, weight]
