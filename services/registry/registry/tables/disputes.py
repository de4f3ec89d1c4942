"""The tables `dispute`, `dispute_step` and `dispute_evidence`; what people wrote is sealed."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from registry.model.disputes import (
    Award,
    Dispute,
    DisputeKind,
    DisputeState,
    Evidence,
    Origin,
    Share,
    Step,
)
from registry.ports.desk import Seal
from registry.tables.shapes import Stored, from_json, moment, moment_or_none, to_json

_PLAIN = (
    "dispute_id",
    "customer_id",
    "org_id",
    "opened_by",
    "declaration_id",
    "ruling_org_id",
    "ruled_by",
    "appealed_by",
    "version",
)


def dispute_of(row: Stored) -> Dispute:
    """Read a dispute from its row."""
    return Dispute(
        **{column: row[column] for column in _PLAIN},
        kind=DisputeKind(row["kind"]),
        origin=Origin(row["origin"]),
        lines=tuple(row["lines"]),
        parties=tuple(row["parties"]),
        opened_at=moment(row["opened_at"]),
        evidence_until=moment(row["evidence_until"]),
        due_at=moment_or_none(row["due_at"]),
        facts=from_json(row["facts"]),
        state=DisputeState(row["state"]),
        award=award_of(from_json(row["award"])),
        ruled_at=moment_or_none(row["ruled_at"]),
        because=from_json(row["because"]),
    )


def dispute_row(dispute: Dispute) -> dict[str, Any]:
    """Give the row of a dispute."""
    return {
        **{column: getattr(dispute, column) for column in _PLAIN},
        "kind": str(dispute.kind),
        "origin": str(dispute.origin),
        "lines": list(dispute.lines),
        "parties": list(dispute.parties),
        "opened_at": dispute.opened_at,
        "evidence_until": dispute.evidence_until,
        "due_at": dispute.due_at,
        "facts": to_json(dispute.facts or {}),
        "state": str(dispute.state),
        "award": to_json(award_json(dispute.award)) if dispute.award else None,
        "ruled_at": dispute.ruled_at,
        "because": to_json(dispute.because) if dispute.because else None,
    }


def award_of(stored: list[Mapping[str, Any]] | None) -> Award | None:
    """Read an award as rows hold it."""
    if stored is None:
        return None
    shares = tuple(Share(one["org_id"], Decimal(one["share"])) for one in stored)
    return Award(shares, next(one["org_id"] for one in stored if one["lead"]))


def award_json(award: Award | None) -> list[dict[str, Any]]:
    """Give an award as rows and answers hold it: `[{org_id, share, lead}]`."""
    if award is None:
        return []
    return [
        {"org_id": one.org_id, "share": format(one.share, "f"), "lead": one.org_id == award.lead}
        for one in award.shares
    ]


def step_values(step: Step, dispute: Dispute, vault: Seal) -> tuple[object, ...]:
    """Give what a step's row holds besides its id and time, in the order of its columns."""
    return (
        dispute.dispute_id,
        str(step.step),
        step.org_id,
        step.staff_id,
        dispute.ruling_org_id,
        to_json(award_json(step.award)) if step.award else None,
        vault.seal(step.reason) if step.reason else None,
        list(step.cites),
        to_json(step.former) if step.former else None,
        to_json(dispute.because) if dispute.because else None,
    )


def evidence_values(evidence: Evidence, vault: Seal) -> tuple[object, ...]:
    """Give the row of a party's evidence in the order of its columns."""
    return (
        evidence.evidence_id,
        evidence.dispute_id,
        evidence.org_id,
        evidence.staff_id,
        evidence.recorded_at,
        evidence.late,
        vault.seal(evidence.text),
        list(evidence.attachments),
    )
