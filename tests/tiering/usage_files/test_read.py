"""How a usage file is read: a wrong row is refused with its reason and the rest is taken; an unreadable file is none."""

from decimal import Decimal

import pytest

from chassis.ids import uuid7
from support.facts import customer_fact
from support.service import OFFICER, ServiceUnderTest, expect
from support.usage_filing import (
    HEADER,
    LINE,
    code,
    csv,
    customer,
    done,
    filed,
    on_record,
    refusals,
    row,
    upload,
    warned,
)


def wrong(digits: str) -> str:
    """Give a code with another check digit."""
    return digits[:-1] + str((int(digits[-1]) + 1) % 10)


async def test_every_wrong_row_is_refused_with_its_reason_and_the_rest_is_loaded(
    tiering: ServiceUnderTest,
) -> None:
    good, far = await customer(tiering), await customer(tiering, "420525")
    cases = [
        (row(good, "1.00"), None),
        (row(wrong(good)), "wrong-check-digit"),
        (row("4201"), "malformed-customer-code"),
        (row(""), "customer-missing"),
        (row(code()), "unknown-customer"),
        (row(far), "unknown-customer"),
        (row(good, line="信函"), "unknown-line"),
        (row(good, line=""), "line-missing"),
        (row(good, "-0.01", line="礼仪"), "revenue-negative"),
        (row(good, "1.001", line="礼仪"), "revenue-scale"),
        (row(good, "十元", line="礼仪"), "revenue-malformed"),
        (row(good, "", line="礼仪"), "revenue-missing"),
        (row(good, "10000000000000", line="礼仪"), "revenue-too-large"),
        (row(good, "9999999999999.99", line="礼仪"), None),
        (row(good, line="国际速递", pieces="-1"), "pieces-negative"),
        (row(good, line="国际速递", pieces="1.5"), "pieces-scale"),
        (row(good, line="国际速递", kg="0.0001"), "weight-scale"),
        (row(good, line="国际速递", kg="-1"), "weight-negative"),
        (row(good, line="国际速递", kg="x"), "weight-malformed"),
        (row(good), "repeated-row"),
        (f"{good},江城汽配,{LINE}", "cells-missing"),
        (row(good, "1,234.00", line="国际速递"), "cells-too-many"),
        (row(good, '"1,234.00"', line="国际速递"), None),
        (f'"{good},江城汽配,国际货代,1,1,1', "cells-missing"),
        (row(good + "\x00", line="国际货代"), "unprintable"),
        (row(good, "5" * 5000), "row-too-long"),
    ]  # fmt: skip
    file = await filed(tiering, OFFICER, [text for text, _ in cases], month="2025-08")
    expected = {number: reason for number, (_, reason) in enumerate(cases, 2) if reason}
    assert await refusals(tiering, OFFICER, file["id"]) == expected
    assert (file["state"], file["loaded_rows"], file["refused_rows"]) == ("loaded", 3, len(expected))
    assert {one["revenue"] for one in await on_record(tiering, good, "2025-08")} == {
        Decimal("1.00"), Decimal("9999999999999.99"), Decimal("1234.00")
    }  # fmt: skip


async def test_a_refused_row_keeps_its_cells_and_reason_in_both_languages(tiering: ServiceUnderTest) -> None:
    made = await customer(tiering)
    file = await filed(tiering, OFFICER, [row(made, "-3")])
    body = expect(await tiering.get(OFFICER, f"/usage-files/{file['id']}/errors"), 200)
    assert body["total"] == 1
    assert body["items"] == [
        {"row_no": 2, "code": "revenue-negative", "zh": "收入不能为负数：-3", "en": "revenue is negative: -3",
         "cells": [made, "江城汽配", LINE, "-3", "10", "1.5"]}
    ]  # fmt: skip


async def test_the_error_sheet_is_a_chinese_workbook(tiering: ServiceUnderTest) -> None:
    file = await filed(tiering, OFFICER, [row("=1+1")])
    answer = await tiering.get(OFFICER, f"/usage-files/{file['id']}/errors.xlsx")
    assert answer.status_code == 200
    workbook = await tiering.runtime.workbooks.read(answer.content)
    [sheet] = workbook.sheets
    texts = [[cell.text for cell in sheet.row(number)] for number in range(sheet.height)]
    assert texts[0] == ["行号", "原因代码", *HEADER.split(","), "原因", "Reason"]
    assert texts[1][:3] == ["2", "malformed-customer-code", "=1+1"] and "14 位" in texts[1][-2]


async def heard(tiering: ServiceUnderTest, customer_code: str) -> None:
    await tiering.hear(customer_fact(uuid7(), org_id="420106-T01", customer_code=customer_code))


async def test_rows_refused_once_are_taken_when_the_file_comes_again_and_the_customer_is_known(
    tiering: ServiceUnderTest,
) -> None:
    from_before, unheard = await customer(tiering), code()
    content = csv([row(from_before), row(unheard)])
    first = await done(tiering, OFFICER, (await upload(tiering, OFFICER, content))["id"])
    assert first["refused_rows"] == 1
    await heard(tiering, unheard)
    second = await done(tiering, OFFICER, (await upload(tiering, OFFICER, content))["id"])
    assert (second["loaded_rows"], second["unchanged_rows"], second["refused_rows"]) == (1, 1, 0)


