"""Whatever happens to a claim in whatever order, it lives and ends as days counted by hand say."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from contracts.refusals import Refusal
from registry.commands.claims import RenewClaim
from registry.handlers.renewing import release_claim, renew_claim
from registry.model.claims import ClaimState
from registry.model.declarations import DeclarationState
from registry.policies.use import EvidenceKind, Named
from support.claims_remembered import Remembered, release

# By hand: 90 days after the day of the grant, once 60 more; 30 without progress, warned 10 before the end of those;
# the window's end warned 14 and 3 days before. Day 0 is the day of the grant.
WINDOW, RENEWAL, IDLE = 90, 60, 30
IDLE_WARNED, END_WARNED = 10, (14, 3)
MORNING = datetime.fromisoformat("2026-03-02T09:00:00+08:00")
MIDNIGHT = MORNING.replace(hour=0)


@dataclass
class Plain:
    """What ought to be known of the claim, in days; `filed`: annex 1 lies with the center."""

    window_ends: int = WINDOW
    idle_since: int | None = 0
    visits: list[int] = field(default_factory=list)
    returned: int = 0
    renewals: int = 0
    filed: bool = False
    state: str = "live"
    reason: str | None = None
    warnings: list[tuple[str, int]] = field(default_factory=list)

    def last_day(self) -> tuple[int, str]:
        """The last day of the claim if nothing more happens, and why it ends then."""
        idle = self.window_ends + 1 if self.idle_since is None else self.idle_since + IDLE
        if idle == self.window_ends:
            return idle, "either"
        return min((self.window_ends, "window-over"), (idle, "idle"))

    def progress(self) -> int:
        return max([0, self.returned, *self.visits])

    def dawn(self, day: int) -> None:
        """A day begins: what ended at its midnight has ended."""
        last, reason = self.last_day()
        if self.state == "live" and not self.filed and last < day:
            self.state, self.reason = "expired", reason


class AClaim(RuleBasedStateMachine):
    """One claim, its unit, its center, and a clock that goes forward day by day, to noon or to one second before midnight."""

    def __init__(self) -> None:
        super().__init__()
        self.kept = Remembered(MORNING)
        self.plain = Plain()
        self.day = 0

    @property
    def lives(self) -> bool:
        return self.plain.state == "live"

    def run(self, work: Coroutine[None, None, object]) -> str:
        try:
            asyncio.run(work)
        except Refusal as refused:
            return refused.code
        return "done"

    @rule(days=st.integers(1, 35), late=st.booleans())
    def go_on(self, days: int, late: bool) -> None:
        for _ in range(days):
            self.day += 1
            self.plain.dawn(self.day)
            # The very first instant of the day: what ended at midnight is over now.
            self.kept.now = MIDNIGHT + timedelta(days=self.day)
            asyncio.run(self.kept.sweep())
            self.agree()
        of_day = timedelta(hours=23, minutes=59, seconds=59) if late else timedelta(hours=12)
        self.kept.now = MIDNIGHT + timedelta(days=self.day) + of_day
        asyncio.run(self.kept.sweep())

    @precondition(lambda self: self.lives and self.day)
    @rule(ago=st.integers(0, 9))
    def call_on_lately(self, ago: int) -> None:
        self.call_on(ago)

    @rule(ago=st.integers(0, 40))
    def call_on(self, ago: int) -> None:
        on = self.day - ago
        self.kept.visit(on)
        asyncio.run(self.kept.reckon())
        if self.plain.state == "live":
            self.plain.visits.append(on)
            if not self.plain.filed:
                self.plain.idle_since = self.plain.progress()

    @precondition(lambda self: self.lives and self.plain.visits)
    @rule()
    def take_the_last_visit_back(self) -> None:
        self.kept.visits.remove(self.kept.visits[-1])
        self.plain.visits.pop()
        asyncio.run(self.kept.reckon())
        asyncio.run(self.kept.sweep())
        if not self.plain.filed:
            self.plain.idle_since = self.plain.progress()
            self.plain.dawn(self.day)

    @precondition(lambda self: self.lives and not self.plain.filed and self.day)
    @rule()
    def file_annex_1(self) -> None:
        asyncio.run(self.kept.file())
        self.plain.filed, self.plain.idle_since = True, None

    @precondition(lambda self: self.plain.filed)
    @rule()
    def give_annex_1_back(self) -> None:
        asyncio.run(self.kept.give_back())
        self.plain.filed = False
        self.plain.returned = self.day
        if self.plain.window_ends < self.day:
            self.plain.state, self.plain.reason = "expired", "window-over"
        else:
            self.plain.idle_since = self.day

    @rule(ago=st.integers(0, 120))
    def renew(self, ago: int) -> None:
        on = self.day - ago
        named = Named(EvidenceKind.VISIT, self.kept.visit(on, counts=False), "/evidence/visits/0")
        command = RenewClaim(self.kept.asker, self.kept.claim.claim_id, (named,))
        outcome = self.run(renew_claim(command, self.kept.desk()))
        plain = self.plain
        if plain.state != "live":
            assert outcome == "wrong-state"
        elif plain.window_ends < self.day:
            assert outcome == "claim-over"
        elif plain.renewals:
            assert outcome == "claim-renewed-already"
        elif on < 0:
            assert outcome == "no-progress"
        else:
            assert outcome == "done"
            plain.renewals += 1
            plain.window_ends += RENEWAL

    @precondition(lambda self: self.day > IDLE)
    @rule()
    def give_it_up(self) -> None:
        outcome = self.run(release_claim(release(self.kept), self.kept.desk()))
        plain = self.plain
        if plain.state != "live" or plain.filed:
            assert outcome == (
                "claim-over" if plain.filed and plain.window_ends < self.day else "wrong-state"
            )
        else:
            assert outcome == "done"
            plain.state, plain.reason = "released", "given-up"

    @invariant()
    def agree(self) -> None:
        kept, plain = self.kept, self.plain
        assert str(kept.claim.state) == plain.state
        assert kept.reason == plain.reason or plain.reason == "either"
        assert kept.claim.renewals == plain.renewals
        lapsed = kept.declared.state is DeclarationState.LAPSED
        assert lapsed == (kept.claim.state is not ClaimState.LIVE)
        running = kept.running()
        if plain.state != "live":
            assert running == {}
            return
        idle = {} if plain.idle_since is None else {"claim-idle": plain.idle_since + IDLE}
        # While the center has annex 1 the window's clock may have run out without taking the claim.
        window = {"claim-end": plain.window_ends} if plain.window_ends >= self.day else {}
        assert running == {**window, **idle}
        assert kept.warnings_planned() == {
            ("claim-end", plain.window_ends + 1 - before) for before in END_WARNED if window
        } | {("claim-idle", end + 1 - IDLE_WARNED) for end in idle.values()}


AClaim.TestCase.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)
TestAClaim = AClaim.TestCase
