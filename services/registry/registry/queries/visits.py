"""Visits and symposia as callers see them; what was said is of the internal layer."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

import asyncpg

from chassis.http.listing import Key, Listing, listed
from chassis.http.paging import Paging
from chassis.transaction import Transaction
from contracts.refusals import NotFound
from registry.model.visits import Symposium, Visit
from registry.policies.visits import Sight
from registry.queries.customers import row_of
from registry.queries.files import FileEyes
from registry.queries.shown import INTERNAL, name_of
from registry.tables.visits import symposium_of, visit_of

K = TypeVar("K", Visit, Symposium)
# A customer out of the reader's sight leaves the visits of the reader's own organisation readable, without its code.
# It is looked up for the rows of the page alone: a join would be paid for every row that is counted.
COLUMNS = """
    v.*, (SELECT c.customer_code FROM customer c WHERE c.customer_id = v.customer_id) AS customer_code,
    (SELECT c.org_id FROM customer c WHERE c.customer_id = v.customer_id) AS responsible
"""
BY_VISIT = (Key("v.visit_id", UUID, newest_first=True),)
BY_SYMPOSIUM = (Key("s.symposium_id", UUID, newest_first=True),)
ONE = f"SELECT {COLUMNS} FROM visit v WHERE v.visit_id = $1"  # noqa: S608 - a text of our own


def visit(made: Visit, customer: Mapping[str, Any], eyes: FileEyes) -> dict[str, Any]:
    """Show a visit; `customer` has code and responsible unit where the reader sees them."""
    visitor = eyes.law.staff.get(str(made.staff_id))
    cancelled = made.cancelled
    members = {
        "id": made.visit_id,
        "customer_id": made.customer_id,
        "customer_code": customer.get("customer_code"),
        "org_id": made.org_id,
        "org_name": name_of(made.org_id, eyes.law),
        "level": made.level,
        "staff_id": made.staff_id,
        "staff_name": visitor.name if visitor else None,
        "kind": made.kind,
        "leader": made.leader,
        "visited_on": made.visited_on,
        "state": made.state,
        "record": made.record if _internal([made.org_id, customer.get("org_id")], eyes) else None,
        "recorded_at": made.recorded_at,
        "cancelled": {"by": cancelled.by, "at": cancelled.at, "reason": cancelled.reason}
        if cancelled
        else None,
        "version": made.version,
    }
    return {name: value for name, value in members.items() if value is not None}


def unsaid(kept: K) -> K:
    """Give it without what was said: the first answers of requests are kept for days."""
    return replace(kept, record=None)


def of_sight(customer: Sight) -> dict[str, Any]:
    """Give what a view of a visit needs of its customer."""
    return {"customer_code": customer.customer_code, "org_id": customer.org_id}


def symposium(held: Symposium, eyes: FileEyes, *, in_list: bool = False) -> dict[str, Any]:
    """Show a symposium; lists count its customers."""
    members: dict[str, Any] = {
        "id": held.symposium_id,
        "org_id": held.org_id,
        "org_name": name_of(held.org_id, eyes.law),
        "held_on": held.held_on,
        "title": held.title,
        "record": held.record if _internal([held.org_id], eyes) and not in_list else None,
        "attended": len(held.customers),
        "customers": None if in_list else list(held.customers),
        "staff_id": held.staff_id,
        "recorded_at": held.recorded_at,
        "version": held.version,
    }
    return {name: value for name, value in members.items() if value is not None}


async def visits(
    tx: Transaction, filters: Mapping[str, object], eyes: FileEyes, paging: Paging
) -> dict[str, Any]:
    """List visits of the scope, newest record first."""
    columns = {
        "customer_id": "v.customer_id = ANY ((SELECT same_customer({}))::uuid[])",
        "org_id": "v.org_id = {}",
        "from": "v.visited_on >= {}",
        "to": "v.visited_on <= {}",
        "state": "v.state = {}",
    }
    asked = dict(filters)
    if "customer" in asked:
        asked["customer_id"] = (await row_of(tx, str(asked["customer"])))["customer_id"]
    conditions = {text: asked.get(name) for name, text in columns.items()}
    sorts = {"visited_on": Key("v.visited_on", date.fromisoformat)}
    listing = Listing("visit v", BY_VISIT, conditions, COLUMNS, sorts=sorts)
    return await listed(tx, listing, paging, lambda row: _row(row, eyes))


async def one_visit(tx: Transaction, visit_id: UUID, eyes: FileEyes) -> tuple[dict[str, Any], int]:
    """Show one visit of the scope with its version; raises NotFound."""
    row = await tx.fetchrow(ONE, visit_id)
    if row is None:
        raise NotFound("没有该走访", "no such visit")
    return _row(row, eyes), row["version"]


async def symposia(
    tx: Transaction, filters: Mapping[str, object], eyes: FileEyes, paging: Paging
) -> dict[str, Any]:
    """List symposia of the scope, newest record first."""
    columns = {"org_id": "s.org_id = {}", "from": "s.held_on >= {}", "to": "s.held_on <= {}"}
    conditions = {text: filters.get(name) for name, text in columns.items()}
    sorts = {"held_on": Key("s.held_on", date.fromisoformat), "title": Key("s.title", str)}
    listing = Listing("symposium s", BY_SYMPOSIUM, conditions, sorts=sorts)
    return await listed(
        tx,
        listing,
        paging,
        lambda row: symposium(symposium_of(row, eyes.vault), eyes, in_list=True),
    )


async def one_symposium(tx: Transaction, symposium_id: UUID, eyes: FileEyes) -> tuple[dict[str, Any], int]:
    """Show one symposium of the scope with its version; raises NotFound."""
    row = await tx.fetchrow("SELECT * FROM symposium WHERE symposium_id = $1", symposium_id)
    if row is None:
        raise NotFound("没有该座谈会", "no such symposium")
    return symposium(symposium_of(row, eyes.vault), eyes), row["version"]


def _row(row: asyncpg.Record, eyes: FileEyes) -> dict[str, Any]:
    customer = {"customer_code": row["customer_code"], "org_id": row["responsible"]}
    return visit(visit_of(row, eyes.vault), customer, eyes)


def _internal(org_ids: Sequence[str | None], eyes: FileEyes) -> bool:
    """Tell whether the reader has a role that sees the internal layer, at or above one of the organisations."""
    nodes = [eyes.law.organisations.get(org_id) for org_id in org_ids if org_id is not None]
    return eyes.asker.may(*INTERNAL) and any(
        node is not None and eyes.asker.covers(node.orgpath) for node in nodes
    )
