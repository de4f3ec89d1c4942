"""Development cases as callers see them: what was found out and said is of the internal layer."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from chassis.directory import Snapshot
from chassis.http.listing import Key, Listing, listed
from chassis.http.paging import Paging
from chassis.transaction import Transaction
from contracts.refusals import NotFound
from registry.model.customers import Nature
from registry.model.development import CaseState, DevelopmentCase, Move, Watch
from registry.model.organisations import Kind
from registry.policies.development import missing
from registry.policies.routing import CENTERS, route
from registry.queries.customers import row_of
from registry.queries.files import FileEyes
from registry.queries.searching import contains, name_part
from registry.queries.shown import INTERNAL, masked, name_of
from registry.tables.development import case_of, move_of, watch_of
from registry.tables.shapes import moment
from regulations.calendars import day_of
from regulations.topics.registration import DevelopmentSteps

CASES = "(SELECT d.*, d.score::numeric AS points FROM development_case d) c"
CONDITIONS = {
    "org_id": "c.org_id = {}",
    "customer_id": "c.customer_id = ANY (same_customer({}))",
    "state": "c.state = {}",
    "step": "c.step = {}",
    "project": "c.project_state = {}",
    "score_from": "c.points >= {}",
    "lead": "(c.filed_at IS NOT NULL) = {}",
}
BY_CASE = Key("c.case_id", UUID, newest_first=True)
# The keys of each order, and which rows have a place in it.
SORTS: Mapping[str, tuple[tuple[Key, ...], str]] = {
    "newest": ((BY_CASE,), "true"),
    "score": ((Key("c.points", Decimal, newest_first=True), BY_CASE), "c.points IS NOT NULL"),
    "filed": ((Key("c.filed_at", datetime.fromisoformat), Key("c.case_id", UUID)), "c.filed_at IS NOT NULL"),
}


def case(known: DevelopmentCase, eyes: FileEyes) -> dict[str, Any]:
    """Show a case; what there is not, or may not be seen, is absent."""
    target = known.target
    inside = _internal(known.org_id, eyes)
    hidden = target.nature is Nature.PERSON and not inside
    owner = eyes.law.staff.get(str(known.owner_id))
    members = {
        "id": known.case_id,
        "org_id": known.org_id,
        "org_name": name_of(known.org_id, eyes.law),
        "city_org_id": known.city_org_id,
        "customer_id": known.customer_id,
        "customer": _present(
            {
                "name": masked(target.name) if hidden else target.name,
                "nature": target.nature,
                "division": target.division,
                "credit_code": target.credit_code,
            }
        ),
        "lines": known.lines,
        "demand": known.demand,
        "suggestion": _suggestion(known, eyes.law),
        "owner": _present({"staff_id": known.owner_id, "name": owner.name if owner else None}),
        "opened_at": known.opened_at,
        "state": known.state,
        "step": known.step,
        "filed_at": known.filed_at,
        "score": known.score,
        "project": known.project_state and {"state": known.project_state},
        "ended_at": known.ended_at,
        "because": known.because,
        "version": known.version,
    }
    return _present({**members, **(_inside(known, eyes) if inside else {})})


async def cases(
    tx: Transaction, filters: Mapping[str, Any], eyes: FileEyes, paging: Paging, sort: str
) -> dict[str, Any]:
    """List cases of the scope."""
    asked = dict(filters)
    if "customer_key" in asked:
        asked["customer_id"] = (await row_of(tx, str(asked["customer_key"])))["customer_id"]
    conditions = {text: asked.get(name) for name, text in CONDITIONS.items()}
    if q := asked.get("q"):
        by = (
            "(c.initials LIKE {0} OR lower(c.name_key) LIKE {0})"
            if q.isascii()
            else "lower(c.name_key) LIKE {}"
        )
        conditions[by] = contains(q.lower()) if q.isascii() else name_part(q)
    keys, always = SORTS[sort]
    listing = Listing(CASES, keys, conditions, always=always)
    return await listed(tx, listing, paging, lambda row: case(case_of(row, eyes.vault), eyes))


async def one_case(tx: Transaction, case_id: UUID, eyes: FileEyes) -> tuple[dict[str, Any], int]:
    """Show one case of the scope with its moves and how its project was watched, and its version; raises NotFound."""
    row = await tx.fetchrow("SELECT * FROM development_case WHERE case_id = $1", case_id)
    if row is None:
        raise NotFound("没有该开发案", "no such development case")
    moves = await tx.fetch("SELECT * FROM development_move WHERE case_id = $1 ORDER BY move_id", case_id)
    seen = await tx.fetch("SELECT * FROM development_watch WHERE case_id = $1 ORDER BY watch_id", case_id)
    inside = _internal(row["org_id"], eyes)
    shown = case(case_of(row, eyes.vault), eyes)
    shown["moves"] = [_move(move_of(one, eyes.vault), inside=inside) for one in moves]
    if inside:
        shown["watched"] = [_watch(watch_of(one, eyes.vault)) for one in seen]
    return shown, row["version"]


async def leads_before(tx: Transaction, declaration_id: UUID, law: Snapshot) -> dict[str, Any]:
    """Show the center which earlier leads a held declaration stands behind; raises NotFound below the center."""
    rows = await tx.fetch(
        "SELECT l.* FROM declaration_lead l JOIN declaration d USING (declaration_id)"
        " WHERE l.declaration_id = $1 ORDER BY l.filed_at, l.case_id",
        declaration_id,
    )
    if not rows and not await tx.fetchval(
        "SELECT EXISTS (SELECT FROM declaration WHERE declaration_id = $1)", declaration_id
    ):
        raise NotFound("没有该申报", "no such declaration")
    items = [
        {
            "case_id": row["case_id"],
            "org_id": row["org_id"],
            "org_name": name_of(row["org_id"], law),
            "filed_at": moment(row["filed_at"]),
        }
        for row in rows
    ]
    return {"items": items, "next_cursor": None, "total": len(items)}


def _inside(known: DevelopmentCase, eyes: FileEyes) -> dict[str, Any]:
    law = eyes.law.find(DevelopmentSteps, org_id=known.org_id, day=day_of(known.opened_at))
    project = known.project
    members = {
        "written": {str(step): dict(fields) for step, fields in known.written.items()},
        "missing": missing(known.step, known.written, law) if known.state is CaseState.OPEN else None,
        "grades": {
            aspect: {"grade": one.grade, "texts": one.texts, "attachments": one.attachments}
            for aspect, one in known.grades.items()
        },
        "filed_by": known.filed_by,
        "end_reason": known.end_reason,
    }
    if project is not None:
        members["project"] = {"state": known.project_state, **_present(vars(project))}
    return members


def _suggestion(known: DevelopmentCase, law: Snapshot) -> dict[str, Any]:
    """Say who should develop the demand: the center of the city, or the county or area team where the customer is."""
    kind = Kind(law.organisation(known.org_id).kind)
    decision = route(known, law, kind, day_of(known.opened_at))
    org_id: str | None = known.city_org_id if decision.outcome.to == "center" else known.org_id
    if decision.outcome.to != "center" and kind in CENTERS:
        org_id = known.target.division if known.target.division in law.organisations else None
    return _present(
        {
            "demand": decision.outcome.demand,
            "to": decision.outcome.to,
            "fits": decision.outcome.fits,
            "org_id": org_id,
            "org_name": name_of(org_id, law) if org_id else None,
            "because": decision.because.to_json(),
        }
    )


def _move(move: Move, *, inside: bool) -> dict[str, Any]:
    return _present(
        {
            "id": move.move_id,
            "from": move.former,
            "to": move.step,
            "progress": move.progress,
            "reason": move.reason if inside else None,
            "staff_id": move.staff_id,
            "at": move.at,
        }
    )


def _watch(seen: Watch) -> dict[str, Any]:
    return {"id": seen.watch_id, "note": seen.note, "staff_id": seen.staff_id, "at": seen.at}


def _internal(org_id: str, eyes: FileEyes) -> bool:
    """Tell whether the reader has a role that sees the internal layer, at or above the unit."""
    node = eyes.law.organisations.get(org_id)
    return node is not None and eyes.asker.may(*INTERNAL) and eyes.asker.covers(node.orgpath)


def _present(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}
