"""What tiering hears of others: customers and who serves them, agreements and arrears."""

from collections.abc import Mapping, Sequence

from chassis.bus import Handler
from chassis.clock import SHANGHAI
from chassis.directory import Directory
from chassis.transaction import Transaction
from contracts.envelope import Event
from contracts.pricing import AgreementEnded, AgreementSigned, ArrearsChanged
from contracts.registry import AssignmentChanged, CustomerChanged, CustomerRegistered
from tiering.handlers.registrations import begin_classes
from tiering.ports.tiers import Registration
from tiering.repository.customers import Customers
from tiering.repository.tiers import Classes


class Hearing:
    """Handlers of the events that tiering hears."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def handlers(self) -> Mapping[str, Handler]:
        """Give the handler of each event type."""
        return {
            CustomerRegistered.TYPE: self.customers_registered,
            CustomerChanged.TYPE: self.customers_changed,
            AssignmentChanged.TYPE: self.assignments_changed,
            AgreementSigned.TYPE: self.agreements_signed,
            AgreementEnded.TYPE: self.agreements_ended,
            ArrearsChanged.TYPE: self.arrears_changed,
        }

    async def customers_registered(self, tx: Transaction, events: Sequence[Event]) -> None:
        """Take over customers that got their code; each begins with the class of its form."""
        facts = [(event, CustomerRegistered.model_validate(event.data)) for event in events]
        await Customers(tx).hear_facts(facts)
        registrations = [_registration(event, fact) for event, fact in facts]
        await begin_classes(registrations, Classes(tx), self._directory.current)

    async def customers_changed(self, tx: Transaction, events: Sequence[Event]) -> None:
        """Take over the facts of customers."""
        facts = [(event, CustomerChanged.model_validate(event.data)) for event in events]
        await Customers(tx).hear_facts(facts)

    async def assignments_changed(self, tx: Transaction, events: Sequence[Event]) -> None:
        """Take over who serves which customer."""
        facts = [(event, AssignmentChanged.model_validate(event.data)) for event in events]
        await Customers(tx).hear_assignments(facts)

    async def agreements_signed(self, tx: Transaction, events: Sequence[Event]) -> None:
        """Take over agreements in force."""
        await Customers(tx).hear_agreements(
            [(event, AgreementSigned.model_validate(event.data)) for event in events]
        )

    async def agreements_ended(self, tx: Transaction, events: Sequence[Event]) -> None:
        """Take over agreements that are in force no longer."""
        await Customers(tx).hear_agreements(
            [(event, AgreementEnded.model_validate(event.data)) for event in events]
        )

    async def arrears_changed(self, tx: Transaction, events: Sequence[Event]) -> None:
        """Take over since when customers owe."""
        await Customers(tx).hear_arrears(
            [(event, ArrearsChanged.model_validate(event.data)) for event in events]
        )


def _registration(event: Event, fact: CustomerRegistered) -> Registration:
    return Registration(
        event_id=event.id,
        correlation_id=event.correlation_id,
        customer_id=fact.customer_id,
        org_id=fact.responsible.org_id,
        orgpath=fact.responsible.orgpath,
        registered_on=event.time.astimezone(SHANGHAI).date(),
        initial_class=fact.initial_class,
        because=fact.because,
    )
