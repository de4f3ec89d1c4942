"""Wipe and replay: whatever the order and the batches, the same events give the same bytes."""

import random
from collections.abc import Iterator
from uuid import UUID

import pytest

from chassis.ids import uuid7
from contracts.envelope import Event
from support.facts import assignment_fact, customer_fact
from support.instance import Databases
from support.scoring import (
    bytes_of,
    corrected_fact,
    form_fact,
    morning_of,
    report_fact,
    symposium_fact,
    tier_fact,
    usage_fact,
    visit_fact,
)
from support.service import running_service

UNITS = ("420106", "420106-T01", "420106-T02", "420100-S01", "420506", "420525")
PERIODS = ("2025Q4", "2026Q1", "2026Q2")
MONTHS = ("2025-04", "2025-05", "2025-06", "2025-12", "2026-04", "2026-05", "2026-06")


def a_customer(chance: random.Random) -> tuple[UUID, list[Event]]:
    """Give a customer with the events of two years: registered, filed, moved, rated, visited, perhaps closed."""
    customer_id, unit = uuid7(), chance.choice(UNITS)
    registered = f"{chance.choice((2024, 2025, 2026))}-0{chance.randint(1, 5)}-15"
    facts = {"org_id": unit, "initial_class": chance.choice((None, 2, 3, 4))}
    filed = {"completeness": {}, "filed_on": "2026-05-01", "filed_with_province_on": None}
    events = [
        customer_fact(customer_id, 1, at=morning_of(registered), **facts),
        customer_fact(customer_id, 2, kind="changed", at=morning_of("2026-05-01"), file=filed, **facts),
        tier_fact(customer_id, chance.choice((1, 2, 3)), "2025-01-01", 1, at=morning_of(registered)),
        tier_fact(customer_id, chance.choice((None, 1, 2, 4)), "2026-01-01", 2, at=morning_of("2026-01-10")),
    ]
    if chance.random() < 0.4:
        events.append(assignment_fact(customer_id, chance.choice(UNITS), valid_from="2026-04-01"))
    if chance.random() < 0.2:
        gone = {**facts, "state": "closed"}
        events.append(customer_fact(customer_id, 3, kind="changed", at=morning_of("2026-06-20"), **gone))
    if chance.random() < 0.6:
        visit_id = uuid7()
        events += [
            visit_fact(
                customer_id, "2026-05-20", visit_id=visit_id, version=1, level="county", org_id="420106"
            ),
            visit_fact(
                customer_id,
                "2026-05-20",
                visit_id=visit_id,
                version=2,
                level="county",
                org_id="420106",
                state=chance.choice(("done", "cancelled")),
            ),
        ]
    return customer_id, events


def a_history(seed: int) -> list[Event]:
    """Give the events of a small province."""
    chance = random.Random(seed)
    events: list[Event] = []
    customers = []
    for _ in range(40):
        customer_id, own = a_customer(chance)
        customers.append(customer_id)
        events += own
    for month in MONTHS:
        for unit in ("420106", "420525"):
            paying = chance.sample(customers, 25)
            events.append(
                usage_fact(month, [(one, f"{chance.randint(1, 9999)}.50", 1) for one in paying], unit)
            )
            events.append(
                corrected_fact(
                    month,
                    [(paying[0], "77.00", 2), (paying[1], "88.00", 2)],
                    chance.choice(("late", "source", "inaccuracy")),
                    org_id=unit,
                )
            )
            events.append(
                form_fact(month, chance.choice(("loaded", "missing")), unit, late=chance.random() < 0.5)
            )
        analysed = chance.sample(customers, 30)
        events.append(report_fact(month, analysed, chance.choice(("monthly-analysis", "kpi-report"))))
    return [*events, symposium_fact("2026-05-05"), symposium_fact("2025-11-05", "420500")]


def batches(events: list[Event], chance: random.Random) -> Iterator[list[Event]]:
    """Cut events into batches of any size."""
    rest = list(events)
    while rest:
        size = chance.randint(1, 60)
        yield rest[:size]
        rest = rest[size:]


async def scores_after(
    databases: Databases, events: list[Event], chance: random.Random
) -> list[dict[str, bytes]]:
    """Give the bytes of all scores that an empty database has after these events."""
    async with running_service("scoring", databases("scoring")) as scoring:
        for batch in batches(events, chance):
            await scoring.hear(*batch)
            if chance.random() < 0.3:
                await scoring.hear(*batch)
        over = [await bytes_of(scoring, period) for period in PERIODS]
        return [*over, await bytes_of(scoring, "2026Q2", over=False)]


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_replayed_in_any_order_and_in_any_batches_every_score_has_the_same_bytes(
    seed: int, scoring_databases: Databases
) -> None:
    events = a_history(seed)
    first = await scores_after(scoring_databases, events, random.Random(seed))
    for turn in range(3):
        chance = random.Random(f"{seed} {turn}")
        shuffled = chance.sample(events, len(events))
        assert await scores_after(scoring_databases, shuffled, chance) == first


async def test_one_event_more_changes_the_bytes(scoring_databases: Databases) -> None:
    events = a_history(4)
    first = await scores_after(scoring_databases, events, random.Random(1))
    more = [*events, symposium_fact("2026-06-06", "420500")]
    assert await scores_after(scoring_databases, more, random.Random(1)) != first
