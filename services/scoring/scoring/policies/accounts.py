"""Which customers count, which came or went, and by which event; what is missing of their care."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from regulations.provisions import Provision
from regulations.topics.registration import FileReporting
from regulations.topics.scores import ScoreItem
from scoring.model.facts import Accounts, Count, Counting, Files, Numbers, Standing
from scoring.policies.groundwork import filed
from scoring.ports import Paying


def counted(one: Standing) -> bool:
    """Say whether a customer is a key account of the bureau."""
    return one.counted


def of_class_and_up(item: ScoreItem) -> Counting:
    """Give the condition of an item whose code names the class from which up it counts: `class-2-and-up`."""
    lowest = next(int(word) for word in item.code.split("-") if word.isdecimal())
    return lambda one: one.counted and one.class_ is not None and one.class_ <= lowest


def paying(standings: Mapping[UUID, Standing], counts: Counting) -> Paying:
    """Give whose revenue counts for the bureau: its customers, and of others' those that would count if they were its own."""
    return Paying(
        [customer_id for customer_id, one in standings.items() if counts(one)],
        [
            customer_id
            for customer_id, one in standings.items()
            if not one.ours and counts(replace(one, ours=True))
        ],
    )


def numbers(accounts: Accounts, counts: Counting) -> Numbers:
    """Count customers now and a year before, with the events by which the difference came about."""
    changed = [
        _turned_by(one, accounts.before.get(customer_id))
        for customer_id, one in accounts.now.items()
        if counts(one) != (customer_id in accounts.before and counts(accounts.before[customer_id]))
    ]
    return Numbers(_count(accounts.now, counts), _count(accounts.before, counts), tuple(changed))


def files(reporting: Provision[FileReporting], accounts: Sequence[Standing]) -> Files:
    """Give the key accounts whose file is not with the city, or not with the province where it has to be."""
    states = [(one.fact_event, *filed(reporting, one)) for one in accounts]
    return Files(
        len(accounts),
        tuple(event for event, with_city, _ in states if not with_city),
        tuple(event for event, _, with_province in states if not with_province),
    )


def _count(standings: Mapping[UUID, Standing], counts: Counting) -> Count:
    return Count.of([one for one in standings.values() if counts(one)])


def _turned_by(now: Standing, before: Standing | None) -> UUID:
    """Give the event by which a customer came to count or ceased to: it moved, its state changed, or its class."""
    if before is not None and now.ours != before.ours:
        return now.unit_event or now.fact_event
    if before is None or now.registered != before.registered:
        return now.fact_event
    return now.because_of
