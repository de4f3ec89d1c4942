"""Groups of target markets as callers see them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from chassis.directory import Snapshot
from chassis.http.listing import Key, Listing, listed
from chassis.http.paging import Paging
from chassis.transaction import Transaction
from contracts.refusals import NotFound
from registry.handlers.facts import masked
from registry.model.customers import Nature
from registry.model.groups import Group
from registry.queries.searching import name_part
from registry.queries.shown import name_of
from registry.tables.checks import group_of
from registry.tables.shapes import moment, moment_or_none

MEMBERS = """group_member m LEFT JOIN customer c USING (customer_id)"""
OF_MEMBER = (
    "m.customer_id, m.joined_at, m.left_at, c.customer_code, c.name, c.nature, c.org_id AS responsible"
)


def group(made: Group, law: Snapshot) -> dict[str, Any]:
    """Show a group."""
    members = {
        "id": made.group_id,
        "org_id": made.org_id,
        "org_name": name_of(made.org_id, law),
        "kind": made.kind,
        "name": made.name,
        "division": made.division,
        "address": made.address,
        "members": made.members,
        "made_by": made.made_by,
        "made_at": made.made_at,
        "version": made.version,
    }
    return {name: value for name, value in members.items() if value is not None}


async def groups(
    tx: Transaction, filters: Mapping[str, object], law: Snapshot, paging: Paging
) -> dict[str, Any]:
    """List groups of the scope, newest first."""
    q = filters.get("q")
    conditions = {
        "g.org_id = {}": filters.get("org_id"),
        "g.kind = {}": filters.get("kind"),
        "lower(g.name_key) LIKE {}": name_part(str(q)) if q else None,
    }
    newest = (Key("g.group_id", UUID, newest_first=True),)
    sorts = {"name": Key("g.name", str), "members": Key("g.members", int)}
    listing = Listing("market_group g", newest, conditions, sorts=sorts)
    return await listed(tx, listing, paging, lambda row: group(group_of(row), law))


async def one_group(tx: Transaction, group_id: UUID, law: Snapshot) -> tuple[dict[str, Any], int]:
    """Show one group of the scope, with its version; raises NotFound."""
    row = await tx.fetchrow("SELECT * FROM market_group WHERE group_id = $1", group_id)
    if row is None:
        raise NotFound("没有该客户群", "no such group")
    return group(group_of(row), law), row["version"]


async def members(tx: Transaction, group_id: UUID, *, former: bool, paging: Paging) -> dict[str, Any]:
    """List who is, or also who was, in a group of the scope; raises NotFound."""
    if not await tx.fetchval("SELECT EXISTS (SELECT FROM market_group WHERE group_id = $1)", group_id):
        raise NotFound("没有该客户群", "no such group")
    conditions: dict[str, object] = {"m.group_id = {}": group_id}
    always = "true" if former else "m.left_at IS NULL"
    keys = (Key("m.joined_at", datetime.fromisoformat, newest_first=True), Key("m.customer_id", UUID))
    sorts = {"joined_at": keys[0]}
    return await listed(
        tx, Listing(MEMBERS, keys, conditions, OF_MEMBER, always, sorts=sorts), paging, _member
    )


def _member(row: asyncpg.Record) -> dict[str, Any]:
    person = row["nature"] == Nature.PERSON
    shown = {
        "customer_id": row["customer_id"],
        "customer_code": row["customer_code"],
        "name": masked(row["name"]) if person else row["name"],
        "responsible": row["responsible"],
        "joined_at": moment(row["joined_at"]),
        "left_at": moment_or_none(row["left_at"]),
    }
    return {name: value for name, value in shown.items() if value is not None}
