"""One claim with its declaration, clocks and visits in memory: what its handlers need, without a database."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID, uuid4

from chassis import deadlines
from chassis.directory import Organisation, Snapshot
from registry.commands.asking import Asker
from registry.commands.claims import ReleaseClaim
from registry.commands.declaring import Annex1, DecideDeclaration, FileAnnex1
from registry.handlers.claims import end_claim, idle_out
from registry.handlers.decisions import file_annex_1, return_declaration
from registry.handlers.granting import grant
from registry.handlers.using import reckon
from registry.model.claims import Claim, ClaimState
from registry.model.customers import Nature
from registry.model.declarations import Declaration, DeclarationState, Prospect
from registry.policies.use import Evidence, Named
from registry.ports.desk import ClaimEnd, Desk
from registry.ports.use import IdleClock, Idling
from registry.repository.uses import idle_deadline
from regulations.calendars import Calendar, days_before, due
from regulations.rulebook import Adoption, Law
from support.service import MANAGER, OFFICER, TREE, Person, orgpath

DAY = timedelta(days=1)
FORM = Annex1({}, None, None, None, None, None, None)


@dataclass
class Clock:
    """A deadline and how far it has been fired."""

    planned: deadlines.Deadline
    state: str = "running"
    fired: int = 0


@dataclass
class Remembered:
    """A claim from its grant on, as handlers and sweeper make it; days count from that of the grant."""

    start: datetime
    now: datetime = field(init=False)
    reason: str | None = None
    clocks: list[Clock] = field(default_factory=list)
    visits: list[tuple[UUID, datetime]] = field(default_factory=list)
    shown: dict[UUID, datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.now = self.start
        self.law = _law()
        self.claim = cast("Claim", None)
        prospect = Prospect("楚天汽配有限公司", Nature.ORGANISATION, "420106", None, (), None)
        self.declared = Declaration(
            uuid4(),
            uuid4(),
            MANAGER.org_id,
            "420100",
            MANAGER.staff_id,
            self.now,
            prospect,
            ("ceremonial",),
            DeclarationState.PROTECTED,
        )
        asyncio.run(grant(self.declared, self.desk()))

    @property
    def asker(self) -> Asker:
        return _asker(MANAGER)

    def desk(self) -> Desk:
        desk = SimpleNamespace(
            now=self.now,
            today=self.now.date(),
            law=self.law,
            tree=SimpleNamespace(path=orgpath),
            claims=self,
            declarations=_Declarations(self),
            customers=_Customers(),
            known=_Market(),
            clocks=self,
            uses=self,
            phone_keys=None,
        )
        return cast("Desk", desk)

    # What happens to it.

    def visit(self, day: int, *, counts: bool = True) -> UUID:
        """Put a visit on record; one that does not count was made elsewhere, and is evidence alone."""
        visit_id, on = uuid4(), self.start.replace(hour=0) + day * DAY
        self.shown[visit_id] = on
        if counts:
            self.visits.append((visit_id, on))
        return visit_id

    async def reckon(self) -> None:
        await reckon([self.claim.customer_id], self.desk())

    async def file(self) -> None:
        await file_annex_1(FileAnnex1(self.asker, self.declared.declaration_id, FORM), self.desk())

    async def give_back(self) -> None:
        command = DecideDeclaration(_asker(OFFICER), self.declared.declaration_id, "请补充")
        await return_declaration(command, self.desk())

    async def sweep(self) -> None:
        """Fire what is due, in its order, as the sweeper does."""
        reactions = {"claim-end": end_claim, "claim-idle": idle_out}
        while True:
            ready = [
                (clock.planned.steps[clock.fired]["at"], number)
                for number, clock in enumerate(self.clocks)
                if clock.state == "running" and clock.planned.steps[clock.fired]["at"] <= self.now
            ]
            if not ready:
                return
            clock = self.clocks[min(ready)[1]]
            step = clock.planned.steps[clock.fired]["step"]
            clock.fired += 1
            if step == "breached":
                clock.state = "breached"
                await reactions[clock.planned.term.kind](self.claim.claim_id, self.desk())

    def running(self) -> dict[str, int]:
        """Give the last day of each running clock."""
        return {
            clock.planned.term.kind: (clock.planned.due_on - self.start.date()).days
            for clock in self.clocks
            if clock.state == "running"
        }

    def warnings_planned(self) -> set[tuple[str, int]]:
        """Give the days at whose beginning the running clocks warn."""
        return {
            (clock.planned.term.kind, (step["at"].date() - self.start.date()).days)
            for clock in self.clocks
            if clock.state == "running"
            for step in clock.planned.steps
            if step["step"] == "warned"
        }

    # Claims.

    async def find(self, claim_id: UUID) -> Claim | None:
        return self.claim if claim_id == self.claim.claim_id else None

    async def of_declaration(self, _: UUID) -> list[Claim]:
        return [self.claim] if self.claim.state is ClaimState.LIVE else []

    async def grant(self, claims: Sequence[Claim], _: object, **__: object) -> None:
        [self.claim] = claims

    async def renew(self, claims: Sequence[Claim], _: str, __: object) -> None:
        [self.claim] = claims

    async def end(self, claim: Claim, reason: str, _: object) -> None:
        self.claim, self.reason = claim, reason

    # Clocks.

    async def start_claims(self, ends: Sequence[ClaimEnd], idles: Sequence[IdleClock], _: object) -> None:
        self.clocks += [Clock(_end(end, self.law)) for end in ends]
        await self.restart(idles)

    async def extend_claim(self, end: ClaimEnd) -> None:
        self._stop("claim-end")
        self.clocks.append(Clock(_end(end, self.law)))

    async def stop_idling(self, _: object) -> None:
        self._stop("claim-idle")

    async def stop_claims(self, claims: Sequence[Claim]) -> None:
        if claims:
            self._stop("claim-end", "claim-idle")

    async def start_decision(self, _: object) -> None:
        """The center's clock is not of the claim."""

    async def decided(self, _: object) -> None:
        """Nor its end."""

    # Uses.

    async def idling(self, _: Sequence[UUID]) -> list[Idling]:
        verdict = self.declared.verdict
        clocks = [
            one for one in self.clocks if one.planned.term.kind == "claim-idle" and one.state == "running"
        ]
        return [
            Idling(
                claim=self.claim,
                holder_id=MANAGER.staff_id,
                since=clock.planned.term.started_at,
                ends_at=clock.planned.due_at,
                returned_at=verdict.at if verdict and verdict.outcome == "returned" else None,
                visited_at=max((on for _, on in self.visits), default=None),
                stepped_at=None,
            )
            for clock in clocks
        ]

    async def restart(self, clocks: Sequence[IdleClock]) -> None:
        for clock in clocks:
            self._stop("claim-idle")
            self.clocks.append(Clock(idle_deadline(clock, self.law)))

    async def idle_clock(self, _: UUID) -> tuple[datetime, datetime] | None:
        ran = [
            (one.planned.due_at, one.planned.term.started_at)
            for one in self.clocks
            if one.planned.term.kind == "claim-idle" and one.state in ("running", "breached")
        ]
        return (max(ran)[1], max(ran)[0]) if ran else None

    async def evidence(self, _: Claim, named: Sequence[Named]) -> list[Evidence]:
        return [Evidence(one, self.shown.get(one.ref)) for one in named]

    def _stop(self, *kinds: str) -> None:
        for clock in self.clocks:
            if clock.planned.term.kind in kinds and clock.state == "running":
                clock.state = "stopped"


