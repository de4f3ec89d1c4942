"""A correction that is approved: classes, events and what was known before; the review itself stays as it was."""

import asyncio
import json
from typing import Any

from contracts.tiering import ReviewCorrected, TierChanged
from support.corrections import (
    LATER,
    OTHER_DIRECTOR,
    REASON,
    WUHAN,
    class_of,
    corrected_lines,
    correction_approved,
    correction_proposed,
    filed_late,
    moves,
    review_published,
    reviewed,
    table_corrected,
)
from support.law import REVIEWED_BY, ruled_by
from support.reviewed import posted
from support.service import (
    OFFICER,
    PROVINCE,
    PROVINCE_OFFICER,
    ServiceUnderTest,
    expect,
)
from support.tiering import planted, signed

APPROVAL = "2026-03-25T09:00:00+08:00"


async def bytes_of(tiering: ServiceUnderTest, review: dict[str, Any]) -> tuple[str, bytes]:
    """Give the review's rows as they stand, and its lines as they are answered."""
    rows = await tiering.rows(
        """SELECT (SELECT row_to_json(r)::text FROM review r WHERE r.id = $1::uuid) AS head,
             (SELECT json_agg(l ORDER BY l.customer_id)::text FROM review_line l WHERE l.review_id = $1::uuid) AS lines""",
        review["id"],
    )
    answer = await tiering.get(PROVINCE, f"/reviews/{review['id']}/lines")
    return json.dumps(rows), answer.content


async def state_of(tiering: ServiceUnderTest, correction: dict[str, Any]) -> str:
    return str(expect(await tiering.get(PROVINCE, f"/corrections/{correction['id']}"), 200)["state"])


async def test_an_approved_correction_holds_from_the_day_of_the_review_and_leaves_it_byte_for_byte(
    fresh: ServiceUnderTest,
) -> None:
    up, down, same = [await planted(fresh) for _ in range(3)]
    review = await review_published(
        fresh, {up: {"2025-03": "99999.99"}, down: {"2025-03": "300000"}, same: {"2025-03": "100000"}}
    )
    before = await bytes_of(fresh, review)
    await filed_late(fresh, up, nov="0.01")
    await filed_late(fresh, down, mar="299999.99")
    await filed_late(fresh, same, mar="100000.01")
    correction = await correction_proposed(fresh, review)
    assert (correction["customers"], correction["changed"]) == (3, 2)
    assert await bytes_of(fresh, review) == before
    fresh.set_clock(APPROVAL)
    done = await correction_approved(fresh, correction)
    assert (done["state"], done["decided_by"]) == ("approved", str(PROVINCE.staff_id))
    assert await bytes_of(fresh, review) == before
    shown = expect(await fresh.get(PROVINCE, f"/reviews/{review['id']}"), 200)
    assert [(one["id"], one["state"], one["changed"]) for one in shown["corrections"]] == [
        (correction["id"], "approved", 2)
    ]
    now = await class_of(fresh, up, valid="2026-01-01")
    assert (now["class"], now["basis"], now["valid_from"], now["review_id"]) == (
        3, "correction", "2026-01-01", review["id"],
    )  # fmt: skip
    assert now["correction_id"] == correction["id"]
    assert now["because"] == (await corrected_lines(fresh, correction))[up.code]["after"]["because"]
    assert (await class_of(fresh, down))["class"] == 3
    assert (await class_of(fresh, same))["basis"] == "review"


async def test_every_changed_class_is_told_once_with_its_reasons_and_the_correction_itself(
    fresh: ServiceUnderTest,
) -> None:
    up, same = await planted(fresh, initial_class=4), await planted(fresh)
    review = await review_published(fresh, {up: {"2025-03": "99999.99"}, same: {"2025-03": "100000"}})
    quiet = len(await fresh.events(f"tier:{same.customer_id}"))
    await filed_late(fresh, up, nov="0.01")
    await filed_late(fresh, same, nov="0.01")
    correction = await correction_proposed(fresh, review)
    assert await fresh.events(f"review-correction:{correction['id']}") == []
    await correction_approved(fresh, correction)
    told = await fresh.events(f"tier:{up.customer_id}")
    assert [event["version"] for event in told] == list(range(1, len(told) + 1))
    fact = TierChanged.model_validate(told[-1]["payload"])
    assert (fact.basis, fact.class_, fact.tier, fact.service_class) == ("correction", 3, "3", 3)
    assert fact.former is not None and fact.former.class_ == 4
    assert (str(fact.review_id), fact.valid_from.isoformat()) == (review["id"], "2026-01-01")
    assert fact.because == (await class_of(fresh, up))["because"]
    assert (told[-1]["key"], told[-1]["orgpath"]) == (
        str(up.customer_id),
        "CN.420000.420100.420106.420106-T01",
    )
    assert len(await fresh.events(f"tier:{same.customer_id}")) == quiet
    [whole] = await fresh.events(f"review-correction:{correction['id']}")
    corrected = ReviewCorrected.model_validate(whole["payload"])
    assert (corrected.customers, corrected.changed, corrected.number, corrected.reason) == (2, 1, 1, REASON)
    assert (str(corrected.review_id), corrected.approved_by) == (review["id"], PROVINCE.staff_id)
    assert (whole["version"], whole["key"]) == (1, "420000")


