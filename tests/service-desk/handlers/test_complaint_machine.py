"""Whatever people do to a complaint in whatever order, it stands as the text says; what is refused changes nothing."""

import asyncio
from collections.abc import Awaitable, Callable
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from contracts.refusals import Refusal
from service_desk.commands import (
    AnswerComplaint,
    CloseComplaint,
    EscalateComplaint,
    PauseComplaint,
    RecordInvestigation,
    ReopenComplaint,
    ResolveComplaint,
    ResumeComplaint,
    TransferComplaint,
    WithdrawComplaint,
)
from service_desk.handlers import pausing, reopening, steps
from service_desk.handlers.steps import Post, Target
from service_desk.model.cases import Link
from service_desk.model.handling import PauseReason
from support.desk_cases import a_complaint
from support.desk_steps import ABOVE, ABOVE_CLERK, AGENT, CHIEF, CLERK
from support.law import shipped_law
from support.remembered_complaints import RememberedComplaints, Ticking
from support.service import FAR_OFFICER, OFFICER, Person

LAW = shipped_law()
MONDAY = datetime.fromisoformat("2026-03-02T09:00:00+08:00")
PEOPLE = (AGENT, CLERK, CHIEF, ABOVE, ABOVE_CLERK, FAR_OFFICER)
PARENT = {"420100": "420000", "420000": "CN"}
FIRST = "420100"
SIX_STEPS = {
    "answer": ("recorded", "answered"),
    "investigate": ("answered", "investigated"),
    "resolve": ("investigated", "resolved"),
    "close": ("resolved", "closed"),
}
BEFORE_RESOLVED = ("recorded", "answered", "investigated")
MOVES: dict[str, tuple[Callable[..., Awaitable[None]], Any]] = {
    "answer": (steps.answer_complaint, AnswerComplaint("致歉", "phone", "查明再答")),
    "investigate": (
        steps.record_investigation,
        RecordInvestigation("pickup-delivery-late", Link.DELIVERY, "投递"),
    ),
    "resolve": (steps.resolve_complaint, ResolveComplaint("已补投", "已告知")),
    "close": (steps.close_complaint, CloseComplaint("感谢", 5, None)),
    "close-unreached": (steps.close_complaint, CloseComplaint("无人接听", None, 3)),
    "close-too-soon": (steps.close_complaint, CloseComplaint("无人接听", None, 2)),
    "escalate": (steps.escalate_complaint, EscalateComplaint("跨省")),
    "withdraw": (steps.withdraw_complaint, WithdrawComplaint("已收到")),
    "transfer": (steps.transfer_complaint, TransferComplaint("420500", "不归我们")),
    "reopen": (reopening.reopen_complaint, ReopenComplaint("又迟了")),
    "pause": (
        pausing.pause_complaint,
        PauseComplaint(PauseReason.CUSTOMER_ASKED, "稍后", OFFICER.staff_no, None),
    ),
    "resume": (pausing.resume_complaint, ResumeComplaint("到了")),
}


def days_after(at: datetime, days: int) -> datetime:
    """Give 24:00 of the last of so many days, the first not counted."""
    return at.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=days + 1)


