"""`GET /v1/deadlines`: the clocks of a service, in one shape everywhere."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from chassis.http.edge import Answer, AtTheEdge, Authenticated
from chassis.http.listing import cut
from chassis.http.paging import Cursor, Limit, Paging, page
from chassis.http.problems import problems
from chassis.transaction import Transaction
from contracts.refusals import NotFound
from regulations.calendars import SHANGHAI

router = APIRouter(tags=["deadlines"])
# Of what a caller holds: what still asks for something.
TO_ACT_ON = "d.settled_at IS NULL AND d.state IN ('running', 'paused', 'breached')"
LISTED = f"""
    SELECT d.id, d.due_at, deadline_shape(d)::text AS shape FROM deadline d
    WHERE ($1::text IS NULL OR d.state = $1) AND ($2::text IS NULL OR d.subject_id = $2)
      AND ($3::text IS NULL OR d.kind = $3)
      AND ($4::text[] IS NULL OR ({TO_ACT_ON} AND is_held_by(d, $4, $5, $6, $7)))
      AND ($8::timestamptz IS NULL OR (d.due_at, d.id) > ($8, $9))
    ORDER BY d.due_at, d.id LIMIT $10
"""  # noqa: S608 - constants
COUNTED = f"""
    SELECT count(*) FROM (SELECT FROM deadline d
    WHERE ($1::text IS NULL OR d.state = $1) AND ($2::text IS NULL OR d.subject_id = $2)
      AND ($3::text IS NULL OR d.kind = $3)
      AND ($4::text[] IS NULL OR ({TO_ACT_ON} AND is_held_by(d, $4, $5, $6, $7))) LIMIT $8) counted
"""  # noqa: S608 - constants
STARTED = """
    SELECT d.id, d.kind, d.started_at, COALESCE((
      SELECT COALESCE(l.plan->'before', l.plan)->>'due_at' FROM deadline_ledger l
      WHERE l.deadline_id = d.id AND l.plan IS NOT NULL ORDER BY l.seq LIMIT 1)::timestamptz, d.due_at) AS first_due
    FROM deadline d WHERE d.id = $1
"""
LEDGER = """
    SELECT at, what, by, why, due_before, due_after FROM deadline_ledger WHERE deadline_id = $1 ORDER BY seq
"""


@router.get(
    "/v1/deadlines",
    operation_id="list_deadlines",
    summary="时限清单",
    responses=problems(401, 422),
)
async def list_deadlines(
    request: Request,
    caller: Authenticated,
    edge: AtTheEdge,
    holder: Annotated[str | None, Query(pattern="^me$")] = None,
    state: Annotated[str | None, Query(max_length=20)] = None,
    subject: Annotated[str | None, Query(max_length=64, description="记录的 id")] = None,
    kind: Annotated[str | None, Query(max_length=40)] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """List deadlines of the caller's scope, the nearest first; `holder=me` those that the caller has to act on."""
    paging = Paging(cursor, limit, request.app.state.settings.total_exact_to)
    after = paging.after(datetime.fromisoformat, UUID) or (None, None)

    async def run(tx: Transaction) -> Answer:
        mine = (
            (sorted(caller.roles), caller.org_id, caller.staff_id, tx.now.date()) if holder else (None,) * 4
        )
        rows = await tx.fetch(LISTED, state, subject, kind, *mine, *after, limit + 1)
        total = await tx.fetchval(COUNTED, state, subject, kind, *mine, paging.total_exact_to)
        shown, following = cut(rows, paging, ["due_at", "id"])
        return Answer(200, page([_shape(row["shape"], tx) for row in shown], following, total))

    return await edge.read(request, caller, run)


@router.get(
    "/v1/deadlines/{id}/ledger",
    operation_id="get_deadline_ledger",
    summary="时限台账",
    responses=problems(401, 404, 422),
)
async def get_deadline_ledger(
    of: Annotated[UUID, Path(alias="id")], request: Request, caller: Authenticated, edge: AtTheEdge
) -> Response:
    """Give all that happened to a deadline, from its start on: when, by whom, why, and due before and after."""

    async def run(tx: Transaction) -> Answer:
        row = await tx.fetchrow(STARTED, of)
        if row is None:
            raise NotFound(f"没有时限{of}。", f"There is no deadline {of}.")
        start = {
            "at": row["started_at"],
            "what": "started",
            "by": None,
            "why": None,
            "due_before": None,
            "due_after": row["first_due"],
        }
        entries = [start, *(dict(entry) for entry in await tx.fetch(LEDGER, of))]
        return Answer(
            HTTPStatus.OK, {"id": of, "kind": row["kind"], "entries": [_entry(one) for one in entries]}
        )

    return await edge.read(request, caller, run)


def _entry(entry: dict[str, Any]) -> dict[str, Any]:
    why = orjson.loads(entry["why"]) if entry["why"] else None
    instants = {
        name: entry[name].astimezone(SHANGHAI) if entry[name] else None
        for name in ("at", "due_before", "due_after")
    }
    return {**entry, **instants, "why": why}


def _shape(text: str, tx: Transaction) -> dict[str, Any]:
    shape: dict[str, Any] = orjson.loads(text)
    return {**shape, "server_time": tx.now.isoformat(), "overdue_seconds": _overdue(shape, tx.now)}


def _overdue(shape: dict[str, Any], now: datetime) -> float | None:
    """Give how long a deadline has been overdue; it stands still from the moment it was settled."""
    if shape["state"] not in LATE:
        return None
    ended = datetime.fromisoformat(shape["settled_at"]) if shape["settled_at"] else now
    return (ended - datetime.fromisoformat(shape["due_at"])).total_seconds()


LATE = ("breached", "met-late")
