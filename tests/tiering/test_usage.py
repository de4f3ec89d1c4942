"""Usage by hand, corrections, and reading what is on record."""

from decimal import Decimal
from typing import Any

import pytest

from support.facts import customer_fact
from support.law import ruled_by
from support.service import (
    DIRECTOR,
    FAR_OFFICER,
    HEAD,
    INSPECTOR,
    MANAGER,
    OBSERVER,
    OFFICER,
    PROVINCE,
    Person,
    ServiceUnderTest,
    expect,
)
from support.usage_filing import customer, id_of, on_record

SYSTEM = Person("420000", "system", "量收系统")


def figures(customer_code: str, revenue: str = "10.00", **more: Any) -> dict[str, Any]:
    return {
        "customer": customer_code,
        "line": "ceremonial",
        "revenue": revenue,
        "pieces": 1,
        "weight_kg": "0.5",
        **more,
    }


def body(*rows: dict[str, Any], month: str = "2026-02", **more: Any) -> dict[str, Any]:
    return {"month": month, "rows": list(rows), **more}


async def test_rows_are_recorded_under_code_or_id(tiering: ServiceUnderTest) -> None:
    first, second = await customer(tiering), await customer(tiering)
    sent = body(figures(f"{first[:6]} {first[6:]}"), figures(str(await id_of(tiering, second)), "0"))
    answer = expect(await tiering.post(OFFICER, "/usage", sent), 201)
    assert answer == {
        "org_id": "420100", "month": "2026-02", "rows": 2, "recorded": 2, "corrected": 0, "unchanged": 0,
        "revenue": "10.00",
    }  # fmt: skip
    [kept] = await on_record(tiering, first)
    assert (kept["revenue"], kept["version"], kept["org_id"]) == (Decimal(10), 1, "420100")


async def test_a_correction_keeps_the_former_figures_and_is_told_with_its_reason(
    tiering: ServiceUnderTest,
) -> None:
    made = await customer(tiering)
    expect(await tiering.post(OFFICER, "/usage", body(figures(made, "10.00"), month="2026-01")), 201)
    sent = body(figures(made, "12.00"), month="2026-01", reason="inaccuracy")
    answer = expect(await tiering.post(DIRECTOR, "/usage/corrections", sent), 201)
    assert (answer["corrected"], answer["recorded"]) == (1, 0)
    told = (await tiering.events("usage:420100:2026-01"))[-1]
    assert told["type"] == "tiering.usage.corrected.v1" and told["payload"]["reason"] == "inaccuracy"
    assert told["payload"]["rows"] == [
        [str(await id_of(tiering, made)), "ceremonial", "12.00", 1, "0.500", 2, "10.00", 1, "0.500"]
    ]
    history = expect(await tiering.get(OFFICER, "/usage", customer=made, history=True), 200)["items"]
    assert [(one["version"], one["revenue"], one["current"], one["reason"]) for one in history] == [
        (1, "10.00", False, None),
        (2, "12.00", True, "inaccuracy"),
    ]
    [now] = expect(await tiering.get(OFFICER, "/usage", customer=made), 200)["items"]
    assert (now["version"], now["customer_code"], now["month"]) == (2, made, "2026-01")


async def test_figures_are_shown_as_they_were_known_at_a_time(tiering: ServiceUnderTest) -> None:
    made = await customer(tiering)
    expect(await tiering.post(OFFICER, "/usage", body(figures(made, "10.00"))), 201)
    between = tiering.runtime.clock.now().isoformat()
    expect(await tiering.post(OFFICER, "/usage", body(figures(made, "20.00"))), 201)
    [then] = expect(await tiering.get(OFFICER, "/usage", customer=made, known=between), 200)["items"]
    [now] = expect(await tiering.get(OFFICER, "/usage", customer=made), 200)["items"]
    assert (then["revenue"], now["revenue"]) == ("10.00", "20.00")


async def test_an_equal_row_changes_nothing(tiering: ServiceUnderTest) -> None:
    made = await customer(tiering)
    expect(await tiering.post(OFFICER, "/usage", body(figures(made))), 201)
    answer = expect(await tiering.post(OFFICER, "/usage", body(figures(made, "10.0"))), 201)
    assert (answer["recorded"], answer["corrected"], answer["unchanged"]) == (0, 0, 1)
    assert len(await on_record(tiering, made)) == 1


@pytest.mark.parametrize("reason", ["source", "inaccuracy"])
async def test_what_was_never_reported_cannot_be_corrected(tiering: ServiceUnderTest, reason: str) -> None:
    known, new = await customer(tiering), await customer(tiering)
    expect(await tiering.post(OFFICER, "/usage", body(figures(known))), 201)
    sent = body(figures(known, "11.00"), figures(new), reason=reason)
    problem = expect(await tiering.post(OFFICER, "/usage/corrections", sent), 422)
    assert (problem["code"], problem["pointer"]) == ("nothing-to-correct", "/rows/1")
    assert [one["version"] for one in await on_record(tiering, known)] == [1]


