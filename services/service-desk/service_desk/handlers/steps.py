"""The steps of a complaint after its intake: load, decide, save and announce."""

from dataclasses import dataclass, replace
from datetime import date

from chassis.directory import Snapshot
from regulations.topics.complaints import FirstResponder, FollowUp
from regulations.topics.losses import LossCauses
from service_desk.commands import (
    AnswerComplaint,
    CloseComplaint,
    EscalateComplaint,
    LinkCustomer,
    RecordInvestigation,
    ResolveComplaint,
    TransferComplaint,
    WithdrawComplaint,
)
from service_desk.model.cases import Complaint, Move
from service_desk.model.refusals import NothingAbove, NotYours
from service_desk.policies import handling, routing
from service_desk.policies.clocks import ANSWER, RESOLVE
from service_desk.ports import Complaints, Step


@dataclass(frozen=True, slots=True)
class Post:
    """Who takes a step: the organisation of the post and its roles."""

    org_id: str
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class Target:
    """The complaint meant, as the person last saw it (None: however it stands), who the person is, and the day."""

    reference: str
    version: int | None
    post: Post
    day: date


async def answer_complaint(
    command: AnswerComplaint, target: Target, complaints: Complaints, law: Snapshot
) -> None:
    """Record the first answer; meets its clock."""
    complaint = await _theirs(Move.ANSWER, target, complaints)
    after = replace(complaint, state=complaint.after(Move.ANSWER), version=complaint.version + 1)
    words = {"answer": command.answer, "answered_by": command.by, "next_steps": command.next_steps}
    await complaints.save(Step(Move.ANSWER, complaint, after, words, settles=(ANSWER,)))


async def record_investigation(
    command: RecordInvestigation, target: Target, complaints: Complaints, law: Snapshot
) -> None:
    """Put cause and responsible link on record; raises UnknownCause."""
    complaint = await _theirs(Move.INVESTIGATE, target, complaints)
    state = complaint.after(Move.INVESTIGATE)
    causes = law.find(LossCauses, org_id=complaint.first_responder_org_id, day=target.day)
    because = handling.known_cause(causes, command.cause)
    after = replace(
        complaint, state=state, cause=command.cause, link=command.link, version=complaint.version + 1
    )
    words = {"responsibility": command.responsibility}
    await complaints.save(Step(Move.INVESTIGATE, complaint, after, words, because))


async def resolve_complaint(
    command: ResolveComplaint, target: Target, complaints: Complaints, law: Snapshot
) -> None:
    """Give result and reply; meets the clock of the resolution."""
    complaint = await _theirs(Move.RESOLVE, target, complaints)
    after = replace(complaint, state=complaint.after(Move.RESOLVE), version=complaint.version + 1)
    duty = law.find(FirstResponder, org_id=complaint.first_responder_org_id, day=target.day)
    words = {"result": command.result, "reply": command.reply}
    await complaints.save(
        Step(Move.RESOLVE, complaint, after, words, handling.outcome(duty), settles=(RESOLVE,))
    )


async def close_complaint(
    command: CloseComplaint, target: Target, complaints: Complaints, law: Snapshot
) -> None:
    """Close after the follow-up; raises TooFewTries where nobody was reached and too little was tried."""
    complaint = await _theirs(Move.CLOSE, target, complaints)
    state = complaint.after(Move.CLOSE)
    rule = law.find(FollowUp, org_id=complaint.first_responder_org_id, day=target.day)
    because = handling.follow_up(rule, command.satisfaction, command.tries)
    after = replace(complaint, state=state, satisfaction=command.satisfaction, version=complaint.version + 1)
    words = {"follow_up": command.follow_up, "tries": command.tries}
    await complaints.save(Step(Move.CLOSE, complaint, after, words, because))


async def escalate_complaint(
    command: EscalateComplaint, target: Target, complaints: Complaints, law: Snapshot
) -> None:
    """Add the organisation above as handler; the first responder keeps the duty; raises NothingAbove."""
    complaint = await _theirs(Move.ESCALATE, target, complaints)
    state = complaint.after(Move.ESCALATE)
    handler = law.organisation(complaint.handler_org_id)
    if handler.parent_id is None:
        raise NothingAbove.of(handler.name)
    duty = law.find(FirstResponder, org_id=complaint.first_responder_org_id, day=target.day)
    decision = handling.escalation(duty, handler.org_id, handler.parent_id)
    after = replace(
        complaint,
        state=state,
        handler_org_id=decision.outcome,
        level=complaint.level + 1,
        version=complaint.version + 1,
    )
    await complaints.save(Step(Move.ESCALATE, complaint, after, {"reason": command.reason}, decision.because))


async def withdraw_complaint(
    command: WithdrawComplaint, target: Target, complaints: Complaints, law: Snapshot
) -> None:
    """Take a complaint back for its caller; its clocks are cancelled."""
    complaint = await _theirs(Move.WITHDRAW, target, complaints)
    after = replace(complaint, state=complaint.after(Move.WITHDRAW), version=complaint.version + 1)
    words = {"reason": command.reason}
    await complaints.save(Step(Move.WITHDRAW, complaint, after, words, cancels=(ANSWER, RESOLVE)))


async def transfer_complaint(
    command: TransferComplaint, target: Target, complaints: Complaints, law: Snapshot
) -> None:
    """Refuse to pass a complaint on sideways; always raises TransferRefused."""
    complaint = await _theirs(Move.TRANSFER, target, complaints)
    responder = law.organisation(complaint.first_responder_org_id)
    duty = law.find(FirstResponder, org_id=responder.org_id, day=target.day)
    raise routing.sideways(duty, responder.org_id, responder.name, command.to)


async def link_customers(heard: list[LinkCustomer], complaints: Complaints) -> None:
    """Give complaints taken from callers not known then to the customers they named."""
    for complaint, customer in await complaints.waiting_for(heard):
        linked = replace(
            complaint,
            customer_id=customer.customer_id,
            org_id=customer.org_id,
            orgpath=customer.orgpath,
            version=complaint.version + 1,
        )
        await complaints.link(linked)


async def _theirs(move: Move, target: Target, complaints: Complaints) -> Complaint:
    complaint = await complaints.get(target.reference, target.version)
    if not handling.may_do(move, complaint, target.post.org_id, target.post.roles):
        raise NotYours.of(move.value)
    return complaint
