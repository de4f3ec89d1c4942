"""Rebuilds: an administrator has the service make once more, from their events, the tables that follow from events alone."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

import orjson
from asyncpg import Record
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from chassis.auth import Caller
from chassis.http.edge import Answer, AtTheEdge, may
from chassis.http.paging import Limit, page
from chassis.http.problems import problems
from chassis.ids import uuid7
from chassis.runtime import Runtime
from chassis.transaction import Transaction
from contracts.refusals import NotFound, Refusal

router = APIRouter(tags=["rebuilds"])
Administrator = Annotated[Caller, Depends(may("administrator"))]
MEMBERS = "id, requested_by, requested_at, state, begun_at, ended_at, heard, missing, changed, reason"
ASK = f"""
    INSERT INTO rebuild (id, requested_by, requested_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING {MEMBERS}
"""  # noqa: S608 - column names of our own
END = f"""
    UPDATE rebuild SET state = 'cancelled', ended_at = $2 WHERE id = $1 AND state IN ('requested', 'running')
    RETURNING {MEMBERS}
"""  # noqa: S608 - column names of our own
LISTED = f"SELECT {MEMBERS} FROM rebuild ORDER BY requested_at DESC, id DESC LIMIT $1"  # noqa: S608 - our own
ONE = f"SELECT {MEMBERS} FROM rebuild WHERE id = $1"  # noqa: S608 - column names of our own


class RebuildUnderWay(Refusal):
    """A service makes its projections once more one time after the other."""

    code = "rebuild-under-way"


class RebuildOver(Refusal):
    """What is done, cancelled or failed cannot be cancelled."""

    code = "rebuild-over"


@router.post(
    "/v1/rebuilds",
    status_code=202,
    operation_id="rebuild",
    summary="由已收到的事件重建本服务的投影",
    responses=problems(400, 401, 403, 409, 422),
)
async def rebuild(request: Request, caller: Administrator, edge: AtTheEdge) -> Response:
    """Have the projections made once more beside the living ones, which take over what differs in one moment."""
    runtime: Runtime = request.app.state.runtime

    async def run(tx: Transaction) -> Answer:
        row = await tx.fetchrow(ASK, uuid7(), caller.actor, tx.now)
        if row is None:
            raise RebuildUnderWay(
                "已有一次重建正在进行，请待其结束或先取消。",
                "A rebuild is under way: wait for its end, or cancel it.",
            )
        return Answer(202, _shown(row), location=f"/v1/rebuilds/{row['id']}")

    answer = await edge.write(request, caller, run)
    if runtime.rebuilder is not None:
        runtime.rebuilder.bell.ring()
    return answer


@router.get(
    "/v1/rebuilds", operation_id="list_rebuilds", summary="投影重建记录", responses=problems(401, 403, 422)
)
async def list_rebuilds(
    request: Request, caller: Administrator, edge: AtTheEdge, limit: Limit = 50
) -> Response:
    """List rebuilds, the newest first, with how far each is."""

    async def run(tx: Transaction) -> Answer:
        rows = await tx.fetch(LISTED, limit)
        total = await tx.fetchval("SELECT count(*) FROM rebuild")
        return Answer(200, page([_shown(row) for row in rows], None, total))

    return await edge.read(request, caller, run)


@router.get(
    "/v1/rebuilds/{rebuild_id}",
    operation_id="get_rebuild",
    summary="某次投影重建",
    responses=problems(401, 403, 404, 422),
)
async def get_rebuild(rebuild_id: UUID, request: Request, caller: Administrator, edge: AtTheEdge) -> Response:
    """Show a rebuild: how many events it has heard, what it lacks and who told that, and what it changed in the end."""

    async def run(tx: Transaction) -> Answer:
        return Answer(200, _shown(await _found(tx, rebuild_id)))

    return await edge.read(request, caller, run)


@router.post(
    "/v1/rebuilds/{rebuild_id}/cancel",
    operation_id="cancel_rebuild",
    summary="取消投影重建",
    responses=problems(400, 401, 403, 404, 409, 422),
)
async def cancel_rebuild(
    rebuild_id: UUID, request: Request, caller: Administrator, edge: AtTheEdge
) -> Response:
    """End a rebuild; the living tables are as if it had never begun."""

    async def run(tx: Transaction) -> Answer:
        row = await tx.fetchrow(END, rebuild_id, tx.now)
        if row is None:
            await _found(tx, rebuild_id)
            raise RebuildOver("这次重建已经结束。", "This rebuild is over.")
        return Answer(200, _shown(row))

    return await edge.write(request, caller, run)


async def _found(tx: Transaction, rebuild_id: UUID) -> Record:
    row = await tx.fetchrow(ONE, rebuild_id)
    if row is None:
        raise NotFound("没有这次重建", "There is no such rebuild", pointer="path:rebuild_id")
    return row


def _shown(row: Record) -> Mapping[str, Any]:
    missing: dict[str, int] | None = orjson.loads(row["missing"]) if row["missing"] else None
    return {
        **row,
        "missing": None if missing is None else sum(missing.values()),
        "missing_from": missing,
        "changed": orjson.loads(row["changed"]) if row["changed"] else None,
        "advice": _advice(missing) if row["state"] == "running" and missing else None,
    }


def _advice(missing: Mapping[str, int]) -> Mapping[str, str]:
    tellers = ", ".join(sorted(missing))
    return {
        "zh": f"消息总线上已没有的事件，请由 {tellers} 重播：POST /v1/replays。",
        "en": f"What the bus holds no longer is told again by {tellers}: POST /v1/replays there.",
    }
