"""A closed complaint comes back: a new cycle with clocks of its own; the second verdict goes a level up."""

from dataclasses import replace

from chassis.directory import Snapshot
from regulations.topics.compensation import VipFlag
from regulations.topics.complaints import ComplaintClocks, FirstResponder
from service_desk.commands import ReopenComplaint
from service_desk.handlers.cycles import started
from service_desk.handlers.steps import Target, reached, theirs
from service_desk.model.cases import Move
from service_desk.policies import clocks, handling
from service_desk.ports.desk import Complaints, Step


async def reopen_complaint(
    command: ReopenComplaint, target: Target, complaints: Complaints, law: Snapshot
) -> None:
    """Record a closed complaint once more; raises CaseEnded where it was withdrawn, StepSkipped where it is not closed."""
    complaint = await theirs(Move.REOPEN, target, complaints, law)
    state = reached(complaint, Move.REOPEN, target, law)
    first = complaint.first_responder_org_id
    duty = law.find(FirstResponder, org_id=first, day=target.day)
    handler = law.organisation(complaint.handler_org_id)
    decision = handling.reopening(duty, handler.org_id, handler.parent_id)
    rises = decision.outcome != handler.org_id
    after = replace(
        complaint,
        state=state,
        cycle=complaint.cycle + 1,
        level=complaint.level + rises,
        raised_to=(*complaint.raised_to, decision.outcome) if rises else complaint.raised_to,
        verdict_org_id=decision.outcome,
        handovers=complaint.handovers + rises,
        cause=None,
        link=None,
        satisfaction=None,
        version=complaint.version + 1,
    )
    service_class, flagged = await complaints.service_of(complaint)
    vip = clocks.is_vip(
        law.find(VipFlag, org_id=first, day=target.day), vip=flagged, service_class=service_class
    )
    rule = law.find(ComplaintClocks, org_id=first, day=target.day)
    running = clocks.complaint_clocks(
        rule, service_class=service_class, vip=vip.outcome, channel=complaint.channel
    )
    starts = started(after, running, law, target.now)
    words = {"reason": command.reason}
    await complaints.save(Step(Move.REOPEN, complaint, after, words, decision.because, starts=starts))
