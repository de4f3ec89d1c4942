"""Declarations and claims as callers see them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis import audit
from chassis.directory import Snapshot
from chassis.http.listing import Key, Listing, listed
from chassis.http.paging import Paging
from chassis.transaction import Transaction
from contracts.refusals import NotFound
from registry.model.claims import Claim
from registry.model.declarations import Declaration, DeclarationState
from registry.model.refusals import CustomerTaken
from registry.ports.desk import Seal
from registry.queries import shown
from registry.queries.searching import name_part
from registry.queries.shown import name_of
from registry.tables.claims import claim_of
from registry.tables.declarations import declaration_of
from registry.tables.shapes import from_json


@dataclass(frozen=True)
class Eyes:
    """How much a view shows, and what it needs to say names."""

    law: Snapshot
    vault: Seal
    full: bool
    scope: str

    def in_full(self, org_id: str) -> bool:
        """Tell whether what belongs to a unit is shown in full; a supporting unit sees the open layer alone."""
        node = self.law.organisations.get(org_id)
        return self.full and node is not None and f"{node.orgpath}.".startswith(f"{self.scope}.")


def declaration(declared: Declaration, claims: Sequence[Claim], eyes: Eyes, **more: Any) -> dict[str, Any]:
    """Show a declaration; what there is not, or may not be seen, is absent."""
    prospect = declared.prospect
    customer = {
        "name": prospect.name,
        "credit_code": prospect.credit_code,
        "phones": shown.phones(prospect.phones, full=eyes.full),
        "address": prospect.address,
        "division": prospect.division,
        "nature": prospect.nature,
    }
    members = {
        "id": declared.declaration_id,
        "state": declared.state,
        "customer_id": declared.customer_id,
        "org_id": declared.org_id,
        "org_name": name_of(declared.org_id, eyes.law),
        "city_org_id": declared.city_org_id,
        "submitted_by": _person(declared.submitted_by, eyes.law),
        "submitted_at": declared.submitted_at,
        "customer": _present(customer),
        "lines": declared.lines,
        "annex_1": declared.annex_1 if eyes.full else None,
        "reasons": declared.reasons,
        "claims": [claim(one) for one in claims],
        "refusal": refusal(declared),
        "decision": _present(vars(declared.verdict)) if declared.verdict else None,
        "because": declared.because,
        "version": declared.version,
        **more,
    }
    return _present(members)


def claim(right: Claim, because: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Show a claim."""
    return _present(
        {
            "id": right.claim_id,
            "customer_id": right.customer_id,
            "line": right.line,
            "org_id": right.org_id,
            "declaration_id": right.declaration_id,
            "state": right.state,
            "since": right.since,
            "until": right.until,
            "renewals": right.renewals or None,
            "version": right.version,
            "because": because,
        }
    )


async def declarations(
    tx: Transaction, eyes: Eyes, filters: Mapping[str, str | None], paging: Paging
) -> dict[str, Any]:
    """List declarations of the scope, newest first, phones masked."""
    q = filters.get("q")
    conditions: dict[str, object] = {
        "d.state = {}": filters.get("state"),
        "d.org_id = {}": filters.get("org_id"),
        "lower(d.name_key) LIKE {}": name_part(q) if q else None,
    }
    listing = Listing(
        "declaration d",
        (Key("d.declaration_id", UUID, newest_first=True),),
        conditions,
        sorts={
            "name": Key("d.name", str),
            "submitted_at": Key("d.submitted_at", datetime.fromisoformat),
            "state": Key("d.state", str),
        },
    )
    return await listed(
        tx,
        listing,
        paging,
        lambda row: declaration(declaration_of(row, eyes.vault), (), eyes),
    )


