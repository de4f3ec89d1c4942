"""Counting open deadlines anew when an official calendar comes in: what lies ahead moves, what has fired stays fired."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from chassis.directory import EMPTY
from chassis.frames import ORDER, after_breach
from chassis.transaction import Transaction
from regulations.calendars import (
    SHANGHAI,
    TICK,
    Calendar,
    Counting,
    DayStatus,
    Due,
    Duration,
    day_of,
    due,
    fractions,
)

OPEN = """
    SELECT id, started_at, due_at, due_on, provisional, steps, next_step, chain, paused_for, counted
    FROM counted_deadlines()
"""
DAYS = "SELECT day, workday, provisional, note FROM calendar_day"
RECOMPUTE = "SELECT recompute_deadlines($1, $2, $3::jsonb, $4::jsonb)"


@dataclass(frozen=True)
class Plan:
    """What lies ahead of a deadline, and what of it has been."""

    due_at: datetime
    due_on: date
    provisional: bool
    steps: list[dict[str, Any]]
    chain: list[dict[str, Any]]


@dataclass(frozen=True)
class Counted:
    """An open deadline that depends on the calendar: how it was counted, and how far it has come."""

    id: UUID
    started_at: datetime
    duration: Duration
    counting: Counting
    paused_for: timedelta
    next_step: int
    plan: Plan

    def anew(self, calendar: Calendar) -> Plan:
        """Plan it again: the whole paused time is added, steps that have fired keep their instants."""
        end = due(self.started_at, self.duration, calendar, self.counting)
        due_at = end.due_at + self.paused_for
        fired, ahead = self.plan.steps[: self.next_step], self.plan.steps[self.next_step :]
        moved = sorted(
            ({**step, "at": self._at(step, end, calendar)} for step in ahead),
            key=lambda step: (step["at"], ORDER[step["step"]]),
        )
        passing = {step["link"]: step["at"] for step in moved if "link" in step}
        chain = [
            {**link, "at": passing.get(number, link["at"])} for number, link in enumerate(self.plan.chain)
        ]
        due_on = day_of(due_at - TICK) if self.paused_for else end.due_on
        return Plan(due_at, due_on, end.provisional, [*fired, *moved], chain)

    def _at(self, step: Mapping[str, Any], end: Due, calendar: Calendar) -> datetime:
        if step["step"] == "breached":
            return end.due_at + self.paused_for
        if "part" in step:
            share = Fraction(step["part"])
            [at] = fractions(self.started_at, end.due_at, self.duration, calendar, [share])
            return at + self.paused_for
        if "plus" in step:
            plus = Duration(**step["plus"]) if step["plus"] else None
            return after_breach(end, plus, calendar) + self.paused_for
        kept: datetime = step["at"]
        return kept


async def recount(tx: Transaction, note: Mapping[str, Any]) -> int:
    """Count every open deadline anew with the calendar as it stands in this transaction; gives how many have moved."""
    rows = await tx.fetch(OPEN)
    if not rows:
        return 0
    calendar = await _calendar(tx)
    plans = []
    for row in rows:
        counted = _counted(row)
        anew = counted.anew(calendar)
        if anew != counted.plan:
            plans.append(_encoded(counted, anew))
    if not plans:
        return 0
    moved: int = await tx.fetchval(
        RECOMPUTE, tx.moment.service, tx.now, orjson.dumps(plans).decode(), orjson.dumps(note).decode()
    )
    return moved


async def _calendar(tx: Transaction) -> Calendar:
    known = dict(EMPTY.calendar.items())
    for row in await tx.fetch(DAYS):
        known[row["day"]] = DayStatus(row["workday"], row["provisional"], row["note"])
    return Calendar(known)


def _counted(row: asyncpg.Record) -> Counted:
    how = orjson.loads(row["counted"])
    return Counted(
        id=row["id"],
        started_at=row["started_at"],
        duration=Duration(**how["duration"]),
        counting=Counting.from_json(how["counting"]),
        paused_for=row["paused_for"],
        next_step=row["next_step"],
        plan=Plan(
            due_at=row["due_at"],
            due_on=row["due_on"],
            provisional=row["provisional"],
            steps=_timed(orjson.loads(row["steps"])),
            chain=_timed(orjson.loads(row["chain"])),
        ),
    )


def _timed(items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{**item, "at": datetime.fromisoformat(item["at"])} for item in items]


def _encoded(counted: Counted, anew: Plan) -> dict[str, Any]:
    return {
        "id": str(counted.id),
        "due_at": anew.due_at.astimezone(SHANGHAI),
        "due_on": anew.due_on,
        "provisional": anew.provisional,
        "steps": anew.steps,
        "chain": anew.chain,
        "next_at": anew.steps[counted.next_step]["at"],
    }