class Handling(RuleBasedStateMachine):
    """One complaint of 420100, six people, a clock that only goes forward."""

    def __init__(self) -> None:
        super().__init__()
        self.kept = RememberedComplaints(a_complaint(), MONDAY)
        for kind, days in (("complaint-answer", 2), ("complaint-resolve", 7)):
            self.kept.clocks.append(Ticking(kind, 1, MONDAY, days_after(MONDAY, days)))
        self.state, self.cycle, self.hands, self.moves = "recorded", 1, 0, 0
        self.handlers, self.judges = [FIRST], [FIRST]

    @rule(hours=st.integers(1, 60))
    def time_passes(self, hours: int) -> None:
        self.kept.now += timedelta(hours=hours)

    @rule(name=st.sampled_from(sorted(MOVES)), person=st.sampled_from(PEOPLE))
    def somebody_moves(self, name: str, person: Person) -> None:
        self.try_to(name, person)

    @rule(steps_taken=st.integers(1, 5))
    def the_desk_does_its_work(self, steps_taken: int) -> None:
        for _ in range(steps_taken):
            following = [move for move, (needed, _) in SIX_STEPS.items() if needed == self.state]
            judge = ABOVE if self.judges[0] != FIRST else CLERK
            self.try_to(following[0] if following else "reopen", judge)

    @rule(hours=st.integers(0, 30), person=st.sampled_from((CHIEF, ABOVE)))
    def the_clocks_stand_still_for_a_while(self, hours: int, person: Person) -> None:
        self.try_to("pause", person)
        self.kept.now += timedelta(hours=hours)
        self.try_to("resume", CLERK)

    @rule(person=st.sampled_from(PEOPLE))
    def somebody_saw_an_older_version(self, person: Person) -> None:
        before = self.picture()
        assert self.ask("answer", person, self.kept.complaint.version - 1) == "stale-version"
        assert self.picture() == before

    def try_to(self, name: str, person: Person) -> None:
        """Make a move and see that it is taken or refused as the text has it."""
        self.kept.look()
        before, allowed = self.picture(), self.allowed(name, person)
        refused = self.ask(name, person, self.kept.complaint.version)
        assert (refused is None) == allowed, (name, person.role, person.org_id, self.state, refused)
        if allowed:
            self.moves += 1
            self.apply(name)
        else:
            assert self.picture() == before, name

    def ask(self, name: str, person: Person, version: int) -> str | None:
        """Give the code of the refusal, or nothing where the move was made."""
        handler, command = MOVES[name]
        post = Post(person.org_id, frozenset({person.role}))
        target = Target(self.kept.complaint.case_no, version, post, self.kept.now, str(person.staff_id))
        try:
            asyncio.run(_run(handler(command, target, self.kept, LAW)))
        except Refusal as refusal:
            return refusal.code
        return None

    def allowed(self, name: str, person: Person) -> bool:
        """Tell by the text whether a person may make a move now."""
        move = name.partition("-")[0]
        center = person.role in ("center-officer", "center-director")
        handles = center and person.org_id in self.handlers
        desk = person.role == "hotline-agent" and move in ("close", "withdraw", "reopen")
        if move == "pause":
            return self.may_pause(person, handles=handles)
        if name in ("transfer", "close-too-soon") or not (handles or desk):
            return False
        if move == "resolve" and person.org_id not in self.judges:
            return False
        if move in SIX_STEPS:
            return self.state == SIX_STEPS[move][0]
        if move == "reopen":
            return self.state == "closed"
        if move == "escalate":
            at_the_handler = person.org_id == self.handlers[-1] and person.org_id in PARENT
            return self.state in BEFORE_RESOLVED and at_the_handler
        if move == "resume":
            return self.state in BEFORE_RESOLVED and any(one.state == "paused" for one in self.kept.open())
        return self.state in BEFORE_RESOLVED

    def may_pause(self, person: Person, *, handles: bool) -> bool:
        """At most two pauses and seven days a cycle; after the second warning only the level above."""
        above = person.org_id == "420000"
        if person.role != "center-director" or not (handles or above) or self.state not in BEFORE_RESOLVED:
            return False
        running = [one for one in self.kept.open() if one.state == "running"]
        within = all(one.pauses < 2 and one.paused_for < timedelta(days=7) for one in running)
        return bool(running) and within and (above or all(one.warnings < 2 for one in running))

    def apply(self, name: str) -> None:
        """Do to the plain facts what the move does."""
        move = name.partition("-")[0]
        if move in SIX_STEPS:
            self.state = SIX_STEPS[move][1]
        elif move == "withdraw":
            self.state = "withdrawn"
        elif move in ("escalate", "reopen"):
            above = [PARENT[self.handlers[-1]]] if self.handlers[-1] in PARENT else []
            self.hands += len(above)
            self.handlers += above
            self.judges += above
            if move == "reopen":
                self.state, self.cycle, self.judges = "recorded", self.cycle + 1, self.handlers[-1:]

    def picture(self) -> object:
        return deepcopy((self.kept.complaint, self.kept.clocks, len(self.kept.steps)))

    @invariant()
    def it_stands_as_the_facts_say(self) -> None:
        complaint = self.kept.complaint
        assert (complaint.state, complaint.cycle) == (self.state, self.cycle)
        assert (list(complaint.handlers), complaint.handovers) == (self.handlers, self.hands)
        assert (complaint.handler_org_id, list(complaint.judges)) == (self.handlers[-1], self.judges)
        assert complaint.first_responder_org_id == FIRST
        assert complaint.version == 1 + self.moves == 1 + len(self.kept.steps)
        assert complaint.level == 1 + self.hands

    @invariant()
    def each_cycle_has_its_clocks_and_no_ended_case_one_that_runs(self) -> None:
        for cycle in range(1, self.cycle + 1):
            kinds = [one.kind for one in self.kept.clocks if one.cycle == cycle]
            assert kinds[:2] == ["complaint-answer", "complaint-resolve"]
            assert len(kinds) == len(set(kinds)) <= 3
        over = self.state in ("closed", "withdrawn")
        live = [one for one in self.kept.clocks if one.state in ("running", "paused")]
        assert not (over and live)
        assert all(one.pauses <= 2 and one.paused_for <= timedelta(days=7) for one in self.kept.clocks)


async def _run(work: Awaitable[None]) -> None:
    await work


Handling.TestCase.settings = settings(
    max_examples=60, stateful_step_count=25, deadline=None, derandomize=True
)
TestHandling = Handling.TestCase
