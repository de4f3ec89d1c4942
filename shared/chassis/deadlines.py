"""Planning deadlines: when they end, warn and pass on, and because of what."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

import orjson

from chassis.directory import Snapshot
from chassis.ids import uuid7
from chassis.transaction import Transaction
from regulations.calendars import Due, Duration, day_of, due, fractions
from regulations.provisions import Reason
from regulations.topics.deadlines import ChainStep, DeadlineWarnings, EscalationChain

CENTER_KINDS = ("national", "province", "city")


@dataclass(frozen=True)
class Holder:
    """Who has to act: a role at an organisation, and the person where one is named."""

    org_id: str
    role: str
    staff_id: str | None = None

    def to_json(self) -> dict[str, str | None]:
        """Give `{org_id, role, staff_id}`."""
        return {"org_id": self.org_id, "role": self.role, "staff_id": self.staff_id}


@dataclass(frozen=True)
class Term:
    """What a deadline is about, from when, for how long, and by which provisions (their reasons as JSON)."""

    kind: str
    subject: tuple[str, str]
    org_id: str
    holder: Holder
    started_at: datetime
    duration: Duration
    because: Sequence[Reason]
    customer_id: str | None = None


@dataclass
class Ground:
    """Why deadlines of one sort run. The database keeps it once; `kept` says that it is known to."""

    because: dict[str, Any]
    digest: str
    kept: bool = False


@dataclass(frozen=True)
class Deadline:
    """A planned deadline."""

    id: UUID
    term: Term
    due: Due
    chain: list[dict[str, Any]]
    steps: list[dict[str, Any]]
    ground: Ground

    @property
    def due_at(self) -> datetime:
        """The first instant that is too late."""
        return self.due.due_at

    @property
    def due_on(self) -> date:
        """The last day."""
        return self.due.due_on


@dataclass(frozen=True)
class _Frame:
    """What all deadlines of one sort that start on one day at one place have in common.

    `parts` are all parts of the time at which something happens; `warned` the places among them of the warnings;
    `links` the next holders, each from such a place or from an instant on; `reasons` keeps alive what the frame
    was found by.
    """

    end: Due
    parts: tuple[Fraction, ...]
    warned: tuple[int, ...]
    links: tuple[tuple[Holder, int | datetime], ...]
    ground: Ground
    reasons: Sequence[Reason]


def plan(term: Term, law: Snapshot, *, warn_at: Sequence[datetime] | None = None) -> Deadline:
    """Plan a deadline under the law of its organisation on the day it starts; `warn_at` replaces the usual warnings."""
    frame = _frame(term, law, usual_warnings=warn_at is None)
    instants = fractions(term.started_at, frame.end.due_at, term.duration, law.calendar, frame.parts)
    links = [
        {**holder.to_json(), "at": instants[at] if isinstance(at, int) else at, "since": None}
        for holder, at in frame.links
    ]
    usual = [instants[place] for place in frame.warned]
    warned = usual if warn_at is None else [at for at in warn_at if at > term.started_at]
    steps: list[dict[str, Any]] = [{"step": "warned", "at": at} for at in warned]
    steps.append({"step": "breached", "at": frame.end.due_at})
    steps += [{"step": "escalated", "at": link["at"], "link": number} for number, link in enumerate(links)]
    return Deadline(
        id=uuid7(),
        term=term,
        due=frame.end,
        chain=links,
        steps=sorted(steps, key=lambda step: (step["at"], ORDER[step["step"]])),
        ground=frame.ground,
    )


def _frame(term: Term, law: Snapshot, *, usual_warnings: bool) -> _Frame:
    """Find a frame, remembered as long as the snapshot of the law lives; reasons are told apart by identity."""
    day = day_of(term.started_at)
    found_by = (*map(id, term.because), usual_warnings, term.org_id, term.holder, term.duration, day)
    frame: _Frame | None = law.frames.get(found_by)
    if frame is None:
        if len(law.frames) >= FRAMES_KEPT:
            law.frames.clear()
        frame = law.frames[found_by] = _new_frame(term, law, day, usual_warnings=usual_warnings)
    return frame


def _new_frame(term: Term, law: Snapshot, day: date, *, usual_warnings: bool) -> _Frame:
    warnings = law.find(DeadlineWarnings, org_id=term.org_id, day=day)
    chain = law.find(EscalationChain, org_id=term.org_id, day=day)
    end = due(term.started_at, term.duration, law.calendar)
    cited = [*term.because, *([warnings.cite()] if usual_warnings else []), chain.cite()]
    warned = tuple(warnings.value.at) if usual_warnings else ()
    links = _chain(term, end, law, chain.value.steps)
    parts = tuple(dict.fromkeys((*warned, *(at for _, at in links if isinstance(at, Fraction)))))
    return _Frame(
        end=end,
        parts=parts,
        warned=tuple(range(len(warned))),
        links=tuple((holder, parts.index(at) if isinstance(at, Fraction) else at) for holder, at in links),
        ground=_ground(cited),
        reasons=term.because,
    )


FRAMES_KEPT = 1_000
ORDER = {"warned": 0, "breached": 1, "escalated": 2}


def encode(deadlines: Iterable[Deadline], correlation_id: str) -> str:
    """Give the JSON array that the SQL function `start_deadlines` takes; grounds that are kept go without words."""
    return orjson.dumps([_row(deadline, correlation_id) for deadline in deadlines]).decode()


def committed(deadlines: Iterable[Deadline]) -> None:
    """Remember that the database keeps the grounds of deadlines whose transaction has been committed."""
    for deadline in deadlines:
        deadline.ground.kept = True


async def start(tx: Transaction, deadlines: Sequence[Deadline]) -> None:
    """Start deadlines in this transaction."""
    encoded = encode(deadlines, tx.moment.correlation_id)
    await tx.execute("SELECT start_deadlines($1::jsonb)", encoded)


async def settle(tx: Transaction, subject: tuple[str, str], kinds: Sequence[str]) -> int:
    """Settle the deadlines of a subject now: met, or met late; gives how many."""
    settled: int = await tx.fetchval(
        "SELECT settle_deadlines($1, $2, $3, $4, $5)", tx.moment.service, *subject, list(kinds), tx.now
    )
    return settled


async def cancel(tx: Transaction, subject: tuple[str, str], kinds: Sequence[str]) -> int:
    """Cancel the running deadlines of a subject; gives how many."""
    cancelled: int = await tx.fetchval(
        "SELECT cancel_deadlines($1, $2, $3, $4)", *subject, list(kinds), tx.now
    )
    return cancelled


async def cancel_all(tx: Transaction, subject_type: str, ids: Sequence[str], kinds: Sequence[str]) -> int:
    """Cancel the running deadlines of several subjects of one type; gives how many."""
    cancelled: int = await tx.fetchval(
        "SELECT COALESCE(sum(cancel_deadlines($1, one.id, $3, $4)), 0) FROM unnest($2::text[]) AS one(id)",
        subject_type,
        list(ids),
        list(kinds),
        tx.now,
    )
    return cancelled


def _chain(
    term: Term, end: Due, law: Snapshot, steps: Sequence[ChainStep]
) -> list[tuple[Holder, Fraction | datetime]]:
    """Resolve the next holders; a level that is missing, or would hold twice in a row, is left out."""
    links: list[tuple[Holder, Fraction | datetime]] = []
    held = [term.holder]
    for step in steps:
        holder = _next_holder(term, law, step)
        if holder is None or any((holder.org_id, holder.role) == (one.org_id, one.role) for one in held):
            continue
        held.append(holder)
        links.append((holder, _at(end, law, step)))
    return links


def _next_holder(term: Term, law: Snapshot, step: ChainStep) -> Holder | None:
    """A center has no unit head: its director stands there."""
    node = law.organisation(term.holder.org_id) if step.of == "holder" else law.nearest(term.org_id, step.of)
    if node is None:
        return None
    director_instead = step.role == "unit-head" and node.kind in CENTER_KINDS
    return Holder(node.org_id, "center-director" if director_instead else step.role)


def _at(end: Due, law: Snapshot, step: ChainStep) -> Fraction | datetime:
    if isinstance(step.at, Fraction):
        return step.at
    if step.plus is None:
        return end.due_at
    return due(end.due_at - INSTANT, step.plus, law.calendar).due_at


INSTANT = datetime.resolution


def _ground(cited: Sequence[Reason]) -> Ground:
    because = {"reasons": [reason.to_json() for reason in cited], "text": _text(cited)}
    return Ground(because, hashlib.sha256(orjson.dumps(because)).hexdigest())


def _text(reasons: Sequence[Reason]) -> dict[str, str]:
    return {
        "zh": ";".join(reason.zh() for reason in reasons),
        "en": "; ".join(reason.en() for reason in reasons),
    }


def _row(deadline: Deadline, correlation_id: str) -> dict[str, Any]:
    term = deadline.term
    return {
        "id": deadline.id,
        "kind": term.kind,
        "subject_type": term.subject[0],
        "subject_id": term.subject[1],
        "customer_id": term.customer_id,
        "org_id": term.org_id,
        "started_at": term.started_at,
        "due_at": deadline.due_at,
        "due_on": deadline.due_on,
        "provisional": deadline.due.provisional,
        "holder": term.holder.to_json(),
        "chain": deadline.chain,
        "ground": deadline.ground.digest,
        "because": None if deadline.ground.kept else deadline.ground.because,
        "steps": deadline.steps,
        "next_at": deadline.steps[0]["at"],
        "correlation_id": correlation_id,
    }
