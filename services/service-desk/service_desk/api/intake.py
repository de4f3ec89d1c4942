"""Receiving: complaints and compensations, one request each."""

import asyncio
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi import Request as HttpRequest
from fastapi.responses import Response

from chassis import points
from chassis.auth import Caller
from chassis.encoding import dumps
from chassis.http.documentation import READS
from chassis.http.edge import (
    Answer,
    Edge,
    fingerprint,
    idempotency_key,
    key_reused,
    may,
)
from chassis.http.hot import HotRoute, is_json, json_body, validated
from chassis.http.problems import problems
from chassis.runtime import Runtime
from service_desk.api.bodies import CompensationIn, ComplaintIn, IntakeIn, SimilarIn
from service_desk.api.callers import phone_keys
from service_desk.handlers.grounds import Grounds
from service_desk.handlers.intake import Desk
from service_desk.model.refusals import LikelyDuplicate
from service_desk.queries.calls import Matter, similar
from service_desk.queries.receipts import compensation_receipt, complaint_receipt
from service_desk.repository.answers import Written
from service_desk.repository.guesses import Guesses
from service_desk.repository.means import KeyReused, Means, Request
from service_desk.repository.numbers import Numbers
from service_desk.repository.reception import CompensationReception, ComplaintReception
from service_desk.repository.together import RECEIVE, Road, Together
from service_desk.settings import MOST_SIMILAR, DeskSettings

router = APIRouter(tags=["intake"])
INTAKE_ROLES = ("hotline-agent", "account-manager", "unit-head", "center-officer", "center-director")
TAKERS = may(*INTAKE_ROLES)
Taker = Annotated[Caller, Depends(TAKERS)]
OK = 200
CREATED = 201


@dataclass(frozen=True, slots=True)
class Counter:
    """What intake works with in one process, made when the first case comes in."""

    desk: Desk
    means: Means
    runtime: Runtime
    one_batch: asyncio.Lock
    """A batch holds one connection and asks for another: two at once could wait for each other."""


def counter_of(request: HttpRequest) -> Counter:
    """Give the process' counter; called, not injected: each injection costs more than this."""
    state = request.app.state
    if not hasattr(state, "counter"):
        runtime: Runtime = state.runtime
        settings: DeskSettings = state.settings
        pool = runtime.database.app
        desk = Desk(
            Grounds(settings.grounds_kept),
            Numbers(pool, settings.case_numbers_a_block),
            settings.intake_attempts,
        )
        together = Together(
            pool, RECEIVE, Road(settings.intakes_together, settings.roads, settings.road_patience_seconds)
        )
        means = Means(pool, runtime.vault, Guesses(settings.guesses_kept), set(), together)
        state.counter = Counter(desk, means, runtime, asyncio.Lock())
    counter: Counter = state.counter
    return counter


@router.post(
    "/v1/complaints",
    status_code=CREATED,
    operation_id="receive_complaint",
    summary="受理投诉",
    responses=problems(400, 401, 403, 409, 412, 413, 422, 503),
)
async def receive_complaint(body: ComplaintIn, request: HttpRequest, caller: Taker) -> Response:
    """Take a complaint down in one request: first responder, case number, clocks, and what to tell the caller."""
    counter = counter_of(request)
    edge: Edge = request.app.state.edge
    law = counter.runtime.directory.current
    asked = await _asked(request, caller, body, counter, edge)
    if body.unless_similar:
        await _unless_similar(body, asked, caller, counter)
    reception = ComplaintReception(
        counter.means, asked, lambda received: dumps(complaint_receipt(received, law))
    )
    try:
        await counter.desk.receive_complaint(body.command(caller.org_id), asked.moment.now, law, reception)
    except KeyReused as error:
        raise key_reused() from error
    return await _answered(reception.written, edge, body)


async def receive_quickly(request: HttpRequest) -> Response:
    """Take a complaint down as `receive_complaint`, which this calls, in the order in which FastAPI looks at a request."""
    given = await json_body(request)
    caller = await TAKERS(request)
    return await receive_complaint(validated(ComplaintIn, given), request, caller)


HOT = HotRoute("POST", "/v1/complaints", receive_quickly, is_json)


@router.post(
    "/v1/compensations",
    status_code=CREATED,
    operation_id="file_compensation",
    summary="受理索赔",
    responses=problems(400, 401, 403, 409, 412, 413, 422, 503),
)
async def file_compensation(body: CompensationIn, request: HttpRequest, caller: Taker) -> Response:
    """Take a claim for money down in one request; above the limit it is reported to the level above."""
    counter = counter_of(request)
    edge: Edge = request.app.state.edge
    law = counter.runtime.directory.current
    asked = await _asked(request, caller, body, counter, edge)
    reception = CompensationReception(
        counter.means, asked, lambda filed: dumps(compensation_receipt(filed, law))
    )
    try:
        await counter.desk.file_compensation(body.command(caller.org_id), asked.moment.now, law, reception)
    except KeyReused as error:
        raise key_reused() from error
    return await _answered(reception.written, edge, body)


@router.post(
    "/v1/complaints/similar",
    operation_id="find_similar_complaints",
    summary="可能重复的在办投诉",
    openapi_extra=READS,
    responses=problems(400, 401, 403, 413, 422, 503),
)
async def find_similar_complaints(body: SimilarIn, request: HttpRequest, caller: Taker) -> Response:
    """Give the open complaints that a call may be about already, the likeliest first; nothing is written."""
    counter = counter_of(request)
    found = await similar(counter.runtime.database.app, caller, _matter(body, counter), MOST_SIMILAR)
    return Answer(OK, {"items": found or []}).response()


def _matter(body: SimilarIn | ComplaintIn, counter: Counter, key: str | None = None) -> Matter:
    phone = body.caller.phone
    keys = phone_keys(counter.runtime.phones, phone, "/caller/phone") if phone else None
    named = body.caller
    return Matter(named.customer_id, named.customer_code, keys, body.category, body.mail_no, key)


async def _unless_similar(body: ComplaintIn, asked: Request, caller: Caller, counter: Counter) -> None:
    """Refuse a complaint that is likely on record; raises LikelyDuplicate. A repeated request gets its first answer."""
    found = await similar(
        counter.runtime.database.app, caller, _matter(body, counter, asked.key), MOST_SIMILAR
    )
    if found:
        raise LikelyDuplicate.of(found)


async def _asked(
    request: HttpRequest, caller: Caller, body: IntakeIn, counter: Counter, edge: Edge
) -> Request:
    phone = body.caller.phone
    return Request(
        moment=edge.moment(request, caller),
        scope=caller.orgpath,
        desk_org_id=caller.org_id,
        key=idempotency_key(request) or "",
        fingerprint=await fingerprint(request),
        status=CREATED,
        phone_keys=phone_keys(counter.runtime.phones, phone, "/caller/phone") if phone else None,
    )


async def _answered(written: Written | None, edge: Edge, body: IntakeIn) -> Response:
    if written is None:
        raise LookupError("an intake ends with an answer or a refusal")
    points.reach("intake.after-commit")
    # The clocks of a call that comes in now are days away; only those of an offline call may be due already.
    await edge.committed(clocks_too=body.received_at is not None)
    return Answer(CREATED, written.body, etag=written.etag, location=written.location).response()
