"""A compensation from its receipt to the money: load, decide, save and announce."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from chassis.clock import SHANGHAI
from chassis.deadlines import CENTER_KINDS, Deadline, Holder, Term, plan
from chassis.directory import Snapshot
from regulations.provisions import Because, Provision
from regulations.topics.compensation import (
    CompensationApprove,
    CompensationClocks,
    CompensationLimit,
    CompensationOrder,
    CompensationStart,
    GeneralCompensationClocks,
    LiabilityAssign,
)
from service_desk.commands import DecideCompensation, GrantCompensation, Official, PayCompensation
from service_desk.handlers.grounds import UNIT_HEAD
from service_desk.model.compensations import Act, Claim
from service_desk.model.remedies import AmountDiffers, NothingAboveThem, NotTheirMoney
from service_desk.policies import clocks, compensations
from service_desk.policies.clocks import HANDLE, PAY, REPORT, Clock
from service_desk.policies.compensations import APPROVE, CASHIER, DIRECTOR, holds
from service_desk.policies.handling import CENTER_ROLES
from service_desk.ports.money import Compensations, Settled

COMPENSATION = "compensation"


@dataclass(frozen=True, slots=True)
class Asked:
    """The compensation meant, as the person last saw it, who the person is, and when."""

    reference: str
    version: int
    official: Official
    now: datetime


@dataclass(frozen=True, slots=True)
class Money:
    """Whose money it is: the law of the limit on the day of receipt, who advances, and who approves above."""

    limit: Provision[CompensationLimit]
    payer: str
    approver: str | None

    @classmethod
    def of(cls, claim: Claim, law: Snapshot) -> "Money":
        """Find it for the first responder; where no level is that advances, the first responder pays itself."""
        first = claim.first_responder_org_id
        limit = law.find(CompensationLimit, org_id=first, day=_day(claim))
        payer = law.nearest(first, limit.value.advanced_by)
        approver = law.nearest(first, limit.value.above_approved_by)
        return cls(limit, payer.org_id if payer else first, approver.org_id if approver else None)


async def handle(command: GrantCompensation, asked: Asked, claims: Compensations, law: Snapshot) -> None:
    """Grant an amount; from now on the side of the limit on which it lies counts, and the clocks follow."""
    claim, money = await _theirs(Act.HANDLE, asked, claims, law)
    above = clocks.above_limit(money.limit, command.amount)
    after = replace(_moved(claim, Act.HANDLE), amount_granted=command.amount, above_limit=above.outcome)
    wanted = _clocks(after, law)
    there = await claims.clocks(claim)
    reasons = (*above.because.reasons, wanted[0].reason)
    await claims.save(
        Settled(
            Act.HANDLE,
            claim,
            after,
            {"reason": command.reason},
            Because.of(*reasons),
            asked.official.org_id,
            amount=command.amount,
            settles=(HANDLE,),
            cancels=tuple({PAY, REPORT} - {clock.kind for clock in wanted}),
            starts=_planned(
                after, (clock for clock in wanted if clock.kind not in there), law, money, after.received_at
            ),
        )
    )


async def refuse(command: DecideCompensation, asked: Asked, claims: Compensations, law: Snapshot) -> None:
    """Refuse a claim: who handles it, or the level above what was reported to it."""
    claim, money = await _theirs(Act.REFUSE, asked, claims, law)
    after = replace(_moved(claim, Act.REFUSE))
    because = Because.of(money.limit.cite(above=claim.above_limit))
    settles = (APPROVE,) if claim.amount_granted is not None else (HANDLE,)
    words = {"reason": command.reason}
    await claims.save(
        Settled(
            Act.REFUSE, claim, after, words, because, asked.official.org_id,
            settles=settles, cancels=(PAY, REPORT),
        )
    )  # fmt: skip


async def report(command: DecideCompensation, asked: Asked, claims: Compensations, law: Snapshot) -> None:
    """Report what is above the limit to the level that approves it; its clock runs from the report."""
    claim, money = await _theirs(Act.REPORT, asked, claims, law)
    after = _moved(claim, Act.REPORT)
    rule = law.find(CompensationApprove, org_id=_approver(money, Act.REPORT), day=_on(asked.now))
    clock = compensations.approval_clock(rule, reported_by=asked.official.org_id)
    await claims.save(
        Settled(
            Act.REPORT,
            claim,
            after,
            {"reason": command.reason},
            Because.of(money.limit.cite(above=True), clock.reason),
            asked.official.org_id,
            amount=claim.amount_granted,
            settles=(REPORT,),
            starts=_planned(after, (clock,), law, money, asked.now),
        )
    )


async def approve(command: DecideCompensation, asked: Asked, claims: Compensations, law: Snapshot) -> None:
    """Approve what was reported, as it was granted."""
    claim, money = await _theirs(Act.APPROVE, asked, claims, law)
    because = Because.of(money.limit.cite(above=True))
    await claims.save(
        Settled(
            Act.APPROVE,
            claim,
            _moved(claim, Act.APPROVE),
            {"reason": command.reason},
            because,
            asked.official.org_id,
            amount=claim.amount_granted,
            settles=(APPROVE,),
        )
    )


async def pay(command: PayCompensation, asked: Asked, claims: Compensations, law: Snapshot) -> None:
    """Pay what was granted, whoever will be liable; that is found out from now on."""
    claim, money = await _theirs(Act.PAY, asked, claims, law)
    after = replace(_moved(claim, Act.PAY), amount_paid=command.amount)
    if claim.amount_granted is None or command.amount != claim.amount_granted:
        raise AmountDiffers.of(claim.amount_granted or command.amount)
    first, day = claim.first_responder_org_id, _on(asked.now)
    order = law.find(CompensationOrder, org_id=first, day=day)
    clock = compensations.assignment_clock(law.find(LiabilityAssign, org_id=first, day=day))
    await claims.save(
        Settled(
            Act.PAY,
            claim,
            after,
            {"reference": command.reference},
            compensations.paid(money.limit, order, above=claim.above_limit),
            asked.official.org_id,
            amount=command.amount,
            settles=(PAY,),
            starts=_planned(after, (clock,), law, money, asked.now),
            payer_org_id=money.payer,
        )
    )


async def _theirs(act: Act, asked: Asked, claims: Compensations, law: Snapshot) -> tuple[Claim, Money]:
    """Load a compensation that this person may do this with; raises NotTheirMoney, MakerIsChecker and OutOfTurn."""
    claim = await claims.get(asked.reference, asked.version)
    money = Money.of(claim, law)
    if not _may(act, claim, money, asked.official):
        raise NotTheirMoney.of(act, law.organisation(_whose(act, claim, money)).name, _why(money, claim))
    claim.after(act, _why(money, claim))
    compensations.check_maker(act, claim, asked.official)
    return claim, money


def _may(act: Act, claim: Claim, money: Money, official: Official) -> bool:
    if act is Act.PAY:
        return holds(official, money.payer, {CASHIER})
    if act is Act.REPORT:
        return holds(official, money.payer, CENTER_ROLES)
    if _is_above(act, claim):
        return holds(official, money.approver, {DIRECTOR})
    return compensations.may_handle(claim, money.payer, official)


def _is_above(act: Act, claim: Claim) -> bool:
    """A claim that was granted an amount is refused by the level above alone."""
    return act is Act.APPROVE or (act is Act.REFUSE and claim.amount_granted is not None)


def _whose(act: Act, claim: Claim, money: Money) -> str:
    return _approver(money, act) if _is_above(act, claim) else money.payer


def _approver(money: Money, act: Act) -> str:
    if money.approver is None:
        raise NothingAboveThem.of(act)
    return money.approver


def _why(money: Money, claim: Claim) -> Mapping[str, object]:
    return Because.of(money.limit.cite(above=claim.above_limit)).to_json()


def _moved(claim: Claim, act: Act) -> Claim:
    return replace(claim, state=claim.after(act), version=claim.version + 1)


def _clocks(claim: Claim, law: Snapshot) -> tuple[Clock, ...]:
    first, day = claim.first_responder_org_id, _day(claim)
    start = law.find(CompensationStart, org_id=first, day=day)
    rule: Provision[CompensationClocks] | Provision[GeneralCompensationClocks] = (
        law.find(CompensationClocks, org_id=first, day=day)
        if claim.vip
        else law.find(GeneralCompensationClocks, org_id=first, day=day)
    )
    return clocks.compensation_clocks(rule, start, vip=claim.vip, above=claim.above_limit)


def _planned(
    claim: Claim, running: Iterable[Clock], law: Snapshot, money: Money, since: datetime
) -> tuple[Deadline, ...]:
    """Start clocks with the level whose money it is; the approval with the level above."""
    customer_id = str(claim.customer_id) if claim.customer_id else None
    return tuple(
        plan(
            Term(
                kind=clock.kind,
                subject=(COMPENSATION, str(claim.id)),
                org_id=claim.org_id,
                holder=_holder(
                    law, _approver(money, Act.REPORT) if clock.kind == APPROVE else money.payer, clock.role
                ),
                started_at=since,
                duration=clock.within,
                because=(clock.reason,),
                customer_id=customer_id,
            ),
            law,
        )
        for clock in running
    )


def _holder(law: Snapshot, org_id: str, role: str) -> Holder:
    center = law.organisation(org_id).kind in CENTER_KINDS
    return Holder(org_id, role if center or role == CASHIER else UNIT_HEAD)


def _day(claim: Claim) -> date:
    return _on(claim.received_at)


def _on(instant: datetime) -> date:
    return instant.astimezone(SHANGHAI).date()
