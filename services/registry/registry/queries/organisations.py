"""Nodes and people as callers see them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from chassis.auth import Caller
from chassis.http.listing import Key, Listing, listed
from chassis.http.paging import Paging
from chassis.transaction import Transaction
from contracts.refusals import NotFound
from registry.handlers import facts
from registry.model.organisations import Organisation
from registry.model.staff import Person
from registry.queries.as_of import AsOf, rows_as_of
from registry.queries.searching import contains
from registry.tables.organisations import organisation_of
from registry.tables.staff import person_of

ORGANISATIONS = rows_as_of("organisation", "org_id")
IN_SCOPE = "(o.orgpath = {0} OR o.orgpath ^@ ({0} || '.'))"


def organisation(node: Organisation) -> dict[str, Any]:
    """Show a node."""
    return {**facts.organisation(node).model_dump(mode="json"), "version": node.version}


def person(who: Person) -> dict[str, Any]:
    """Show a person of the staff."""
    absences = [{"from": one.from_, "until": one.until, "reason": one.reason} for one in who.absences]
    return {**facts.person(who).model_dump(mode="json"), "absences": absences, "version": who.version}


async def organisations(
    tx: Transaction, caller: Caller, filters: Mapping[str, Any], paging: Paging
) -> dict[str, Any]:
    """List the nodes of the caller's subtree by org_id."""
    q = filters.get("q")
    conditions: dict[str, object] = {
        IN_SCOPE: caller.orgpath,
        "o.kind = {}": filters.get("kind"),
        "o.parent_id = {}": filters.get("parent_id"),
        "(o.name ILIKE {0} OR o.name_en ILIKE {0} OR o.org_id ILIKE {0})": contains(q) if q else None,
    }
    at = AsOf.of(filters, tx.now)
    listing = Listing(
        f"{ORGANISATIONS if at else 'organisation'} o",
        (Key("o.org_id", str),),
        conditions,
        given=at.given if at else (),
        sorts={"name": Key("o.name", str), "org_id": Key("o.org_id", str)},
    )
    return await listed(tx, listing, paging, lambda row: organisation(organisation_of(row)))


async def organisation_in_scope(tx: Transaction, caller: Caller, org_id: str) -> Organisation:
    """Give one node of the caller's subtree; raises NotFound."""
    row = await tx.fetchrow("SELECT * FROM organisation WHERE org_id = $1", org_id)
    if row is None or not caller.covers(row["orgpath"]):
        raise NotFound("没有该机构", "no such organisation")
    return organisation_of(row)


async def staff(
    tx: Transaction, caller: Caller, filters: Mapping[str, str | None], paging: Paging
) -> dict[str, Any]:
    """List the people of the caller's subtree by staff number."""
    q = filters.get("q")
    conditions: dict[str, object] = {
        IN_SCOPE: caller.orgpath,
        "s.org_id = {}": filters.get("org_id"),
        "{} = ANY (s.roles)": filters.get("role"),
        "(s.name ILIKE {0} OR s.staff_no ILIKE {0})": contains(q) if q else None,
    }
    listing = Listing(
        "staff s JOIN organisation o USING (org_id)",
        (Key("s.staff_no", str),),
        conditions,
        "s.*",
        sorts={"name": Key("s.name", str), "staff_no": Key("s.staff_no", str)},
    )
    return await listed(tx, listing, paging, lambda row: person(person_of(row)))


async def person_in_scope(tx: Transaction, caller: Caller, staff_id: UUID) -> Person:
    """Give one person of the caller's subtree; raises NotFound."""
    row = await tx.fetchrow(
        "SELECT s.*, o.orgpath FROM staff s JOIN organisation o USING (org_id) WHERE s.staff_id = $1",
        staff_id,
    )
    if row is None or not caller.covers(row["orgpath"]):
        raise NotFound("没有该员工", "no such person")
    return person_of(row)
