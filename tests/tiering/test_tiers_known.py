"""The class for any day as it was known at any time: rows, usage and law recorded later change nothing in it."""

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from support.merged import merged_fact
from support.service import FAR_HEAD, HEAD, MORNING, OBSERVER, ServiceUnderTest, expect
from support.tiering import REGISTERED, Planted, planted, used

BEFORE, AFTER = "2026-02-10T12:00:00+08:00", "2026-02-10T12:00:01+08:00"
# The instant that the tests record at lies between both.
RECORDED = datetime.fromisoformat("2026-02-10T12:00:00.500000+08:00")
BOUNDS = {
    place: {"1": "900000", "2": "800000", "3": "700000", "4": "600000"}
    for place in ("wuhan", "prefecture", "county")
}
WORDING = {"act": "hubei", "article": "7(2)", "assumption": False, "until": None, "value": BOUNDS}


async def registered(tiering: ServiceUnderTest, at: str = REGISTERED, **facts: Any) -> Planted:
    """Let tiering hear of a customer at the moment of its registration."""
    tiering.set_clock(at)
    customer = await planted(tiering, at=at, **facts)
    tiering.set_clock(MORNING)
    return customer


async def of(tiering: ServiceUnderTest, customer: Planted, **asked: str) -> dict[str, Any]:
    body: dict[str, Any] = expect(await tiering.get(HEAD, f"/tiers/{customer.code}", **asked), 200)
    return body


async def corrected_class(tiering: ServiceUnderTest, customer: Planted, day: str, cls: int) -> None:
    await tiering.rows(
        """INSERT INTO tier SELECT customer_id, $2, $4, org_id, scheme, $3::smallint::text, $3, $3, 'correction', NULL,
             '{"reasons": [], "text": {"zh": "更正", "en": "corrected"}}', version + 1
           FROM tier WHERE customer_id = $1 ORDER BY version DESC LIMIT 1 RETURNING 1""",
        customer.customer_id,
        date.fromisoformat(day),
        cls,
        RECORDED,
    )


async def test_a_class_recorded_later_is_not_known_earlier(tiering: ServiceUnderTest) -> None:
    customer = await registered(tiering, initial_class=3)
    await corrected_class(tiering, customer, "2025-01-01", 2)
    assert (await of(tiering, customer))["class"] == 2
    asked = {"valid": "2025-06-01"}
    assert (await of(tiering, customer, **asked))["class"] == 2
    known, unknown = (
        await of(tiering, customer, **asked, known=AFTER),
        await of(tiering, customer, **asked, known=BEFORE),
    )
    assert (known["class"], known["basis"], known["because"]["text"]["en"]) == (2, "correction", "corrected")
    assert (unknown["class"], unknown["basis"], unknown["valid_from"]) == (3, "registration", "2024-11-04")
    assert (await of(tiering, customer, known="2024-11-04T08:59:59+08:00"))["class"] is None


async def test_the_history_as_known_ends_with_what_was_recorded_by_then(tiering: ServiceUnderTest) -> None:
    customer = await registered(tiering, initial_class=3)
    await corrected_class(tiering, customer, "2025-01-01", 2)
    for known, classes in ((BEFORE, [3]), (AFTER, [2, 3])):
        body = expect(await tiering.get(HEAD, f"/tiers/{customer.code}/history", known=known), 200)
        assert ([item["class"] for item in body["items"]], body["total"]) == (classes, len(classes))


async def test_the_list_as_known_filters_by_the_class_known_then(fresh: ServiceUnderTest) -> None:
    customer = await registered(fresh, initial_class=3)
    await corrected_class(fresh, customer, "2025-01-01", 2)
    for known, cls in ((BEFORE, 3), (AFTER, 2)):
        for asked in (2, 3):
            body = expect(await fresh.get(OBSERVER, "/tiers", known=known, **{"class": asked}), 200)
            assert [item["class"] for item in body["items"]] == ([cls] if asked == cls else []), (
                known,
                asked,
            )


async def test_a_time_alone_asks_for_its_own_day(tiering: ServiceUnderTest) -> None:
    customer = await registered(tiering, initial_class=3, at="2026-02-10T09:00:00+08:00")
    assert (await of(tiering, customer, known="2026-02-09T23:59:59+08:00"))["class"] is None
    assert (await of(tiering, customer, known="2026-02-10T01:30:00Z"))["class"] == 3


