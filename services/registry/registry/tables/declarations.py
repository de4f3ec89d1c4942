"""The table `declaration`; phones and annex 1 are sealed, for they name persons."""

from datetime import datetime
from typing import Any
from uuid import UUID

from registry.model.customers import Nature
from registry.model.declarations import Declaration, DeclarationState, Holding, Prospect, Refused, Verdict
from registry.policies.names import initials, normalised
from registry.ports.desk import Seal
from registry.tables.shapes import Stored, from_json, moment, to_json

_PLAIN = ("declaration_id", "customer_id", "org_id", "city_org_id", "submitted_by", "version")
_OF_PROSPECT = ("name", "division", "credit_code", "address")


def declaration_of(row: Stored, vault: Seal) -> Declaration:
    """Read a declaration from its row, what is sealed opened."""
    return Declaration(
        **{column: row[column] for column in _PLAIN},
        submitted_at=moment(row["submitted_at"]),
        prospect=Prospect(
            **{column: row[column] for column in _OF_PROSPECT},
            nature=Nature(row["nature"]),
            phones=tuple(from_json(vault.open(row["phones"]))) if row["phones"] else (),
        ),
        lines=tuple(row["lines"]),
        state=DeclarationState(row["state"]),
        annex_1=from_json(vault.open(row["annex_1"])) if row["annex_1"] else None,
        reasons=tuple(row["reasons"]),
        refused=_refused(from_json(row["refused"])),
        verdict=_verdict(from_json(row["verdict"])),
        because=from_json(row["because"]),
    )


def _refused(stored: dict[str, Any] | None) -> Refused | None:
    if stored is None:
        return None
    holder = stored["holder"]
    until = holder["until"]
    return Refused(
        Holding(
            holder["org_id"],
            holder["org_name"],
            datetime.fromisoformat(holder["since"]),
            datetime.fromisoformat(until) if until else None,
        ),
        tuple(stored["matched"]),
        tuple(stored["taken_lines"]),
        UUID(stored["customer_id"]) if stored.get("customer_id") else None,
    )


def _verdict(stored: dict[str, Any] | None) -> Verdict | None:
    if stored is None:
        return None
    at = datetime.fromisoformat(stored["at"])
    return Verdict(UUID(stored["by"]), at, stored["outcome"], stored["reason"])


def declaration_row(declared: Declaration, vault: Seal) -> dict[str, Any]:
    """Give the row of a declaration, phones and annex 1 sealed."""
    prospect = declared.prospect
    return {
        **{column: getattr(declared, column) for column in _PLAIN},
        "submitted_at": declared.submitted_at,
        **{column: getattr(prospect, column) for column in _OF_PROSPECT},
        "name_key": normalised(prospect.name),
        "initials": initials(prospect.name),
        "nature": str(prospect.nature),
        "phones": vault.seal(to_json(list(prospect.phones))) if prospect.phones else None,
        "lines": list(declared.lines),
        "state": str(declared.state),
        "annex_1": vault.seal(to_json(declared.annex_1)) if declared.annex_1 is not None else None,
        "reasons": list(declared.reasons),
        "refused": to_json(declared.refused) if declared.refused else None,
        "verdict": to_json(declared.verdict) if declared.verdict else None,
        "because": to_json(declared.because) if declared.because else None,
    }