@dataclass
class _Declarations:
    kept: Remembered

    async def get(self, _: UUID) -> Declaration:
        return self.kept.declared

    async def save(self, declared: Declaration, **_: Any) -> None:
        self.kept.declared = declared


class _Market:
    async def disputed(self, _: UUID) -> bool:
        return False


class _Customers:
    async def get(self, _: UUID) -> Any:
        return SimpleNamespace(supports=())


def release(kept: Remembered) -> ReleaseClaim:
    """Give the command by which the holder gives the claim up."""
    return ReleaseClaim(kept.asker, kept.claim.claim_id)


def _asker(person: Person) -> Asker:
    return Asker(person.staff_id, orgpath(person.org_id), frozenset({person.role}))


def _end(end: ClaimEnd, law: Snapshot) -> deadlines.Deadline:
    claim = end.claim
    term = deadlines.Term(
        kind="claim-end",
        subject=("claim", str(claim.claim_id)),
        org_id=claim.org_id,
        holder=deadlines.Holder(claim.org_id, "account-manager", str(end.holder_id)),
        started_at=claim.since,
        duration=end.length,
        because=end.because.reasons,
    )
    ends_at = due(claim.since, end.length).due_at
    return deadlines.plan(term, law, warn_at=[days_before(ends_at, days) for days in end.warned_days_before])


@cache
def _law() -> Snapshot:
    adopted = [
        Adoption("hubei", None, date(2009, 1, 1)),
        Adoption("platform", None, date(2009, 1, 1)),
        Adoption("jiangxi", ("claim-window",), date(2009, 1, 1)),
    ]
    nodes = {
        org_id: Organisation(org_id, parent, kind, name, division, place, orgpath(org_id))
        for org_id, (parent, kind, name, division, place) in TREE.items()
    }
    return Snapshot(nodes, {}, {"420000": adopted}, Calendar.shipped(), Law.shipped())
