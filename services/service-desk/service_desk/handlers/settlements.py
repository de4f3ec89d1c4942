"""Payments between units and corrections of the ledger; the creditor's finance keeps it."""

from dataclasses import replace
from datetime import datetime

from chassis.directory import Snapshot
from chassis.ids import uuid7
from contracts.refusals import InvalidValue, MakerIsChecker
from service_desk.commands import CorrectSettlement, Official, RecordSettlement
from service_desk.model.ledger import Entry, EntryKind
from service_desk.model.remedies import AlreadyCorrected, MoreThanOwed, NotTheirMoney
from service_desk.policies.compensations import CASHIER, holds
from service_desk.ports.money import Ledger


async def record_payment(
    command: RecordSettlement, official: Official, now: datetime, ledger: Ledger, law: Snapshot
) -> Entry:
    """Record what another unit paid to one's own; raises MoreThanOwed."""
    if command.debtor not in law.organisations or command.debtor == official.org_id:
        raise InvalidValue(
            f"没有可向本单位付款的单位{command.debtor}。",
            f"There is no other organisation {command.debtor} to pay this one.",
            pointer="/debtor",
        )
    owed = await ledger.owed(command.debtor, official.org_id)
    if command.amount > owed:
        raise MoreThanOwed.of(owed)
    entry = Entry(
        id=uuid7(),
        kind=EntryKind.PAYMENT,
        debtor_org_id=command.debtor,
        creditor_org_id=official.org_id,
        amount=command.amount,
        posted_at=now,
        posted_by=official.actor,
        reason=command.reason,
    )
    await ledger.post(entry)
    return entry


async def correct(
    command: CorrectSettlement, official: Official, now: datetime, ledger: Ledger, law: Snapshot
) -> Entry:
    """Take an entry back by one of its own, and post the right one behind it; never by who posted it."""
    wrong = await ledger.get(command.entry_id)
    if not holds(official, wrong.creditor_org_id, {CASHIER}):
        raise NotTheirMoney.of("settle", law.organisation(wrong.creditor_org_id).name)
    if wrong.kind is EntryKind.CORRECTION:
        raise AlreadyCorrected.of()
    if official.actor == wrong.posted_by:
        raise MakerIsChecker.of()
    said = replace(wrong, posted_at=now, posted_by=official.actor, reason=command.reason)
    taken_back = replace(
        said,
        id=uuid7(),
        kind=EntryKind.CORRECTION,
        corrects=wrong.id,
        corrected_kind=wrong.kind,
        replaces=None,
    )
    entries = [taken_back]
    if command.amount is not None:
        entries.append(replace(said, id=uuid7(), amount=command.amount, replaces=wrong.id))
    await ledger.post(*entries)
    return taken_back
