"""Corrections of published reviews over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import Field

from chassis.auth import Caller
from chassis.http.bodies import Body
from chassis.http.edge import Answer, AtTheEdge
from chassis.http.paging import ListFilters
from chassis.ids import uuid7
from chassis.runtime import Runtime
from chassis.transaction import Transaction
from tiering.api.reviews import READS, STEPS, Center, Director, Reader
from tiering.api.tiers import ClassOrNone, CustomerKey, OrgFilter
from tiering.commands.corrections import ApproveCorrection, DismissCorrection, KeepOverride, ProposeCorrection
from tiering.commands.reviews import Reviewer
from tiering.handlers import corrections as handlers
from tiering.handlers.corrections import CorrectionDesk
from tiering.model.corrections import CorrectionState
from tiering.queries import corrections as shown
from tiering.repository.corrections import CorrectionRows
from tiering.settings import LONGEST_TEXT, TieringSettings

router = APIRouter(tags=["corrections"])
Why = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]


class CorrectionIn(Body):
    """Why a published review is looked at again, or why its correction is dismissed."""

    reason: Why


class KeepIn(Body):
    """Whether the class that a reviewer had put stays, or the rated one holds."""

    keep_override: Annotated[bool, Field(strict=True)]


class CorrectionFilters(ListFilters):
    """Which corrections are listed."""

    state: CorrectionState | None = None


class CorrectionLineFilters(ListFilters):
    """Which lines are listed; `changed`: another class would hold, `moved`: the rating comes out differently."""

    changed: bool | None = None
    moved: bool | None = None
    overridden: bool | None = None
    class_: Annotated[ClassOrNone | None, Field(alias="class")] = None
    former_class: ClassOrNone | None = None
    org_id: OrgFilter = None


@router.post(
    "/v1/reviews/{review_id}/corrections",
    operation_id="propose_correction",
    summary="试算年度评定更正",
    status_code=201,
    responses=STEPS,
)
async def propose_correction(
    review_id: UUID, body: CorrectionIn, request: Request, caller: Center, edge: AtTheEdge
) -> Response:
    """Rate again, as figures and law are now, whom a change since a published review touches; a dry run until approved."""
    correction_id = uuid7()

    async def run(tx: Transaction) -> Answer:
        command = ProposeCorrection(_reviewer(caller), review_id, body.reason)
        await handlers.propose_correction(command, correction_id, _desk(request, tx))
        answer = await shown.one_correction(tx, correction_id)
        return Answer(201, answer, etag=answer["version"], location=f"/v1/corrections/{correction_id}")

    return await edge.write(request, caller, run)


@router.get(
    "/v1/reviews/{review_id}/corrections",
    operation_id="list_corrections",
    summary="年度评定更正清单",
    responses=READS,
)
async def list_corrections(
    review_id: UUID,
    asked: Annotated[CorrectionFilters, Query()],
    request: Request,
    caller: Reader,
    edge: AtTheEdge,
) -> Response:
    """List the corrections of a review, the newest first."""

    async def run(tx: Transaction) -> Answer:
        paging = asked.paging(request)
        return Answer(200, await shown.corrections(tx, review_id, asked.conditions(), paging))

    return await edge.read(request, caller, run)


@router.get(
    "/v1/reviews/{review_id}/stale",
    operation_id="list_stale_customers",
    summary="评定后数据有变化的客户",
    responses=READS,
)
async def list_stale_customers(
    review_id: UUID,
    asked: Annotated[ListFilters, Query()],
    request: Request,
    caller: Reader,
    edge: AtTheEdge,
) -> Response:
    """List whom figures recorded since a review, or its last approved correction, or a merge may touch."""

    async def run(tx: Transaction) -> Answer:
        return Answer(200, await shown.stale(tx, review_id, asked.paging(request)))

    return await edge.read(request, caller, run)


@router.get(
    "/v1/corrections/{correction_id}",
    operation_id="get_correction",
    summary="年度评定更正",
    responses=READS,
)
async def get_correction(correction_id: UUID, request: Request, caller: Reader, edge: AtTheEdge) -> Response:
    """Give a correction with its counts and the wordings that changed."""

    async def run(tx: Transaction) -> Answer:
        answer = await shown.one_correction(tx, correction_id)
        return Answer(200, answer, etag=answer["version"])

    return await edge.read(request, caller, run)


@router.get(
    "/v1/corrections/{correction_id}/lines",
    operation_id="list_correction_lines",
    summary="更正明细",
    responses=READS,
)
async def list_correction_lines(
    correction_id: UUID,
    asked: Annotated[CorrectionLineFilters, Query()],
    request: Request,
    caller: Reader,
    edge: AtTheEdge,
) -> Response:
    """List the lines of a correction: the class before and after, and which figure or wording changed from what to what."""

    async def run(tx: Transaction) -> Answer:
        filters: dict[str, Any] = asked.conditions()
        return Answer(200, await shown.lines(tx, correction_id, filters, asked.paging(request)))

    return await edge.read(request, caller, run)


@router.get(
    "/v1/corrections/{correction_id}/lines/{customer}",
    operation_id="get_correction_line",
    summary="客户更正明细",
    responses=READS,
)
async def get_correction_line(
    correction_id: UUID, customer: CustomerKey, request: Request, caller: Reader, edge: AtTheEdge
) -> Response:
    """Give the line of one customer with the whole explanation before and after."""

    async def run(tx: Transaction) -> Answer:
        return Answer(200, await shown.one_line(tx, correction_id, customer))

    return await edge.read(request, caller, run)


@router.post(
    "/v1/corrections/{correction_id}/lines/{customer}",
    operation_id="keep_overridden_class",
    summary="保留或取消改定级别",
    responses=STEPS,
)
async def keep_overridden_class(
    correction_id: UUID,
    customer: CustomerKey,
    body: KeepIn,
    request: Request,
    caller: Center,
    edge: AtTheEdge,
) -> Response:
    """Keep the class that a reviewer had put, or let the rated one hold, before the correction is approved."""

    async def run(tx: Transaction) -> Answer:
        command = KeepOverride(_reviewer(caller), correction_id, customer, body.keep_override)
        await handlers.keep_override(command, _desk(request, tx))
        return Answer(200, await shown.one_line(tx, correction_id, customer))

    return await edge.write(request, caller, run)


@router.post(
    "/v1/corrections/{correction_id}/approve",
    operation_id="approve_correction",
    summary="批准更正",
    responses=STEPS,
)
async def approve_correction(
    correction_id: UUID, request: Request, caller: Director, edge: AtTheEdge
) -> Response:
    """Let the corrected classes hold from the day of the review; every change is told, the review keeps its lines."""

    async def run(tx: Transaction) -> Answer:
        command = ApproveCorrection(_reviewer(caller), correction_id)
        await handlers.approve_correction(command, _desk(request, tx))
        answer = await shown.one_correction(tx, correction_id)
        return Answer(200, answer, etag=answer["version"])

    return await edge.write(request, caller, run)


@router.post(
    "/v1/corrections/{correction_id}/dismiss",
    operation_id="dismiss_correction",
    summary="撤销更正",
    responses=STEPS,
)
async def dismiss_correction(
    correction_id: UUID, body: CorrectionIn, request: Request, caller: Center, edge: AtTheEdge
) -> Response:
    """Leave the review as it is, with a reason; the dry run stays on record."""

    async def run(tx: Transaction) -> Answer:
        command = DismissCorrection(_reviewer(caller), correction_id, body.reason)
        await handlers.dismiss_correction(command, _desk(request, tx))
        answer = await shown.one_correction(tx, correction_id)
        return Answer(200, answer, etag=answer["version"])

    return await edge.write(request, caller, run)


def _reviewer(caller: Caller) -> Reviewer:
    return Reviewer(caller.staff_id, caller.org_id, caller.roles)


def _desk(request: Request, tx: Transaction) -> CorrectionDesk:
    runtime: Runtime = request.app.state.runtime
    settings: TieringSettings = request.app.state.settings
    rows = CorrectionRows(tx, settings.review_portion_lines, settings.review_timeout_ms)
    return CorrectionDesk(rows, runtime.directory.current, tx.now, tx.now.date())
