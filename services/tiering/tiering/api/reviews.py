"""Yearly reviews over HTTP."""

import asyncio
import time
from typing import Annotated, Any, Literal
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import Field

from chassis.auth import Caller
from chassis.http.bodies import Body
from chassis.http.edge import Answer, AtTheEdge, Edge, may
from chassis.http.paging import ListFilters, SortedFilters
from chassis.http.problems import problems
from chassis.ids import uuid7
from chassis.runtime import Runtime
from chassis.transaction import Transaction
from tiering.api.tiers import ClassOrNone, CustomerKey, OrgFilter
from tiering.commands.reviews import (
    OverrideLine,
    ProposeReview,
    PublishReview,
    Reviewer,
    WithdrawReview,
)
from tiering.handlers import reviews as handlers
from tiering.handlers.reviews import Desk
from tiering.model.reviews import ReviewState
from tiering.queries import review_comparison
from tiering.queries import reviews as shown
from tiering.repository.reviews import ReviewRows
from tiering.settings import FIRST_YEAR, LAST_YEAR, LONGEST_TEXT, TieringSettings

router = APIRouter(tags=["reviews"])
Center = Annotated[Caller, Depends(may("center-officer", "center-director"))]
Director = Annotated[Caller, Depends(may("center-director"))]
Reader = Annotated[Caller, Depends(may("center-officer", "center-director", "inspector"))]
STEPS = problems(400, 401, 403, 404, 409, 413, 422, 503)
READS = problems(401, 403, 404, 422)
LineSort = Literal[
    "revenue", "-revenue", "growth", "-growth", "settlement_days", "-settlement_days", "overdue_days", "-overdue_days",
    "class", "-class", "name", "-name",
]  # fmt: skip
Year = Annotated[int, Field(strict=True, ge=FIRST_YEAR, le=LAST_YEAR)]


class ReviewIn(Body):
    """Which year is rated."""

    year: Year


class OverrideIn(Body):
    """Another class than the proposed one, null for no key account, and why."""

    class_: Annotated[int | None, Field(alias="class", strict=True, ge=1)]
    reason: Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]


class WithdrawalIn(Body):
    """Why a review is taken back."""

    reason: Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]


class ReviewFilters(ListFilters):
    """Which reviews are listed."""

    year: Annotated[int | None, Field(ge=FIRST_YEAR, le=LAST_YEAR)] = None
    state: ReviewState | None = None


class LineFilters(SortedFilters):
    """Which lines are listed, in which order; `adjusted`: another class is suggested than the table gives."""

    changed: bool | None = None
    overridden: bool | None = None
    adjusted: bool | None = None
    class_: Annotated[ClassOrNone | None, Field(alias="class")] = None
    org_id: OrgFilter = None
    sort: LineSort | None = None


@router.post(
    "/v1/reviews",
    operation_id="propose_review",
    summary="提出年度评定",
    status_code=201,
    responses=STEPS | {202: {"description": "The proposal goes on; Location shows how far it is"}},
)
async def propose_review(body: ReviewIn, request: Request, caller: Center, edge: AtTheEdge) -> Response:
    """Propose a class for every registered customer of the province by the fees of a year.

    A province takes seconds. Where it takes longer than a request should, 202 is answered: the review is `proposing`, and its
    `progress` goes from 0 to 1.
    """
    review_id = uuid7()

    async def run(tx: Transaction) -> Answer:
        command = ProposeReview(_reviewer(caller), body.year)
        await handlers.propose_review(command, review_id, _desk(request, tx))
        answer = await shown.one_review(tx, review_id)
        return Answer(202, answer, etag=answer["version"], location=f"/v1/reviews/{review_id}")

    begun = await edge.write(request, caller, run)
    return await _when_proposed(begun, request, caller, edge)


async def _when_proposed(begun: Response, request: Request, caller: Caller, edge: Edge) -> Response:
    """Wait a while for a proposal that has begun; the same is answered when the request comes again."""
    settings: TieringSettings = request.app.state.settings
    request.app.state.proposals_bell.ring()
    review_id = UUID(orjson.loads(begun.body)["id"])

    async def run(tx: Transaction) -> Answer:
        answer = await shown.one_review(tx, review_id)
        status = 202 if answer["state"] == ReviewState.PROPOSING else 201
        return Answer(status, answer, etag=answer["version"], location=f"/v1/reviews/{review_id}")

    end = time.monotonic() + settings.review_answer_seconds
    pool = request.app.state.runtime.database.worker
    goes_on = await shown.is_proposing(pool, review_id)
    while goes_on and time.monotonic() < end:
        await asyncio.sleep(settings.review_look_seconds)
        goes_on = await shown.is_proposing(pool, review_id)
    return await edge.read(request, caller, run)


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
    "/v1/reviews/{review_id}/comparison",
    operation_id="compare_review",
    summary="年度评定与上年对比",
    responses=READS,
)
async def compare_review(review_id: UUID, request: Request, caller: Reader, edge: AtTheEdge) -> Response:
    """Compare a review with the published one of the year before: classes, flows between them, who came and who went."""

    async def run(tx: Transaction) -> Answer:
        settings: TieringSettings = request.app.state.settings
        return Answer(200, await review_comparison.compared(tx, review_id, settings.review_timeout_ms))

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
    "/v1/reviews/{review_id}/withdraw",
    operation_id="withdraw_review",
    summary="撤回年度评定",
    responses=STEPS,
)
async def withdraw_review(
    review_id: UUID, body: WithdrawalIn, request: Request, caller: Center, edge: AtTheEdge
) -> Response:
    """Take back a review that is not published, with a reason; another may then be proposed."""

    async def run(tx: Transaction) -> Answer:
        command = WithdrawReview(_reviewer(caller), review_id, body.reason)
        await handlers.withdraw_review(command, _desk(request, tx))
        answer = await shown.one_review(tx, review_id)
        return Answer(200, answer, etag=answer["version"])

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
