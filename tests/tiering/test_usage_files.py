"""A bureau's month as a file: what is taken, what is refused, and that nothing is taken twice."""

from decimal import Decimal
from typing import Any

import pytest

from chassis.ids import uuid7
from contracts.tiering import UsageCorrected, UsageRecorded
from support.service import (
    DIRECTOR,
    FAR_OFFICER,
    HEAD,
    MANAGER,
    OBSERVER,
    OFFICER,
    PROVINCE,
    ServiceUnderTest,
    customer_fact,
    expect,
)
from support.usage_filing import (
    HEADER,
    LINE,
    code,
    csv,
    customer,
    done,
    filed,
    id_of,
    on_record,
    refusals,
    row,
    upload,
    warned,
)


async def usage_events(
    tiering: ServiceUnderTest, org_id: str = "420100", month: str = "2026-02"
) -> list[dict[str, Any]]:
    return await tiering.events(f"usage:{org_id}:{month}")


async def test_a_file_is_loaded_row_by_row(tiering: ServiceUnderTest) -> None:
    first, second = await customer(tiering), await customer(tiering)
    body = await upload(
        tiering, OFFICER, csv([row(first, "1234.56", pieces=7, kg="0.125"), row(second, "0")])
    )
    assert (body["state"], body["org_id"], body["month"]) == ("received", "420100", "2026-02")
    file = await done(tiering, OFFICER, body["id"])
    assert (file["state"], file["rows"], file["loaded_rows"], file["refused_rows"]) == ("loaded", 2, 2, 0)
    assert file["totals"]["revenue"] == "1234.56" and file["progress"] == "1.000"
    [kept] = await on_record(tiering, first)
    assert (kept["revenue"], kept["pieces"], kept["weight_kg"]) == (Decimal("1234.56"), 7, Decimal("0.125"))
    assert (kept["line"], kept["version"], kept["current"]) == ("domestic-express", 1, True)


async def test_what_was_loaded_is_told_in_the_contract_s_words_with_consecutive_versions(
    tiering: ServiceUnderTest,
) -> None:
    months = "2025-11"
    codes = [await customer(tiering) for _ in range(2)]
    await filed(tiering, OFFICER, [row(one, "10.50") for one in codes], month=months)
    await filed(tiering, OFFICER, [row(codes[0], "11.00"), row(codes[1], "10.50")], month=months)
    events = await usage_events(tiering, month=months)
    assert [event["version"] for event in events] == list(range(1, len(events) + 1))
    recorded = UsageRecorded.model_validate(events[-2]["payload"])
    corrected = UsageCorrected.model_validate(events[-1]["payload"])
    ids = [await id_of(tiering, one) for one in codes]
    assert recorded.rows == [(one, "domestic-express", "10.50", 10, "1.500", 1) for one in ids]
    assert corrected.rows == [(ids[0], "domestic-express", "11.00", 10, "1.500", 2, "10.50", 10, "1.500")]
    assert corrected.reason == "source" and events[-1]["key"] == "420100"


async def test_events_hold_at_most_500_rows(tiering: ServiceUnderTest) -> None:
    codes = [await customer(tiering) for _ in range(3)]
    lines = ["国内异地速递", "同城速递", "国际速递", "礼仪", "一体化物流", "中邮快货", "国际货代"]
    rows = [row(one, line=line) for one in codes for line in lines]
    tiering.app.state.settings.usage_event_rows = 10
    try:
        await filed(tiering, OFFICER, rows, month="2025-10")
    finally:
        tiering.app.state.settings.usage_event_rows = 500
    events = await usage_events(tiering, month="2025-10")
    assert [len(event["payload"]["rows"]) for event in events] == [10, 10, 1]
    assert [event["version"] for event in events] == [1, 2, 3]


async def test_the_same_file_twice_changes_nothing(tiering: ServiceUnderTest) -> None:
    content = csv([row(await customer(tiering), "77.00")])
    first = await done(tiering, OFFICER, (await upload(tiering, OFFICER, content))["id"])
    before = await usage_events(tiering)
    again = await upload(tiering, OFFICER, content, status=200)
    assert again["id"] == first["id"] and again["repeated"] is True
    assert await usage_events(tiering) == before