async def test_the_provisional_class_is_of_the_usage_recorded_by_then(tiering: ServiceUnderTest) -> None:
    customer = await planted(tiering, org_id="420525", place_class="county")
    head = {"valid": "2026-02-28"}
    await used(tiering, customer, "2025-08", "100000.00")
    await tiering.rows(
        "UPDATE usage SET recorded = '2025-09-04T10:00:00+08:00' WHERE customer_id = $1 RETURNING 1",
        customer.customer_id,
    )
    await tiering.rows(
        "UPDATE usage SET current = false WHERE customer_id = $1 RETURNING 1", customer.customer_id
    )
    await tiering.rows(
        """INSERT INTO usage SELECT customer_id, line, n.m, n.v, true, n.r, pieces, weight_kg, org_id, NULL, n.reason, $2
           FROM usage, (VALUES (date '2025-08-01', 2, 9999.99, 'source'), ('2026-01-01', 1, 0.02, NULL)) AS n(m, v, r, reason)
           WHERE customer_id = $1 RETURNING 1""",
        customer.customer_id,
        RECORDED,
    )
    from_far = [
        expect(await tiering.get(FAR_HEAD, f"/tiers/{customer.code}", **head, known=known), 200)[
            "provisional"
        ]
        for known in (BEFORE, AFTER)
    ]
    assert [(one["from"], one["to"], one["class"]) for one in from_far] == [
        ("2024-09", "2025-08", 1),
        ("2025-02", "2026-01", 4),
    ]
    fees = [one["because"]["reasons"][0]["inputs"]["yearly_fees"] for one in from_far]
    assert fees == ["100000.00", "10000.01"]
    assert (
        from_far[1]
        == expect(await tiering.get(FAR_HEAD, f"/tiers/{customer.code}", **head), 200)["provisional"]
    )


@pytest.mark.parametrize("as_known", [{}, {"known": AFTER}])
@pytest.mark.parametrize(
    ("day", "last"),
    [
        ("2020-05-31", "2020-02"),
        ("2020-06-01", "2020-05"),
        ("2022-05-31", "2020-05"),
        ("2022-06-01", "2022-05"),
    ],
)
async def test_the_last_month_filed_has_ended_and_is_sought_through_twice_the_period(
    tiering: ServiceUnderTest, day: str, last: str, as_known: dict[str, str]
) -> None:
    customer = await planted(tiering, org_id="420525", place_class="county")
    for month in ("2020-02", "2020-05"):
        await used(tiering, customer, month, "0.01")
    await tiering.rows(
        "UPDATE usage SET recorded = $2 WHERE customer_id = $1 RETURNING 1", customer.customer_id, RECORDED
    )
    body = expect(await tiering.get(FAR_HEAD, f"/tiers/{customer.code}", valid=day, **as_known), 200)
    assert body["provisional"]["to"] == last


async def test_the_provisional_class_is_by_the_law_recorded_by_then(fresh: ServiceUnderTest) -> None:
    customer = await planted(fresh)
    await used(fresh, customer, "2025-12", "500000.00")
    await fresh.rows("UPDATE usage SET recorded = '2026-01-04T10:00:00+08:00' RETURNING 1")
    await fresh.rows(
        """INSERT INTO rule_wording (rule, in_force, recorded, wording, version)
           VALUES ('hubei.tier-thresholds', '2026-01-01', $1, $2::jsonb, 1) RETURNING 1""",
        RECORDED,
        json.dumps(WORDING),
    )
    await fresh.runtime.directory.refresh()
    asked = {"valid": "2026-02-28"}
    before, after = [(await of(fresh, customer, **asked, known=known)) for known in (BEFORE, AFTER)]
    assert (before["provisional_class"], after["provisional_class"]) == (1, None)
    tables = [one["provisional"]["because"]["reasons"][0]["value"]["wuhan"]["1"] for one in (before, after)]
    assert list(map(Decimal, tables)) == [500_000, 900_000]


async def test_the_old_code_of_a_merged_customer_reads_the_survivor_as_known(
    tiering: ServiceUnderTest,
) -> None:
    survivor, merged = await registered(tiering, initial_class=3), await planted(tiering)
    for customer in (survivor, merged):
        await used(tiering, customer, "2025-12", "250000.00")
        await tiering.rows(
            "UPDATE usage SET recorded = $2 WHERE customer_id = $1 RETURNING 1",
            customer.customer_id,
            RECORDED,
        )
    await tiering.hear(
        merged_fact(merged.customer_id, survivor.customer_id, customer_code=merged.code, initial_class=None)
    )
    for known, cls in ((BEFORE, None), (AFTER, 1)):
        body = await of(tiering, merged, known=known)
        assert (body["customer_id"], body["class"]) == (str(survivor.customer_id), 3)
        assert body["provisional_class"] == cls


@pytest.mark.parametrize("path", ["", "/{code}", "/{code}/history"])
async def test_what_will_be_known_in_the_future_cannot_be_asked(tiering: ServiceUnderTest, path: str) -> None:
    customer = await registered(tiering, initial_class=3)
    asked = f"/tiers{path.format(code=customer.code)}"
    expect(await tiering.get(HEAD, asked, known="2026-03-02T08:59:59+08:00"), 200)
    answer = await tiering.get(HEAD, asked, known="2026-03-02T12:00:00+08:00")
    assert (expect(answer, 422)["pointer"], answer.json()["code"]) == ("?known", "invalid-value")
    assert expect(await tiering.get(HEAD, asked, known="2026-03-02T08:00:00"), 422)["pointer"] == "?known"
