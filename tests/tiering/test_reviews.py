"""The yearly review (hubei art. 7(3)): proposed in one run, overridden with reasons, published in one act."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from contracts.tiering import TierChanged
from support.instance import Databases
from support.service import (
    DIRECTOR,
    HEAD,
    INSPECTOR,
    OBSERVER,
    OFFICER,
    PROVINCE,
    PROVINCE_OFFICER,
    Person,
    ServiceUnderTest,
    assignment_fact,
    expect,
    orgpath,
    running_service,
)
from support.tiering import Planted, owing, planted, signed, used

OTHER_DIRECTOR = Person("420000", "center-director", "陈主任")
SINCE = "2009-01-01"


@pytest_asyncio.fixture
async def fresh(tiering_databases: Databases) -> AsyncIterator[ServiceUnderTest]:
    """Tiering on a database of its own: a province is reviewed as a whole."""
    async with running_service("tiering", tiering_databases("tiering")) as running:
        yield running


async def proposed(
    tiering: ServiceUnderTest, year: int = 2025, by: Person = PROVINCE_OFFICER
) -> dict[str, Any]:
    return dict(expect(await tiering.post(by, "/reviews", {"year": year}), 201))


async def lines_of(tiering: ServiceUnderTest, review: dict[str, Any], **filters: Any) -> list[dict[str, Any]]:
    answer = await tiering.get(PROVINCE, f"/reviews/{review['id']}/lines", **filters)
    return list(expect(answer, 200)["items"])


async def line_of(tiering: ServiceUnderTest, review: dict[str, Any], customer: Planted) -> dict[str, Any]:
    answer = await tiering.get(PROVINCE, f"/reviews/{review['id']}/lines/{customer.code}")
    return dict(expect(answer, 200))


async def overridden(
    tiering: ServiceUnderTest,
    review: dict[str, Any],
    customer: Planted,
    cls: int | None,
    by: Person = PROVINCE,
) -> Any:
    body = {"class": cls, "reason": "潜力大"}
    return await tiering.post(by, f"/reviews/{review['id']}/lines/{customer.code}", body)


async def published(
    tiering: ServiceUnderTest, review: dict[str, Any], by: Person = PROVINCE
) -> dict[str, Any]:
    return dict(expect(await tiering.post(by, f"/reviews/{review['id']}/publish"), 200))


async def class_now(tiering: ServiceUnderTest, customer: Planted, **on: str) -> dict[str, Any]:
    return dict(expect(await tiering.get(PROVINCE, f"/tiers/{customer.code}", **on), 200))


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
    assert (await class_now(fresh, up, valid="2025-12-31"))["class"] == 4
    assert (await class_now(fresh, up, valid="2026-01-01"))["class"] == 1
    confirmed = await class_now(fresh, same)
    assert (confirmed["class"], confirmed["basis"], confirmed["valid_from"]) == (3, "review", "2026-01-01")
    assert confirmed["because"]["reasons"]


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
    assert expect(await fresh.post(PROVINCE, path), 403)["code"] == "own-override"
    await published(fresh, review, OTHER_DIRECTOR)
    event = (await fresh.events(f"tier:{customer.customer_id}"))[-1]["payload"]
    assert event["class"] == 1
    assert "潜力大" in event["because"]["text"]["zh"]
    assert expect(await overridden(fresh, review, customer, 3), 409)["code"] == "review-not-open"


async def test_an_override_is_a_class_of_the_scheme_with_a_reason_for_a_customer_of_the_review(
    fresh: ServiceUnderTest,
) -> None:
    await adopt(fresh, "420500", "xxx-city-daily")
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


async def test_the_proposer_does_not_publish_and_only_a_director_of_the_province_does(
    fresh: ServiceUnderTest,
) -> None:
    review = await proposed(fresh, by=OTHER_DIRECTOR)
    path = f"/reviews/{review['id']}/publish"
    assert expect(await fresh.post(OTHER_DIRECTOR, path), 403)["code"] == "own-review"
    expect(await fresh.post(PROVINCE_OFFICER, path), 403)
    expect(await fresh.post(DIRECTOR, path), 404)
    assert await fresh.rows("SELECT 1 FROM tier") == []
    expect(await fresh.post(PROVINCE, path), 200)
    assert expect(await fresh.post(PROVINCE, path), 409)["code"] == "review-not-open"


@pytest.mark.parametrize("person", [OFFICER, DIRECTOR])
async def test_a_city_does_not_propose_and_is_told_by_which_rule(
    fresh: ServiceUnderTest, person: Person
) -> None:
    refused = expect(await fresh.post(person, "/reviews", {"year": 2025}), 403)
    assert refused["because"]["reasons"][0]["rule"] == "hubei.review-procedure"
    assert await fresh.rows("SELECT 1 FROM review") == []


@pytest.mark.parametrize("person", [HEAD, INSPECTOR, OBSERVER])
async def test_who_is_no_center_proposes_nothing(fresh: ServiceUnderTest, person: Person) -> None:
    expect(await fresh.post(person, "/reviews", {"year": 2025}), 403)


async def test_a_year_is_reviewed_when_it_is_over(fresh: ServiceUnderTest) -> None:
    assert (
        expect(await fresh.post(PROVINCE_OFFICER, "/reviews", {"year": 2026}), 422)["code"] == "year-not-over"
    )
    fresh.set_clock("2026-12-31T23:59:00+08:00")
    expect(await fresh.post(PROVINCE_OFFICER, "/reviews", {"year": 2026}), 422)
    fresh.set_clock("2027-01-01T00:00:01+08:00")
    assert (await proposed(fresh, 2026))["valid_from"] == "2027-01-01"


async def test_while_a_review_is_open_no_other_is_proposed(fresh: ServiceUnderTest) -> None:
    review = await proposed(fresh)
    refused = expect(await fresh.post(PROVINCE_OFFICER, "/reviews", {"year": 2024}), 409)
    assert (refused["code"], refused["review_id"]) == ("review-open", review["id"])


async def test_of_two_proposals_at_once_one_is_made(fresh: ServiceUnderTest) -> None:
    answers = await asyncio.gather(
        *(fresh.post(PROVINCE_OFFICER, "/reviews", {"year": 2025}) for _ in range(4))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


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
    assert (await class_now(fresh, customer))["class"] == 2
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


async def test_a_year_before_a_published_one_is_no_longer_reviewed(fresh: ServiceUnderTest) -> None:
    await published(fresh, await proposed(fresh))
    refused = expect(await fresh.post(PROVINCE_OFFICER, "/reviews", {"year": 2024}), 409)
    assert (refused["code"], refused["published"]) == ("later-review-published", 2025)


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
    assert (await class_now(fresh, customer))["class"] == 2
    assert (await class_now(fresh, customer))["provisional_class"] == 1
    assert (await line_of(fresh, await proposed(fresh), customer))["class"] == 1


async def test_the_scheme_is_that_of_the_customers_own_unit(fresh: ServiceUnderTest) -> None:
    await adopt(fresh, "420500", "xxx-city-daily")
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
    assert (await class_now(fresh, there))["tier"] == "gold"
    assert found[1]["because"]["reasons"][0]["level"] == "420500"


async def test_a_change_of_scheme_alone_is_told(fresh: ServiceUnderTest) -> None:
    customer = await planted(fresh, org_id="420506", place_class="prefecture", initial_class=2)
    await adopt(fresh, "420500", "xxx-city-daily")
    await used(fresh, customer, "2025-03", "500000.00")
    await fresh.hear(signed(customer))
    await published(fresh, await proposed(fresh))
    events = await fresh.events(f"tier:{customer.customer_id}")
    told = events[-1]["payload"]
    assert (len(events), told["scheme"], told["tier"], told["class"]) == (2, "xxx-city-daily", "gold", 2)
    assert (told["former"]["scheme"], told["former"]["tier"]) == ("hubei", "2")


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


async def test_reviews_are_read_by_the_provinces_center_and_its_inspectors(fresh: ServiceUnderTest) -> None:
    review = await proposed(fresh)
    for person, status in (
        (INSPECTOR, 200),
        (PROVINCE_OFFICER, 200),
        (OFFICER, 404),
        (HEAD, 403),
        (OBSERVER, 403),
    ):
        for path in (f"/reviews/{review['id']}", f"/reviews/{review['id']}/lines"):
            expect(await fresh.get(person, path), status)


async def adopt(tiering: ServiceUnderTest, org_id: str, pack: str) -> None:
    """Let an organisation adopt a pack, as the directory hears it."""
    await tiering.rows(
        """UPDATE organisation SET version = version + 1, adoptions = jsonb_build_array(jsonb_build_object(
             'pack', $2::text, 'topics', NULL, 'from', $3::text, 'until', NULL)) WHERE org_id = $1 RETURNING 1""",
        org_id,
        pack,
        SINCE,
    )
    await tiering.runtime.directory.refresh()


async def test_more_changes_than_a_portion_are_all_told_once(fresh: ServiceUnderTest) -> None:
    fresh.app.state.settings.review_portion_lines = 2
    customers = [await planted(fresh, initial_class=4) for _ in range(5)]
    for customer in customers:
        await used(fresh, customer, "2025-03", "500000.00")
    await published(fresh, await proposed(fresh))
    for customer in customers:
        assert [event["version"] for event in await fresh.events(f"tier:{customer.customer_id}")] == [1, 2]
