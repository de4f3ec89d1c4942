"""What a review's lines say of each customer (hubei art. 7(3)): fees, rank and class of the year, reasons, in pages."""

from typing import Any

import pytest

from support.corrections import class_of
from support.reviewed import adopted
from support.reviewing import line_of, lines_of, proposed, published
from support.service import PROVINCE, ServiceUnderTest, expect
from support.tiering import owing, planted, signed, used


def rules_of(line: dict[str, Any]) -> set[str]:
    return {reason["rule"] for reason in line["because"]["reasons"]}


async def test_fees_of_the_calendar_year_are_added_up_over_lines_and_months(fresh: ServiceUnderTest) -> None:
    customer = await planted(fresh)
    for month, revenue, line in (
        ("2024-12", "70000.00", "domestic-express"),
        ("2025-01", "299999.98", "domestic-express"),
        ("2025-12", "0.02", "ceremonial"),
        ("2026-01", "500000.00", "domestic-express"),
    ):
        await used(fresh, customer, month, revenue, line)
    line = await line_of(fresh, await proposed(fresh), customer)
    assert (line["revenue"], line["prior_revenue"], line["table_class"]) == ("300000.00", "70000.00", 2)


async def test_only_the_figure_in_force_of_a_corrected_row_counts(fresh: ServiceUnderTest) -> None:
    customer = await planted(fresh)
    await used(fresh, customer, "2025-03", "500000.00")
    await fresh.rows("UPDATE usage SET current = false RETURNING 1")
    await fresh.rows(
        """INSERT INTO usage SELECT customer_id, line, month, 2, true, 9999.99, pieces, weight_kg, org_id, NULL, 'source',
           recorded FROM usage RETURNING 1"""
    )
    line = await line_of(fresh, await proposed(fresh), customer)
    assert (line["revenue"], line["eligible"], line["class"]) == ("9999.99", False, None)


async def test_a_line_shows_the_four_indicators_and_what_arrears_suggest(fresh: ServiceUnderTest) -> None:
    punctual, late, later = [await planted(fresh) for _ in range(3)]
    for customer in (punctual, late, later):
        await used(fresh, customer, "2025-05", "150000.00")
        await used(fresh, customer, "2024-05", "100000.00")
    await fresh.hear(signed(late, settlement_days=45), owing(late, "2025-12-02"), owing(later, "2025-12-01"))
    review = await proposed(fresh)
    assert review["as_of"] == "2026-03-02"
    line = await line_of(fresh, review, late)
    shown = (
        "revenue",
        "settlement_days",
        "overdue_days",
        "growth",
        "table_class",
        "suggested_class",
        "class",
    )
    assert [line[name] for name in shown] == ["150000.00", 45, 90, "0.5000", 3, 3, 3]
    line = await line_of(fresh, review, later)
    assert [line[name] for name in shown] == ["150000.00", None, 91, "0.5000", 3, 4, 4]
    named = {name: value for reason in line["because"]["reasons"] for name, value in reason["inputs"].items()}
    assert (named["yearly_fees"], named["overdue_days"], named["table_class"]) == ("150000.00", 91, 3)
    # What only stands beside the class decides nothing, and is not named as if it did.
    assert not {"revenue", "prior_revenue", "growth", "settlement_days"} & named.keys()
    assert "逾期 91 天" in line["because"]["text"]["zh"]
    assert "hubei.review-adjustment" in rules_of(line)
    assert [one["customer_code"] for one in await lines_of(fresh, review, adjusted="true")] == [later.code]
    assert (await line_of(fresh, review, punctual))["overdue_days"] == 0


async def test_ties_for_fifth_place_all_count_and_the_sixth_does_not(fresh: ServiceUnderTest) -> None:
    customers = [await planted(fresh) for _ in range(7)]
    for customer, revenue in zip(
        customers, ("9000", "8000", "7000", "6000", "5000", "5000", "4999.99"), strict=True
    ):
        await used(fresh, customer, "2025-05", revenue)
    await fresh.hear(*(signed(customer) for customer in customers[1:]))
    review = await proposed(fresh)
    found = [await line_of(fresh, review, customer) for customer in customers]
    assert [line["rank"] for line in found] == [1, 2, 3, 4, 5, 5, 7]
    assert [line["class"] for line in found] == [None, 4, 4, 4, 4, 4, None]
    assert {"hubei.tier-by-rank", "hubei.key-account-ties"} <= rules_of(found[5])


async def test_the_rank_is_that_in_the_customers_own_county_level_bureau(fresh: ServiceUnderTest) -> None:
    for _ in range(5):
        await used(fresh, await planted(fresh, org_id="420106-T02"), "2025-05", "8000.00")
    here = await planted(fresh, org_id="420106-T01")
    there = await planted(fresh, org_id="420525", place_class="county", division="420525")
    at_city = await planted(fresh, org_id="420100-S01")
    for customer in (here, there, at_city):
        await used(fresh, customer, "2025-05", "5000.00")
        await fresh.hear(signed(customer))
    review = await proposed(fresh)
    found = [await line_of(fresh, review, customer) for customer in (here, there, at_city)]
    assert [(line["rank"], line["class"]) for line in found] == [(6, None), (1, 4), (None, None)]


