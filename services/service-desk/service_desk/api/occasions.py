"""Emergencies, contact meetings and daily tracking feedback."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from chassis.auth import Caller
from chassis.clock import SHANGHAI
from chassis.http.edge import Answer, AtTheEdge, Authenticated, if_match, may
from chassis.http.paging import ListFilters
from chassis.http.problems import problems
from chassis.runtime import Runtime
from chassis.transaction import Transaction
from contracts.refusals import Forbidden, UnknownCustomer
from service_desk.api.compensations import CENTER, official_of
from service_desk.api.complaints import HANDLING_ROLES, OK
from service_desk.api.intake import CREATED
from service_desk.api.request_bodies import EmergencyIn, FeedbackIn, MeetingIn, UseIn
from service_desk.handlers.requests import declare_emergency, hold_meeting, may_feed_back
from service_desk.model.requests import NotTheirRequest
from service_desk.queries import requests as read
from service_desk.queries.readers import Reader
from service_desk.repository.emergencies import Emergencies
from service_desk.repository.requests import Requests
from service_desk.repository.tracking import Tracking
from service_desk.settings import LONGEST_REFERENCE

router = APIRouter(tags=["occasions"])
Word = Annotated[str | None, Query(max_length=LONGEST_REFERENCE)]
Center = Annotated[Caller, Depends(may(*CENTER))]
Handler = Annotated[Caller, Depends(may(*HANDLING_ROLES))]
CHANGES = problems(400, 401, 403, 404, 409, 412, 413, 422, 428, 503)
# What is put on record anew, where nothing that was read can be outdated.
RECORDS = problems(400, 401, 403, 409, 413, 422, 503)


class EmergencyFilters(ListFilters):
    """What emergencies are listed by."""

    situation: Word = None
    org_id: Word = None
    active: bool | None = None


class MeetingFilters(ListFilters):
    """What meetings are listed by."""

    customer_id: UUID | None = None
    occasion: Word = None
    org_id: Word = None


class FeedbackFilters(ListFilters):
    """What feedback is listed by."""

    customer_id: UUID | None = None


@router.post(
    "/v1/emergencies",
    status_code=CREATED,
    operation_id="declare_emergency",
    summary="启动应急服务",
    responses=RECORDS,
)
async def declare(body: EmergencyIn, request: Request, caller: Center, edge: AtTheEdge) -> Response:
    """Allow unusual transport from one instant until another: a break of the route, a peak, a VIP's urgent request."""
    runtime: Runtime = request.app.state.runtime
    reader = Reader.of(caller.roles, full_phone=False)

    async def run(tx: Transaction) -> Answer:
        rows = Requests(tx, runtime.vault, runtime.phones)
        law = runtime.directory.current
        declared = await declare_emergency(body.command(), official_of(caller), tx.now, rows, law)
        shown = await read.emergency(tx, runtime.vault, reader, declared)
        return Answer(CREATED, shown, etag=1, location=f"/v1/emergencies/{declared}")

    return await edge.write(request, caller, run)


@router.post(
    "/v1/emergencies/{emergency_id}/uses",
    status_code=CREATED,
    operation_id="record_unusual_transport",
    summary="登记非常规运输",
    responses=problems(400, 401, 403, 404, 409, 413, 422, 503),
)
async def use(
    emergency_id: UUID, body: UseIn, request: Request, caller: Handler, edge: AtTheEdge
) -> Response:
    """Record unusual transport while the emergency lasts, for the center that declared it and the units below."""
    runtime: Runtime = request.app.state.runtime
    reader = Reader.of(caller.roles, full_phone=False)

    async def run(tx: Transaction) -> Answer:
        emergencies = Emergencies(tx, runtime.vault)
        await emergencies.use(emergency_id, body.transport, body.pieces, caller.org_id)
        return Answer(CREATED, await read.emergency(tx, runtime.vault, reader, emergency_id))

    return await edge.write(request, caller, run)


@router.post(
    "/v1/emergencies/{emergency_id}/end",
    operation_id="end_emergency",
    summary="解除应急服务",
    responses=CHANGES,
)
async def end(emergency_id: UUID, request: Request, caller: Center, edge: AtTheEdge) -> Response:
    """End an emergency before its time, by the center that declared it."""
    runtime: Runtime = request.app.state.runtime
    reader, version = Reader.of(caller.roles, full_phone=False), if_match(request)

    async def run(tx: Transaction) -> Answer:
        emergencies = Emergencies(tx, runtime.vault)
        owner = await emergencies.owner(emergency_id)
        if owner != caller.org_id:
            raise NotTheirRequest.of(runtime.directory.current.organisation(owner).name)
        await emergencies.end(emergency_id, version)
        shown = await read.emergency(tx, runtime.vault, reader, emergency_id)
        return Answer(OK, shown, etag=shown["version"])

    return await edge.write(request, caller, run)


