"""A line of a review is overridden with a reason, to a class of its scheme, by somebody without a stake in it."""

from typing import Any

from support.corrections import OTHER_DIRECTOR
from support.law import REVIEWED_BY, ruled_by
from support.reviewed import adopted
from support.reviewing import proposed, published
from support.service import PROVINCE, PROVINCE_OFFICER, Person, ServiceUnderTest, expect
from support.tiering import Planted, planted, used


async def overridden(
    tiering: ServiceUnderTest,
    review: dict[str, Any],
    customer: Planted,
    cls: int | None,
    by: Person = PROVINCE,
) -> Any:
    body = {"class": cls, "reason": "潜力大"}
    return await tiering.post(by, f"/reviews/{review['id']}/lines/{customer.code}", body)


async def test_an_override_has_its_reason_in_line_event_and_explanation(fresh: ServiceUnderTest) -> None:
    customer = await planted(fresh, initial_class=4)
    await used(fresh, customer, "2025-03", "100000.00")
    review = await proposed(fresh)
    line = expect(await overridden(fresh, review, customer, 2), 200)
    assert (line["table_class"], line["class"], line["tier"]) == (3, 2, "2")
    assert (line["override"]["reason"], line["override"]["by"]) == ("潜力大", str(PROVINCE.staff_id))
    assert "潜力大" in line["because"]["text"]["zh"]
    assert expect(await overridden(fresh, review, customer, 2), 409)["code"] == "line-unchanged"
    expect(await overridden(fresh, review, customer, None, PROVINCE_OFFICER), 200)
    expect(await overridden(fresh, review, customer, 4), 200)
    head = expect(await fresh.get(PROVINCE, f"/reviews/{review['id']}"), 200)
    assert (head["overridden"], head["changed"]) == (1, 0)
    expect(await overridden(fresh, review, customer, 1), 200)
    path = f"/reviews/{review['id']}/publish"
    refused = expect(await fresh.post(PROVINCE, path), 403)
    assert (refused["code"], ruled_by(refused)) == ("own-override", REVIEWED_BY)
    await published(fresh, review, OTHER_DIRECTOR)
    event = (await fresh.events(f"tier:{customer.customer_id}"))[-1]["payload"]
    assert event["class"] == 1
    assert "潜力大" in event["because"]["text"]["zh"]
    assert expect(await overridden(fresh, review, customer, 3), 409)["code"] == "review-not-open"


async def test_an_override_is_a_class_of_the_scheme_with_a_reason_for_a_customer_of_the_review(
    fresh: ServiceUnderTest,
) -> None:
    await adopted(fresh, {"420500": ["xxx-city-daily"]})
    customer = await planted(fresh, org_id="420506", place_class="prefecture")
    review = await proposed(fresh)
    refused = expect(await overridden(fresh, review, customer, 4), 422)
    assert (refused["code"], refused["known"]) == ("no-such-tier", [1, 2, 3])
    assert expect(await overridden(fresh, review, customer, 2), 200)["tier"] == "gold"
    path = f"/reviews/{review['id']}/lines/{customer.code}"
    expect(await fresh.post(PROVINCE, path, {"class": 3, "reason": " "}), 422)
    expect(await fresh.post(PROVINCE, path, {"class": 0, "reason": "x"}), 422)
    expect(await fresh.post(PROVINCE, path, {"class": 7, "reason": "x"}), 422)
    expect(await fresh.post(PROVINCE, path, {"reason": "x"}), 422)
    expect(
        await fresh.post(
            PROVINCE, f"/reviews/{review['id']}/lines/42010099999999", {"class": 3, "reason": "x"}
        ),
        404,
    )


async def test_nobody_overrides_for_a_customer_they_manage(fresh: ServiceUnderTest) -> None:
    customer = await planted(fresh, manager_id=str(PROVINCE.staff_id))
    review = await proposed(fresh)
    assert expect(await overridden(fresh, review, customer, 4), 403)["code"] == "own-customer"
    expect(await overridden(fresh, review, customer, 4, PROVINCE_OFFICER), 200)
