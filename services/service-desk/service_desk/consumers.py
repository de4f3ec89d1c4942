"""What the desk hears of others: customers, who serves them, and their classes."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from chassis.bus import Handler
from chassis.transaction import Transaction
from chassis.vault import Vault
from contracts.envelope import Event
from contracts.registry import AssignmentChanged, CustomerChanged, CustomerRegistered
from contracts.tiering import TierChanged
from service_desk.handlers.steps import link_customers
from service_desk.repository.complaints import Complaints
from service_desk.repository.customers import Customers


class Hearing:
    """Handlers of the events that the desk hears."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def handlers(self) -> Mapping[str, Handler]:
        """Give the handler of each event type."""
        return {
            CustomerRegistered.TYPE: self.customers_registered,
            CustomerChanged.TYPE: self.customers_changed,
            AssignmentChanged.TYPE: self.assignments_changed,
            TierChanged.TYPE: self.tiers_changed,
        }

    async def customers_registered(self, tx: Transaction, events: Sequence[Event]) -> None:
        """Take over customers that got their code; complaints that named them are linked."""
        facts = [(event, CustomerRegistered.model_validate(event.data)) for event in events]
        await Customers(tx).hear_facts(facts)
        await self._link(tx, [fact.customer_id for _, fact in facts])

    async def customers_changed(self, tx: Transaction, events: Sequence[Event]) -> None:
        """Take over the facts of customers; complaints that named them are linked."""
        facts = [(event, CustomerChanged.model_validate(event.data)) for event in events]
        await Customers(tx).hear_facts(facts)
        await self._link(tx, [fact.customer_id for _, fact in facts])

    async def assignments_changed(self, tx: Transaction, events: Sequence[Event]) -> None:
        """Take over who serves which customer."""
        facts = [(event, AssignmentChanged.model_validate(event.data)) for event in events]
        await Customers(tx).hear_assignments(facts)
        await self._link(tx, [fact.customer_id for _, fact in facts])

    async def tiers_changed(self, tx: Transaction, events: Sequence[Event]) -> None:
        """Take over the classes that customers are served by."""
        await Customers(tx).hear_classes(
            [(event, TierChanged.model_validate(event.data)) for event in events]
        )

    async def _link(self, tx: Transaction, customers: Sequence[UUID]) -> None:
        complaints = Complaints(tx, self._vault)
        await link_customers(await Customers(tx).placed(customers), complaints)
