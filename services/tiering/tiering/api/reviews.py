"""Yearly reviews over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import Field

from chassis.auth import Caller
from chassis.http.bodies import Body
from chassis.http.edge import Answer, AtTheEdge, may
from chassis.http.paging import Filters
from chassis.http.problems import problems
from chassis.ids import uuid7
from chassis.runtime import Runtime
from chassis.transaction import Transaction
from tiering.api.tiers import CustomerKey, OrgFilter
from tiering.commands.reviews import OverrideLine, ProposeReview, PublishReview, Reviewer
from tiering.handlers import reviews as handlers
from tiering.handlers.reviews import Desk
from tiering.model.reviews import ReviewState
from tiering.queries import reviews as shown
from tiering.repository.reviews import ReviewRows
from tiering.settings import FIRST_YEAR, LAST_YEAR, LONGEST_TEXT, TieringSettings

router = APIRouter(tags=["reviews"])
Center = Annotated[Caller, Depends(may("center-officer", "center-director"))]
Director = Annotated[Caller, Depends(may("center-director"))]
Reader = Annotated[Caller, Depends(may("center-officer", "center-director", "inspector"))]
STEPS = problems(400, 401, 403, 404, 409, 413, 422, 503)
READS = problems(401, 403, 404, 422)
Year = Annotated[int, Field(strict=True, ge=FIRST_YEAR, le=LAST_YEAR)]


class ReviewIn(Body):
    """Which year is rated."""

    year: Year


class OverrideIn(Body):
    """Another class than the proposed one, null for no key account, and why."""

    class_: Annotated[int | None, Field(alias="class", strict=True, ge=1)]
    reason: Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]


class ReviewFilters(Filters):
    """Which reviews are listed."""

    year: Annotated[int | None, Field(ge=FIRST_YEAR, le=LAST_YEAR)] = None
    state: ReviewState | None = None


class LineFilters(Filters):
    """Which lines are listed; `adjusted`: another class is suggested than the table gives."""

    changed: bool | None = None
    overridden: bool | None = None
    adjusted: bool | None = None
    class_: Annotated[int | None, Field(alias="class", ge=1)] = None
    org_id: OrgFilter = None


@router.post(
    "/v1/reviews", operation_id="propose_review", summary="提出年度评定", status_code=201, responses=STEPS
)
async def propose_review(body: ReviewIn, request: Request, caller: Center, edge: AtTheEdge) -> Response:
    """Propose a class for every registered customer of the province by the fees of a year."""
    review_id = uuid7()

    async def run(tx: Transaction) -> Answer:
        command = ProposeReview(_reviewer(caller), body.year)
        review = await handlers.propose_review(command, review_id, _desk(request, tx))
        answer = await shown.one_review(tx, review.id)
        return Answer(201, answer, etag=answer["version"], location=f"/v1/reviews/{review.id}")

    return await edge.write(request, caller, run)


@router.get(
    "/v1/reviews", operation_id="list_reviews", summary="年度评定清单", responses=problems(401, 403, 422)
)
async def list_reviews(
    asked: Annotated[ReviewFilters, Query()], request: Request, caller: Reader, edge: AtTheEdge
) -> Response:
    """List reviews of the scope, the newest first."""

    async def run(tx: Transaction) -> Answer:
        filters = asked.conditions()
        return Answer(200, await shown.reviews(tx, filters, asked.paging(request)))

    return await edge.read(request, caller, run)


@router.get("/v1/reviews/{review_id}", operation_id="get_review", summary="年度评定", responses=READS)
async def get_review(review_id: UUID, request: Request, caller: Reader, edge: AtTheEdge) -> Response:
    """Give a review with its counts."""

    async def run(tx: Transaction) -> Answer:
        answer = await shown.one_review(tx, review_id)
        return Answer(200, answer, etag=answer["version"])

    return await edge.read(request, caller, run)


@router.get(
    "/v1/reviews/{review_id}/lines",
    operation_id="list_review_lines",
    summary="年度评定明细",
    responses=READS,
)
async def list_review_lines(
    review_id: UUID,
    asked: Annotated[LineFilters, Query()],
    request: Request,
    caller: Reader,
    edge: AtTheEdge,
) -> Response:
    """List the lines of a review: four indicators, the table's class, the suggested and the proposed one, and why."""

    async def run(tx: Transaction) -> Answer:
        filters: dict[str, Any] = asked.conditions()
        return Answer(200, await shown.lines(tx, review_id, filters, asked.paging(request)))

    return await edge.read(request, caller, run)


@router.get(
    "/v1/reviews/{review_id}/lines/{customer}",
    operation_id="get_review_line",
    summary="客户评定明细",
    responses=READS,
)
async def get_review_line(
    review_id: UUID, customer: CustomerKey, request: Request, caller: Reader, edge: AtTheEdge
) -> Response:
    """Give the line of one customer."""

    async def run(tx: Transaction) -> Answer:
        return Answer(200, await shown.one_line(tx, review_id, customer))

    return await edge.read(request, caller, run)


@router.post(
    "/v1/reviews/{review_id}/lines/{customer}",
    operation_id="override_review_line",
    summary="改定客户级别",
    responses=STEPS,
)
async def override_review_line(
    review_id: UUID,
    customer: CustomerKey,
    body: OverrideIn,
    request: Request,
    caller: Center,
    edge: AtTheEdge,
) -> Response:
    """Put another class in the place of the proposed one, with a reason, before the review is published."""

    async def run(tx: Transaction) -> Answer:
        command = OverrideLine(_reviewer(caller), review_id, customer, body.class_, body.reason)
        await handlers.override_line(command, _desk(request, tx))
        return Answer(200, await shown.one_line(tx, review_id, customer))

    return await edge.write(request, caller, run)


@router.post(
    "/v1/reviews/{review_id}/publish",
    operation_id="publish_review",
    summary="发布年度评定",
    responses=STEPS,
)
async def publish_review(review_id: UUID, request: Request, caller: Director, edge: AtTheEdge) -> Response:
    """Let the proposed classes hold from 1 January of the year after; every change is told."""

    async def run(tx: Transaction) -> Answer:
        await handlers.publish_review(PublishReview(_reviewer(caller), review_id), _desk(request, tx))
        answer = await shown.one_review(tx, review_id)
        return Answer(200, answer, etag=answer["version"])

    return await edge.write(request, caller, run)


def _reviewer(caller: Caller) -> Reviewer:
    return Reviewer(caller.staff_id, caller.org_id, caller.roles)


def _desk(request: Request, tx: Transaction) -> Desk:
    runtime: Runtime = request.app.state.runtime
    settings: TieringSettings = request.app.state.settings
    rows = ReviewRows(tx, settings.review_portion_lines, settings.review_timeout_ms)
    return Desk(rows, runtime.directory.current, tx.now, tx.now.date())
