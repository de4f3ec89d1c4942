"""A published review tried again over figures and law as they are now: whom it touches, before, after and why."""

from typing import Any

import pytest

from support.corrections import (
    REASON,
    WUHAN,
    class_of,
    corrected_lines,
    correction_approved,
    correction_proposed,
    filed_late,
    moves,
    review_published,
    table_corrected,
)
from support.facts import customer_fact
from support.merged import merged_fact
from support.service import PROVINCE, PROVINCE_OFFICER, ServiceUnderTest, expect
from support.tiering import owing, planted, signed

# The review that another province published for the same year, with a line of the customer.
REVIEWED_ELSEWHERE = """
WITH elsewhere AS (SELECT uuidv7() AS id),
head AS (
  INSERT INTO review SELECT (jsonb_populate_record(r, jsonb_build_object('id', e.id, 'org_id', '430000'))).*
  FROM review r, elsewhere e WHERE r.id = $1::text::uuid)
INSERT INTO review_line SELECT (jsonb_populate_record(l, jsonb_build_object('review_id', e.id, 'customer_id', $2::uuid))).*
FROM review_line l, elsewhere e WHERE l.review_id = $1::text::uuid RETURNING 1
"""


def figure(line: dict[str, Any], name: str) -> tuple[Any, Any]:
    [found] = [one for one in line["why"] if one.get("figure") == name]
    return found["from"], found["to"]


async def test_a_late_month_changes_the_class_of_its_customer_alone(fresh: ServiceUnderTest) -> None:
    touched, other = await planted(fresh), await planted(fresh)
    review = await review_published(fresh, {touched: {"2025-03": "99999.99"}, other: {"2025-03": "99999.99"}})
    await filed_late(fresh, touched, nov="0.01")
    correction = await correction_proposed(fresh, review)
    assert (correction["customers"], correction["changed"], correction["state"]) == (1, 1, "proposed")
    assert (correction["number"], correction["reason"], correction["wordings"]) == (1, REASON, [])
    lines = await corrected_lines(fresh, correction)
    # Wuhan: class 3 from 100,000 yuan a year.
    assert list(lines) == [touched.code] and moves(lines, [touched]) == [(4, 3)]
    line = lines[touched.code]
    assert figure(line, "yearly_fees") == ("99999.99", "100000.00")
    assert figure(line, "month_fees") == ("0.00", "0.01")
    assert [one["month"] for one in line["why"] if one.get("figure") == "month_fees"] == ["2025-11"]
    assert "99999.99 → 100000.00" in line["text"]["zh"] and "99999.99 → 100000.00" in line["text"]["en"]
    told = [line[side]["because"]["reasons"][0]["inputs"]["yearly_fees"] for side in ("before", "after")]
    assert told == ["99999.99", "100000.00"]
    assert (await class_of(fresh, touched))["class"] == 4


async def test_a_correction_that_moves_no_class_is_shown_all_the_same(fresh: ServiceUnderTest) -> None:
    customer = await planted(fresh)
    review = await review_published(fresh, {customer: {"2025-03": "100000.00"}})
    await filed_late(fresh, customer, mar="100000.01")
    correction = await correction_proposed(fresh, review)
    assert (correction["customers"], correction["changed"]) == (1, 0)
    lines = await corrected_lines(fresh, correction)
    assert moves(lines, [customer]) == [(3, 3)] and lines[customer.code]["moved"] is False


async def test_a_month_moved_into_another_is_a_change_though_the_year_adds_up_alike(
    fresh: ServiceUnderTest,
) -> None:
    customer = await planted(fresh)
    review = await review_published(fresh, {customer: {"2025-03": "6000.00", "2025-04": "5000.00"}})
    await filed_late(fresh, customer, mar="5000.00", apr="6000.00")
    lines = await corrected_lines(fresh, await correction_proposed(fresh, review))
    changed = [(one["month"], one["from"], one["to"]) for one in lines[customer.code]["why"]]
    assert changed == [("2025-03", "6000.00", "5000.00"), ("2025-04", "5000.00", "6000.00")]


