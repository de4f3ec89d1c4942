"""The table `customer_merge`; what a file took over is sealed."""

from typing import Any
from uuid import UUID

from registry.model.customers import CustomerState
from registry.model.files import Layer
from registry.model.merges import Evidence, Merge, MovedLine, Taken
from registry.ports.desk import Seal
from registry.tables.shapes import Stored, from_json, moment, moment_or_none, to_json, when

_PLAIN = (
    "merge_id",
    "merged_id",
    "survivor_id",
    "merged_by",
    "reason",
    "undone_by",
    "undone_reason",
    "version",
)


def merge_of(row: Stored, vault: Seal) -> Merge:
    """Read a merge from its row, what was taken over opened."""
    return Merge(
        **{column: row[column] for column in _PLAIN},
        former_state=CustomerState(row["former_state"]),
        merged_at=moment(row["merged_at"]),
        undone_at=moment_or_none(row["undone_at"]),
        evidence=tuple(
            Evidence(one["text"], tuple(UUID(each) for each in one["attachments"]))
            for one in from_json(row["evidence"])
        ),
        lines=tuple(_line(one) for one in from_json(row["lines"])),
        taken=_taken(from_json(vault.open(row["taken"]))) if row["taken"] else Taken(),
        because=from_json(row["because"]),
    )


def merge_row(merge: Merge, vault: Seal) -> dict[str, Any]:
    """Give the row of a merge, what was taken over sealed."""
    return {
        **{column: getattr(merge, column) for column in _PLAIN},
        "former_state": str(merge.former_state),
        "merged_at": merge.merged_at,
        "undone_at": merge.undone_at,
        "evidence": to_json([vars(one) for one in merge.evidence]),
        "lines": to_json([vars(one) for one in merge.lines]),
        "taken": None if merge.taken.empty else vault.seal(to_json(_taken_json(merge.taken))),
        "because": to_json(merge.because),
    }


def _line(stored: dict[str, Any]) -> MovedLine:
    return MovedLine(
        line=stored["line"],
        declaration_id=UUID(stored["declaration_id"]),
        org_id=stored["org_id"],
        claim_id=UUID(stored["claim_id"]),
        until=when(stored["until"]),
        renewals=stored["renewals"],
        joined=stored["joined"],
    )


def _taken(stored: dict[str, Any]) -> Taken:
    return Taken(
        fields={Layer(layer): facts for layer, facts in stored["fields"].items()},
        entries={Layer(layer): entries for layer, entries in stored["entries"].items()},
        of_customer=stored["of_customer"],
    )


def _taken_json(taken: Taken) -> dict[str, Any]:
    return {
        "fields": {str(layer): dict(facts) for layer, facts in taken.fields.items()},
        "entries": {str(layer): [dict(one) for one in some] for layer, some in taken.entries.items()},
        "of_customer": dict(taken.of_customer),
    }
