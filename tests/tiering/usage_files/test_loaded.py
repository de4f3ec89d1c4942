"""A bureau's month as a file: each row on record and told, its next version where it differs, and nothing twice."""

from decimal import Decimal
from typing import Any

from contracts.tiering import UsageCorrected, UsageRecorded
from support.service import FAR_OFFICER, OFFICER, PROVINCE, ServiceUnderTest, expect
from support.usage_filing import code, csv, customer, done, filed, id_of, on_record, row, upload


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
    assert tiering.app.state.settings.usage_event_rows == 500
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


async def test_a_file_of_no_rows_is_a_filing_of_nothing(tiering: ServiceUnderTest) -> None:
    file = await filed(tiering, OFFICER, [], month="2025-07")
    assert (file["state"], file["rows"]) == ("loaded", 0)
    events = await tiering.events(f"usage-file:{file['id']}")
    assert [event["type"] for event in events] == ["tiering.usage-file.loaded.v1"]


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


async def test_a_province_s_month_comes_in_one_file(tiering: ServiceUnderTest) -> None:
    codes = [await customer(tiering, org_id) for org_id in ("420106-T01", "420525", "420100-S01")]
    file = await filed(tiering, PROVINCE, [row(one) for one in codes], month="2024-11")
    assert (file["org_id"], file["loaded_rows"], file["refused_rows"]) == ("420000", 3, 0)
    events = await usage_events(tiering, "420000", "2024-11")
    assert [len(event["payload"]["rows"]) for event in events] == [3]
    seen = expect(await tiering.get(FAR_OFFICER, "/usage", month="2024-11"), 200)["items"]
    assert [one["customer_code"] for one in seen] == [codes[1]]