async def test_a_corrected_table_moves_exactly_those_between_the_old_and_the_new_bound(
    fresh: ServiceUnderTest,
) -> None:
    # The bound of class 3 in Wuhan, 100,000 yuan, was to be 120,000.
    fees = ("99999.99", "100000.00", "100000.01", "119999.99", "120000.00", "300000.00")
    customers = [await planted(fresh) for _ in fees]
    elsewhere = await planted(fresh, org_id="420506", division="420506", place_class="prefecture")
    months = {one: {"2025-03": amount} for one, amount in zip(customers, fees, strict=True)}
    review = await review_published(fresh, {**months, elsewhere: {"2025-03": "100000.00"}})
    await table_corrected(fresh, {**WUHAN, "3": 120_000})
    correction = await correction_proposed(fresh, review)
    lines = await corrected_lines(fresh, correction)
    assert set(lines) == {one.code for one in customers[1:4]}
    assert moves(lines, customers) == [(3, 4)] * 3
    [wording] = correction["wordings"]
    assert (wording["rule"], wording["act"], wording["article"]) == ("hubei.tier-thresholds", "hubei", "7(2)")
    assert [wording[side]["value"]["wuhan"]["3"] for side in ("from", "to")] == ["100000", "120000"]
    assert lines[customers[1].code]["why"] == [wording]
    told = [lines[customers[1].code][side]["because"]["reasons"][0]["value"] for side in ("before", "after")]
    assert [str(one["wuhan"]["3"]) for one in told] == ["100000", "120000"]


@pytest.mark.parametrize(("in_force", "moved"), [("2026-01-01", True), ("2026-01-02", False)])
async def test_only_a_wording_in_force_on_the_day_of_the_review_corrects_it(
    fresh: ServiceUnderTest, in_force: str, moved: bool
) -> None:
    customer = await planted(fresh)
    review = await review_published(fresh, {customer: {"2025-03": "110000.00"}})
    await table_corrected(fresh, {**WUHAN, "3": 120_000}, in_force=in_force)
    answer = await fresh.post(PROVINCE_OFFICER, f"/reviews/{review['id']}/corrections", {"reason": REASON})
    if moved:
        lines = await corrected_lines(fresh, expect(answer, 201))
        assert moves(lines, [customer]) == [(3, 4)]
    else:
        assert expect(answer, 409)["code"] == "review-up-to-date"


async def test_a_correction_lifts_a_neighbour_out_of_the_first_five(fresh: ServiceUnderTest) -> None:
    customers = [await planted(fresh) for _ in range(7)]
    fees = ("9000", "8000", "7000", "6000", "5000", "4000", "3000")
    await fresh.hear(*(signed(customer) for customer in customers))
    review = await review_published(
        fresh, {one: {"2025-05": amount} for one, amount in zip(customers, fees, strict=True)}
    )
    # Hubei art. 3: with an agreement, within the first five of the bureau. The sixth overtakes the fifth.
    await filed_late(fresh, customers[5], may="5000.01")
    correction = await correction_proposed(fresh, review)
    lines = await corrected_lines(fresh, correction)
    assert set(lines) == {customers[4].code, customers[5].code}
    assert moves(lines, customers) == [(4, None), (None, 4)]
    for filters, place in (({"class": "none"}, 4), ({"former_class": "none"}, 5), ({"class": 4}, 5)):
        assert list(await corrected_lines(fresh, correction, **filters)) == [customers[place].code]
    neighbour = lines[customers[4].code]
    assert neighbour["why"] == [{"what": "figure", "figure": "rank_in_bureau", "from": 5, "to": 6}]
    assert figure(lines[customers[5].code], "rank_in_bureau") == (6, 5)
    assert neighbour["rank"] == 6 and neighbour["eligible"] is False


async def test_neighbours_whose_rank_moves_without_deciding_anything_have_no_line(
    fresh: ServiceUnderTest,
) -> None:
    first, second = await planted(fresh), await planted(fresh)
    review = await review_published(fresh, {first: {"2025-03": "20000"}, second: {"2025-03": "19999"}})
    await filed_late(fresh, second, apr="2")
    assert list(await corrected_lines(fresh, await correction_proposed(fresh, review))) == [second.code]


async def test_an_agreement_heard_of_late_counts_as_if_it_had_been_known(fresh: ServiceUnderTest) -> None:
    customer = await planted(fresh)
    review = await review_published(fresh, {customer: {"2025-03": "5000"}})
    await fresh.hear(signed(customer, starts_on="2025-12-31"))
    line = (await corrected_lines(fresh, await correction_proposed(fresh, review)))[customer.code]
    assert (line["before"]["class"], line["after"]["class"]) == (None, 4)
    assert figure(line, "agreement") == (False, True)