async def one_declaration(tx: Transaction, declaration_id: UUID, eyes: Eyes) -> dict[str, Any]:
    """Show one declaration of the scope; a look at full numbers is recorded; raises NotFound."""
    row = await tx.fetchrow("SELECT * FROM declaration WHERE declaration_id = $1", declaration_id)
    if row is None:
        raise NotFound("没有该申报", "no such declaration")
    declared = declaration_of(row, eyes.vault)
    if eyes.full and (declared.prospect.phones or declared.annex_1):
        fields = ["phones", *(["annex_1"] if declared.annex_1 else [])]
        await audit.record(tx, audit.Look("personal-data", f"declaration:{declaration_id}", fields))
    return declaration(declared, await claims_of(tx, declaration_id), eyes, **await _registered(tx, declared))


async def declaration_after(tx: Transaction, declared: Declaration, eyes: Eyes) -> dict[str, Any]:
    """Show a declaration to the one who has just moved it."""
    claims = await claims_of(tx, declared.declaration_id)
    return declaration(declared, claims, eyes, **await _registered(tx, declared))


async def claims_of(tx: Transaction, declaration_id: UUID) -> list[Claim]:
    """Give the claims that a declaration was granted."""
    rows = await tx.fetch("SELECT * FROM claim WHERE declaration_id = $1 ORDER BY claim_id", declaration_id)
    return [claim_of(row) for row in rows]


async def candidates(tx: Transaction, declaration_id: UUID, law: Snapshot) -> dict[str, Any]:
    """Show the center what a held declaration resembles, the likest first; raises NotFound below the center."""
    rows = await tx.fetch(
        "SELECT c.* FROM declaration_candidate c JOIN declaration d USING (declaration_id)"
        " WHERE c.declaration_id = $1 ORDER BY c.outcome, c.score DESC, c.customer_id",
        declaration_id,
    )
    if not rows and not await tx.fetchval(
        "SELECT EXISTS (SELECT FROM declaration WHERE declaration_id = $1)", declaration_id
    ):
        raise NotFound("没有该申报", "no such declaration")
    groups = await tx.fetch(
        "SELECT group_id, name, kind, reasons FROM declaration_group WHERE declaration_id = $1 ORDER BY group_id",
        declaration_id,
    )
    items = [
        {
            "customer_id": row["customer_id"],
            "name": row["name"],
            "org_id": row["org_id"],
            "org_name": name_of(row["org_id"], law),
            "outcome": row["outcome"],
            "score": row["score"],
            "scores": from_json(row["scores"]),
            "reasons": row["reasons"],
        }
        for row in rows
    ]
    return {
        "items": items,
        "next_cursor": None,
        "total": len(items),
        "groups": [dict(group) for group in groups],
    }


async def _registered(tx: Transaction, declared: Declaration) -> dict[str, Any]:
    if declared.state is not DeclarationState.APPROVED:
        return {}
    row = await tx.fetchrow(
        "SELECT customer_code, initial_class, manager_id FROM customer WHERE customer_id = $1",
        declared.customer_id,
    )
    if row is None:
        return {}
    return {
        "customer_code": row["customer_code"],
        "class": row["initial_class"],
        "manager": row["manager_id"],
    }


def refusal(declared: Declaration) -> dict[str, Any] | None:
    """Show why a declaration was refused at once: the holder and the matched keys, nothing else of the other's file."""
    if declared.refused is None:
        return None
    refused = declared.refused
    text = (declared.because or {}).get("text", {})
    return _present(
        {
            "code": CustomerTaken.code,
            "zh": text.get("zh"),
            "en": text.get("en"),
            "holder": {"org_id": refused.holder.org_id, "name": refused.holder.org_name},
            "since": refused.holder.since,
            "until": refused.holder.until,
            "matched": refused.matched,
            "taken_lines": refused.taken_lines,
            "because": declared.because,
        }
    )


def _person(staff_id: UUID, law: Snapshot) -> dict[str, Any]:
    known = law.staff.get(str(staff_id))
    return _present({"staff_id": staff_id, "name": known.name if known else None})


def _present(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}
