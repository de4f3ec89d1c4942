"""What callers are promised by the clocks of their case as these run now."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

import orjson
from asyncpg import Record

from regulations.calendars import Due
from service_desk.policies.clocks import ANSWER, HANDLE, RESOLVE
from service_desk.policies.promises import Words, compensation_promise, complaint_promise

Clocks = Iterable[Mapping[str, Any]]
CANCELLED = "cancelled"


def of_complaint(row: Record) -> dict[str, str]:
    """Give the promise of the running cycle."""
    running = [clock for clock in orjson.loads(row["deadlines"]) if clock["cycle"] == row["cycle"]]
    return _promised(row, _due(running), (ANSWER, RESOLVE), complaint_promise)


def of_compensation(row: Record) -> dict[str, str]:
    """Give the promise of the clocks that hold: one that was cancelled is no longer promised."""
    holding = [
        clock
        for clock in orjson.loads(row["deadlines"])
        if clock["state"] != CANCELLED or clock["kind"] == HANDLE
    ]
    return _promised(row, _due(holding), (HANDLE,), compensation_promise)


def _due(clocks: Clocks) -> dict[str, Due]:
    return {
        clock["kind"]: Due(
            datetime.fromisoformat(clock["due_at"]), date.fromisoformat(clock["due_on"]), clock["provisional"]
        )
        for clock in clocks
    }


def _promised(
    row: Record,
    due: Mapping[str, Due],
    needed: Iterable[str],
    promise: Callable[[str, Mapping[str, Due]], Words],
) -> dict[str, str]:
    """Give what was said at intake where a case has no such clocks."""
    if not all(kind in due for kind in needed):
        said: dict[str, str] = orjson.loads(row["promised"])
        return said
    return promise(row["case_no"], due).to_json()
