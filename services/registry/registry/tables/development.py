"""The tables `development_case`, `development_move`, `development_watch`; what was written and said is sealed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from registry.model.customers import Nature
from registry.model.development import (
    CaseState,
    DevelopmentCase,
    Grade,
    Move,
    Project,
    ProjectState,
    Step,
    Target,
    Watch,
)
from registry.policies.names import initials, normalised
from registry.ports.desk import Seal
from registry.tables.shapes import Stored, from_json, moment, moment_or_none, to_json

_PLAIN = (
    "case_id",
    "org_id",
    "city_org_id",
    "event_key",
    "customer_id",
    "demand",
    "owner_id",
    "filed_by",
    "score",
    "version",
)
_OF_TARGET = ("name", "division", "credit_code")


def case_of(row: Stored, vault: Seal) -> DevelopmentCase:
    """Read a case from its row, what is sealed opened."""
    written = _opened(row["written"], vault) or {}
    grades = _opened(row["grades"], vault) or {}
    return DevelopmentCase(
        **{column: row[column] for column in _PLAIN},
        target=Target(**{column: row[column] for column in _OF_TARGET}, nature=Nature(row["nature"])),
        lines=tuple(row["lines"]),
        opened_at=moment(row["opened_at"]),
        state=CaseState(row["state"]),
        step=Step(row["step"]),
        written={Step(step): fields for step, fields in written.items()},
        filed_at=moment_or_none(row["filed_at"]),
        grades={aspect: _grade(one) for aspect, one in grades.items()},
        project_state=ProjectState(row["project_state"]) if row["project_state"] else None,
        project=_project(_opened(row["project"], vault)),
        ended_at=moment_or_none(row["ended_at"]),
        end_reason=vault.open(row["end_reason"]) if row["end_reason"] else None,
        because=from_json(row["because"]),
    )


def case_row(case: DevelopmentCase, vault: Seal) -> dict[str, Any]:
    """Give the row of a case, what was written and said sealed."""
    target = case.target
    return {
        **{column: getattr(case, column) for column in _PLAIN},
        **{column: getattr(target, column) for column in _OF_TARGET},
        "name_key": normalised(target.name),
        "initials": initials(target.name),
        "nature": str(target.nature),
        "lines": list(case.lines),
        "opened_at": case.opened_at,
        "state": str(case.state),
        "step": str(case.step),
        "written": _sealed({str(step): fields for step, fields in case.written.items()}, vault),
        "filed_at": case.filed_at,
        "grades": _sealed(case.grades, vault),
        "project_state": case.project_state and str(case.project_state),
        "project": _sealed(case.project, vault),
        "ended_at": case.ended_at,
        "end_reason": vault.seal(case.end_reason) if case.end_reason else None,
        "because": to_json(case.because) if case.because else None,
    }


def move_of(row: Stored, vault: Seal) -> Move:
    """Read a move from its row."""
    return Move(
        **{column: row[column] for column in ("move_id", "case_id", "org_id", "progress", "staff_id")},
        former=Step(row["former"]),
        step=Step(row["step"]),
        reason=vault.open(row["reason"]) if row["reason"] else None,
        at=moment(row["at"]),
    )


def watch_of(row: Stored, vault: Seal) -> Watch:
    """Read what was seen of a project from its row."""
    return Watch(
        **{column: row[column] for column in ("watch_id", "case_id", "org_id", "staff_id")},
        note=vault.open(row["note"]),
        at=moment(row["at"]),
    )


def _grade(stored: Mapping[str, Any]) -> Grade:
    return Grade(stored["grade"], tuple(stored["texts"]), tuple(UUID(one) for one in stored["attachments"]))


def _project(stored: Mapping[str, Any] | None) -> Project | None:
    if stored is None:
        return None
    people = {name: UUID(stored[name]) for name in ("filed_by", "decided_by", "assessed_by") if stored[name]}
    moments = {
        name: datetime.fromisoformat(stored[name])
        for name in ("filed_at", "decided_at", "assessed_at")
        if stored[name]
    }
    return Project(**{**stored, **people, **moments})


def _opened(sealed: bytes | None, vault: Seal) -> Any:
    return from_json(vault.open(sealed)) if sealed else None


def _sealed(value: object, vault: Seal) -> bytes | None:
    return vault.seal(to_json(value)) if value else None
