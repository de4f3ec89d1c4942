"""Derives a deadline from its ledger, by rules of its own: an oracle that shares no line with the product."""

import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

from chassis.database import Connection

Fields = dict[str, Any]
ROWS = "SELECT * FROM deadline ORDER BY id"
ENTRIES = "SELECT * FROM deadline_ledger ORDER BY seq"
DERIVED = (
    "state",
    "due_at",
    "steps",
    "chain",
    "next_at",
    "warned_at",
    "breached_at",
    "breached_by",
    "settled_at",
    "paused",
    "pauses",
    "paused_for",
)


def derive(row: Mapping[str, Any], entries: Sequence[Mapping[str, Any]]) -> Fields:
    """Give what a deadline must be: its start, and everything its ledger says since. Raises where entries contradict."""
    at = _start(row, entries)
    for entry in entries:
        assert entry["due_before"] == at["due_at"], (entry, at["due_at"])
        APPLY[entry["what"]](at, entry)
        assert entry["due_after"] == at["due_at"], (entry, at["due_at"])
    ahead = at["steps"][at["fired"] :]
    runs = at["state"] in ("running", "breached") and at["settled_at"] is None
    at["next_at"] = ahead[0]["at"] if runs and ahead else None
    return {name: at[name] for name in DERIVED}


def shown(row: Mapping[str, Any]) -> Fields:
    """Give what a deadline's row says of the same."""
    plan = _timed(json.loads(row["steps"])), _timed(json.loads(row["chain"]))
    return {
        **{name: row[name] for name in DERIVED},
        "steps": plan[0],
        "chain": plan[1],
        "warned_at": list(row["warned_at"]),
        "breached_by": _read(row["breached_by"]),
        "paused": _read(row["paused"]),
    }


async def contradictions(root: Connection) -> list[tuple[Fields, Fields]]:
    """Give every deadline of a database that is not what its ledger says, as (derived, row)."""
    entries: dict[Any, list[Mapping[str, Any]]] = {}
    for entry in await root.fetch(ENTRIES):
        entries.setdefault(entry["deadline_id"], []).append(dict(entry))
    pairs = [
        (derive(dict(row), entries.get(row["id"], [])), shown(dict(row))) for row in await root.fetch(ROWS)
    ]
    return [(derived, row) for derived, row in pairs if derived != row]


def _start(row: Mapping[str, Any], entries: Sequence[Mapping[str, Any]]) -> Fields:
    """Give a deadline as it started: the first plan that was kept, with nothing of it fired, or the row's own."""
    kept = next((json.loads(one["plan"]) for one in entries if one["plan"]), None)
    plan = kept.get("before", kept) if kept else None
    due_at = datetime.fromisoformat(plan["due_at"]) if plan else row["due_at"]
    steps = plan["steps"] if plan else json.loads(row["steps"])
    chain = plan["chain"] if plan else json.loads(row["chain"])
    # The platform's chain names roles; a person is named only when a step passes the deadline on.
    links = [{**link, "since": None, "staff_id": None} for link in _timed(chain)]
    return {
        "state": "running",
        "due_at": due_at,
        "steps": _timed(steps),
        "chain": links,
        "fired": 0,
        "warned_at": [],
        "breached_at": None,
        "breached_by": None,
        "settled_at": None,
        "paused": None,
        "pauses": 0,
        "paused_for": timedelta(),
    }


def _fire(at: Fields, entry: Mapping[str, Any]) -> None:
    step = at["steps"][at["fired"]]
    assert step["step"] == entry["what"] and step["at"] <= entry["at"], (step, entry)
    assert at["state"] in ("running", "breached"), entry
    at["fired"] += 1
    if entry["what"] == "warned":
        at["warned_at"].append(entry["at"])
    elif entry["what"] == "breached":
        at.update(state="breached", breached_at=entry["at"], breached_by=_read(entry["why"]))
    else:
        at["chain"][step["link"]] = {
            **at["chain"][step["link"]],
            "staff_id": _read(entry["why"])["staff_id"],
            "since": entry["at"],
        }


def _pause(at: Fields, entry: Mapping[str, Any]) -> None:
    assert at["state"] == "running", entry
    why = _read(entry["why"])
    at.update(
        state="paused",
        pauses=at["pauses"] + 1,
        paused={**why, "since": entry["at"]},
    )


def _resume(at: Fields, entry: Mapping[str, Any]) -> None:
    assert at["state"] == "paused", entry
    stood = entry["at"] - at["paused"]["since"]
    assert entry["at"] <= at["paused"]["until"], entry
    at.update(state="running", paused=None, paused_for=at["paused_for"] + stood, due_at=at["due_at"] + stood)
    for number, step in enumerate(at["steps"]):
        if number >= at["fired"]:
            step["at"] += stood
    for link in at["chain"]:
        if link["since"] is None:
            link["at"] += stood


def _recompute(at: Fields, entry: Mapping[str, Any]) -> None:
    assert at["state"] in ("running", "paused"), entry
    plan = json.loads(entry["plan"])
    before, after = plan["before"], plan["after"]
    assert _timed(before["steps"]) == at["steps"], entry
    steps = _timed(after["steps"])
    assert steps[: at["fired"]] == at["steps"][: at["fired"]], "what has fired stays fired"
    at.update(due_at=datetime.fromisoformat(after["due_at"]), steps=steps, chain=_timed(after["chain"]))


def _end(at: Fields, entry: Mapping[str, Any]) -> None:
    assert at["settled_at"] is None, entry
    late = at["state"] == "breached"
    assert {"met": not late, "met-late": late, "stopped": late, "cancelled": not late}[entry["what"]], entry
    assert entry["what"] != "met" or entry["at"] < at["due_at"], entry
    at["settled_at"] = entry["at"]
    at["state"] = "breached" if entry["what"] == "stopped" else entry["what"]
    at["paused"] = None


APPLY = {
    "warned": _fire,
    "breached": _fire,
    "escalated": _fire,
    "paused": _pause,
    "resumed": _resume,
    "recomputed": _recompute,
    "met": _end,
    "met-late": _end,
    "stopped": _end,
    "cancelled": _end,
}


def _read(text: str | None) -> Any:
    read = json.loads(text) if text else None
    return _instants(read) if isinstance(read, dict) else read


def _timed(items: Sequence[Fields]) -> list[Fields]:
    return [_instants(item) for item in deepcopy(list(items))]


def _instants(item: Fields) -> Fields:
    return {
        name: datetime.fromisoformat(value) if name in ("at", "since", "until") and value else value
        for name, value in item.items()
    }