async def test_a_line_that_is_none_is_refused_by_the_article_that_names_the_lines(
    tiering: ServiceUnderTest,
) -> None:
    sent = body(figures(await customer(tiering), line="letters"))
    refused = expect(await tiering.post(OFFICER, "/usage", sent), 422)
    assert (refused["code"], ruled_by(refused)) == ("unknown-line", ("hubei", "6(2)"))
    assert "domestic-express" in refused["known"] and "礼仪" not in refused["known"]


async def test_a_late_row_may_be_new(tiering: ServiceUnderTest) -> None:
    made = await customer(tiering)
    answer = expect(
        await tiering.post(OFFICER, "/usage/corrections", body(figures(made), reason="late")), 201
    )
    assert answer["recorded"] == 1
    assert [one["reason"] for one in await on_record(tiering, made)] == ["late"]


async def test_one_wrong_row_stops_the_whole_request(tiering: ServiceUnderTest) -> None:
    made, far = await customer(tiering), await customer(tiering, "420525")
    cases: list[tuple[dict[str, Any], str, str]] = [
        (figures("42010000000000"), "unknown-customer", "/rows/1/customer"),
        (figures(far), "unknown-customer", "/rows/1/customer"),
        (figures(made, line="letters"), "unknown-line", "/rows/1/line"),
        (figures(made), "repeated-row", "/rows/1"),
        (figures(made, "-1"), "invalid-request", "/rows/1/revenue"),
        (figures(made, "1.001"), "invalid-request", "/rows/1/revenue"),
        (figures(made, pieces=-1), "invalid-request", "/rows/1/pieces"),
        (figures(made, weight_kg="0.0001"), "invalid-request", "/rows/1/weight_kg"),
    ]
    for wrong, code, pointer in cases:
        problem = expect(await tiering.post(OFFICER, "/usage", body(figures(made), wrong)), 422)
        assert (problem["code"], problem["pointer"]) == (code, pointer)
    assert await on_record(tiering, made) == []


async def test_a_customer_in_scope_but_not_of_the_filing_unit_is_refused(tiering: ServiceUnderTest) -> None:
    made = await customer(tiering, "420106-T01")
    problem = expect(await tiering.post(PROVINCE, "/usage", body(figures(made), org_id="420500")), 422)
    assert problem["code"] == "unknown-customer"
    expect(await tiering.post(PROVINCE, "/usage", body(figures(made), org_id="420106")), 201)


async def test_who_may_record_correct_and_read(tiering: ServiceUnderTest) -> None:
    made = await customer(tiering)
    sent = body(figures(made))
    expect(await tiering.post(MANAGER, "/usage", sent), 403)
    expect(await tiering.post(SYSTEM, "/usage", sent), 201)
    expect(await tiering.post(HEAD, "/usage/corrections", {**sent, "reason": "source"}), 403)
    expect(await tiering.get(OBSERVER, "/usage", customer=made), 403)
    assert expect(await tiering.get(INSPECTOR, "/usage", customer=made), 200)["total"] == 1
    assert expect(await tiering.get(MANAGER, "/usage", customer=made), 200)["total"] == 0
    theirs = customer_fact(await id_of(tiering, made), 2, customer_code=made, manager_id=MANAGER.staff_id)
    await tiering.hear(theirs)
    assert expect(await tiering.get(MANAGER, "/usage", customer=made), 200)["total"] == 1
    assert expect(await tiering.get(FAR_OFFICER, "/usage", customer=made), 200)["items"] == []


async def test_figures_go_with_the_customer_to_its_new_unit(tiering: ServiceUnderTest) -> None:
    made = await customer(tiering)
    expect(await tiering.post(OFFICER, "/usage", body(figures(made))), 201)
    assert expect(await tiering.get(FAR_OFFICER, "/usage", customer=made), 200)["total"] == 0
    moved = customer_fact(await id_of(tiering, made), 2, kind="changed", org_id="420525", customer_code=made)
    await tiering.hear(moved)
    seen = expect(await tiering.get(FAR_OFFICER, "/usage", customer=made), 200)["items"]
    assert [one["revenue"] for one in seen] == ["10.00"]
    expect(await tiering.post(FAR_OFFICER, "/usage", body(figures(made, "11.00"))), 201)
    versions = await on_record(tiering, made)
    assert [(one["version"], one["current"], one["org_id"]) for one in versions] == [
        (1, False, "420100"),
        (2, True, "420500"),
    ]


async def test_lists_are_paged_without_gaps(tiering: ServiceUnderTest) -> None:
    codes = [await customer(tiering) for _ in range(5)]
    expect(await tiering.post(OFFICER, "/usage", body(*map(figures, codes), month="2024-05")), 201)
    seen, cursor = [], None
    while True:
        params = {"month": "2024-05", "limit": 2, **({"cursor": cursor} if cursor else {})}
        page = expect(await tiering.get(OFFICER, "/usage", **params), 200)
        seen += [one["customer_code"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert sorted(seen) == sorted(codes) and page["total"] == 5
    expect(await tiering.get(OFFICER, "/usage", cursor="bm90"), 422)


async def test_more_rows_than_500_are_refused(tiering: ServiceUnderTest) -> None:
    made = await customer(tiering)
    expect(await tiering.post(OFFICER, "/usage", body(*[figures(made)] * 501)), 422)
