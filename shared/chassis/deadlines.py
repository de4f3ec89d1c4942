"""Planning deadlines: when they end, warn and pass on, and because of what."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson

from chassis.directory import Snapshot
from chassis.frames import ORDER, frame_of
from chassis.ids import uuid7
from chassis.terms import CENTER_KINDS, Ground, Holder, Term
from chassis.transaction import Transaction
from regulations.calendars import Due, fractions

__all__ = [
    "CENTER_KINDS",
    "Deadline",
    "Ground",
    "Holder",
    "Term",
    "cancel",
    "cancel_all",
    "committed",
    "encode",
    "plan",
    "settle",
    "start",
]


@dataclass(frozen=True)
class Deadline:
    """A planned deadline; `counted` is how, where a new calendar may move it."""

    id: UUID
    term: Term
    due: Due
    chain: list[dict[str, Any]]
    steps: list[dict[str, Any]]
    ground: Ground
    counted: dict[str, Any] | None = None

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
    frame = frame_of(term, law, usual_warnings=warn_at is None)
    instants = fractions(term.started_at, frame.end.due_at, term.duration, law.calendar, frame.parts)
    links = [
        {**holder, "at": instants[at] if isinstance(at, int) else at, "since": None}
        for holder, at in frame.links
    ]
    if warn_at is None:
        warned = [(instants[place], frame.marks[place]) for place in frame.warned]
    else:
        warned = [(at, {}) for at in warn_at if at > term.started_at]
    steps: list[dict[str, Any]] = [{"step": "warned", "at": at, **mark} for at, mark in warned]
    steps.append({"step": "breached", "at": frame.end.due_at})
    steps += [
        {"step": "escalated", "at": link["at"], "link": number, **frame.marks[len(frame.warned) + number]}
        for number, link in enumerate(links)
    ]
    return Deadline(
        id=uuid7(),
        term=term,
        due=frame.end,
        chain=links,
        steps=sorted(steps, key=lambda step: (step["at"], ORDER[step["step"]])),
        ground=frame.ground,
        counted=frame.counted,
    )


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
        **({"counted": deadline.counted} if deadline.counted else {}),
    }
