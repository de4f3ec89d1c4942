"""Which customers count, and by which event one came or went."""

import pytest

from chassis.ids import uuid7
from scoring.model.facts import Accounts, Count, Standing
from scoring.policies import accounts
from support.scoring import item, standing


def of(now: Standing, before: Standing | None) -> Accounts:
    return Accounts({now.customer_id: now}, {} if before is None else {before.customer_id: before})


@pytest.mark.parametrize(
    ("differing", "counts"),
    [
        ({}, True),
        ({"class_": None}, False),
        ({"registered": False}, False),
        ({"ours": False}, False),
    ],
)
def test_a_key_account_is_registered_with_the_bureau_and_has_a_class(
    differing: dict[str, object], counts: bool
) -> None:
    assert standing(**differing).counted is counts


@pytest.mark.parametrize(("class_", "counts"), [(1, True), (2, True), (3, False), (4, False), (None, False)])
def test_class_2_and_up_are_classes_1_and_2(class_: int | None, counts: bool) -> None:
    assert accounts.of_class_and_up(item("class-2-and-up").item)(standing(class_=class_)) is counts


def test_members_of_a_group_are_counted_together() -> None:
    group = uuid7()
    found = Count.of([standing(), standing(group_id=group), standing(group_id=group)])
    assert (found.single, found.groups, found.total(1)) == (1, 1, 2)


def test_a_newly_registered_customer_rests_on_its_registration() -> None:
    now = standing(class_event=uuid7(), unit_event=uuid7())
    assert accounts.numbers(of(now, None), accounts.counted).events == (now.fact_event,)


def test_a_customer_that_moved_rests_on_its_assignment() -> None:
    now = standing(unit_event=uuid7())
    before = standing(now.customer_id, ours=False)
    assert accounts.numbers(of(now, before), accounts.counted).events == (now.unit_event,)


def test_a_customer_that_lost_its_class_rests_on_the_event_that_took_it() -> None:
    now = standing(class_=None, class_event=uuid7())
    before = standing(now.customer_id)
    found = accounts.numbers(of(now, before), accounts.counted)
    assert (found.now.total(1), found.before.total(1), found.events) == (0, 1, (now.class_event,))


def test_a_customer_that_counts_as_before_is_no_event_of_the_growth() -> None:
    now = standing()
    assert accounts.numbers(of(now, standing(now.customer_id)), accounts.counted).events == ()
