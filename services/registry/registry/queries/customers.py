"""Customers and assignments as callers see them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg

from chassis import audit
from chassis.http.listing import Key, Listing, listed
from chassis.http.paging import Paging
from chassis.transaction import Transaction
from contracts.refusals import NotFound
from registry.handlers import facts
from registry.model.claims import Claim
from registry.model.codes import read_customer_code, read_customer_key, shown_code
from registry.model.customers import Customer, Nature
from registry.queries import shown
from registry.queries.as_of import AsOf, rows_as_of
from registry.queries.declarations import Eyes, claim
from registry.queries.searching import contains, name_part
from registry.queries.shown import name_of
from registry.tables.claims import claim_of
from registry.tables.customers import customer_of
from registry.tables.shapes import from_json

CUSTOMERS = rows_as_of("customer", "customer_id")
CLAIMS = rows_as_of("claim", "claim_id")
ASSIGNMENTS = rows_as_of("assignment", "customer_id", ends=True)
SORTS = {
    "name": Key("c.name", str),
    "code": Key("COALESCE(c.customer_code, '')", str, label="sort_code"),
    "division": Key("c.division", str),
}


def customer(
    known: Customer, claims: Sequence[Claim], eyes: Eyes, *, in_list: bool = False
) -> dict[str, Any]:
    """Show a customer; a natural person's name is masked below the internal layer, phones in every list."""
    full = eyes.in_full(known.org_id)
    hidden = known.nature is Nature.PERSON and not full
    manager = eyes.law.staff.get(str(known.manager_id))
    members: dict[str, Any] = {
        "customer_id": known.customer_id,
        "customer_code": known.customer_code,
        "code_shown": shown_code(known.customer_code) if known.customer_code else None,
        "name": shown.masked(known.name) if hidden else known.name,
        "credit_code": known.credit_code,
        "state": known.state,
        "nature": known.nature,
        "division": known.division,
        "place_class": known.place_class,
        "industry": known.industry,
        "class": known.initial_class,
        "vip": known.vip,
        "importance": known.importance,
        "importance_level": known.importance_level,
        "prospect_score": known.prospect_score,
        "address": known.address,
        "phones": shown.phones(known.phones, full=full and not in_list),
        "responsible": {"org_id": known.org_id, "name": name_of(known.org_id, eyes.law)},
        "manager": {"staff_id": known.manager_id, "name": manager.name if manager else None}
        if known.manager_id
        else None,
        "file": facts.file(known).model_dump(mode="json"),
        "supports": [{"line": unit.line, "org_id": unit.org_id} for unit in known.supports],
        "claims": None if in_list else [claim(one) for one in claims],
        "version": known.version,
    }
    return {name: value for name, value in members.items() if value is not None}


async def customers(
    tx: Transaction, eyes: Eyes, filters: Mapping[str, object], paging: Paging
) -> dict[str, Any]:
    """List customers of the scope, newest first."""
    at = AsOf.of(filters, tx.now)
    columns = {"org_id": "c.org_id = {}", "state": "c.state = {}", "class_": "c.initial_class = {}"}
    claims = CLAIMS if at else "claim"
    columns["line"] = (
        f"EXISTS (SELECT FROM {claims} k WHERE k.customer_id = c.customer_id AND k.state = 'live' AND k.line = {{}})"
    )
    conditions = {text: filters.get(name) for name, text in columns.items()}
    conditions |= _searched(str(filters["q"])) if filters.get("q") else {}
    listing = Listing(
        f"{CUSTOMERS if at else 'customer'} c",
        (Key("c.customer_id", UUID, newest_first=True),),
        conditions,
        given=at.given if at else (),
        sorts=SORTS,
    )
    return await listed(
        tx,
        listing,
        paging,
        lambda row: customer(customer_of(row, eyes.vault), (), eyes, in_list=True),
    )


def _searched(q: str) -> dict[str, object]:
    code = read_customer_code(q)
    if code:
        return {"c.customer_code = {}": code}
    if q.isascii():
        # Letters may be initials (whxysm) or stand in the name itself.
        return {"(c.initials LIKE {0} OR lower(c.name_key) LIKE {0})": contains(q.lower())}
    return {"lower(c.name_key) LIKE {}": name_part(q)}


async def one_customer(
    tx: Transaction, key: str, eyes: Eyes, at: AsOf | None = None
) -> tuple[dict[str, Any], int]:
    """Show one customer of the scope by code or id, with its version; a look at full numbers is recorded."""
    known = customer_of(await (_row_as_of(tx, key, at) if at else row_of(tx, key)), eyes.vault)
    if eyes.in_full(known.org_id) and known.phones:
        await audit.record(tx, audit.Look("personal-data", f"customer:{known.customer_id}", ["phones"]))
    given, source = (at.given, CLAIMS) if at else ((), "claim")
    rows = await tx.fetch(
        f"SELECT * FROM {source} c WHERE customer_id = ${len(given) + 1} AND state = 'live' ORDER BY line",  # noqa: S608
        *given,
        known.customer_id,
    )
    if at:
        return customer(known, [claim_of(row) for row in rows], eyes), known.version
    merged = [dict(row) for row in await tx.fetch("SELECT * FROM merged_from($1)", known.customer_id)]
    shown_merged = {"merged_from": merged} if merged else {}
    return {**customer(known, [claim_of(row) for row in rows], eyes), **shown_merged}, known.version


async def assignments(tx: Transaction, filters: Mapping[str, object], paging: Paging) -> dict[str, Any]:
    """List the assignments of the scope."""
    at = AsOf.of(filters, tx.now)
    columns = ("customer_id", "org_id", "manager_id")
    conditions = {f"a.{column} = {{}}": filters.get(column) for column in columns}
    listing = Listing(
        f"{ASSIGNMENTS if at else 'assignment'} a",
        (Key("a.customer_id", UUID, newest_first=True),),
        conditions,
        always="true" if at else "a.valid_to IS NULL",
        given=at.given if at else (),
        sorts={"valid_from": Key("a.valid_from", date.fromisoformat)},
    )
    return await listed(tx, listing, paging, _assignment)


def _assignment(row: asyncpg.Record) -> dict[str, Any]:
    return {
        "customer_id": row["customer_id"],
        "org_id": row["org_id"],
        "manager_id": row["manager_id"],
        "supports": from_json(row["supports"]),
        "valid_from": row["valid_from"],
        "because": from_json(row["because"]),
        "version": row["version"],
    }


async def _row_as_of(tx: Transaction, key: str, at: AsOf) -> asyncpg.Record:
    """Give a customer as it was, under its own code or id; raises NotFound where it was not there."""
    named = read_customer_key(key)
    column = "customer_id" if isinstance(named, UUID) else "customer_code"
    row = await tx.fetchrow(
        f"SELECT * FROM {CUSTOMERS} c WHERE c.customer_id = (SELECT k.customer_id FROM customer k WHERE k.{column} = $3)",  # noqa: S608
        *at.given,
        named,
    )
    if row is None:
        raise NotFound("当时没有该客户", "there was no such customer then")
    return row


async def row_of(tx: Transaction, key: str) -> asyncpg.Record:
    """Give the row of a customer of the scope by code or id, its own or that of one merged into it; raises NotFound."""
    named = read_customer_key(key)
    leads_to = "survivor_of" if isinstance(named, UUID) else "survivor_by_code"
    row = await tx.fetchrow(
        f"SELECT * FROM customer WHERE customer_id = (SELECT {leads_to}($1))",  # noqa: S608 - functions of our own
        named,
    )
    if row is None:
        raise NotFound("没有该客户", "no such customer")
    return row
