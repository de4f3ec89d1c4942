"""What the desk hears of others: customers, who serves them, and their classes."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from chassis import aliases
from chassis.bus import Handler
from chassis.shadow import Projection
from chassis.transaction import Transaction
from chassis.vault import Vault
from contracts.envelope import Event
from contracts.registry import AssignmentChanged, CustomerChanged, CustomerRegistered
from contracts.tiering import TierChanged
from service_desk.handlers.steps import link_customers
from service_desk.repository.complaints import Complaints
from service_desk.repository.customers import Customers


async def keep_registered(tx: Transaction, events: Sequence[Event]) -> None:
    """Take over customers that got their code."""
    await Customers(tx).hear_facts(
        [(event, CustomerRegistered.model_validate(event.data)) for event in events]
    )


async def keep_changed(tx: Transaction, events: Sequence[Event]) -> None:
    """Take over the facts of customers."""
    await Customers(tx).hear_facts([(event, CustomerChanged.model_validate(event.data)) for event in events])


async def keep_assignments(tx: Transaction, events: Sequence[Event]) -> None:
    """Take over who serves which customer."""
    await Customers(tx).hear_assignments(
        [(event, AssignmentChanged.model_validate(event.data)) for event in events]
    )


async def keep_classes(tx: Transaction, events: Sequence[Event]) -> None:
    """Take over the classes that customers are served by."""
    await Customers(tx).hear_classes([(event, TierChanged.model_validate(event.data)) for event in events])


# What follows from these events alone: how often a row was written is no part of it, and no more are the complaints
# that are linked to a customer.
PROJECTION = Projection(
    ("customer", "customer_phone", aliases.TABLE),
    {
        CustomerRegistered.TYPE: keep_registered,
        CustomerChanged.TYPE: keep_changed,
        **aliases.merging(keep_changed),
        AssignmentChanged.TYPE: keep_assignments,
        TierChanged.TYPE: keep_classes,
    },
    counted={"customer": ("version",)},
)


class Hearing:
    """Handlers of the events that the desk hears."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def handlers(self) -> Mapping[str, Handler]:
        """Give the handler of each event type."""
        return {
            CustomerRegistered.TYPE: self.customers_registered,
            CustomerChanged.TYPE: self.customers_changed,
            **aliases.merging(self.customers_changed),
            AssignmentChanged.TYPE: self.assignments_changed,
            TierChanged.TYPE: keep_classes,
        }

    async def customers_registered(self, tx: Transaction, events: Sequence[Event]) -> None:
        """Take over customers that got their code; complaints that named them are linked."""
        await keep_registered(tx, events)
        await self._link(tx, events)

    async def customers_changed(self, tx: Transaction, events: Sequence[Event]) -> None:
        """Take over the facts of customers; complaints that named them are linked."""
        await keep_changed(tx, events)
        await self._link(tx, events)

    async def assignments_changed(self, tx: Transaction, events: Sequence[Event]) -> None:
        """Take over who serves which customer; complaints that named them are linked."""
        await keep_assignments(tx, events)
        await self._link(tx, events)

    async def _link(self, tx: Transaction, events: Sequence[Event]) -> None:
        customers = [UUID(event.data["customer_id"]) for event in events]
        complaints = Complaints(tx, self._vault)
        await link_customers(await Customers(tx).placed(customers), complaints)
