"""Every list of tiering is exported as it is listed: its filters, its scope, its order; inert in whatever opens it."""

import csv
import io
from typing import Any

import pytest

from chassis.spreadsheets.exporting import MARK
from chassis.spreadsheets.limits import Limits
from chassis.spreadsheets.workbooks import read_workbook
from support.months import figures_settle, month_of
from support.service import FAR_HEAD, HEAD, OFFICER, PROVINCE, ServiceUnderTest, expect
from support.tiering import planted
from support.usage_filing import csv as csv_file
from support.usage_filing import done, row, upload

PAGES = frozenset({"cursor", "limit"})
# Lists that every service has.
OTHERS = ("/deadlines", "/dead-letters", "/rebuilds", "/replays")
# Refused rows stand in the order of their file, reviews and corrections the newest first, customers of these in a fixed one.
UNSORTED = {
    "list_usage_file_errors",
    "list_reviews",
    "list_corrections",
    "list_stale_customers",
    "list_correction_lines",
}
FORMULA = "=SUM(1)公司"


def rows_of(text: str) -> list[dict[str, str]]:
    assert text.startswith(MARK)
    return list(csv.DictReader(io.StringIO(text.removeprefix(MARK))))


async def test_every_list_is_exported_and_sorted(tiering: ServiceUnderTest) -> None:
    found = {}
    for path, operations in tiering.app.openapi()["paths"].items():
        operation = operations.get("get", {})
        names = {one["name"] for one in operation.get("parameters", []) if one["in"] == "query"}
        if names >= PAGES and not any(other in path for other in OTHERS):
            found[operation["operationId"]] = names
    assert len(found) >= 13
    assert [name for name, asked in found.items() if "format" not in asked] == []
    assert {name for name, asked in found.items() if "sort" not in asked} == UNSORTED


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/tiers", {"sort": "name"}),
        ("/usage", {"month": "2026-02", "sort": "-revenue"}),
        ("/usage-files", {"sort": "-received_at"}),
        ("/usage-filings", {}),
        ("/comparisons", {"sort": "-revenue"}),
        ("/comparisons", {"by": "unit"}),
        ("/comparisons", {"by": "line"}),
        ("/comparisons", {"by": "class"}),
        ("/reports", {}),
    ],
)
async def test_an_export_holds_what_the_list_holds_in_its_order(
    tiering: ServiceUnderTest, path: str, asked: dict[str, Any]
) -> None:
    customer = await planted(tiering, initial_class=2, name=FORMULA)
    file = await upload(tiering, OFFICER, csv_file([row(customer.code)]), name="=1+1.csv")
    await done(tiering, OFFICER, file["id"])
    await month_of(tiering, await planted(tiering), "2026-02", "77.00")
    report = {"kind": "kpi-report", "month": "2026-02", "customers": [customer.code], "note": "=2+2"}
    expect(await tiering.post(HEAD, "/reports", report), 201)
    await figures_settle(tiering)
    listed = expect(await tiering.get(OFFICER, path, limit=200, **asked), 200)["items"]
    answer = await tiering.get(OFFICER, path, limit=1, format="csv", **asked)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    rows = rows_of(answer.text)
    assert len(rows) == len(listed) >= 1
    name = next(one for one in ("customer_id", "id", "org_id", "line", "class") if one in rows[0])
    assert [one[name] for one in rows] == [str(one[name] or "") for one in listed]
    assert all(not value.startswith(("=", "+", "@")) for one in rows for value in one.values())
    book = await tiering.get(OFFICER, path, format="xlsx", **asked)
    sheet = read_workbook(book.content, Limits.of(tiering.runtime.settings))
    assert sheet is not None and book.headers["content-disposition"].endswith(".xlsx")
    beyond = await tiering.get(FAR_HEAD, path, format="csv", **asked)
    assert customer.code not in beyond.text and str(customer.customer_id) not in beyond.text


async def test_reviews_are_exported_to_who_may_see_them(tiering: ServiceUnderTest) -> None:
    review = expect(await tiering.post(PROVINCE, "/reviews", {"year": 2025}), 201)
    try:
        answer = await tiering.get(PROVINCE, "/reviews", format="csv", year=2025)
        assert [(one["id"], one["state"]) for one in rows_of(answer.text)] == [(review["id"], "proposed")]
        assert (await tiering.get(PROVINCE, "/reviews", format="xlsx")).content.startswith(b"PK")
    finally:
        expect(await tiering.post(PROVINCE, f"/reviews/{review['id']}/withdraw", {"reason": "重提"}), 200)


async def test_refused_rows_are_exported_with_their_reasons(tiering: ServiceUnderTest) -> None:
    refused = ["42010099999990,=无此客户,国内异地速递,1.00,1,1", "x,y,z,1,1,1"]
    file = await upload(tiering, OFFICER, csv_file(refused), month="2025-12")
    await done(tiering, OFFICER, file["id"])
    listed = expect(await tiering.get(OFFICER, f"/usage-files/{file['id']}/errors"), 200)["items"]
    rows = rows_of((await tiering.get(OFFICER, f"/usage-files/{file['id']}/errors", format="csv")).text)
    assert [(one["row_no"], one["code"]) for one in rows] == [
        (str(one["row_no"]), one["code"]) for one in listed
    ]
    assert len(rows) == 2
    expect(await tiering.get(FAR_HEAD, f"/usage-files/{file['id']}/errors", format="csv"), 404)


async def test_a_history_is_exported_with_the_words_of_its_reasons_to_who_may_see_them(
    tiering: ServiceUnderTest,
) -> None:
    because = {"reasons": [], "text": {"zh": "按注册表定为2类客户", "en": "class 2"}}
    customer = await planted(tiering, initial_class=2, because=because)
    path = f"/tiers/{customer.code}/history"
    (one,) = rows_of((await tiering.get(PROVINCE, path, format="csv")).text)
    assert (one["class"], one["basis"], one["because"]) == ("2", "registration", "按注册表定为2类客户")


async def test_an_export_of_too_many_rows_is_refused(tiering: ServiceUnderTest) -> None:
    settings = tiering.app.state.settings
    for name in range(3):
        await month_of(tiering, await planted(tiering, name=str(name)), "2026-01", "1.00")
    before, settings.export_most = settings.export_most, 1
    try:
        for path in ("/tiers", "/comparisons", "/usage"):
            body = expect(await tiering.get(OFFICER, path, format="csv"), 422)
            assert body["pointer"] == "?format"
    finally:
        settings.export_most = before