async def test_equal_rows_in_another_file_are_unchanged_and_untold(tiering: ServiceUnderTest) -> None:
    made = await customer(tiering)
    await filed(tiering, OFFICER, [row(made, "77.00")])
    before = await usage_events(tiering)
    file = await filed(tiering, OFFICER, [row(made, "77.0"), ""])
    assert (file["loaded_rows"], file["unchanged_rows"]) == (0, 1)
    assert len(await on_record(tiering, made)) == 1 and await usage_events(tiering) == before


async def test_a_differing_row_becomes_the_next_version_and_the_old_one_stays(
    tiering: ServiceUnderTest,
) -> None:
    made = await customer(tiering)
    await filed(tiering, OFFICER, [row(made, "77.00")])
    file = await filed(tiering, OFFICER, [row(made, "78.00")])
    assert (file["loaded_rows"], file["corrected_rows"]) == (1, 1)
    old, new = await on_record(tiering, made)
    assert (old["version"], old["current"], old["revenue"]) == (1, False, Decimal(77))
    assert (new["version"], new["current"], new["revenue"], new["reason"]) == (2, True, Decimal(78), "source")


async def test_a_row_new_to_a_month_filed_before_is_late(tiering: ServiceUnderTest) -> None:
    first, second = await customer(tiering), await customer(tiering)
    await filed(tiering, OFFICER, [row(first)], month="2025-09")
    await filed(tiering, OFFICER, [row(second)], month="2025-09")
    assert [one["reason"] for one in await on_record(tiering, first, "2025-09")] == [None]
    assert [one["reason"] for one in await on_record(tiering, second, "2025-09")] == ["late"]


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


async def test_a_file_of_no_rows_is_a_filing_of_nothing(tiering: ServiceUnderTest) -> None:
    file = await filed(tiering, OFFICER, [], month="2025-07")
    assert (file["state"], file["rows"]) == ("loaded", 0)
    events = await tiering.events(f"usage-file:{file['id']}")
    assert [event["type"] for event in events] == ["tiering.usage-file.loaded.v1"]


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


async def heard(tiering: ServiceUnderTest, customer_code: str) -> None:
    await tiering.hear(customer_fact(uuid7(), org_id="420106-T01", customer_code=customer_code))


async def test_the_form_s_totals_are_compared_and_a_difference_is_a_warning(
    tiering: ServiceUnderTest,
) -> None:
    made = await customer(tiering)
    right = await filed(tiering, OFFICER, [row(made, "10"), row(made, "5", line="礼仪"), "合计,,,15.00,20,"])
    assert warned(right) == [] and right["rows"] == 2 and right["totals"]["stated"]["revenue"] == "15"
    wrong_sum = await filed(tiering, OFFICER, [row(made, "10"), "合 计,,,10.01,11,"])
    assert warned(wrong_sum) == ["revenue-total-differs", "pieces-total-differs"]
    assert wrong_sum["state"] == "loaded"


async def test_the_error_sheet_is_a_chinese_workbook(tiering: ServiceUnderTest) -> None:
    file = await filed(tiering, OFFICER, [row("=1+1")])
    answer = await tiering.get(OFFICER, f"/usage-files/{file['id']}/errors.xlsx")
    assert answer.status_code == 200
    workbook = await tiering.runtime.workbooks.read(answer.content)
    [sheet] = workbook.sheets
    texts = [[cell.text for cell in sheet.row(number)] for number in range(sheet.height)]
    assert texts[0] == ["行号", "原因代码", *HEADER.split(","), "原因", "Reason"]
    assert texts[1][:3] == ["2", "malformed-customer-code", "=1+1"] and "14 位" in texts[1][-2]


async def test_a_file_larger_than_a_megabyte_is_loaded_in_portions(tiering: ServiceUnderTest) -> None:
    made = await customer(tiering)
    rows = [row(made, "1.00")] + [row(code(), "2.00") for _ in range(22_000)]
    content = csv(rows)
    assert len(content) > 1024 * 1024
    file = await done(tiering, OFFICER, (await upload(tiering, OFFICER, content, month="2025-06"))["id"])
    assert (file["rows"], file["loaded_rows"], file["refused_rows"]) == (22_001, 1, 22_000)
    assert file["totals"]["revenue"] == "44001.00"


