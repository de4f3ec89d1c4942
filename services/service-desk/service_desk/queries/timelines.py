"""The course of a complaint: its steps with time and person, what happened to its clocks, and how far the six steps are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from asyncpg import Record

from chassis.directory import Snapshot
from chassis.transaction import Transaction
from chassis.vault import Vault
from contracts.refusals import NotFound
from contracts.values import code_and_id
from regulations.calendars import day_of
from regulations.rulebook import NoLaw
from regulations.topics.complaints import ComplaintStep, ComplaintSteps
from service_desk.queries.readers import Reader, in_shanghai, without_absent

ONE = """
SELECT c.id, c.case_no, c.cycle, c.handovers, c.received_at, c.recorded_at, c.recorded_by, c.first_responder_org_id,
  c.promised, p.staff_no, p.name, complaint_ledger(c.id) AS ledger
FROM complaint c LEFT JOIN staff p ON p.staff_id::text = c.recorded_by
WHERE c.case_no = $1 OR c.id = $2
"""
STEPS = """
SELECT s.version, s.step, s.at, s.actor, s.words, s.cycle, p.staff_no, p.name
FROM complaint_step s LEFT JOIN staff p ON p.staff_id::text = s.actor
WHERE s.complaint_id = $1 ORDER BY s.version
"""
# The six steps as the pack names them, by the entries of the timeline that take them.
TAKEN_BY = {
    "receive": ("received", "reopen"),
    "record": ("recorded", "reopen"),
    "respond": ("answer",),
    "investigate": ("investigate",),
    "solve": ("resolve",),
    "follow-up": ("close",),
}


@dataclass(frozen=True, slots=True)
class View:
    """Who reads, with which key, under which law."""

    reader: Reader
    vault: Vault
    law: Snapshot


async def timeline(tx: Transaction, reference: str, view: View) -> dict[str, Any]:
    """Give the whole course of a complaint; the words where the reader may see them; raises NotFound."""
    row = await tx.fetchrow(ONE, *code_and_id(reference))
    if row is None:
        raise NotFound(f"没有案件{reference}。", f"There is no case {reference}.")
    by = person(row["recorded_by"], row)
    first = {"actor": by, "version": 1, "cycle": 1}
    steps = [
        {"step": "received", "time": in_shanghai(row["received_at"]), **first},
        {
            "step": "recorded",
            "time": in_shanghai(row["recorded_at"]),
            **first,
            "told": orjson.loads(row["promised"]),
        },
        *(_entry(step, view) for step in await tx.fetch(STEPS, row["id"])),
    ]
    return {
        "case_no": row["case_no"],
        "cycle": row["cycle"],
        "handovers": row["handovers"],
        "steps": steps,
        "six_steps": _six(row, steps, view.law),
        "clocks": [_clock(entry) for entry in orjson.loads(row["ledger"])],
    }


def person(actor: str, row: Record | None) -> dict[str, str | None]:
    """Give who acted, with number and name where they are on the staff."""
    return {
        "staff_id": actor,
        "staff_no": row["staff_no"] if row else None,
        "name": row["name"] if row else None,
    }


def _entry(step: Record, view: View) -> dict[str, Any]:
    entry = {
        "step": step["step"],
        "time": in_shanghai(step["at"]),
        "actor": person(step["actor"], step),
        "version": step["version"],
        "cycle": step["cycle"],
    }
    if not view.reader.texts:
        return entry
    return {**entry, "words": without_absent(orjson.loads(view.vault.open(step["words"])))}


def _six(row: Record, steps: Sequence[dict[str, Any]], law: Snapshot) -> list[dict[str, Any]]:
    """Give the six steps of the running cycle in order, each with time and person once taken; none without a pack."""
    try:
        rule = law.find(
            ComplaintSteps,
            org_id=row["first_responder_org_id"],
            day=day_of(row["received_at"]),
        )
    except NoLaw:
        return []
    taken = {entry["step"]: entry for entry in steps if entry["cycle"] == row["cycle"]}
    return [_named(step, taken) for step in rule.value.steps]


def _named(step: ComplaintStep, taken: dict[str, dict[str, Any]]) -> dict[str, Any]:
    found = next((taken[name] for name in TAKEN_BY.get(step.code, ()) if name in taken), None)
    return {
        "code": step.code,
        "zh": step.zh,
        "en": step.en,
        "time": found["time"] if found else None,
        "actor": found["actor"] if found else None,
    }


def _clock(entry: dict[str, Any]) -> dict[str, Any]:
    instants = {name: _moment(entry[name]) for name in ("at", "due_before", "due_after")}
    return {**entry, **instants}


def _moment(text: str | None) -> datetime | None:
    return in_shanghai(datetime.fromisoformat(text)) if text else None