@pytest.mark.parametrize(
    ("agreement", "counts"),
    [
        ({"starts_on": "2025-12-31"}, True),
        ({"starts_on": "2026-01-01"}, False),
        ({"ends_on": "2025-12-31"}, True),
        ({"ends_on": "2025-12-30"}, False),
        ({"kind": "ended", "state": "ended", "at": "2025-12-31T08:00:00+08:00"}, False),
        ({"kind": "ended", "state": "ended", "at": "2026-01-01T00:00:00+08:00"}, True),
    ],
)
async def test_an_agreement_counts_that_is_in_force_when_the_year_ends(
    fresh: ServiceUnderTest, agreement: dict[str, Any], counts: bool
) -> None:
    customer = await planted(fresh)
    await fresh.hear(signed(customer, **agreement))
    assert (await line_of(fresh, await proposed(fresh), customer))["agreement"] == counts


async def test_a_customer_of_the_years_after_is_left_out_unless_it_has_fees_in_the_year(
    fresh: ServiceUnderTest,
) -> None:
    old = await planted(fresh, at="2025-12-31T23:59:59+08:00")
    new = await planted(fresh, at="2026-01-01T00:00:00+08:00")
    known_before = await planted(fresh, at="2026-02-01T09:00:00+08:00", initial_class=4)
    await used(fresh, known_before, "2025-11", "50000.00")
    await planted(fresh, state="closed")
    review = await proposed(fresh)
    codes = {line["customer_code"] for line in await lines_of(fresh, review)}
    assert codes == {old.code, known_before.code}
    assert new.code not in codes
    line = await line_of(fresh, review, known_before)
    assert (line["valid_from"], line["former"]["class"]) == ("2026-02-01", 4)


async def test_the_scheme_is_that_of_the_customers_own_unit(fresh: ServiceUnderTest) -> None:
    await adopted(fresh, {"420500": ["xxx-city-daily"]})
    here = await planted(fresh, org_id="420106")
    there = await planted(fresh, org_id="420506", place_class="prefecture")
    for customer in (here, there):
        await used(fresh, customer, "2025-03", "500000.00")
        await fresh.hear(signed(customer))
    review = await proposed(fresh)
    found = [await line_of(fresh, review, customer) for customer in (here, there)]
    assert [(line["scheme"], line["tier"], line["class"]) for line in found] == [
        ("hubei", "1", 1),
        ("xxx-city-daily", "gold", 2),
    ]
    await published(fresh, review)
    assert (await class_of(fresh, there))["tier"] == "gold"
    assert found[1]["because"]["reasons"][0]["level"] == "420500"


async def test_the_same_inputs_give_the_same_lines(fresh: ServiceUnderTest) -> None:
    for revenue in ("500000.00", "299999.99", "5000.00"):
        await used(fresh, await planted(fresh), "2025-03", revenue)
    first = await proposed(fresh)
    before = await lines_of(fresh, first)
    await fresh.rows("DELETE FROM review_line RETURNING 1")
    await fresh.rows("DELETE FROM review RETURNING 1")
    second = await proposed(fresh)
    assert await lines_of(fresh, second) == before
    assert len(before) == 3


async def test_a_rule_published_meanwhile_changes_nothing_in_an_open_review(fresh: ServiceUnderTest) -> None:
    customer = await planted(fresh)
    await used(fresh, customer, "2025-03", "300000.00")
    review = await proposed(fresh)
    before = await line_of(fresh, review, customer)
    await fresh.rows(
        """INSERT INTO rule_wording (rule, in_force, recorded, wording, version) VALUES ('hubei.tier-thresholds',
           '2025-01-01', now(), $1::jsonb, 1) RETURNING 1""",
        '{"act": "hubei", "article": "7(2)", "assumption": false, "until": null,'
        ' "value": {"any": {"1": 100, "2": 50, "3": 30, "4": 10}}}',
    )
    await fresh.runtime.directory.refresh()
    assert await line_of(fresh, review, customer) == before
    await published(fresh, review)
    assert (await class_of(fresh, customer))["class"] == 2
    assert (await class_of(fresh, customer))["provisional_class"] == 1
    assert (await line_of(fresh, await proposed(fresh), customer))["class"] == 1


async def test_lines_come_in_pages_and_by_unit(fresh: ServiceUnderTest) -> None:
    for org_id in ("420106-T01", "420106-T02", "420525", "420100-S01", "420106"):
        await planted(fresh, org_id=org_id)
    review = await proposed(fresh)
    path = f"/reviews/{review['id']}/lines"
    first = expect(await fresh.get(PROVINCE, path, limit=3), 200)
    rest = expect(await fresh.get(PROVINCE, path, limit=3, cursor=first["next_cursor"]), 200)
    assert (first["total"], len(first["items"]), len(rest["items"]), rest["next_cursor"]) == (5, 3, 2, None)
    assert len({line["customer_id"] for line in first["items"] + rest["items"]}) == 5
    assert len(await lines_of(fresh, review, org_id="420106")) == 3
    expect(await fresh.get(PROVINCE, path, cursor="xx"), 422)
    expect(await fresh.get(PROVINCE, path, colour="red"), 422)