async def test_the_month_column_must_be_the_month_of_the_upload(tiering: ServiceUnderTest) -> None:
    made = await customer(tiering)
    header = "年月," + HEADER
    rows = [
        f"2026年2月,{row(made)}",
        f"202602,{row(made, line='礼仪')}",
        f",{row(made, line='国际货代')}",
        f"2026-01,{row(made, line='同城速递')}",
        f"二月,{row(made, line='同城速递')}",
    ]
    body = await upload(tiering, OFFICER, csv(rows, header))
    file = await done(tiering, OFFICER, body["id"])
    assert await refusals(tiering, OFFICER, file["id"]) == {5: "wrong-month", 6: "month-malformed"}
    assert file["loaded_rows"] == 3


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
async def test_a_file_is_read_in_each_encoding(tiering: ServiceUnderTest, encoding: str) -> None:
    made = await customer(tiering)
    content = csv([row(made, "5.00", line="一体化物流")]).decode().encode(encoding)
    file = await done(tiering, OFFICER, (await upload(tiering, OFFICER, content))["id"])
    assert (file["state"], file["loaded_rows"]) == ("loaded", 1), file


async def test_english_headers_full_width_and_spaced_codes_are_read(tiering: ServiceUnderTest) -> None:
    made = await customer(tiering)
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in made)
    spaced = f"{made[:6]} {made[6:13]}-{made[13:]}"
    rows = [f"domestic-express,{wide},１２.５０,３,０", f"ceremonial,{spaced},1,1,"]
    content = csv(rows, "line,customer_code,revenue,pieces,weight_kg")
    file = await done(tiering, OFFICER, (await upload(tiering, OFFICER, content))["id"])
    assert (file["loaded_rows"], file["refused_rows"]) == (2, 0)
    by_line = {one["line"]: one for one in await on_record(tiering, made)}
    assert by_line["domestic-express"]["revenue"] == Decimal("12.50")
    assert by_line["ceremonial"]["weight_kg"] == 0


async def test_the_form_s_totals_are_compared_and_a_difference_is_a_warning(
    tiering: ServiceUnderTest,
) -> None:
    made = await customer(tiering)
    right = await filed(tiering, OFFICER, [row(made, "10"), row(made, "5", line="礼仪"), "合计,,,15.00,20,"])
    assert warned(right) == [] and right["rows"] == 2 and right["totals"]["stated"]["revenue"] == "15"
    wrong_sum = await filed(tiering, OFFICER, [row(made, "10"), "合 计,,,10.01,11,"])
    assert warned(wrong_sum) == ["revenue-total-differs", "pieces-total-differs"]
    assert wrong_sum["state"] == "loaded"


@pytest.mark.parametrize(
    ("stated", "warnings"),
    [
        ("927.077", []),
        ("927.0770", []),
        ("927.076", ["weight_kg-total-differs"]),
        ("927.078", ["weight_kg-total-differs"]),
        ("5", ["weight_kg-total-differs"]),
        ("", []),
    ],
)
async def test_the_weight_of_the_form_is_compared_to_the_gram(
    tiering: ServiceUnderTest, stated: str, warnings: list[str]
) -> None:
    made = await customer(tiering)
    rows = [row(made, "10", kg="927.07"), row(made, "5", line="礼仪", kg="0.007")]
    file = await filed(tiering, OFFICER, [*rows, f"合计,,,15.00,20,{stated}"])
    assert (warned(file), file["totals"]["weight_kg"]) == (warnings, "927.077")


async def test_a_weight_given_in_tons_and_one_that_is_given_twice_are_added_up_too(
    tiering: ServiceUnderTest,
) -> None:
    made = await customer(tiering)
    rows = [row(made, "10", pieces="1.5吨", kg=""), row(made, "10", kg="0.5")]
    file = await filed(tiering, OFFICER, [*rows, "合计,,,20.00,10,1500.5"])
    assert (file["loaded_rows"], file["refused_rows"], warned(file)) == (1, 1, [])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"a,b,c\n1,2,3\n", "header-missing"),
        ("客户编码,收入(元)\n".encode(), "header-missing"),
        (b"\n\n", "header-missing"),
        (b"\xff\xff\xff\x81", "unreadable-encoding"),
    ],
)
async def test_a_file_that_cannot_be_read_is_rejected_whole(
    tiering: ServiceUnderTest, content: bytes, reason: str
) -> None:
    file = await done(tiering, OFFICER, (await upload(tiering, OFFICER, content))["id"])
    assert (file["state"], file["rejected_because"]["code"]) == ("rejected", reason)
    assert await tiering.events(f"usage-file:{file['id']}") == []


async def test_a_rejected_file_may_come_again(tiering: ServiceUnderTest) -> None:
    content = b"nothing,of,use\n"
    first = await done(tiering, OFFICER, (await upload(tiering, OFFICER, content))["id"])
    second = await upload(tiering, OFFICER, content)
    assert second["id"] != first["id"]


async def test_a_file_with_the_wrong_ending_or_nothing_in_it_is_refused(tiering: ServiceUnderTest) -> None:
    assert (await upload(tiering, OFFICER, csv([]), name="usage.pdf", status=422))[
        "code"
    ] == "not-a-usage-file"
    assert (await upload(tiering, OFFICER, b"", status=422))["code"] == "not-a-usage-file"
    tiering.app.state.settings.max_usage_file_bytes = 100
    try:
        assert (await upload(tiering, OFFICER, b"x" * 101, status=422))["code"] == "not-a-usage-file"
    finally:
        tiering.app.state.settings.max_usage_file_bytes = 128 * 1024 * 1024
