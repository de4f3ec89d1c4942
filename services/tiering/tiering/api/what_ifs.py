"""What-ifs over HTTP: drafts of the law tried on the real figures. No answer of these routes is a class."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from chassis.auth import Caller
from chassis.http.edge import Answer, AtTheEdge, may
from chassis.http.problems import problems
from chassis.ids import uuid7
from chassis.runtime import Runtime
from chassis.transaction import Transaction
from tiering.api.tiers import CustomerKey
from tiering.api.what_if_bodies import ComparisonAsked, MoverFilters, WhatIfFilters, WhatIfIn
from tiering.commands.reviews import Reviewer
from tiering.commands.what_ifs import RemoveWhatIf, TryDrafts
from tiering.handlers import what_ifs as handlers
from tiering.handlers.what_ifs import WhatIfDesk
from tiering.model.what_ifs import KIND
from tiering.policies.what_if_drafts import Limits
from tiering.queries import what_if_comparisons, what_if_movers
from tiering.queries import what_ifs as shown
from tiering.repository.what_ifs import WhatIfRows
from tiering.settings import DEEPEST_VALUE, LARGEST_NUMBER, TieringSettings

router = APIRouter(tags=["what-ifs"])
Center = Annotated[Caller, Depends(may("center-officer", "center-director"))]
Reader = Annotated[Caller, Depends(may("center-officer", "center-director", "inspector"))]
READS = problems(401, 403, 404, 422)


@router.post(
    "/v1/what-ifs",
    operation_id="try_drafts",
    summary="假设测算",
    status_code=201,
    responses=problems(400, 401, 403, 404, 409, 413, 422, 503),
)
async def try_drafts(body: WhatIfIn, request: Request, caller: Center, edge: AtTheEdge) -> Response:
    """Work out who would have which class under drafts of the law, and save it under a name; nobody's class changes."""
    what_if_id = uuid7()

    async def run(tx: Transaction) -> Answer:
        command = TryDrafts(
            _reviewer(caller), body.name, body.year, body.org_id, body.base_id, body.drafted()
        )
        await handlers.try_drafts(command, what_if_id, _desk(request, tx))
        answer = await shown.one_what_if(tx, what_if_id)
        return Answer(201, answer, location=f"/v1/what-ifs/{what_if_id}")

    return await edge.write(request, caller, run)


@router.get(
    "/v1/what-ifs", operation_id="list_what_ifs", summary="假设测算清单", responses=problems(401, 403, 422)
)
async def list_what_ifs(
    asked: Annotated[WhatIfFilters, Query()], request: Request, caller: Reader, edge: AtTheEdge
) -> Response:
    """List the what-ifs of the scope, the newest first."""

    async def run(tx: Transaction) -> Answer:
        return Answer(200, await shown.what_ifs(tx, asked.conditions(), asked.paging(request)))

    return await edge.read(request, caller, run)


@router.get("/v1/what-ifs/{what_if_id}", operation_id="get_what_if", summary="假设测算结果", responses=READS)
async def get_what_if(what_if_id: UUID, request: Request, caller: Reader, edge: AtTheEdge) -> Response:
    """Give a what-if: summary, flows from class to class, by unit, the drafts and the law that it was worked out by."""

    async def run(tx: Transaction) -> Answer:
        return Answer(200, await shown.one_what_if(tx, what_if_id))

    return await edge.read(request, caller, run)


@router.get(
    "/v1/what-ifs/{what_if_id}/movers",
    operation_id="list_what_if_movers",
    summary="假设测算变动客户清单",
    responses=READS,
)
async def list_movers(
    what_if_id: UUID,
    asked: Annotated[MoverFilters, Query()],
    request: Request,
    caller: Reader,
    edge: AtTheEdge,
) -> Response:
    """List who would move, from what to what, with the yearly fees and why."""

    async def run(tx: Transaction) -> Answer:
        page = asked.paging(request)
        return Answer(200, await what_if_movers.movers(tx, what_if_id, asked.conditions(), page))

    return await edge.read(request, caller, run)


@router.get(
    "/v1/what-ifs/{what_if_id}/movers/{customer}",
    operation_id="get_what_if_mover",
    summary="客户的假设测算",
    responses=READS,
)
async def get_mover(
    what_if_id: UUID, customer: CustomerKey, request: Request, caller: Reader, edge: AtTheEdge
) -> Response:
    """Give one who would move, with the explanation of either class."""

    async def run(tx: Transaction) -> Answer:
        return Answer(200, await what_if_movers.one_mover(tx, what_if_id, customer))

    return await edge.read(request, caller, run)


@router.get(
    "/v1/what-ifs/{what_if_id}/comparison",
    operation_id="compare_what_ifs",
    summary="比较两个假设测算",
    responses=READS,
)
async def compare_what_ifs(
    what_if_id: UUID,
    asked: Annotated[ComparisonAsked, Query()],
    request: Request,
    caller: Reader,
    edge: AtTheEdge,
) -> Response:
    """Set a what-if beside another one: flows, revenue, and who moves in one, in both, alike or not."""

    async def run(tx: Transaction) -> Answer:
        return Answer(200, await what_if_comparisons.comparison(tx, what_if_id, asked.with_))

    return await edge.read(request, caller, run)


@router.delete(
    "/v1/what-ifs/{what_if_id}",
    operation_id="remove_what_if",
    summary="删除假设测算",
    responses=problems(401, 403, 404, 409, 422),
)
async def remove_what_if(what_if_id: UUID, request: Request, caller: Center, edge: AtTheEdge) -> Response:
    """Remove a what-if with everything it found; its maker may."""

    async def run(tx: Transaction) -> Answer:
        command = RemoveWhatIf(_reviewer(caller), what_if_id)
        await handlers.remove_what_if(command, _desk(request, tx))
        return Answer(200, {"kind": KIND, "id": what_if_id, "removed": True})

    return await edge.write(request, caller, run)


def _reviewer(caller: Caller) -> Reviewer:
    return Reviewer(caller.staff_id, caller.org_id, caller.roles)


def _desk(request: Request, tx: Transaction) -> WhatIfDesk:
    runtime: Runtime = request.app.state.runtime
    settings: TieringSettings = request.app.state.settings
    return WhatIfDesk(
        WhatIfRows(tx, settings.what_if_timeout_ms),
        runtime.directory.current,
        tx.now,
        Limits(DEEPEST_VALUE, LARGEST_NUMBER),
        settings.what_ifs_most,
    )
