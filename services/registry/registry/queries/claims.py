"""Claims as callers see them, each with the whole of what happened to it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from chassis.http.listing import Key, Listing, listed
from chassis.http.paging import Paging
from chassis.transaction import Transaction
from contracts.refusals import NotFound
from registry.model.claims import Claim
from registry.queries.as_of import AsOf, rows_as_of
from registry.queries.declarations import claim
from registry.queries.history import TOLD
from registry.settings import TIMELINE_MOST
from registry.tables.claims import claim_of
from registry.tables.shapes import from_json, moment, moment_or_none

# What ends a claim first: its window or its idleness. A standing claim has neither.
CLAIMS = """
    (SELECT c.*, k.due_at AS idle_until,
       CASE WHEN c.state = 'live' THEN LEAST(c.until, k.due_at) END AS ends_at
     FROM claim c LEFT JOIN deadline k ON k.subject_type = 'claim' AND k.subject_id = c.claim_id::text
       AND k.kind = 'claim-idle' AND k.state = 'running' AND c.state = 'live') c
"""
# As they were: the clock of idleness is of now alone.
CLAIMS_AS_OF = f"""
    (SELECT c.*, NULL::timestamptz AS idle_until, CASE WHEN c.state = 'live' THEN c.until END AS ends_at
     FROM {rows_as_of("claim", "claim_id")} c) c
"""  # noqa: S608 - a text of our own
CONDITIONS = {
    "customer_id": "c.customer_id = {}",
    "org_id": "c.org_id = {}",
    "state": "c.state = {}",
    "line": "c.line = {}",
    "ending_before": "c.ends_at < {}",
}
NEWEST = (Key("c.claim_id", UUID, newest_first=True),)
ENDING = (Key("c.ends_at", datetime.fromisoformat), Key("c.claim_id", UUID))
# The claim, its clocks, its declaration, and what the holder did for the customer while it held the claim.
AGGREGATES = """
    SELECT array_agg(aggregate) FROM (
      SELECT 'claim:' || $1::uuid AS aggregate
      UNION ALL SELECT 'declaration:' || $2::uuid
      UNION ALL SELECT 'deadline:' || id FROM deadline WHERE subject_type = 'claim' AND subject_id = $1::uuid::text
      UNION ALL SELECT 'development-case:' || case_id FROM development_case WHERE customer_id = $3 AND org_id = $4
      UNION ALL SELECT 'visit:' || v.visit_id FROM visit v JOIN organisation o ON o.org_id = v.org_id
        WHERE v.customer_id = $3 AND v.recorded_at >= $5
          AND (o.orgpath = path_of($4) OR o.orgpath ^@ (path_of($4) || '.'))) own
"""
TIMELINE = f"""
    SELECT told.* FROM {TOLD} WHERE told.aggregate = ANY ($1) ORDER BY told.time, told.event_id LIMIT $2
"""  # noqa: S608 - a text of our own


def shown_claim(
    right: Claim, idle_until: datetime | None, because: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Show a claim, with when it idles out where it does."""
    shown = claim(right, because)
    return shown if idle_until is None else {**shown, "idle_until": idle_until}


async def claims(
    tx: Transaction, filters: Mapping[str, object], paging: Paging, *, soonest_first: bool
) -> dict[str, Any]:
    """List claims of the scope, newest first, or those that end, the soonest first."""
    at = AsOf.of(filters, tx.now)
    listing = Listing(
        CLAIMS_AS_OF if at else CLAIMS,
        ENDING if soonest_first else NEWEST,
        {text: filters.get(name) for name, text in CONDITIONS.items()},
        always="c.ends_at IS NOT NULL" if soonest_first else "true",
        given=at.given if at else (),
    )
    return await listed(tx, listing, paging, _row)


async def one_claim(tx: Transaction, claim_id: UUID) -> tuple[dict[str, Any], int]:
    """Show one claim of the scope with its timeline, oldest first, and its version; raises NotFound."""
    row = await tx.fetchrow(f"SELECT * FROM {CLAIMS} WHERE c.claim_id = $1", claim_id)  # noqa: S608
    if row is None:
        raise NotFound("没有该开发权", "no such claim")
    aggregates = await tx.fetchval(
        AGGREGATES, claim_id, row["declaration_id"], row["customer_id"], row["org_id"], row["since"]
    )
    told = await tx.fetch(TIMELINE, aggregates, TIMELINE_MOST)
    return {**_row(row), "timeline": [_fact(fact) for fact in told]}, row["version"]


def _row(row: asyncpg.Record) -> dict[str, Any]:
    return shown_claim(claim_of(row), moment_or_none(row["idle_until"]), from_json(row["because"]))


def _fact(row: asyncpg.Record) -> dict[str, Any]:
    return {
        "event_id": row["event_id"],
        "at": moment(row["time"]),
        "type": row["type"],
        "aggregate": row["aggregate"],
        "actor": row["actor"],
        "data": from_json(row["payload"]),
    }