async def test_two_files_of_one_month_at_once_lose_nothing_and_the_one_that_came_last_holds(
    tiering: ServiceUnderTest,
) -> None:
    codes = [await customer(tiering) for _ in range(12)]
    contents = [csv([row(one, f"{number}.00") for one in codes]) for number in (1, 2)]
    bodies = [await upload(tiering, OFFICER, content, month="2025-05") for content in contents]
    files = [await done(tiering, OFFICER, body["id"]) for body in bodies]
    assert [file["loaded_rows"] for file in files] == [12, 12]
    for one in codes:
        versions = await on_record(tiering, one, "2025-05")
        assert [(row["version"], row["current"], row["revenue"]) for row in versions] == [
            (1, False, 1),
            (2, True, 2),
        ]
    events = await usage_events(tiering, month="2025-05")
    assert [event["version"] for event in events] == [1, 2]


@pytest.mark.parametrize("month", ["2026-04", "2022-01", "0000-01", "2026-13", "March"])
async def test_months_to_come_too_old_or_none_are_refused(tiering: ServiceUnderTest, month: str) -> None:
    problem = await upload(tiering, OFFICER, csv([]), month=month, status=422)
    assert (
        problem["code"] in {"month-to-come", "month-too-old", "invalid-month"}
        and problem["pointer"] == "/month"
    )


async def test_the_month_under_way_is_taken_and_the_next_is_not(tiering: ServiceUnderTest) -> None:
    await upload(tiering, OFFICER, csv([row(await customer(tiering))]), month="2026-03")
    problem = await upload(tiering, OFFICER, csv([]), month="2026-04", status=422)
    assert problem["code"] == "month-to-come"


async def test_only_filers_file_and_only_for_units_of_their_subtree(tiering: ServiceUnderTest) -> None:
    assert (await upload(tiering, MANAGER, csv([]), status=403))["code"] == "forbidden"
    assert (await upload(tiering, OBSERVER, csv([]), status=403))["code"] == "forbidden"
    assert (await upload(tiering, OFFICER, csv([]), org_id="420500", status=404))["code"] == "not-found"
    assert (await upload(tiering, OFFICER, csv([]), org_id="420106-T01", status=422))["code"] == "wrong-unit"
    file = await upload(tiering, HEAD, csv([row(await customer(tiering))]), month="2025-04")
    assert file["org_id"] == "420106"
    assert expect(await tiering.get(DIRECTOR, f"/usage-files/{file['id']}"), 200)["id"] == file["id"]
    expect(await tiering.get(FAR_OFFICER, f"/usage-files/{file['id']}"), 404)
    expect(await tiering.get(FAR_OFFICER, f"/usage-files/{file['id']}/errors"), 404)
    expect(await tiering.get(FAR_OFFICER, f"/usage-files/{file['id']}/errors.xlsx"), 404)


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


async def test_files_are_listed_by_unit_month_and_state(tiering: ServiceUnderTest) -> None:
    made = await customer(tiering)
    ids = [(await filed(tiering, HEAD, [row(made, f"{n}.00")], month="2025-03"))["id"] for n in (1, 2, 3)]
    first = expect(
        await tiering.get(PROVINCE, "/usage-files", org_id="420106", month="2025-03", limit=2), 200
    )
    assert first["total"] == 3 and [one["id"] for one in first["items"]] == ids[:0:-1]
    rest = expect(
        await tiering.get(
            PROVINCE, "/usage-files", org_id="420106", month="2025-03", limit=2, cursor=first["next_cursor"]
        ),
        200,
    )
    assert [one["id"] for one in rest["items"]] == ids[:1] and rest["next_cursor"] is None
    none = expect(await tiering.get(PROVINCE, "/usage-files", month="2025-03", state="rejected"), 200)
    assert none["items"] == []


async def test_a_province_s_month_comes_in_one_file(tiering: ServiceUnderTest) -> None:
    codes = [await customer(tiering, org_id) for org_id in ("420106-T01", "420525", "420100-S01")]
    file = await filed(tiering, PROVINCE, [row(one) for one in codes], month="2024-11")
    assert (file["org_id"], file["loaded_rows"], file["refused_rows"]) == ("420000", 3, 0)
    events = await usage_events(tiering, "420000", "2024-11")
    assert [len(event["payload"]["rows"]) for event in events] == [3]
    seen = expect(await tiering.get(FAR_OFFICER, "/usage", month="2024-11"), 200)["items"]
    assert [one["customer_code"] for one in seen] == [codes[1]]