async def test_what_a_customer_became_after_the_review_is_no_correction_of_it(
    fresh: ServiceUnderTest,
) -> None:
    customer = await planted(fresh)
    review = await review_published(fresh, {customer: {"2025-03": "50000"}})
    facts = {"importance": "important", "importance_level": "province", "place_class": "county"}
    await fresh.hear(
        customer_fact(customer.customer_id, 2, kind="changed", customer_code=customer.code,
                      org_id="420106-T02", **facts),
        owing(customer, "2025-01-01"),
    )  # fmt: skip
    path = f"/reviews/{review['id']}/corrections"
    assert (
        expect(await fresh.post(PROVINCE_OFFICER, path, {"reason": REASON}), 409)["code"]
        == "review-up-to-date"
    )
    await filed_late(fresh, customer, apr="1.00")
    line = (await corrected_lines(fresh, await correction_proposed(fresh, review)))[customer.code]
    assert (line["after"]["class"], line["overdue_days"], line["org_id"]) == (4, 0, "420106-T01")


async def test_a_merge_gives_the_survivor_the_figures_of_both(fresh: ServiceUnderTest) -> None:
    survivor, merged, other = [await planted(fresh) for _ in range(3)]
    review = await review_published(
        fresh, {one: {"2025-03": "60000.00"} for one in (survivor, merged, other)}
    )
    await fresh.hear(
        merged_fact(merged.customer_id, survivor.customer_id, customer_code=merged.code, initial_class=None)
    )
    stale = expect(await fresh.get(PROVINCE, f"/reviews/{review['id']}/stale"), 200)
    assert [(one["customer_code"], one["merged"]) for one in stale["items"]] == [(survivor.code, True)]
    correction = await correction_proposed(fresh, review)
    lines = await corrected_lines(fresh, correction)
    assert list(lines) == [survivor.code] and moves(lines, [survivor]) == [(4, 3)]
    assert lines[survivor.code]["why"][0] == {"what": "merged", "customers": [merged.code]}
    assert figure(lines[survivor.code], "yearly_fees") == ("60000.00", "120000.00")
    await correction_approved(fresh, correction)
    assert (await class_of(fresh, merged))["class"] == 3
    # What is corrected once is not corrected again, nor listed as waiting for it.
    assert expect(await fresh.get(PROVINCE, f"/reviews/{review['id']}"), 200)["stale"] == 0
    again = await fresh.post(PROVINCE_OFFICER, f"/reviews/{review['id']}/corrections", {"reason": REASON})
    assert expect(again, 409)["code"] == "review-up-to-date"


async def test_a_customer_left_out_for_want_of_fees_joins_by_what_is_filed_late(
    fresh: ServiceUnderTest,
) -> None:
    new = await planted(fresh, at="2026-02-01T09:00:00+08:00", initial_class=4)
    later = await planted(fresh, at="2026-03-02T23:00:00+08:00", initial_class=4)
    review = await review_published(fresh, {await planted(fresh): {"2025-03": "10000"}})
    after = await planted(fresh, at="2026-03-03T00:00:00+08:00", initial_class=4)
    for one in (new, later, after):
        await filed_late(fresh, one, nov="100000")
    correction = await correction_proposed(fresh, review)
    lines = await corrected_lines(fresh, correction)
    assert set(lines) == {new.code, later.code}
    line = lines[new.code]
    assert (line["before"]["class"], line["after"]["class"], line["valid_from"]) == (4, 3, "2026-02-01")
    assert line["why"] == [{"what": "joined"}] and line["before"]["because"] is None
    await correction_approved(fresh, correction)
    assert (await class_of(fresh, new, valid="2026-02-01"))["class"] == 3
    assert (await class_of(fresh, after))["class"] == 4


async def test_a_customer_that_another_province_reviewed_for_the_year_does_not_join(
    fresh: ServiceUnderTest,
) -> None:
    moved, new = [await planted(fresh, at="2026-02-01T09:00:00+08:00") for _ in range(2)]
    review = await review_published(fresh, {await planted(fresh): {"2025-03": "10000"}})
    await fresh.rows(REVIEWED_ELSEWHERE, review["id"], moved.customer_id)
    for one in (moved, new):
        await filed_late(fresh, one, nov="100000")
    assert set(await corrected_lines(fresh, await correction_proposed(fresh, review))) == {new.code}
