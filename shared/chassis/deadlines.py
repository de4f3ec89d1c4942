"""Planning deadlines: when they end, warn and pass on, and because of what."""

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
from regulations.calendars import Due, Duration, due, fractions
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


@dataclass(frozen=True)
class Deadline:
    """A planned deadline."""

    id: UUID
    term: Term
    due: Due
    chain: list[dict[str, Any]]
    steps: list[dict[str, Any]]
    because: dict[str, Any]

    @property
    def due_at(self) -> datetime:
        """The first instant that is too late."""
        return self.due.due_at

    @property
    def due_on(self) -> date:
        """The last day."""
        return self.due.due_on


def plan(term: Term, law: Snapshot, *, warn_at: Sequence[datetime] | None = None) -> Deadline:
    """Plan a deadline under the law of its organisation on the day it starts; `warn_at` replaces the usual warnings."""
    day = term.started_at.date()
    warnings = law.find(DeadlineWarnings, org_id=term.org_id, day=day)
    chain = law.find(EscalationChain, org_id=term.org_id, day=day)
    end = due(term.started_at, term.duration, law.calendar)
    parts = _instants(term, end, law, [*warnings.value.at])
    links = _chain(term, end, law, chain.value.steps)
    warned = list(parts.values()) if warn_at is None else [at for at in warn_at if at > term.started_at]
    steps = [{"step": "warned", "at": at} for at in warned]
    steps.append({"step": "breached", "at": end.due_at})
    steps += [{"step": "escalated", "at": link["at"], "link": number} for number, link in enumerate(links)]
    reasons = (
        [*term.because, chain.cite()]
        if warn_at is not None
        else [*term.because, warnings.cite(), chain.cite()]
    )
    return Deadline(
        id=uuid7(),
        term=term,
        due=end,
        chain=links,
        steps=sorted(steps, key=lambda step: (step["at"], ORDER[step["step"]])),
        because={"reasons": [reason.to_json() for reason in reasons], "text": _text(reasons)},
    )


ORDER = {"warned": 0, "breached": 1, "escalated": 2}


def encode(deadlines: Iterable[Deadline], correlation_id: str) -> str:
    """Give the JSON array that the SQL function `start_deadlines` takes."""
    return orjson.dumps([_row(deadline, correlation_id) for deadline in deadlines]).decode()


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


def _instants(term: Term, end: Due, law: Snapshot, parts: Sequence[Fraction]) -> dict[Fraction, datetime]:
    instants = fractions(term.started_at, end.due_at, term.duration, law.calendar, parts)
    return dict(zip(parts, instants, strict=True))


def _chain(term: Term, end: Due, law: Snapshot, steps: Sequence[ChainStep]) -> list[dict[str, Any]]:
    """Resolve the next holders; a level that is missing, or would hold twice in a row, is left out."""
    links: list[dict[str, Any]] = []
    held = [term.holder]
    for step in steps:
        holder = _next_holder(term, law, step)
        if holder is None or any((holder.org_id, holder.role) == (one.org_id, one.role) for one in held):
            continue
        held.append(holder)
        links.append({**holder.to_json(), "at": _at(term, end, law, step), "since": None})
    return links


def _next_holder(term: Term, law: Snapshot, step: ChainStep) -> Holder | None:
    """A center has no unit head: its director stands there."""
    node = law.organisation(term.holder.org_id) if step.of == "holder" else law.nearest(term.org_id, step.of)
    if node is None:
        return None
    director_instead = step.role == "unit-head" and node.kind in CENTER_KINDS
    return Holder(node.org_id, "center-director" if director_instead else step.role)


def _at(term: Term, end: Due, law: Snapshot, step: ChainStep) -> datetime:
    if isinstance(step.at, Fraction):
        return _instants(term, end, law, [step.at])[step.at]
    if step.plus is None:
        return end.due_at
    return due(end.due_at - INSTANT, step.plus, law.calendar).due_at


INSTANT = datetime.resolution


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
        "because": deadline.because,
        "steps": deadline.steps,
        "next_at": deadline.steps[0]["at"],
        "correlation_id": correlation_id,
    }
