"""Letting the clocks of a complaint stand still, and run on."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from chassis.directory import Snapshot
from chassis.pausing import OpenClock
from contracts.refusals import MakerIsChecker
from regulations.topics.deadlines import ClockPause
from service_desk.commands import PauseComplaint, ResumeComplaint
from service_desk.handlers.steps import Target, not_theirs, reached, theirs
from service_desk.model.cases import Complaint, Move
from service_desk.model.handling import NoClockRuns, UnknownAsker
from service_desk.policies import handling, pausing
from service_desk.ports.desk import Complaints, Pause, Step


async def pause_complaint(
    command: PauseComplaint, target: Target, complaints: Complaints, law: Snapshot
) -> None:
    """Let the clocks stand still on the word of somebody other than who asked.

    Raises NotYours, UnknownAsker, MakerIsChecker, NoClockRuns, PauseRefused, LevelAboveOnly, PauseOver, and NoLaw
    where no pack allows a pause.
    """
    complaint = await complaints.get(target.reference, target.version)
    above = _is_above(target, complaint, law)
    if not handling.may_approve(complaint, target.post.org_id, target.post.roles, above=above):
        raise not_theirs(Move.PAUSE, complaint, target, law)
    state = reached(complaint, Move.PAUSE, target, law)
    asked_by = _asker(command.asked_by, complaint, law)
    if asked_by == target.actor:
        raise MakerIsChecker.of()
    running = [clock for clock in await complaints.open_clocks(complaint) if not clock.paused]
    if not running:
        raise NoClockRuns.of(complaint.case_no, paused=False)
    rule = law.find(ClockPause, org_id=complaint.first_responder_org_id, day=target.day)
    allowed = pausing.pause(rule, _standing(running), above=above)
    until = pausing.last_instant(target.now, command.until, allowed.outcome)
    after = replace(complaint, state=state, version=complaint.version + 1)
    words = {"note": command.note, "reason": command.reason.value}
    granted = Pause(until, command.reason, asked_by, target.actor)
    await complaints.save(Step(Move.PAUSE, complaint, after, words, allowed.because, pause=granted))


async def resume_complaint(
    command: ResumeComplaint, target: Target, complaints: Complaints, law: Snapshot
) -> None:
    """Let paused clocks run on; raises NoClockRuns where none stands still."""
    complaint = await theirs(Move.RESUME, target, complaints, law)
    state = reached(complaint, Move.RESUME, target, law)
    if not any(clock.paused for clock in await complaints.open_clocks(complaint)):
        raise NoClockRuns.of(complaint.case_no, paused=True)
    after = replace(complaint, state=state, version=complaint.version + 1)
    await complaints.save(Step(Move.RESUME, complaint, after, {"note": command.note}, resumes=True))


def _standing(clocks: Sequence[OpenClock]) -> pausing.Standing:
    """Give what the cycle has behind it: a pause stops all its clocks, so the one that ran longest tells."""
    return pausing.Standing(
        max(clock.pauses for clock in clocks),
        max((clock.paused_for for clock in clocks), default=timedelta()),
        max(clock.warnings for clock in clocks),
    )


def _is_above(target: Target, complaint: Complaint, law: Snapshot) -> bool:
    first = law.path(complaint.first_responder_org_id)
    return first.startswith(law.path(target.post.org_id) + ".")


def _asker(staff_no: str, complaint: Complaint, law: Snapshot) -> str:
    for person in law.staff.values():
        if person.staff_no == staff_no and person.active and person.org_id in complaint.handlers:
            return person.staff_id
    raise UnknownAsker.of(staff_no)
