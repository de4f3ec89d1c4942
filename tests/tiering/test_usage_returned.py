"""Refused rows come back as an error sheet, which is put right and filed again as it is."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from chassis.spreadsheets.writing import Book
from support.facts import customer_fact
from support.service import OFFICER, PROVINCE_OFFICER, ServiceUnderTest
from support.usage_filing import code, csv, customer, done, filed, id_of, on_record, row, upload
from support.usage_sums import sums_hold, sums_of

Sheet = list[list[str]]


async def returned(tiering: ServiceUnderTest, file_id: str) -> Sheet:
    """Give the error sheet of a file, its header first."""
    answer = await tiering.get(OFFICER, f"/usage-files/{file_id}/errors.xlsx")
    assert answer.status_code == 200
    [sheet] = (await tiering.runtime.workbooks.read(answer.content)).sheets
    return [[cell.text for cell in sheet.row(number)] for number in range(sheet.height)]


async def put_right(
    tiering: ServiceUnderTest, sheet: Sheet, month: str, change: Callable[[dict[str, str]], dict[str, str]]
) -> Any:
    """Change the rows of an error sheet and file it as it is; gives the file."""
    header, *rows = sheet
    book = Book()
    drawn = book.sheet("退回")
    drawn.append(header)
    for cells in rows:
        drawn.append(list(change(dict(zip(header, cells, strict=True))).values()))
    body = await upload(tiering, OFFICER, book.finish(), name="errors.xlsx", month=month)
    return await done(tiering, OFFICER, body["id"])


async def test_the_error_sheet_of_a_csv_is_put_right_and_filed_again(tiering: ServiceUnderTest) -> None:
    first, second = await customer(tiering), await customer(tiering)
    wrong = [row(first, "-1.50"), row(second, "2.505"), row(second, "3.00", line="信函")]
    file = await filed(tiering, OFFICER, [row(first, "9.00", line="礼仪"), *wrong], month="2025-10")
    assert (file["loaded_rows"], file["refused_rows"]) == (1, 3)
    sheet = await returned(tiering, file["id"])
    assert [one[:2] for one in sheet[1:]] == [
        ["3", "revenue-negative"], ["4", "revenue-scale"], ["5", "unknown-line"],
    ]  # fmt: skip

    def change(cells: dict[str, str]) -> dict[str, str]:
        revenue = cells["收入(元)"].lstrip("'-")
        line = cells["业务种类"].replace("信函", "礼仪")
        return {**cells, "收入(元)": revenue.replace("2.505", "2.50"), "业务种类": line}

    again = await put_right(tiering, sheet, "2025-10", change)
    assert (again["state"], again["loaded_rows"], again["refused_rows"]) == ("loaded", 3, 0), again
    # Yuan stay yuan: the sheet of a CSV has its columns, not those of annex 3 in ten thousands.
    assert await sums_of(tiering, first) == {2025: {10: "10.50"}}
    assert await sums_of(tiering, second) == {2025: {10: "5.50"}}
    assert await sums_hold(tiering)


async def test_the_error_sheet_of_annex_3_is_put_right_in_ten_thousands(tiering: ServiceUnderTest) -> None:
    made = await customer(tiering)
    book = Book()
    drawn = book.sheet("附件3")
    drawn.append(["年月", "客户编码", "客户名称", "业务种类", "用邮收入（万元）/当月", "用邮量（件）/当月"])
    drawn.append(["2025-09", made, "江城汽配", "礼仪", "1.5万", "7"])
    body = await upload(tiering, OFFICER, book.finish(), name="附件3.xlsx", month="2025-09")
    file = await done(tiering, OFFICER, body["id"])
    assert (file["loaded_rows"], file["refused_rows"]) == (0, 1)
    sheet = await returned(tiering, file["id"])

    def change(cells: dict[str, str]) -> dict[str, str]:
        return {name: text.removesuffix("万") for name, text in cells.items()}

    again = await put_right(tiering, sheet, "2025-09", change)
    assert (again["loaded_rows"], again["refused_rows"]) == (1, 0), again
    [kept] = await on_record(tiering, made, "2025-09")
    assert (kept["revenue"], kept["pieces"]) == (Decimal("15000.00"), 7)


async def test_a_refused_row_leaves_nothing_of_itself(tiering: ServiceUnderTest) -> None:
    made = await customer(tiering)
    file = await filed(
        tiering, OFFICER, [row(made, "8.00", kg="-1"), row(made, "x", pieces=5)], month="2025-08"
    )
    assert (file["loaded_rows"], file["refused_rows"]) == (0, 2)
    assert await on_record(tiering, made, "2025-08") == [] and await sums_of(tiering, made) == {}
    assert await tiering.events("usage:420100:2025-08") == []


async def test_a_second_row_for_one_customer_and_line_is_refused_and_counts_in_the_file_s_total_alone(
    tiering: ServiceUnderTest,
) -> None:
    made = await customer(tiering)
    rows = [row(made, "8.00"), row(made, "5.00"), row(code(), "1.00"), "合计,,,14.00,30,"]
    file = await filed(tiering, OFFICER, rows, month="2025-07")
    assert (file["loaded_rows"], file["refused_rows"], file["totals"]["revenue"]) == (1, 2, "14.00")
    assert [one["code"] for one in file["warnings"] if one["code"].endswith("-total-differs")] == []
    assert await sums_of(tiering, made) == {2025: {7: "8.00"}}


async def test_the_province_files_for_customers_of_many_cities_and_a_city_puts_one_right(
    tiering: ServiceUnderTest,
) -> None:
    wuhan, yichang = await customer(tiering), await customer(tiering, "420525")
    body = await upload(
        tiering, PROVINCE_OFFICER, csv([row(wuhan, "3.00"), row(yichang, "4.00")]), month="2025-06"
    )
    assert (await done(tiering, PROVINCE_OFFICER, body["id"]))["loaded_rows"] == 2
    await filed(tiering, OFFICER, [row(wuhan, "3.50")], month="2025-06")
    assert await sums_of(tiering, wuhan) == {2025: {6: "3.50"}}
    assert await sums_of(tiering, yichang) == {2025: {6: "4.00"}}
    versions = await on_record(tiering, wuhan, "2025-06")
    assert [(one["revenue"], one["org_id"], one["current"]) for one in versions] == [
        (Decimal("3.00"), "420000", False),
        (Decimal("3.50"), "420100", True),
    ]


async def test_a_unit_that_lost_a_customer_files_it_no_more(tiering: ServiceUnderTest) -> None:
    made = await customer(tiering)
    moved = customer_fact(await id_of(tiering, made), 2, kind="changed", org_id="420525", customer_code=made)
    await tiering.hear(moved)
    file = await filed(tiering, OFFICER, [row(made, "1.00")], month="2025-05")
    assert (file["loaded_rows"], file["refused_rows"]) == (0, 1)