async def test_what_was_known_before_the_approval_stays_known(fresh: ServiceUnderTest) -> None:
    customer = await planted(fresh)
    review = await review_published(fresh, {customer: {"2025-03": "99999.99"}})
    await filed_late(fresh, customer, nov="0.01")
    correction = await correction_proposed(fresh, review)
    fresh.set_clock(APPROVAL)
    await correction_approved(fresh, correction)
    fresh.set_clock("2026-03-26T09:00:00+08:00")
    for known, cls in ((LATER, 4), (APPROVAL, 4), ("2026-03-25T10:00:00+08:00", 3)):
        assert (await class_of(fresh, customer, valid="2026-02-01", known=known))["class"] == cls, known
    history = expect(await fresh.get(PROVINCE, f"/tiers/{customer.code}/history"), 200)["items"]
    assert [(one["basis"], one["class"], one["valid_from"]) for one in history] == [
        ("correction", 3, "2026-01-01"),
        ("review", 4, "2026-01-01"),
    ]
    assert history[0]["recorded"] > history[1]["recorded"]


async def test_another_director_of_the_province_approves_and_nobody_else(fresh: ServiceUnderTest) -> None:
    customer = await planted(fresh)
    review = await review_published(fresh, {customer: {"2025-03": "99999.99"}})
    await filed_late(fresh, customer, nov="0.01")
    correction = await correction_proposed(fresh, review, by=PROVINCE)
    path = f"/corrections/{correction['id']}/approve"
    refused = expect(await fresh.post(PROVINCE, path), 403)
    assert (refused["code"], ruled_by(refused)) == ("own-correction", REVIEWED_BY)
    expect(await fresh.post(PROVINCE_OFFICER, path), 403)
    expect(await fresh.post(OFFICER, path), 403)
    assert (await class_of(fresh, customer))["class"] == 4
    await correction_approved(fresh, correction, by=OTHER_DIRECTOR)
    assert expect(await fresh.post(OTHER_DIRECTOR, path), 409)["code"] == "correction-not-open"


async def test_a_dry_run_that_is_out_of_date_is_refused_and_made_again(fresh: ServiceUnderTest) -> None:
    customer, other = await planted(fresh), await planted(fresh)
    review = await review_published(
        fresh, {customer: {"2025-03": "99999.99"}, other: {"2025-03": "99999.99"}}
    )
    await filed_late(fresh, customer, nov="0.01")
    stale = await correction_proposed(fresh, review)
    path = f"/corrections/{stale['id']}"
    await filed_late(fresh, other, nov="0.01")
    refused = expect(await fresh.post(PROVINCE, f"{path}/approve"), 409)
    assert (refused["code"], refused["differing"]) == ("correction-out-of-date", 1)
    assert (await class_of(fresh, customer))["class"] == 4
    again = await fresh.post(PROVINCE_OFFICER, f"/reviews/{review['id']}/corrections", {"reason": REASON})
    refused = expect(again, 409)
    assert (refused["code"], refused["correction_id"]) == ("correction-open", stale["id"])
    done = expect(await fresh.post(PROVINCE_OFFICER, f"{path}/dismiss", {"reason": "数据又有补报"}), 200)
    assert (done["state"], done["dismissed_because"]) == ("dismissed", "数据又有补报")
    assert expect(await fresh.post(PROVINCE, f"{path}/approve"), 409)["code"] == "correction-not-open"
    second = await correction_proposed(fresh, review)
    assert (second["number"], second["customers"]) == (2, 2)
    await correction_approved(fresh, second)
    assert [(await class_of(fresh, one))["class"] for one in (customer, other)] == [3, 3]


async def test_a_table_corrected_after_the_dry_run_makes_it_out_of_date(fresh: ServiceUnderTest) -> None:
    customer, other = await planted(fresh), await planted(fresh)
    review = await review_published(fresh, {customer: {"2025-03": "5"}, other: {"2025-03": "110000"}})
    await filed_late(fresh, customer, nov="10000")
    correction = await correction_proposed(fresh, review)
    await table_corrected(fresh, {**WUHAN, "3": 120_000})
    refused = expect(await fresh.post(PROVINCE, f"/corrections/{correction['id']}/approve"), 409)
    # One more customer moves, and the first one's reasons cite another wording.
    assert (refused["code"], refused["differing"]) == ("correction-out-of-date", 2)


