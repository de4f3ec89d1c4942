"""Customers as the registry tells of them: in any order, once or twice."""

from uuid import UUID

from chassis.ids import uuid7
from contracts.envelope import Event
from contracts.service_desk import ComplaintLinked
from support.facts import assignment_fact, customer_fact, fact
from support.service import Person, ServiceUnderTest

AGENT = Person("420100", "hotline-agent")


async def row(desk: ServiceUnderTest, customer_id: object) -> dict[str, object]:
    (found,) = await desk.rows("SELECT * FROM customer WHERE customer_id = $1", customer_id)
    return dict(found)


def tier_event(customer_id: UUID, version: int, service_class: int | None) -> Event:
    """Give what tiering tells of a customer's class."""
    return fact(
        "tiering.tier.changed.v1",
        f"tier:{customer_id}",
        version,
        {
            "customer_id": customer_id,
            "org_id": "420106",
            "scheme": "hubei",
            "tier": str(service_class),
            "class": service_class,
            "service_class": service_class,
            "former": None,
            "basis": "review",
            "valid_from": "2026-01-01",
            "review_id": None,
            "because": None,
        },
    )


async def class_served(desk: ServiceUnderTest, customer_id: UUID) -> object:
    (found,) = await desk.rows(
        "SELECT class_of(c) AS class FROM customer c WHERE customer_id = $1", customer_id
    )
    return found["class"]


async def test_an_older_fact_that_comes_later_changes_nothing(desk: ServiceUnderTest) -> None:
    customer_id = uuid7()
    older = customer_fact(customer_id, 1, name="旧名", phone_keys=["old"])
    newer = customer_fact(customer_id, 2, kind="changed", name="新名", phone_keys=["new"])
    await desk.hear(newer)
    await desk.hear(older)
    assert (await row(desk, customer_id))["name"] == "新名"
    keys = await desk.rows("SELECT phone_key FROM customer_phone WHERE customer_id = $1", customer_id)
    assert [key["phone_key"] for key in keys] == ["new"]


async def test_of_several_facts_in_one_batch_the_newest_counts_and_phones_that_went_are_gone(
    desk: ServiceUnderTest,
) -> None:
    customer_id = uuid7()
    await desk.hear(customer_fact(customer_id, 1, phone_keys=["a", "b"]))
    await desk.hear(
        customer_fact(customer_id, 2, kind="changed", phone_keys=["b", "c"]),
        customer_fact(customer_id, 3, kind="changed", phone_keys=["c", "d"]),
    )
    keys = await desk.rows(
        "SELECT phone_key FROM customer_phone WHERE customer_id = $1 ORDER BY 1", customer_id
    )
    assert [key["phone_key"] for key in keys] == ["c", "d"]
    assert (await row(desk, customer_id))["version"] == 2


async def test_an_assignment_of_a_customer_not_heard_of_makes_its_row(desk: ServiceUnderTest) -> None:
    customer_id, manager = uuid7(), uuid7()
    placed = assignment_fact(customer_id, "420506", manager_id=manager)
    await desk.hear(placed)
    known = await row(desk, customer_id)
    assert (known["responsible_org_id"], known["manager_id"], known["name"]) == ("420506", manager, "")


async def test_who_serves_a_customer_is_what_was_told_last_by_either_event(desk: ServiceUnderTest) -> None:
    customer_id = uuid7()
    before = customer_fact(customer_id, 1, org_id="420106")
    moved = assignment_fact(customer_id, "420506")
    after = customer_fact(customer_id, 2, kind="changed", org_id="420107")
    await desk.hear(moved)
    await desk.hear(before)
    assert (await row(desk, customer_id))["responsible_org_id"] == "420506"
    assert (await row(desk, customer_id))["name"] == "楚天汽配有限公司"
    await desk.hear(after)
    await desk.hear(moved)
    assert (await row(desk, customer_id))["responsible_org_id"] == "420107"


async def test_a_complaint_that_named_a_customer_too_early_is_linked_when_it_is_heard_of(
    desk: ServiceUnderTest,
) -> None:
    body = {
        "channel": "hotline",
        "category": "delay",
        "content": "迟",
        "caller": {"customer_code": "42010000000203"},
    }
    complaint = (await desk.post(AGENT, "/complaints", body)).json()
    assert complaint["customer"] is None
    customer_id = uuid7()
    heard = customer_fact(customer_id, 1, customer_code="42010000000203")
    await desk.hear(heard)
    await desk.hear(heard)
    read = (await desk.get(AGENT, f"/complaints/{complaint['case_no']}")).json()
    assert (read["customer"]["customer_id"], read["version"]) == (str(customer_id), 2)
    events = await desk.events(f"complaint:{complaint['id']}")
    assert [event["version"] for event in events] == [1, 2]
    assert len({event["key"] for event in events}) == 1
    linked = ComplaintLinked.model_validate(events[1]["payload"])
    assert (linked.customer_id, linked.org_id) == (customer_id, "420106-T01")


async def test_the_class_served_is_that_of_the_form_until_tiering_tells_one(desk: ServiceUnderTest) -> None:
    customer_id = uuid7()
    await desk.hear(customer_fact(customer_id, 1, initial_class=3))
    assert await class_served(desk, customer_id) == 3
    await desk.hear(tier_event(customer_id, 1, 2))
    assert await class_served(desk, customer_id) == 2


async def test_no_key_account_any_more_does_not_fall_back_to_the_form(desk: ServiceUnderTest) -> None:
    customer_id = uuid7()
    await desk.hear(customer_fact(customer_id, 1, initial_class=3))
    await desk.hear(tier_event(customer_id, 2, None))
    assert await class_served(desk, customer_id) is None


async def test_an_older_class_that_comes_later_changes_nothing(desk: ServiceUnderTest) -> None:
    customer_id = uuid7()
    await desk.hear(customer_fact(customer_id, 1, initial_class=4))
    await desk.hear(tier_event(customer_id, 3, 1))
    await desk.hear(tier_event(customer_id, 2, 2))
    assert await class_served(desk, customer_id) == 1


async def test_of_several_classes_in_one_batch_the_newest_counts(desk: ServiceUnderTest) -> None:
    customer_id = uuid7()
    await desk.hear(
        tier_event(customer_id, 2, 2), tier_event(customer_id, 3, 1), tier_event(customer_id, 1, 4)
    )
    assert await class_served(desk, customer_id) == 1


async def test_a_class_heard_before_its_customer_stays_when_the_customer_is_heard(
    desk: ServiceUnderTest,
) -> None:
    customer_id = uuid7()
    await desk.hear(tier_event(customer_id, 1, 1))
    await desk.hear(customer_fact(customer_id, 1, initial_class=4))
    assert await class_served(desk, customer_id) == 1
    assert (await row(desk, customer_id))["name"] == "楚天汽配有限公司"
