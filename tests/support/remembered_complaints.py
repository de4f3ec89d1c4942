"""A complaint and its clocks remembered in memory, behind the port that handlers ask."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chassis.pausing import OpenClock
from contracts.refusals import StaleVersion
from service_desk.commands import LinkCustomer
from service_desk.model.cases import Complaint
from service_desk.ports.desk import Step

PAUSABLE = ("complaint-answer", "complaint-resolve")


@dataclass
class Ticking:
    """A clock as a list of facts; the platform's warnings stand at half and four fifths of its time."""

    kind: str
    cycle: int
    started_at: datetime
    due_at: datetime
    state: str = "running"
    pauses: int = 0
    paused_for: timedelta = timedelta()
    since: datetime | None = None
    until: datetime | None = None
    warnings: int = 0

    def look(self, now: datetime) -> None:
        """Let happen what the time brings."""
        if self.state == "paused" and self.until is not None and self.until <= now:
            self.resume(self.until)
        if self.state != "running":
            return
        whole = self.due_at - self.paused_for - self.started_at
        ran = min(now, self.due_at) - self.started_at - self.paused_for
        self.warnings = max(self.warnings, sum(ran * 10 >= whole * tenths for tenths in (5, 8)))
        if self.due_at <= now:
            self.state = "breached"

    def resume(self, at: datetime) -> None:
        """Run on, later by what it stood still."""
        assert self.since is not None
        self.paused_for += at - self.since
        self.due_at += at - self.since
        self.state, self.since, self.until = "running", None, None

    def end(self, now: datetime, state: str) -> None:
        """Stop for good."""
        if self.state == "paused":
            self.resume(now)
        if self.state == "breached":
            self.state = "met-late" if state == "met" else "breached"
        elif self.state == "running":
            self.state = state


@dataclass
class RememberedComplaints:
    """One complaint; `now` is moved by the test."""

    complaint: Complaint
    now: datetime
    clocks: list[Ticking] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    async def get(self, reference: str, version: int | None) -> Complaint:
        """Give the complaint, as the repository does."""
        if version is not None and version != self.complaint.version:
            raise StaleVersion("已变更", "changed")
        return self.complaint

    async def waiting_for(
        self, customers: Sequence[LinkCustomer]
    ) -> Sequence[tuple[Complaint, LinkCustomer]]:
        """Nobody waits."""
        return []

    async def link(self, complaint: Complaint) -> None:
        """Keep the linked complaint."""
        self.complaint = complaint

    async def service_of(self, complaint: Complaint) -> tuple[int | None, bool]:
        """A customer without a class."""
        return None, False

    async def open_clocks(self, complaint: Complaint) -> Sequence[OpenClock]:
        """Give the clocks that run or stand still."""
        self.look()
        return [
            OpenClock(one.state == "paused", one.pauses, one.paused_for, one.warnings, "420100")
            for one in self.open()
        ]

    async def save(self, step: Step) -> None:
        """Keep the step, and what it does to the clocks."""
        self.look()
        assert step.before == self.complaint
        self.complaint = step.after
        self.steps.append(step)
        for clock in self.clocks:
            if clock.kind in step.settles:
                clock.end(self.now, "met")
            if clock.kind in step.cancels:
                clock.end(self.now, "cancelled")
        for deadline in step.starts:
            self.clocks.append(
                Ticking(deadline.term.kind, step.after.cycle, deadline.term.started_at, deadline.due_at)
            )
        for clock in self.open():
            if step.pause is not None and clock.state == "running":
                clock.state, clock.since, clock.until = "paused", self.now, step.pause.until
                clock.pauses += 1
            elif step.resumes and clock.state == "paused":
                clock.resume(self.now)

    def open(self) -> list[Ticking]:
        """Give the clocks that may stand still and are not over."""
        return [one for one in self.clocks if one.kind in PAUSABLE and one.state in ("running", "paused")]

    def look(self) -> None:
        """Let happen what the time brings."""
        for clock in self.clocks:
            clock.look(self.now)
