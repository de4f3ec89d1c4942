"""Receive and record in one call: decide, write, and decide anew where the customer was not what was assumed."""

from datetime import datetime

from chassis.clock import SHANGHAI
from chassis.deadlines import Deadline, Term, plan
from chassis.directory import Snapshot
from chassis.ids import uuid7
from contracts.refusals import StaleVersion
from regulations.topics.complaints import CaseNumberFormat
from service_desk.commands import FileCompensation, Intake, ReceiveComplaint
from service_desk.handlers.grounds import Ground, Grounds, Situation
from service_desk.model.cases import (
    Compensation,
    CompensationState,
    Complaint,
    CustomerFacts,
    State,
)
from service_desk.model.refusals import ReceivedInFuture
from service_desk.policies.clocks import ANSWER, HANDLE
from service_desk.policies.numbering import case_number
from service_desk.policies.promises import answer_next, compensation_promise, complaint_promise, handle_next
from service_desk.ports.desk import FiledCompensation, Numbers, Promise, ReceivedComplaint, Reception

COMPLAINT = "complaint"
COMPENSATION = "compensation"


class Desk:
    """The desk at work: the law of the moment, the grounds found under it, and the running numbers."""

    def __init__(self, grounds: Grounds, numbers: Numbers, attempts: int) -> None:
        self._grounds = grounds
        self._numbers = numbers
        self._attempts = attempts

    async def receive_complaint(
        self,
        command: ReceiveComplaint,
        now: datetime,
        law: Snapshot,
        reception: Reception[ReceivedComplaint],
    ) -> None:
        """Put a complaint on record with its first responder and clocks; raises ReceivedInFuture, UnknownCity."""
        received_at = receipt_time(command.intake, now)
        ordinal = 0 if command.case_no else await self._numbers.next(now.date())
        facts = reception.guess(command.intake.caller)
        for _ in range(self._attempts):
            situation = Situation(command.intake, facts, received_at.date())
            ground = self._grounds.for_complaint(law, situation)
            form = law.find(CaseNumberFormat, org_id=ground.first_responder, day=now.date()).value
            case_no = command.case_no or case_number(form, now.date(), ordinal)
            complaint = _complaint(command, facts, ground, received_at, case_no)
            promise = _complaint_promise(complaint, ground, law)
            changed = await reception.record(
                ReceivedComplaint(command, complaint, facts, ground.vip, now, promise)
            )
            if changed is None:
                return
            facts = changed.facts
        raise unsettled()

    async def file_compensation(
        self,
        command: FileCompensation,
        now: datetime,
        law: Snapshot,
        reception: Reception[FiledCompensation],
    ) -> None:
        """Put a compensation on record with its clocks; raises UnknownCustomer, UnknownComplaint and as complaints do."""
        received_at = receipt_time(command.intake, now)
        ordinal = await self._numbers.next(now.date())
        facts = reception.guess(command.intake.caller)
        for _ in range(self._attempts):
            situation = Situation(command.intake, facts, received_at.date())
            ground = self._grounds.for_compensation(law, situation, command.amount_claimed)
            form = law.find(CaseNumberFormat, org_id=ground.first_responder, day=now.date()).value
            claim = _compensation(command, facts, ground, received_at, case_number(form, now.date(), ordinal))
            promise = _compensation_promise(claim, ground, law)
            changed = await reception.record(
                FiledCompensation(command, claim, facts, ground.vip, now, promise)
            )
            if changed is None:
                return
            facts = changed.facts
        raise unsettled()


def receipt_time(intake: Intake, now: datetime) -> datetime:
    """Give when the call came in, in Shanghai; raises ReceivedInFuture."""
    received_at = (intake.received_at or now).astimezone(SHANGHAI)
    if received_at > now:
        raise ReceivedInFuture.of(received_at, now)
    return received_at


def unsettled() -> StaleVersion:
    """Give the refusal of an intake whose customer changed at every attempt."""
    return StaleVersion("客户资料正在变更，请重试。", "The customer is being changed right now; try again.")


def _complaint(
    command: ReceiveComplaint,
    facts: CustomerFacts | None,
    ground: Ground,
    received_at: datetime,
    case_no: str,
) -> Complaint:
    return Complaint(
        id=uuid7(),
        case_no=case_no,
        state=State.RECORDED,
        cycle=1,
        level=1,
        version=1,
        channel=command.intake.channel,
        category=command.category,
        subject=str(facts.customer_id) if facts else ground.org_id,
        org_id=ground.org_id,
        orgpath=ground.orgpath,
        customer_id=facts.customer_id if facts else None,
        first_responder_org_id=ground.first_responder,
        received_at=received_at,
    )


def _compensation(
    command: FileCompensation,
    facts: CustomerFacts | None,
    ground: Ground,
    received_at: datetime,
    case_no: str,
) -> Compensation:
    return Compensation(
        id=uuid7(),
        case_no=case_no,
        state=CompensationState.FILED,
        version=1,
        channel=command.intake.channel,
        cause=command.cause,
        amount_claimed=command.amount_claimed,
        above_limit=ground.above_limit,
        subject=str(facts.customer_id) if facts else ground.org_id,
        org_id=ground.org_id,
        orgpath=ground.orgpath,
        customer_id=facts.customer_id if facts else None,
        first_responder_org_id=ground.first_responder,
        received_at=received_at,
        complaint_case_no=command.complaint_case_no,
    )


def _complaint_promise(complaint: Complaint, ground: Ground, law: Snapshot) -> Promise:
    deadlines = _deadlines((COMPLAINT, str(complaint.id)), complaint, ground, law)
    due = {deadline.term.kind: deadline.due for deadline in deadlines}
    return Promise(
        deadlines,
        complaint_promise(complaint.case_no, due),
        "answer",
        answer_next(due[ANSWER]),
        ground.explained,
    )


def _compensation_promise(claim: Compensation, ground: Ground, law: Snapshot) -> Promise:
    deadlines = _deadlines((COMPENSATION, str(claim.id)), claim, ground, law)
    due = {deadline.term.kind: deadline.due for deadline in deadlines}
    return Promise(
        deadlines,
        compensation_promise(claim.case_no, due),
        "handle",
        handle_next(due[HANDLE]),
        ground.explained,
    )


def _deadlines(
    subject: tuple[str, str], case: Complaint | Compensation, ground: Ground, law: Snapshot
) -> tuple[Deadline, ...]:
    customer_id = str(case.customer_id) if case.customer_id else None
    return tuple(
        plan(
            Term(
                kind=held.clock.kind,
                subject=subject,
                org_id=case.org_id,
                holder=held.holder,
                started_at=case.received_at,
                duration=held.clock.within,
                because=(held.clock.reason,),
                customer_id=customer_id,
            ),
            law,
        )
        for held in ground.held
    )
