"""The steps of a complaint after its intake: load, decide, save and announce."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from chassis.directory import Snapshot
from regulations.calendars import day_of
from regulations.provisions import Because
from regulations.rulebook import NoLaw
from regulations.topics.complaints import ComplaintStepsOrder, FirstResponder, FollowUp
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
from service_desk.handlers.cycles import started
from service_desk.model.cases import Complaint, Move, State
from service_desk.model.refusals import NothingAbove, NotYours
from service_desk.policies import handling, routing
from service_desk.policies.clocks import ANSWER, FOLLOW_UP, RESOLVE, follow_up_clock
from service_desk.ports.desk import Complaints, Step


@dataclass(frozen=True, slots=True)
class Post:
    """Who takes a step: the organisation of the post and its roles."""

    org_id: str
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class Target:
    """The complaint meant, as the person last saw it (None: however it stands), who the person is, and the moment."""

    reference: str
    version: int | None
    post: Post
    now: datetime
    actor: str = ""

    @property
    def day(self) -> date:
        """The day of the moment, in Shanghai."""
        return day_of(self.now)


async def answer_complaint(
    command: AnswerComplaint, target: Target, complaints: Complaints, law: Snapshot
) -> None:
    """Record the first answer; meets its clock."""
    complaint = await theirs(Move.ANSWER, target, complaints, law)
    after = replace(
        complaint, state=reached(complaint, Move.ANSWER, target, law), version=complaint.version + 1
    )
    words = {"answer": command.answer, "answered_by": command.by, "next_steps": command.next_steps}
    await complaints.save(Step(Move.ANSWER, complaint, after, words, settles=(ANSWER,)))


async def record_investigation(
    command: RecordInvestigation, target: Target, complaints: Complaints, law: Snapshot
) -> None:
    """Put cause and responsible link on record; raises UnknownCause."""
    complaint = await theirs(Move.INVESTIGATE, target, complaints, law)
    state = reached(complaint, Move.INVESTIGATE, target, law)
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
    """Give result and reply; meets the clock of the resolution and starts that of the follow-up."""
    complaint = await theirs(Move.RESOLVE, target, complaints, law)
    after = replace(
        complaint, state=reached(complaint, Move.RESOLVE, target, law), version=complaint.version + 1
    )
    duty = law.find(FirstResponder, org_id=complaint.first_responder_org_id, day=target.day)
    words = {"result": command.result, "reply": command.reply}
    follow_up = law.find(FollowUp, org_id=complaint.first_responder_org_id, day=target.day)
    asking = started(after, [follow_up_clock(follow_up)], law, target.now)
    because = handling.outcome(duty)
    await complaints.save(
        Step(Move.RESOLVE, complaint, after, words, because, settles=(RESOLVE,), starts=asking)
    )


async def close_complaint(
    command: CloseComplaint, target: Target, complaints: Complaints, law: Snapshot
) -> None:
    """Close after the follow-up; raises TooFewTries where nobody was reached and too little was tried."""
    complaint = await theirs(Move.CLOSE, target, complaints, law)
    state = reached(complaint, Move.CLOSE, target, law)
    rule = law.find(FollowUp, org_id=complaint.first_responder_org_id, day=target.day)
    because = handling.follow_up(rule, command.satisfaction, command.tries)
    after = replace(complaint, state=state, satisfaction=command.satisfaction, version=complaint.version + 1)
    words = {"follow_up": command.follow_up, "tries": command.tries}
    await complaints.save(Step(Move.CLOSE, complaint, after, words, because, settles=(FOLLOW_UP,)))


async def escalate_complaint(
    command: EscalateComplaint, target: Target, complaints: Complaints, law: Snapshot
) -> None:
    """Add the organisation above as handler; the first responder keeps the duty; raises NothingAbove."""
    complaint = await theirs(Move.ESCALATE, target, complaints, law)
    state = reached(complaint, Move.ESCALATE, target, law)
    handler = law.organisation(complaint.handler_org_id)
    if handler.parent_id is None:
        raise NothingAbove.of(handler.name)
    duty = law.find(FirstResponder, org_id=complaint.first_responder_org_id, day=target.day)
    decision = handling.escalation(duty, handler.org_id, handler.parent_id)
    after = replace(
        complaint,
        state=state,
        raised_to=(*complaint.raised_to, decision.outcome),
        level=complaint.level + 1,
        handovers=complaint.handovers + 1,
        version=complaint.version + 1,
    )
    await complaints.save(Step(Move.ESCALATE, complaint, after, {"reason": command.reason}, decision.because))


async def withdraw_complaint(
    command: WithdrawComplaint, target: Target, complaints: Complaints, law: Snapshot
) -> None:
    """Take a complaint back for its caller; its clocks are cancelled."""
    complaint = await theirs(Move.WITHDRAW, target, complaints, law)
    after = replace(
        complaint, state=reached(complaint, Move.WITHDRAW, target, law), version=complaint.version + 1
    )
    words = {"reason": command.reason}
    await complaints.save(Step(Move.WITHDRAW, complaint, after, words, cancels=(ANSWER, RESOLVE)))


async def transfer_complaint(
    command: TransferComplaint, target: Target, complaints: Complaints, law: Snapshot
) -> None:
    """Refuse to pass a complaint on sideways; always raises TransferRefused."""
    complaint = await theirs(Move.TRANSFER, target, complaints, law)
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


def reached(complaint: Complaint, move: Move, target: Target, law: Snapshot) -> State:
    """Give the state a move leads to; the order of the steps is cited where a pack in force gives it."""
    try:
        rule = law.find(ComplaintStepsOrder, org_id=complaint.first_responder_org_id, day=target.day)
    except NoLaw:
        return complaint.after(move)
    return complaint.after(move, Because.of(rule.cite()).to_json())


async def theirs(move: Move, target: Target, complaints: Complaints, law: Snapshot) -> Complaint:
    """Give the complaint for a move of those who may make it; raises NotFound, StaleVersion and NotYours."""
    complaint = await complaints.get(target.reference, target.version)
    if not handling.may_do(move, complaint, target.post.org_id, target.post.roles):
        raise not_theirs(move, complaint, target, law)
    return complaint


def not_theirs(move: Move, complaint: Complaint, target: Target, law: Snapshot) -> NotYours:
    """Give the refusal of a move that is others' to make, with the provision."""
    duty = law.find(FirstResponder, org_id=complaint.first_responder_org_id, day=target.day)
    because = handling.why_not(duty, complaint).to_json()
    whose = handling.who_may(move, complaint)
    if target.post.org_id not in complaint.handlers or target.post.org_id in whose:
        return NotYours.of(move.value, because)
    above = law.organisation(whose[0]).name
    left = NotYours.verdict if move is Move.RESOLVE else NotYours.escalation
    return left(above, because)
