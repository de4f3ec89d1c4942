"""Customers, agreements and arrears as others tell of them: in any order, once or twice."""

from typing import Any
from uuid import UUID

from chassis.ids import uuid7
from contracts.subscriptions import DIRECTORY, SUBSCRIPTIONS
from support.facts import assignment_fact, customer_fact
from support.service import ServiceUnderTest
from support.tiering import Planted, a_code, owing, planted, signed
from tiering.consumers.hearing import Hearing


async def row(tiering: ServiceUnderTest, customer_id: UUID) -> dict[str, Any]:
    (found,) = await tiering.rows("SELECT * FROM customer WHERE customer_id = $1", customer_id)
    return found


def test_tiering_hears_what_its_subscription_says(tiering: ServiceUnderTest) -> None:
    subscription = SUBSCRIPTIONS["tiering"]
    handled = set(Hearing(tiering.runtime.directory).handlers())
    assert subscription.types == handled | DIRECTORY


async def test_an_older_fact_that_comes_later_changes_nothing(tiering: ServiceUnderTest) -> None:
    customer_id = uuid7()
    await tiering.hear(customer_fact(customer_id, 3, kind="changed", name="新名", place_class="county"))
    await tiering.hear(customer_fact(customer_id, 2, kind="changed", name="旧名", place_class="wuhan"))
    known = await row(tiering, customer_id)
    assert (known["name"], known["place_class"], known["registry_version"]) == ("新名", "county", 3)


async def test_the_day_of_registration_is_kept_in_whatever_order_it_is_heard(
    tiering: ServiceUnderTest,
) -> None:
    early, late = uuid7(), uuid7()
    for customer_id, order in ((early, (0, 1)), (late, (1, 0))):
        facts = (
            customer_fact(customer_id, 1, at="2025-12-31T23:30:00+08:00", customer_code=a_code()),
            customer_fact(customer_id, 2, kind="changed", name="新名", customer_code=a_code()),
        )
        for place in order:
            await tiering.hear(facts[place])
        known = await row(tiering, customer_id)
        assert (known["registered_on"].isoformat(), known["name"]) == ("2025-12-31", "新名")


async def test_facts_of_one_batch_count_by_their_versions(tiering: ServiceUnderTest) -> None:
    customer_id = uuid7()
    await tiering.hear(
        customer_fact(customer_id, 3, kind="changed", importance_level="city"),
        customer_fact(customer_id, 1, importance_level=None),
        customer_fact(customer_id, 2, kind="changed", importance_level="county"),
    )
    assert (await row(tiering, customer_id))["importance_level"] == "city"


async def test_an_assignment_of_a_customer_not_heard_of_makes_its_row(tiering: ServiceUnderTest) -> None:
    customer_id, manager = uuid7(), uuid7()
    await tiering.hear(assignment_fact(customer_id, "420506", manager_id=manager))
    known = await row(tiering, customer_id)
    assert (known["responsible_org_id"], known["manager_id"], known["state"]) == (
        "420506",
        manager,
        "prospect",
    )


async def test_who_serves_a_customer_is_what_was_told_last_by_either_event(tiering: ServiceUnderTest) -> None:
    customer_id = uuid7()
    before = customer_fact(customer_id, 1, org_id="420106")
    moved = assignment_fact(customer_id, "420506")
    after = customer_fact(customer_id, 2, kind="changed", org_id="420525")
    await tiering.hear(moved)
    await tiering.hear(before)
    assert (await row(tiering, customer_id))["responsible_org_id"] == "420506"
    await tiering.hear(after)
    await tiering.hear(moved)
    assert (await row(tiering, customer_id))["responsible_org_id"] == "420525"


async def test_classes_are_seen_where_the_customer_has_moved_to(tiering: ServiceUnderTest) -> None:
    customer = await planted(tiering, initial_class=2)
    await tiering.hear(assignment_fact(customer.customer_id, "420525"))
    (found,) = await tiering.rows("SELECT org_id FROM tier WHERE customer_id = $1", customer.customer_id)
    assert found["org_id"] == "420525"


async def test_of_an_agreement_the_newest_version_counts(tiering: ServiceUnderTest) -> None:
    customer, agreement_id = Planted(), uuid7()
    newer = signed(customer, 2, agreement_id=agreement_id, settlement_days=60)
    older = signed(customer, 1, agreement_id=agreement_id, settlement_days=30)
    await tiering.hear(newer)
    await tiering.hear(older)
    (known,) = await tiering.rows("SELECT * FROM agreement WHERE agreement_id = $1", agreement_id)
    assert (known["settlement_days"], known["ended_on"]) == (60, None)


async def test_an_agreement_that_ended_before_its_signing_is_heard_stays_ended(
    tiering: ServiceUnderTest,
) -> None:
    customer, agreement_id = Planted(), uuid7()
    ended = signed(
        customer, 2, agreement_id=agreement_id, kind="ended", state="ended", at="2026-02-01T00:00:00+08:00"
    )
    await tiering.hear(ended)
    await tiering.hear(signed(customer, 1, agreement_id=agreement_id))
    (known,) = await tiering.rows("SELECT * FROM agreement WHERE agreement_id = $1", agreement_id)
    assert (known["state"], known["ended_on"].isoformat()) == ("ended", "2026-02-01")


async def test_arrears_are_those_told_last_and_none_where_all_is_settled(tiering: ServiceUnderTest) -> None:
    customer = Planted()
    await tiering.hear(owing(customer, None, 2))
    await tiering.hear(owing(customer, "2025-12-01", 1))
    (known,) = await tiering.rows("SELECT * FROM arrears WHERE customer_id = $1", customer.customer_id)
    assert known["oldest_due_on"] is None
