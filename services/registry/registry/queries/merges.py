"""Merges as callers see them, and what one would do."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from chassis.http.listing import Key, Listing, listed
from chassis.http.paging import Paging
from chassis.transaction import Transaction
from contracts.refusals import Refusal
from registry.handlers.merges import Case
from registry.model.customers import Customer
from registry.model.files import Layer
from registry.model.merges import Merge
from registry.policies.merges import differing, joins
from registry.ports.merges import MergeDesk
from registry.queries.declarations import Eyes
from registry.queries.shown import name_of
from registry.tables.merges import merge_of

NAMES = """
    SELECT c.customer_id, c.customer_code FROM customer c WHERE c.customer_id IN ($1, $2)
"""
COLUMNS = """
    m.*, (SELECT c.customer_code FROM customer c WHERE c.customer_id = m.merged_id) AS merged_code,
    (SELECT c.customer_code FROM customer c WHERE c.customer_id = m.survivor_id) AS survivor_code
"""


def merge(done: Merge, codes: Mapping[UUID, str | None]) -> dict[str, Any]:
    """Show a merge; what the survivor's file took over is named, its values are in the file."""
    members = {
        "id": done.merge_id,
        "merged": {"customer_id": done.merged_id, "customer_code": codes.get(done.merged_id)},
        "survivor": {"customer_id": done.survivor_id, "customer_code": codes.get(done.survivor_id)},
        "former_state": done.former_state,
        "merged_by": done.merged_by,
        "merged_at": done.merged_at,
        "reason": done.reason,
        "evidence": [{"text": one.text, "attachments": list(one.attachments)} for one in done.evidence],
        "claims": [
            {
                "line": line.line,
                "org_id": line.org_id,
                "ended": line.claim_id,
                "outcome": _outcome(joined=line.joined),
            }
            for line in done.lines
        ],
        "because": done.because,
        "undone_by": done.undone_by,
        "undone_at": done.undone_at,
        "undone_reason": done.undone_reason,
        "version": done.version,
    }
    return {name: value for name, value in members.items() if value is not None}


async def merge_after(tx: Transaction, done: Merge) -> dict[str, Any]:
    """Show a merge to the one who has just made or undone it."""
    rows = await tx.fetch(NAMES, done.merged_id, done.survivor_id)
    return merge(done, {row["customer_id"]: row["customer_code"] for row in rows})


async def merges(
    tx: Transaction, eyes: Eyes, filters: Mapping[str, object], paging: Paging
) -> dict[str, Any]:
    """List merges of customers of the scope, newest first."""
    columns = {
        "customer_id": "{} IN (m.merged_id, m.survivor_id)",
        "holds": "(m.undone_at IS NULL) = {}",
    }
    conditions = {text: filters.get(name) for name, text in columns.items()}
    listing = Listing(
        "customer_merge m",
        (Key("m.merge_id", UUID, newest_first=True),),
        conditions,
        COLUMNS,
        sorts={"merged_at": Key("m.merged_at", datetime.fromisoformat)},
    )
    return await listed(tx, listing, paging, lambda row: _row(row, eyes))


def _row(row: asyncpg.Record, eyes: Eyes) -> dict[str, Any]:
    done = merge_of(row, eyes.vault)
    return merge(done, {done.merged_id: row["merged_code"], done.survivor_id: row["survivor_code"]})


async def preview(case: Case, at: MergeDesk, eyes: Eyes) -> dict[str, Any]:
    """Say what a merge would do, and all that stands against it; nothing is changed."""
    merged, survivor = case.merged.customer, case.survivor.customer
    assigned = await at.desk.assignments.find(merged.customer_id)
    return {
        "allowed": not case.objections,
        "objections": [_objection(one) for one in case.objections],
        "survivor": _side(survivor),
        "merged": _side(merged),
        "noted": ["credit-codes-differ"] if _codes_differ(merged, survivor) else [],
        "claims": [
            {
                "line": claim.line,
                "org_id": claim.org_id,
                "org_name": name_of(claim.org_id, eyes.law),
                "until": claim.until,
                "outcome": _outcome(joined=joins(claim, case.survivor.claims)),
            }
            for claim in case.merged.claims
        ],
        "assignment": {"org_id": assigned.org_id, "manager_id": assigned.manager_id, "ends_on": at.today}
        if assigned and assigned.valid_to is None
        else None,
        "file": _file(case),
        "declarations": [vars(one) for one in await at.merges.waiting(merged.customer_id)],
        "deadlines": [vars(one) for one in await at.merges.clocks(merged.customer_id)],
        "disputed": {"survivor": case.survivor.disputed, "merged": case.merged.disputed},
    }


def _side(customer: Customer) -> dict[str, Any]:
    return {
        "customer_id": customer.customer_id,
        "customer_code": customer.customer_code,
        "state": customer.state,
        "org_id": customer.org_id,
    }


def _objection(refusal: Refusal) -> dict[str, Any]:
    return {"code": refusal.code, "zh": refusal.zh, "en": refusal.en, **refusal.extra}


def _file(case: Case) -> dict[str, Any]:
    """Name by layer what comes over, and where both say something else: there the survivor's word stands."""
    taken = case.taken
    apart = differing(case.survivor.file, case.merged.file)
    return {
        layer.member: {
            "taken": sorted(taken.fields.get(layer, {})),
            "entries_taken": len(taken.entries.get(layer, ())),
            "survivor_wins": apart.get(layer, []),
        }
        for layer in Layer
    } | {"customer": {"taken": sorted(taken.of_customer)}}


def _codes_differ(merged: Customer, survivor: Customer) -> bool:
    return bool(merged.credit_code and survivor.credit_code and merged.credit_code != survivor.credit_code)


def _outcome(*, joined: bool) -> str:
    return "joins" if joined else "begins-anew"
