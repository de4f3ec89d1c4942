"""Who is liable for what was paid: shares of the links, one appeal, and the ledger between units."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from chassis.clock import SHANGHAI
from chassis.deadlines import CENTER_KINDS
from chassis.directory import Snapshot
from chassis.ids import uuid7
from contracts.refusals import MakerIsChecker
from regulations.calendars import due
from regulations.provisions import Because, Provision
from regulations.topics.compensation import CompensationOrder, LiabilityAssign
from service_desk.commands import AppealLiability, ChargeShares, DecideAppeal, Official
from service_desk.model.cases import Link
from service_desk.model.compensations import Liability, LiabilityAct, Share
from service_desk.model.ledger import Entry, EntryKind
from service_desk.model.remedies import AppealTooLate, NothingAboveThem, NotTheirMoney, SharesNotWhole
from service_desk.policies import compensations
from service_desk.policies.compensations import ASSIGN, CASHIER, HEAD, holds
from service_desk.policies.handling import CENTER_ROLES
from service_desk.ports.money import Assigned, Liabilities


@dataclass(frozen=True, slots=True)
class Charged:
    """The liability meant, as the person last saw it, who the person is, and when."""

    reference: str
    version: int
    official: Official
    now: datetime


async def assign(command: ChargeShares, asked: Charged, liabilities: Liabilities, law: Snapshot) -> None:
    """Charge units for their links; meets the clock, and opens the days to appeal."""
    liability = await liabilities.get(asked.reference, asked.version)
    _for(LiabilityAct.ASSIGN, asked.official, (liability.creditor_org_id,), CENTER_ROLES, law)
    rule = law.find(LiabilityAssign, org_id=liability.creditor_org_id, day=_on(asked.now))
    state = liability.after(LiabilityAct.ASSIGN, asked.now, Because.of(rule.cite()).to_json())
    until = due(asked.now, rule.value.appeal, law.calendar).due_at
    after = replace(
        liability,
        state=state,
        version=liability.version + 1,
        shares=_shares(command.shares, liability.amount, law),
        assigned_by=asked.official.actor,
        appeal_until=until,
    )
    because = Because.of(rule.cite(), _order(liability, law, asked.now).cite())
    words = {"reason": command.reason}
    await liabilities.save(
        Assigned(
            LiabilityAct.ASSIGN, liability, after, words, because, asked.official.org_id, settles=(ASSIGN,)
        )
    )


async def appeal(command: AppealLiability, asked: Charged, liabilities: Liabilities, law: Snapshot) -> None:
    """Appeal as a charged unit, in time, to the level above; raises AppealTooLate and NothingAboveThem."""
    liability = await liabilities.get(asked.reference, asked.version)
    _for(LiabilityAct.APPEAL, asked.official, sorted(liability.charged), CENTER_ROLES | {HEAD}, law)
    rule = law.find(LiabilityAssign, org_id=liability.creditor_org_id, day=_on(liability.paid_at))
    because = Because.of(rule.cite(appealed_by=asked.official.org_id))
    state = liability.after(LiabilityAct.APPEAL, asked.now, because.to_json())
    if liability.appeal_until is not None and asked.now >= liability.appeal_until:
        raise AppealTooLate.of(liability.appeal_until, because.to_json())
    after = replace(
        liability, state=state, version=liability.version + 1, decider_org_id=_decider(liability, law)
    )
    words = {"reason": command.reason}
    await liabilities.save(
        Assigned(LiabilityAct.APPEAL, liability, after, words, because, asked.official.org_id)
    )


async def decide(command: DecideAppeal, asked: Charged, liabilities: Liabilities, law: Snapshot) -> None:
    """Uphold the shares or replace them, as the level above; final."""
    liability = await liabilities.get(asked.reference, asked.version)
    rule = law.find(LiabilityAssign, org_id=liability.creditor_org_id, day=_on(asked.now))
    state = liability.after(LiabilityAct.DECIDE, asked.now, Because.of(rule.cite()).to_json())
    decider = liability.decider_org_id or _decider(liability, law)
    _for(LiabilityAct.DECIDE, asked.official, (decider,), CENTER_ROLES, law)
    if asked.official.actor in liability.makers:
        raise MakerIsChecker.of()
    after = replace(liability, state=state, version=liability.version + 1, decided_at=asked.now)
    if command.shares is not None:
        after = replace(after, shares=_shares(command.shares, liability.amount, law))
    because = Because.of(rule.cite(decided_by=decider, changed=command.shares is not None))
    words = {"reason": command.reason}
    await liabilities.save(
        Assigned(LiabilityAct.DECIDE, liability, after, words, because, asked.official.org_id)
    )


async def settle(command: AppealLiability, asked: Charged, liabilities: Liabilities, law: Snapshot) -> None:
    """Write what each charged unit owes into the ledger, once nothing can change any more."""
    liability = await liabilities.get(asked.reference, asked.version)
    _for(LiabilityAct.SETTLE, asked.official, (liability.creditor_org_id,), {CASHIER}, law)
    rule = law.find(LiabilityAssign, org_id=liability.creditor_org_id, day=_on(liability.paid_at))
    state = liability.after(LiabilityAct.SETTLE, asked.now, Because.of(rule.cite()).to_json())
    after = replace(liability, state=state, version=liability.version + 1)
    because = Because.of(_order(liability, law, asked.now).cite())
    words = {"reason": command.reason}
    await liabilities.save(
        Assigned(LiabilityAct.SETTLE, liability, after, words, because, asked.official.org_id)
    )
    await liabilities.ledger.post(
        *(
            Entry(
                id=uuid7(),
                kind=EntryKind.CHARGE,
                debtor_org_id=debtor,
                creditor_org_id=liability.creditor_org_id,
                amount=amount,
                posted_at=asked.now,
                posted_by=asked.official.actor,
                reason=command.reason,
                case_no=liability.case_no,
                compensation_id=liability.compensation_id,
            )
            for debtor, amount in sorted(compensations.owed(liability).items())
        )
    )


def _for(
    act: LiabilityAct,
    official: Official,
    whose: Sequence[str],
    roles: frozenset[str] | set[str],
    law: Snapshot,
) -> None:
    if not any(holds(official, org_id, roles) for org_id in whose):
        names = "、".join(law.organisation(org_id).name for org_id in whose) or "—"
        raise NotTheirMoney.of(act, names)


def _shares(asked: Sequence[tuple[Link, str, Decimal]], amount: Decimal, law: Snapshot) -> tuple[Share, ...]:
    for place, (_, org_id, _) in enumerate(asked):
        node = law.organisations.get(org_id)
        if node is None or node.valid_to is not None:
            raise SharesNotWhole.unknown_unit(org_id, place)
    return compensations.shared_out(amount, [Share(link, org_id, share) for link, org_id, share in asked])


def _decider(liability: Liability, law: Snapshot) -> str:
    """Give the nearest center strictly above who assigned that bears no share itself; raises NothingAboveThem."""
    path = law.organisation(liability.creditor_org_id).path
    for org_id in reversed(path[:-1]):
        node = law.organisations.get(org_id)
        if node is not None and node.kind in CENTER_KINDS and org_id not in liability.charged:
            return org_id
    raise NothingAboveThem.of(LiabilityAct.APPEAL)


def _order(liability: Liability, law: Snapshot, now: datetime) -> Provision[CompensationOrder]:
    return law.find(CompensationOrder, org_id=liability.creditor_org_id, day=_on(now))


def _on(instant: datetime) -> date:
    return instant.astimezone(SHANGHAI).date()
