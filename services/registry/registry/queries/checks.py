"""Blind checks as the asker and those above read them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from chassis import audit
from chassis.http.listing import Key, Listing, listed
from chassis.http.paging import Paging
from chassis.transaction import Transaction
from contracts.refusals import NotFound
from registry.model.checks import Check
from registry.ports.desk import Seal
from registry.tables.checks import answered_of, asked_of
from registry.tables.shapes import moment


def check(asked: Check, because: Mapping[str, Any]) -> dict[str, Any]:
    """Show what a check came to; of a taken customer its holder, since, until and the matched keys, nothing else."""
    found = asked.found
    holding = found.holding
    members = {
        "id": asked.check_id,
        "asked_at": asked.asked_at,
        "finding": found.finding,
        "holder": {"org_id": holding.org_id, "name": holding.org_name} if holding else None,
        "since": holding.since if holding else None,
        "until": holding.until if holding else None,
        "matched": list(found.matched) or None,
        "candidates": [
            {
                "customer_id": one.customer_id,
                "name": one.name,
                "org_id": one.org_id,
                "outcome": one.outcome,
                "score": one.score,
                "scores": one.scores,
                "reasons": one.reasons,
            }
            for one in found.candidates
        ]
        or None,
        "because": because,
    }
    return {name: value for name, value in members.items() if value is not None}


async def checks(tx: Transaction, filters: Mapping[str, object], paging: Paging) -> dict[str, Any]:
    """List who asked when, newest first; what was asked is in each check alone."""
    columns = {"org_id": "b.org_id = {}", "asked_by": "b.asked_by = {}"}
    conditions = {text: filters.get(name) for name, text in columns.items()}
    newest = (Key("b.check_id", UUID, newest_first=True),)
    sorts = {"asked_at": Key("b.asked_at", datetime.fromisoformat)}
    return await listed(tx, Listing("blind_check b", newest, conditions, sorts=sorts), paging, _row)


async def one_check(tx: Transaction, check_id: UUID, vault: Seal) -> dict[str, Any]:
    """Show what was asked and answered; the look is recorded; raises NotFound."""
    row = await tx.fetchrow("SELECT * FROM blind_check WHERE check_id = $1", check_id)
    if row is None:
        raise NotFound("没有该查重记录", "no such check")
    await audit.record(tx, audit.Look("personal-data", f"check:{check_id}", ["asked", "answered"]))
    return {**_row(row), "asked": asked_of(row, vault), "answered": answered_of(row, vault)}


def _row(row: asyncpg.Record) -> dict[str, Any]:
    return {
        "id": row["check_id"],
        "org_id": row["org_id"],
        "asked_by": row["asked_by"],
        "asked_at": moment(row["asked_at"]),
    }
