"""A review is published in one act, by another than its proposer: classes from 1 January, and each change told once."""

import asyncio

from contracts.tiering import TierChanged
from support.corrections import OTHER_DIRECTOR, class_of
from support.facts import assignment_fact
from support.law import REVIEWED_BY, ruled_by
from support.reviewed import adopted
from support.reviewing import line_of, lines_of, proposed, published
from support.service import DIRECTOR, PROVINCE, PROVINCE_OFFICER, ServiceUnderTest, expect, orgpath
from support.tiering import planted, signed, used


async def test_publishing_makes_classes_of_the_first_of_january_and_tells_only_changes(
    fresh: ServiceUnderTest,
) -> None:
    up = await planted(fresh, initial_class=4)
    same = await planted(fresh, initial_class=3)
    none = await planted(fresh)
    gone = await planted(fresh, initial_class=2)
    await used(fresh, up, "2025-03", "500000.00")
    await used(fresh, same, "2025-03", "100000.00")
    review = await proposed(fresh)
    assert (review["customers"], review["changed"]) == (4, 2)
    assert len(await lines_of(fresh, review, changed="true")) == 2
    assert [line["customer_code"] for line in await lines_of(fresh, review, **{"class": 1})] == [up.code]
    done = await published(fresh, review)
    assert (done["state"], done["published_by"]) == ("published", str(PROVINCE.staff_id))
    told = await fresh.events(f"tier:{up.customer_id}")
    fact = TierChanged.model_validate(told[1]["payload"])
    assert [event["version"] for event in told] == [1, 2]
    assert (fact.class_, fact.tier, fact.scheme, fact.basis) == (1, "1", "hubei", "review")
    assert fact.former is not None
    assert (fact.former.class_, str(fact.review_id), fact.valid_from.isoformat()) == (
        4,
        review["id"],
        "2026-01-01",
    )
    assert fact.because == (await line_of(fresh, review, up))["because"]
    assert (told[1]["key"], told[1]["orgpath"]) == (str(up.customer_id), "CN.420000.420100.420106.420106-T01")
    assert len(await fresh.events(f"tier:{same.customer_id}")) == 1
    assert await fresh.events(f"tier:{none.customer_id}") == []
    assert (await fresh.events(f"tier:{gone.customer_id}"))[-1]["payload"]["class"] is None
    (whole,) = await fresh.events(f"review:{review['id']}")
    assert (whole["payload"]["customers"], whole["payload"]["changed"]) == (4, 2)
    assert (await class_of(fresh, up, valid="2025-12-31"))["class"] == 4
    assert (await class_of(fresh, up, valid="2026-01-01"))["class"] == 1
    confirmed = await class_of(fresh, same)
    assert (confirmed["class"], confirmed["basis"], confirmed["valid_from"]) == (3, "review", "2026-01-01")
    assert confirmed["because"]["reasons"]


async def test_the_proposer_does_not_publish_and_only_a_director_of_the_province_does(
    fresh: ServiceUnderTest,
) -> None:
    review = await proposed(fresh, by=OTHER_DIRECTOR)
    path = f"/reviews/{review['id']}/publish"
    refused = expect(await fresh.post(OTHER_DIRECTOR, path), 403)
    assert (refused["code"], ruled_by(refused)) == ("own-review", REVIEWED_BY)
    expect(await fresh.post(PROVINCE_OFFICER, path), 403)
    expect(await fresh.post(DIRECTOR, path), 404)
    assert await fresh.rows("SELECT 1 FROM tier") == []
    expect(await fresh.post(PROVINCE, path), 200)
    assert expect(await fresh.post(PROVINCE, path), 409)["code"] == "review-not-open"


async def test_of_two_publications_at_once_one_counts(fresh: ServiceUnderTest) -> None:
    customer = await planted(fresh, initial_class=4)
    await used(fresh, customer, "2025-03", "500000.00")
    review = await proposed(fresh)
    answers = await asyncio.gather(
        *(fresh.post(PROVINCE, f"/reviews/{review['id']}/publish") for _ in range(3))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    assert [event["version"] for event in await fresh.events(f"tier:{customer.customer_id}")] == [1, 2]


async def test_a_second_review_of_a_year_supersedes_the_first_and_tells_what_differs(
    fresh: ServiceUnderTest,
) -> None:
    customer = await planted(fresh, initial_class=4)
    await used(fresh, customer, "2025-03", "100000.00")
    first = await proposed(fresh)
    await published(fresh, first)
    await used(fresh, customer, "2025-04", "200000.00")
    second = await proposed(fresh)
    line = await line_of(fresh, second, customer)
    assert (line["former"]["class"], line["class"]) == (3, 2)
    await published(fresh, second)
    listed = expect(await fresh.get(PROVINCE, "/reviews", year=2025), 200)
    assert [(one["id"], one["state"]) for one in listed["items"]] == [
        (second["id"], "published"),
        (first["id"], "superseded"),
    ]
    assert listed["items"][1]["superseded_by"] == second["id"]
    assert [event["version"] for event in await fresh.events(f"tier:{customer.customer_id}")] == [1, 2, 3]
    assert (await class_of(fresh, customer))["class"] == 2
    history = expect(await fresh.get(PROVINCE, f"/tiers/{customer.code}/history"), 200)
    assert [item["class"] for item in history["items"]] == [2, 3, 4]
    assert all(item["because"] for item in history["items"][:2])


async def test_the_class_of_a_customer_that_moved_meanwhile_is_told_to_its_present_unit(
    fresh: ServiceUnderTest,
) -> None:
    customer = await planted(fresh)
    await used(fresh, customer, "2025-03", "300000.00")
    review = await proposed(fresh)
    await fresh.hear(assignment_fact(customer.customer_id, "420525"))
    await published(fresh, review)
    [told] = await fresh.events(f"tier:{customer.customer_id}")
    assert (told["orgpath"], told["payload"]["org_id"]) == (orgpath("420525"), "420525")


async def test_a_change_of_scheme_alone_is_told(fresh: ServiceUnderTest) -> None:
    customer = await planted(fresh, org_id="420506", place_class="prefecture", initial_class=2)
    await adopted(fresh, {"420500": ["xxx-city-daily"]})
    await used(fresh, customer, "2025-03", "500000.00")
    await fresh.hear(signed(customer))
    await published(fresh, await proposed(fresh))
    events = await fresh.events(f"tier:{customer.customer_id}")
    told = events[-1]["payload"]
    assert (len(events), told["scheme"], told["tier"], told["class"]) == (2, "xxx-city-daily", "gold", 2)
    assert (told["former"]["scheme"], told["former"]["tier"]) == ("hubei", "2")


async def test_more_changes_than_a_portion_are_all_told_once(fresh: ServiceUnderTest) -> None:
    fresh.app.state.settings.review_portion_lines = 2
    customers = [await planted(fresh, initial_class=4) for _ in range(5)]
    for customer in customers:
        await used(fresh, customer, "2025-03", "500000.00")
    await published(fresh, await proposed(fresh))
    for customer in customers:
        assert [event["version"] for event in await fresh.events(f"tier:{customer.customer_id}")] == [1, 2]
