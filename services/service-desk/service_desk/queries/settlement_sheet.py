"""The ledger between units as a workbook."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from chassis.spreadsheets.writing import Book, Style
from service_desk.settings import SETTLEMENT_WIDTHS

TITLE = "赔偿内部结算"
HEADS = ("期间", "类别", "应付单位", "应收单位", "金额(元)", "案件编号", "入账时间", "入账人", "说明")
KINDS = {"charge": "应付", "payment": "支付", "correction": "更正"}


def draw(entries: Sequence[Mapping[str, Any]]) -> bytes:
    """Give the workbook of entries; texts are inert, amounts are numbers."""
    book = Book()
    sheet = book.sheet(TITLE, widths=SETTLEMENT_WIDTHS)
    for column, head in enumerate(HEADS):
        sheet.put(0, column, head, Style.HEADER)
    for line, one in enumerate(entries, 1):
        cells = (
            one["period"], KINDS[one["kind"]], one["debtor_name"], one["creditor_name"], Decimal(one["amount"]),
            one["case_no"], one["posted_at"].isoformat(), one["posted_by"], one.get("reason"),
        )  # fmt: skip
        for column, value in enumerate(cells):
            sheet.put(line, column, value)
    return book.finish()
