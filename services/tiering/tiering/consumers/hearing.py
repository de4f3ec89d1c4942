"""What tiering hears of others: customers and who serves them, agreements and arrears."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from chassis import aliases
from chassis.bus import Handler
from chassis.clock import SHANGHAI
from chassis.directory import Directory
from chassis.shadow import Projection
from chassis.transaction import Transaction
from contracts.envelope import Event
from contracts.pricing import AgreementEnded, AgreementSigned, ArrearsChanged
from contracts.registry import AssignmentChanged, CustomerChanged, CustomerRegistered
from tiering.handlers.registrations import begin_classes
from tiering.ports.tiers import Registration
from tiering.repository.customers import Customers
from tiering.repository.tiers import Classes


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


async def keep_signed(tx: Transaction, events: Sequence[Event]) -> None:
    """Take over agreements in force."""
    await Customers(tx).hear_agreements(
        [(event, AgreementSigned.model_validate(event.data)) for event in events]
    )


async def keep_ended(tx: Transaction, events: Sequence[Event]) -> None:
    """Take over agreements that are in force no longer."""
    await Customers(tx).hear_agreements(
        [(event, AgreementEnded.model_validate(event.data)) for event in events]
    )


async def keep_arrears(tx: Transaction, events: Sequence[Event]) -> None:
    """Take over since when customers owe."""
    await Customers(tx).hear_arrears([(event, ArrearsChanged.model_validate(event.data)) for event in events])


# What follows from these events alone: how often a row was written is no part of it, and no more are the classes, which
# tiering itself gives.
PROJECTION = Projection(
    ("customer", "agreement", "arrears", aliases.TABLE),
    {
        CustomerRegistered.TYPE: keep_registered,
        CustomerChanged.TYPE: keep_changed,
        **aliases.merging(keep_changed),
        AssignmentChanged.TYPE: keep_assignments,
        AgreementSigned.TYPE: keep_signed,
        AgreementEnded.TYPE: keep_ended,
        ArrearsChanged.TYPE: keep_arrears,
    },
    counted={"customer": ("version",)},
)


class Hearing:
    """Handlers of the events that tiering hears."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def handlers(self) -> Mapping[str, Handler]:
        """Give the handler of each event type."""
        return {
            **PROJECTION.handlers,
            CustomerRegistered.TYPE: self.customers_registered,
            CustomerChanged.TYPE: self.customers_changed,
            AssignmentChanged.TYPE: self.assignments_changed,
        }

    async def customers_registered(self, tx: Transaction, events: Sequence[Event]) -> None:
        """Take over customers that got their code; each begins with the class of its form."""
        await keep_registered(tx, events)
        await _classes_follow(tx, events)
        facts = [(event, CustomerRegistered.model_validate(event.data)) for event in events]
        registrations = [_registration(event, fact) for event, fact in facts]
        await begin_classes(registrations, Classes(tx), self._directory.current)

    async def customers_changed(self, tx: Transaction, events: Sequence[Event]) -> None:
        """Take over the facts of customers; their classes go where they are served."""
        await keep_changed(tx, events)
        await _classes_follow(tx, events)

    async def assignments_changed(self, tx: Transaction, events: Sequence[Event]) -> None:
        """Take over who serves which customer; their classes go with them."""
        await keep_assignments(tx, events)
        await _classes_follow(tx, events)


async def _classes_follow(tx: Transaction, events: Sequence[Event]) -> None:
    await Customers(tx).classes_follow([UUID(event.data["customer_id"]) for event in events])


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
