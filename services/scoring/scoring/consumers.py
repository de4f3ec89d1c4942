"""What scoring hears: of others everything that a score rests on, of itself what it has published."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from chassis import aliases
from chassis.bus import Handler
from chassis.shadow import Projection
from chassis.transaction import Transaction
from contracts.care import SymposiumHeld, VisitRecorded
from contracts.envelope import Event
from contracts.registry import AssignmentChanged, CustomerChanged, CustomerRegistered
from contracts.scoring import NoticePublished, ScorePublished
from contracts.tiering import (
    ReportFiled,
    TierChanged,
    UsageCorrected,
    UsageFileLoaded,
    UsageFileMissing,
    UsageRecorded,
)
from regulations.calendars import day_of
from scoring.repository.hearing import Hearing, Row, Rows, UsageRow
from scoring.repository.publications import Restoring

# What others tell is all in these tables, and they hold nothing else; scores as published are this service's own.
TABLES = (
    "evidence",
    "heard",
    "customer_fact",
    aliases.TABLE,
    "assignment_fact",
    "tier_fact",
    "usage_row",
    "usage_event",
    "visit",
    "symposium",
    "report",
)


def handlers() -> Mapping[str, Handler]:
    """Give the handler of each event type; one that serves several types gets their events together."""
    return {**others(), ScorePublished.TYPE: own_scores, NoticePublished.TYPE: own_notices}


def projection() -> Projection:
    """Give what follows from others' events alone; how many batches they came in does not."""
    return Projection(TABLES, others(), counted={"heard": ("revision",)})


def others() -> Mapping[str, Handler]:
    """Give the handler of each type of others' events."""
    customers = heard_as(_customer, Hearing.customers)
    usage_files = heard_as(_form, Hearing.usage_events)
    return {
        CustomerRegistered.TYPE: customers,
        CustomerChanged.TYPE: customers,
        **aliases.merging(customers),
        AssignmentChanged.TYPE: heard_as(_assignment, Hearing.assignments),
        TierChanged.TYPE: heard_as(_tier, Hearing.tiers),
        UsageRecorded.TYPE: usage,
        UsageCorrected.TYPE: usage,
        UsageFileLoaded.TYPE: usage_files,
        UsageFileMissing.TYPE: usage_files,
        VisitRecorded.TYPE: heard_as(_visit, Hearing.visits),
        SymposiumHeld.TYPE: heard_as(_symposium, Hearing.symposia),
        ReportFiled.TYPE: heard_as(_report, Hearing.reports),
    }


def heard_as(row: Callable[[Event], Row], kept: Callable[[Hearing, Rows], Awaitable[None]]) -> Handler:
    """Give the handler that keeps events as evidence, and one row of each as scores are worked out from it."""

    async def hear(tx: Transaction, events: Sequence[Event]) -> None:
        hearing = Hearing(tx)
        await hearing.keep(events)
        await kept(hearing, [row(event) for event in events])

    return hear


async def usage(tx: Transaction, events: Sequence[Event]) -> None:
    """Keep usage as recorded and as corrected: a row of each event, and all that it tells of customers."""
    hearing = Hearing(tx)
    await hearing.keep(events)
    told = [(event.id, _usage(event)) for event in events]
    await hearing.usage_events([_usage_event(event_id, fact) for event_id, fact in told])
    await hearing.usage(row for event_id, fact in told for row in _usage_rows(event_id, fact))


async def own_scores(tx: Transaction, events: Sequence[Event]) -> None:
    """Take back scores that this service published, where its database was lost; they are no evidence."""
    await Restoring(tx).scores([ScorePublished.model_validate(event.data) for event in events])


async def own_notices(tx: Transaction, events: Sequence[Event]) -> None:
    """Take back which quarters were circulated."""
    await Restoring(tx).notices([NoticePublished.model_validate(event.data) for event in events])


def _customer(event: Event) -> Row:
    fact = CustomerChanged.model_validate(event.data)
    return {
        "event_id": event.id,
        "customer_id": fact.customer_id,
        "version": event.version,
        "day": day_of(event.time),
        "org_id": fact.responsible.org_id,
        "state": fact.state,
        "class": fact.initial_class,
        "group_id": fact.group_id,
        "filed_on": fact.file.filed_on,
        "filed_with_province_on": fact.file.filed_with_province_on,
    }


def _assignment(event: Event) -> Row:
    fact = AssignmentChanged.model_validate(event.data)
    return {
        "event_id": event.id,
        "customer_id": fact.customer_id,
        "valid_from": fact.valid_from,
        "time": event.time,
        "version": event.version,
        "org_id": fact.responsible.org_id,
        "credit": [one.model_dump() for one in fact.credit] or None,
        "credited": sorted({one.org_id for one in fact.credit if one.org_id}) if fact.credit else None,
    }


def _tier(event: Event) -> Row:
    fact = TierChanged.model_validate(event.data)
    return {
        "event_id": event.id,
        "customer_id": fact.customer_id,
        "valid_from": fact.valid_from,
        "time": event.time,
        "version": event.version,
        "org_id": fact.org_id,
        "class": fact.class_,
    }


def _usage(event: Event) -> UsageRecorded | UsageCorrected:
    corrected = event.type == UsageCorrected.TYPE
    return (UsageCorrected if corrected else UsageRecorded).model_validate(event.data)


def _usage_rows(event_id: UUID, fact: UsageRecorded | UsageCorrected) -> Iterator[UsageRow]:
    for customer_id, line, revenue, _pieces, _weight, version, *_former in fact.rows:
        yield UsageRow(customer_id, fact.month, line, version, event_id, fact.org_id, Decimal(revenue))


def _usage_event(event_id: UUID, fact: UsageRecorded | UsageCorrected) -> Row:
    corrected = isinstance(fact, UsageCorrected)
    return {
        "event_id": event_id,
        "org_id": fact.org_id,
        "month": fact.month,
        "kind": "corrected" if corrected else "recorded",
        "reason": fact.reason if isinstance(fact, UsageCorrected) else None,
        "late": False,
        "occasion": fact.usage_file_id or event_id,
        "rows": len(fact.rows),
    }


def _form(event: Event) -> Row:
    loaded = event.type == UsageFileLoaded.TYPE
    fact = (UsageFileLoaded if loaded else UsageFileMissing).model_validate(event.data)
    return {
        "event_id": event.id,
        "org_id": fact.org_id,
        "month": fact.month,
        "kind": "loaded" if isinstance(fact, UsageFileLoaded) else "missing",
        "reason": None,
        "late": isinstance(fact, UsageFileLoaded) and fact.late,
        "occasion": event.id,
        "rows": fact.rows if isinstance(fact, UsageFileLoaded) else 0,
    }


def _visit(event: Event) -> Row:
    return _told(event, VisitRecorded.model_validate(event.data))


def _symposium(event: Event) -> Row:
    return _told(event, SymposiumHeld.model_validate(event.data))


def _told(event: Event, fact: VisitRecorded | SymposiumHeld) -> Row:
    return {**fact.model_dump(mode="json"), "version": event.version, "event_id": event.id}


def _report(event: Event) -> Row:
    fact = ReportFiled.model_validate(event.data)
    return {
        "report_id": fact.report_id,
        "version": event.version,
        "event_id": event.id,
        "org_id": fact.org_id,
        "kind": fact.kind,
        "month": fact.month,
        "filed_with_province": fact.filed_with_province,
        "customers": fact.customers,
    }
