"""The tables `rule_wording`, `rule_draft` and `calendar_import`."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from chassis.directory import EMPTY, wording_of
from registry.model.calendars import CalendarNotice, ListedDay
from registry.model.rules import Draft, DraftState
from registry.tables.shapes import Stored, from_json, moment, moment_or_none, to_json
from regulations.loading import Rule

WORDINGS = "SELECT * FROM rule_wording WHERE rule = $1 ORDER BY in_force, recorded"


def rule_of(name: str, rows: Sequence[Stored]) -> Rule | None:
    """Read a rule from the files and the rows of what was published of it; None where no pack words it."""
    pack, _, topic = name.partition(".")
    shipped = EMPTY.law.packs.get(pack)
    if shipped is None or topic not in shipped.rules:
        return None
    return EMPTY.law.with_wordings([wording_of(row) for row in rows]).packs[pack].rules[topic]


def draft_of(row: Stored) -> Draft:
    """Read a draft from its row."""
    facts = dict(row) | {
        "value": from_json(row["value"]),
        "comparison": from_json(row["comparison"]),
        "state": DraftState(row["state"]),
        "drafted_at": moment(row["drafted_at"]),
        "decided_at": moment_or_none(row["decided_at"]),
        "recorded": moment_or_none(row["recorded"]),
    }
    return Draft(**facts)


def draft_row(draft: Draft) -> dict[str, Any]:
    """Give the row of a draft."""
    return asdict(draft) | {
        "value": to_json(draft.value),
        "comparison": to_json(draft.comparison),
        "state": str(draft.state),
    }


def notice_of(row: Stored) -> CalendarNotice:
    """Read an imported notice from its row."""
    days = tuple(
        ListedDay(date.fromisoformat(one["day"]), one["workday"], one["note"])
        for one in from_json(row["days"])
    )
    return CalendarNotice(**dict(row) | {"days": days, "imported_at": moment(row["imported_at"])})


def notice_row(notice: CalendarNotice) -> dict[str, Any]:
    """Give the row of a notice."""
    return asdict(notice) | {"days": to_json([asdict(day) for day in notice.days])}
