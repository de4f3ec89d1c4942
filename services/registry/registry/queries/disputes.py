"""Disputes as callers see them: a party its own evidence, the center above all of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from chassis.clock import SHANGHAI
from chassis.http.listing import Key, Listing, listed
from chassis.http.paging import Paging
from chassis.transaction import Transaction
from contracts.refusals import NotFound
from registry.handlers.rulings import Previewed
from registry.model.disputes import Dispute, StepKind
from registry.queries.declarations import Eyes
from registry.queries.shown import name_of
from registry.tables.disputes import award_json, dispute_of
from registry.tables.shapes import from_json, moment
from regulations.calendars import TICK

CONDITIONS: Mapping[str, str] = {
    "state": "d.state = {}",
    "kind": "d.kind = {}",
    "ruling_org_id": "d.ruling_org_id = {}",
    "party": "{} = ANY (d.parties)",
    "customer_id": "d.customer_id = {}",
    "due_before": "d.due_at < {}",
}
NEWEST = (Key("d.dispute_id", UUID, newest_first=True),)
NEAREST = (Key("d.due_at", datetime.fromisoformat), Key("d.dispute_id", UUID))


def dispute(known: Dispute, eyes: Eyes, **more: Any) -> dict[str, Any]:
    """Show a dispute; what there is not is absent."""
    members = {
        "id": known.dispute_id,
        "customer_id": known.customer_id,
        "kind": known.kind,
        "origin": known.origin,
        "state": known.state,
        "lines": known.lines,
        "parties": [{"org_id": party, "name": name_of(party, eyes.law)} for party in known.parties],
        "org_id": known.org_id,
        "opened_by": known.opened_by,
        "opened_at": known.opened_at,
        "ruling_org_id": known.ruling_org_id,
        "ruling_org_name": name_of(known.ruling_org_id, eyes.law),
        "facts": known.facts or None,
        "evidence_until": known.evidence_until,
        "evidence_due_on": _last_day(known.evidence_until),
        "due_at": known.due_at,
        "due_on": _last_day(known.due_at) if known.due_at else None,
        "award": award_json(known.award) or None,
        "ruled_at": known.ruled_at,
        "because": known.because,
        "version": known.version,
        **more,
    }
    return {name: value for name, value in members.items() if value is not None}


async def disputes(tx: Transaction, eyes: Eyes, filters: Mapping[str, Any], paging: Paging) -> dict[str, Any]:
    """List the disputes that the caller is party to or stands above, newest first or the nearest deadline first."""
    conditions = {text: filters.get(name) for name, text in CONDITIONS.items()}
    nearest = filters.get("sort") == "due_at"
    listing = Listing(
        "dispute d",
        NEAREST if nearest else NEWEST,
        conditions,
        always="d.due_at IS NOT NULL" if nearest else "true",
    )
    return await listed(tx, listing, paging, lambda row: dispute(dispute_of(row), eyes))


async def one_dispute(tx: Transaction, dispute_id: UUID, eyes: Eyes) -> tuple[dict[str, Any], int]:
    """Show one dispute with its steps and the evidence that the caller may see; raises NotFound."""
    known = await found(tx, dispute_id)
    return await with_file(tx, known, eyes), known.version


async def with_file(tx: Transaction, known: Dispute, eyes: Eyes) -> dict[str, Any]:
    """Show a dispute with its steps and the evidence that the caller may see."""
    steps = await tx.fetch(
        "SELECT * FROM dispute_step WHERE dispute_id = $1 ORDER BY step_id", known.dispute_id
    )
    evidence = await tx.fetch(
        "SELECT * FROM dispute_evidence WHERE dispute_id = $1 ORDER BY recorded_at, evidence_id",
        known.dispute_id,
    )
    return dispute(
        known,
        eyes,
        steps=[_step(row, eyes) for row in steps],
        evidence=[_evidence(row, eyes) for row in evidence],
    )


async def found(tx: Transaction, dispute_id: UUID) -> Dispute:
    """Give a dispute of the scope; raises NotFound."""
    row = await tx.fetchrow("SELECT * FROM dispute WHERE dispute_id = $1", dispute_id)
    if row is None:
        raise NotFound("没有该争议", "no such dispute")
    return dispute_of(row)


def previewed(preview: Previewed, eyes: Eyes) -> dict[str, Any]:
    """Show what an award would change."""
    planned, changes = preview.planned, preview.planned.effects
    load = planned.load
    members = {
        "dispute_id": preview.dispute.dispute_id,
        "claims_end": [
            {"claim_id": one.claim_id, "line": one.line, "org_id": one.org_id} for one in changes.ends
        ],
        "claims_begin": list(changes.begins),
        "responsible": {"from": planned.customer.org_id, "to": changes.responsible},
        "manager": {"from": planned.customer.manager_id, "to": planned.manager_id}
        if planned.manager_id
        else None,
        "load": {"within": load.outcome, "because": load.because.to_json()} if load else None,
        "supports": [vars(unit) for unit in changes.supports],
        "credit": [{**vars(one), "share": format(one.share, "f")} for one in changes.credit],
        "credited_from": changes.credited_from,
        "version": preview.dispute.version,
    }
    return {name: value for name, value in members.items() if value is not None}


def _step(row: asyncpg.Record, eyes: Eyes) -> dict[str, Any]:
    members = {
        "step": row["step"],
        "org_id": row["org_id"],
        "staff_id": row["staff_id"],
        "at": moment(row["at"]),
        "ruling_org_id": row["ruling_org_id"],
        "award": from_json(row["award"]),
        "reason": eyes.vault.open(row["reason"]) if row["reason"] and _is_told(row, eyes) else None,
        "cites": row["cites"] or None,
        "because": from_json(row["because"]),
    }
    return {name: value for name, value in members.items() if value is not None}


def _is_told(row: asyncpg.Record, eyes: Eyes) -> bool:
    """Tell whether the caller reads a step's reason: what a center gave, and what their own side wrote."""
    node = eyes.law.organisations.get(row["org_id"])
    own = node is not None and f"{node.orgpath}.".startswith(f"{eyes.scope}.")
    return own or row["step"] in (StepKind.RULED, StepKind.SENT_UP)


def _evidence(row: asyncpg.Record, eyes: Eyes) -> dict[str, Any]:
    members = {
        "id": row["evidence_id"],
        "org_id": row["org_id"],
        "kind": row["kind"],
        "objective": row["kind"] != "filed",
        "staff_id": row["staff_id"],
        "recorded_at": moment(row["recorded_at"]),
        "late": row["late"],
        "text": eyes.vault.open(row["text"]) if row["text"] else None,
        "attachments": row["attachments"] or None,
        "facts": from_json(row["facts"]) or None,
    }
    return {name: value for name, value in members.items() if value is not None}


def _last_day(until: datetime) -> str:
    return (until - TICK).astimezone(SHANGHAI).date().isoformat()