@router.get(
    "/v1/emergencies", operation_id="list_emergencies", summary="应急服务清单", responses=problems(401, 422)
)
async def list_emergencies(
    asked: Annotated[EmergencyFilters, Query()], request: Request, caller: Authenticated, edge: AtTheEdge
) -> Response:
    """List emergencies of the caller's area and those of the centers above, the latest first."""
    runtime: Runtime = request.app.state.runtime
    reader = Reader.of(caller.roles, full_phone=False)

    async def run(tx: Transaction) -> Answer:
        page = asked.paging(request)
        return Answer(OK, await read.emergencies(tx, runtime.vault, reader, asked.conditions(), page))

    return await edge.read(request, caller, run)


@router.get(
    "/v1/emergencies/{emergency_id}",
    operation_id="get_emergency",
    summary="应急服务详情",
    responses=problems(401, 404, 422),
)
async def get_emergency(
    emergency_id: UUID, request: Request, caller: Authenticated, edge: AtTheEdge
) -> Response:
    """Give one emergency with what was carried under it, as far as it lies in the caller's scope."""
    runtime: Runtime = request.app.state.runtime
    reader = Reader.of(caller.roles, full_phone=False)

    async def run(tx: Transaction) -> Answer:
        shown = await read.emergency(tx, runtime.vault, reader, emergency_id)
        return Answer(OK, shown, etag=shown["version"])

    return await edge.read(request, caller, run)


@router.post(
    "/v1/contact-meetings",
    status_code=CREATED,
    operation_id="record_contact_meeting",
    summary="登记见面会",
    responses=RECORDS,
)
async def record_meeting(body: MeetingIn, request: Request, caller: Handler, edge: AtTheEdge) -> Response:
    """Record a contact meeting: new demands, price changes, complaints; participants, minutes and outcome are sealed."""
    runtime: Runtime = request.app.state.runtime
    reader = Reader.of(caller.roles, full_phone=False)

    async def run(tx: Transaction) -> Answer:
        rows = Requests(tx, runtime.vault, runtime.phones)
        law = runtime.directory.current
        held = await hold_meeting(body.command(), official_of(caller), tx.now, rows, law)
        shown = await read.meeting(tx, runtime.vault, reader, held)
        return Answer(CREATED, shown, location=f"/v1/contact-meetings/{held}")

    return await edge.write(request, caller, run)


@router.get(
    "/v1/contact-meetings",
    operation_id="list_contact_meetings",
    summary="见面会清单",
    responses=problems(401, 422),
)
async def list_meetings(
    asked: Annotated[MeetingFilters, Query()], request: Request, caller: Authenticated, edge: AtTheEdge
) -> Response:
    """List contact meetings, the latest first; headers only."""

    async def run(tx: Transaction) -> Answer:
        return Answer(OK, await read.meetings(tx, asked.conditions(), asked.paging(request)))

    return await edge.read(request, caller, run)


@router.get(
    "/v1/contact-meetings/{meeting_id}",
    operation_id="get_contact_meeting",
    summary="见面会详情",
    responses=problems(401, 404, 422),
)
async def get_meeting(meeting_id: UUID, request: Request, caller: Authenticated, edge: AtTheEdge) -> Response:
    """Give one contact meeting; participants, minutes and outcome to those who may read texts."""
    runtime: Runtime = request.app.state.runtime
    reader = Reader.of(caller.roles, full_phone=False)

    async def run(tx: Transaction) -> Answer:
        return Answer(OK, await read.meeting(tx, runtime.vault, reader, meeting_id))

    return await edge.read(request, caller, run)


@router.post(
    "/v1/tracking-feedback",
    status_code=CREATED,
    operation_id="give_tracking_feedback",
    summary="每日跟踪反馈",
    responses=RECORDS,
)
async def give_feedback(body: FeedbackIn, request: Request, caller: Handler, edge: AtTheEdge) -> Response:
    """Put the day's feedback to a customer on record; it meets the clock of its day."""
    runtime: Runtime = request.app.state.runtime

    async def run(tx: Transaction) -> Answer:
        asker = await Requests(tx, runtime.vault, runtime.phones).asker(body.customer)
        if asker is None:
            raise UnknownCustomer.of(body.customer)
        if not may_feed_back(asker, official_of(caller), runtime.directory.current):
            raise Forbidden("该客户由其他单位跟踪反馈", "This customer is tracked by another unit")
        at = tx.now.astimezone(SHANGHAI)
        given = await Tracking(tx, runtime.vault, 1).give(asker.customer_id, asker.org_id, body.text, at)
        shown = {
            "id": given.id,
            "customer_id": asker.customer_id,
            "at": at,
            "cases": given.cases,
            "met": given.met,
        }
        return Answer(CREATED, {**shown, "text": body.text})

    return await edge.write(request, caller, run)


@router.get(
    "/v1/tracking-feedback",
    operation_id="list_tracking_feedback",
    summary="跟踪反馈清单",
    responses=problems(401, 422),
)
async def list_feedback(
    asked: Annotated[FeedbackFilters, Query()], request: Request, caller: Authenticated, edge: AtTheEdge
) -> Response:
    """List daily feedback, the latest first; its clocks stand in the list of deadlines."""
    runtime: Runtime = request.app.state.runtime
    reader = Reader.of(caller.roles, full_phone=False)

    async def run(tx: Transaction) -> Answer:
        page = asked.paging(request)
        return Answer(OK, await read.feedback(tx, runtime.vault, reader, asked.customer_id, page))

    return await edge.read(request, caller, run)
