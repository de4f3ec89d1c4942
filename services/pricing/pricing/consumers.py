"""What pricing hears of others: customers, who serves them, their classes."""

from collections.abc import Mapping, Sequence

from chassis import aliases
from chassis.bus import Handler
from chassis.shadow import Projection
from chassis.transaction import Transaction
from contracts.envelope import Event
from contracts.registry import AssignmentChanged, CustomerChanged, CustomerRegistered
from contracts.tiering import TierChanged
from pricing.repository.customers import Heard


async def customers_registered(tx: Transaction, events: Sequence[Event]) -> None:
    """Take over customers that got their code."""
    await Heard(tx).facts([(event, CustomerRegistered.model_validate(event.data)) for event in events])


async def customers_changed(tx: Transaction, events: Sequence[Event]) -> None:
    """Take over the facts of customers."""
    await Heard(tx).facts([(event, CustomerChanged.model_validate(event.data)) for event in events])


async def assignments_changed(tx: Transaction, events: Sequence[Event]) -> None:
    """Take over who serves which customer."""
    await Heard(tx).assignments([(event, AssignmentChanged.model_validate(event.data)) for event in events])


async def tiers_changed(tx: Transaction, events: Sequence[Event]) -> None:
    """Take over classes with the day from which they hold."""
    await Heard(tx).classes([(event, TierChanged.model_validate(event.data)) for event in events])


HANDLERS: Mapping[str, Handler] = {
    CustomerRegistered.TYPE: customers_registered,
    CustomerChanged.TYPE: customers_changed,
    **aliases.merging(customers_changed),
    AssignmentChanged.TYPE: assignments_changed,
    TierChanged.TYPE: tiers_changed,
}
PROJECTION = Projection(("customer", "customer_support", "customer_class", aliases.TABLE), HANDLERS)