async def test_of_two_approvals_and_a_dismissal_at_once_one_takes_place(fresh: ServiceUnderTest) -> None:
    customer = await planted(fresh)
    review = await review_published(fresh, {customer: {"2025-03": "99999.99"}})
    await filed_late(fresh, customer, nov="0.01")
    correction = await correction_proposed(fresh, review)
    path = f"/corrections/{correction['id']}"
    answers = await asyncio.gather(
        *(fresh.post(who, f"{path}/approve") for who in (PROVINCE, OTHER_DIRECTOR, PROVINCE, OTHER_DIRECTOR))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    rows = await fresh.rows("SELECT FROM tier WHERE basis = 'correction'")
    assert len(rows) == 1
    assert [event["payload"]["basis"] for event in await fresh.events(f"tier:{customer.customer_id}")] == [
        "review", "correction",
    ]  # fmt: skip


async def test_a_second_correction_begins_where_the_first_one_left_off(fresh: ServiceUnderTest) -> None:
    customer, other = await planted(fresh), await planted(fresh)
    review = await review_published(
        fresh, {customer: {"2025-03": "99999.99"}, other: {"2025-03": "99999.99"}}
    )
    await filed_late(fresh, customer, nov="0.01")
    await correction_approved(fresh, await correction_proposed(fresh, review))
    path = f"/reviews/{review['id']}/corrections"
    assert (
        expect(await fresh.post(PROVINCE_OFFICER, path, {"reason": REASON}), 409)["code"]
        == "review-up-to-date"
    )
    await filed_late(fresh, customer, dec="200000")
    second = await correction_proposed(fresh, review)
    lines = await corrected_lines(fresh, second)
    assert list(lines) == [customer.code] and moves(lines, [customer]) == [(3, 2)]
    before = lines[customer.code]["before"]["because"]["reasons"][0]["inputs"]
    assert before["yearly_fees"] == "100000.00"
    await correction_approved(fresh, second)
    history = expect(await fresh.get(PROVINCE, f"/tiers/{customer.code}/history"), 200)["items"]
    assert [one["class"] for one in history] == [2, 3, 4]
    listed = expect(await fresh.get(PROVINCE, path, state="approved"), 200)
    assert [one["number"] for one in listed["items"]] == [2, 1]


async def test_only_the_last_published_review_is_corrected(fresh: ServiceUnderTest) -> None:
    customer = await planted(fresh)
    await posted(fresh, {customer.code: {"2024-03": "10000", "2025-03": "10000"}})
    open_review = expect(await fresh.post(PROVINCE_OFFICER, "/reviews", {"year": 2024}), 201)
    path = f"/reviews/{open_review['id']}/corrections"
    refused = expect(await fresh.post(PROVINCE_OFFICER, path, {"reason": REASON}), 409)
    assert (refused["code"], refused["state"]) == ("review-not-correctable", "proposed")
    expect(await fresh.post(PROVINCE, f"/reviews/{open_review['id']}/publish"), 200)
    await posted(fresh, {customer.code: {"2024-04": "1"}})
    waiting = await correction_proposed(fresh, open_review)
    await reviewed(fresh, 2025)
    refused = expect(await fresh.post(PROVINCE, f"/corrections/{waiting['id']}/approve"), 409)
    assert (refused["code"], refused["published"]) == ("review-not-correctable", 2025)
    assert await state_of(fresh, waiting) == "proposed"


async def test_a_review_proposed_meanwhile_tells_changes_from_the_corrected_class(
    fresh: ServiceUnderTest,
) -> None:
    customer = await planted(fresh)
    await posted(fresh, {customer.code: {"2024-03": "99999.99", "2025-03": "100000"}})
    review = await reviewed(fresh, 2024)
    # Class 4 by 2024, 3 by 2025: a change; by what is filed late it was class 3 already.
    following = expect(await fresh.post(PROVINCE_OFFICER, "/reviews", {"year": 2025}), 201)
    assert following["changed"] == 1
    await posted(fresh, {customer.code: {"2024-11": "0.01"}})
    await correction_approved(fresh, await correction_proposed(fresh, review))
    shown = expect(await fresh.get(PROVINCE, f"/reviews/{following['id']}"), 200)
    line = expect(await fresh.get(PROVINCE, f"/reviews/{following['id']}/lines/{customer.code}"), 200)
    assert (shown["changed"], line["changed"], line["former"]["class"]) == (0, False, 3)
    expect(await fresh.post(OTHER_DIRECTOR, f"/reviews/{following['id']}/publish"), 200)
    told = await fresh.events(f"tier:{customer.customer_id}")
    assert [(event["payload"]["basis"], event["payload"]["class"]) for event in told] == [
        ("review", 4), ("correction", 3),
    ]  # fmt: skip


async def test_a_neighbour_lifted_out_of_the_first_five_loses_its_class(fresh: ServiceUnderTest) -> None:
    customers = [await planted(fresh) for _ in range(6)]
    fees = ("9000", "8000", "7000", "6000", "5000", "4000")
    await fresh.hear(*(signed(customer) for customer in customers))
    review = await review_published(
        fresh, {one: {"2025-05": amount} for one, amount in zip(customers, fees, strict=True)}
    )
    await filed_late(fresh, customers[5], may="5000.01")
    await correction_approved(fresh, await correction_proposed(fresh, review))
    assert [(await class_of(fresh, one))["class"] for one in customers] == [4, 4, 4, 4, None, 4]
    told = (await fresh.events(f"tier:{customers[4].customer_id}"))[-1]
    assert (told["payload"]["class"], told["payload"]["former"]["class"]) == (None, 4)
