"""The headers of usage files, and where a file's rows end."""

from collections.abc import Mapping, Sequence

from chassis.spreadsheets.labels import normal

CSV_HEADERS: Mapping[str, tuple[str, ...]] = {
    "customer": ("客户编码", "customer_code", "customer"),
    "line": ("业务种类", "line"),
    "revenue": ("收入(元)", "用邮收入(元)", "revenue"),
    "pieces": ("件数", "pieces"),
    "weight_kg": ("重量(公斤)", "weight_kg"),
    "month": ("年月", "month"),
}
ANNEX_3_HEADERS: Mapping[str, tuple[str, ...]] = {
    "month": ("年月",),
    "customer": ("客户编码",),
    "name": ("客户名称",),
    "line": ("业务种类",),
    "revenue": ("用邮收入(万元)/当月",),
    "pieces": ("用邮量(件或吨)/当月", "用邮量(件)/当月"),
    "weight_kg": ("重量(公斤)",),
}
REQUIRED = ("customer", "line", "revenue")
TOTALS = frozenset({"合计", "总计", "total"})
FOOTERS = ("备注", "填报人", "单位负责人")
HEADER_WORDS = {"customer": "客户编码", "line": "业务种类", "revenue": "收入(元)"}


def csv_columns(header: Sequence[str]) -> dict[str, int]:
    """Give the columns that a header names; the first of equal ones."""
    words = [normal(cell).lower() for cell in header]
    found: dict[str, int] = {}
    for field, spellings in CSV_HEADERS.items():
        wanted = {normal(spelling) for spelling in spellings}
        place = next((place for place, word in enumerate(words) if word in wanted), None)
        if place is not None:
            found[field] = place
    return found


def is_total(cells: Sequence[str]) -> bool:
    """Tell whether a row is that of the totals: its first cell with content says so."""
    first = next((cell for cell in cells if cell.strip()), "")
    return normal(first).lower() in TOTALS


def is_footer(cells: Sequence[str]) -> bool:
    """Tell whether the rows end here."""
    first = normal(next((cell for cell in cells if cell.strip()), ""))
    return first.startswith(FOOTERS)
