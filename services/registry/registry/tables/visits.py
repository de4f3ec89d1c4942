"""The tables `visit` and `symposium`; what was said is sealed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from registry.model.visits import Cancellation, Symposium, Visit, VisitKind, VisitState
from registry.ports.desk import Seal
from registry.tables.shapes import Stored, from_json, moment, to_json

_PLAIN = ("visit_id", "customer_id", "org_id", "level", "staff_id", "leader", "visited_on", "version")
_OF_SYMPOSIUM = ("symposium_id", "org_id", "held_on", "title", "staff_id", "version")


def visit_of(row: Stored, vault: Seal) -> Visit:
    """Read a visit from its row."""
    return Visit(
        **{column: row[column] for column in _PLAIN},
        kind=VisitKind(row["kind"]),
        record=vault.open(row["record"]) if row["record"] else None,
        recorded_at=moment(row["recorded_at"]),
        state=VisitState(row["state"]),
        cancelled=_cancelled(from_json(row["cancelled"])),
    )


def visit_row(visit: Visit, vault: Seal) -> dict[str, Any]:
    """Give the row of a visit."""
    return {
        **{column: getattr(visit, column) for column in _PLAIN},
        "kind": str(visit.kind),
        "record": vault.seal(visit.record) if visit.record else None,
        "recorded_at": visit.recorded_at,
        "state": str(visit.state),
        "cancelled": to_json(visit.cancelled) if visit.cancelled else None,
    }


def symposium_of(row: Stored, vault: Seal) -> Symposium:
    """Read a symposium from its row."""
    return Symposium(
        **{column: row[column] for column in _OF_SYMPOSIUM},
        record=vault.open(row["record"]) if row["record"] else None,
        customers=tuple(row["customers"]),
        recorded_at=moment(row["recorded_at"]),
    )


def symposium_row(symposium: Symposium, vault: Seal) -> dict[str, Any]:
    """Give the row of a symposium."""
    return {
        **{column: getattr(symposium, column) for column in _OF_SYMPOSIUM},
        "record": vault.seal(symposium.record) if symposium.record else None,
        "customers": list(symposium.customers),
        "recorded_at": symposium.recorded_at,
    }


def _cancelled(stored: dict[str, Any] | None) -> Cancellation | None:
    if stored is None:
        return None
    return Cancellation(UUID(stored["by"]), datetime.fromisoformat(stored["at"]), stored["reason"])
