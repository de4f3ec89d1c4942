"""Seats that work without a network: given, enrolled, revoked."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response
from pydantic import Field

from chassis.auth import Caller
from chassis.directory import Snapshot
from chassis.http.bodies import Body
from chassis.http.edge import Answer, AtTheEdge, Authenticated, if_match, may
from chassis.http.paging import ListFilters
from chassis.http.problems import problems
from chassis.runtime import Runtime
from chassis.transaction import Transaction
from service_desk.api.bodies import Reference
from service_desk.commands import EnrolSeat, GiveSeat
from service_desk.handlers import seats as handlers
from service_desk.handlers.seats import INTAKE_ROLES, Giver
from service_desk.model.seats import Seat, SeatState
from service_desk.queries import seats as queries
from service_desk.repository.seats import RowsOfSeats
from service_desk.settings import LONGEST_DEVICE, LONGEST_REFERENCE

router = APIRouter(tags=["seats"])
GIVING_ROLES = ("administrator", "center-officer", "center-director")
Giving = Annotated[Caller, Depends(may(*GIVING_ROLES))]
Sitting = Annotated[Caller, Depends(may(*sorted(INTAKE_ROLES)))]
SeatRef = Annotated[str, Path(max_length=LONGEST_REFERENCE, description="席位号或 id")]
OK = 200
CREATED = 201


class SeatIn(Body):
    """Who is given a seat; without a number the lowest free one."""

    staff_no: Reference
    number: Annotated[int, Field(strict=True, ge=0)] | None = None

    def command(self) -> GiveSeat:
        """Give the command."""
        return GiveSeat(self.staff_no, self.number)


class EnrolIn(Body):
    """The device that counts the serials of a seat, by a name of its own making."""

    device: Annotated[str, Field(min_length=1, max_length=LONGEST_DEVICE, pattern=r"^[!-~]+$")]

    def command(self) -> EnrolSeat:
        """Give the command."""
        return EnrolSeat(self.device)


class SeatFilters(ListFilters):
    """What seats are listed by."""

    number: int | None = None
    staff_id: UUID | None = None
    org_id: Annotated[str | None, Query(max_length=LONGEST_REFERENCE)] = None
    state: SeatState | None = None


@router.post(
    "/v1/seats",
    status_code=CREATED,
    operation_id="give_seat",
    summary="发放离线席位",
    responses=problems(400, 401, 403, 409, 413, 422, 503),
)
async def give_seat(body: SeatIn, request: Request, caller: Giving, edge: AtTheEdge) -> Response:
    """Give a person a seat that makes case numbers without a network."""
    law = _law(request)

    async def run(tx: Transaction) -> Answer:
        seat = await handlers.give_seat(body.command(), Giver(caller, tx.now), RowsOfSeats(tx), law)
        return _answer(request, seat, tx, CREATED)

    return await edge.write(request, caller, run)


@router.post(
    "/v1/seats/{seat}/revoke",
    operation_id="revoke_seat",
    summary="收回离线席位",
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428, 503),
)
async def revoke_seat(seat: SeatRef, request: Request, caller: Giving, edge: AtTheEdge) -> Response:
    """Take a seat back; calls made under it until today are still taken when they come."""

    async def run(tx: Transaction) -> Answer:
        revoked = await handlers.revoke_seat(seat, if_match(request), Giver(caller, tx.now), RowsOfSeats(tx))
        return _answer(request, revoked, tx, OK)

    return await edge.write(request, caller, run)


@router.post(
    "/v1/seats/{seat}/enrol",
    operation_id="enrol_seat",
    summary="席位设备启用",
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 503),
)
async def enrol_seat(
    seat: SeatRef, body: EnrolIn, request: Request, caller: Sitting, edge: AtTheEdge
) -> Response:
    """Let one device count the serials of one's own seat; a second device is refused, for numbers would repeat."""

    async def run(tx: Transaction) -> Answer:
        enrolled = await handlers.enrol_seat(body.command(), seat, Giver(caller, tx.now), RowsOfSeats(tx))
        return _answer(request, enrolled, tx, OK)

    return await edge.write(request, caller, run)


@router.get(
    "/v1/seats",
    operation_id="list_seats",
    summary="离线席位清单",
    responses=problems(401, 422),
)
async def list_seats(
    asked: Annotated[SeatFilters, Query()], request: Request, caller: Authenticated, edge: AtTheEdge
) -> Response:
    """List the seats of the caller's scope by number."""

    async def run(tx: Transaction) -> Answer:
        page = await queries.seats(tx, asked.conditions(), asked.paging(request), _law(request))
        return Answer(OK, page)

    return await edge.read(request, caller, run)


@router.get(
    "/v1/seats/{seat}",
    operation_id="get_seat",
    summary="离线席位",
    responses=problems(401, 404, 422),
)
async def get_seat(seat: SeatRef, request: Request, caller: Authenticated, edge: AtTheEdge) -> Response:
    """Give one seat with the form of its numbers."""

    async def run(tx: Transaction) -> Answer:
        return _answer(request, await RowsOfSeats(tx).get(seat, None), tx, OK)

    return await edge.read(request, caller, run)


def _law(request: Request) -> Snapshot:
    runtime: Runtime = request.app.state.runtime
    return runtime.directory.current


def _answer(request: Request, seat: Seat, tx: Transaction, status: int) -> Answer:
    body = queries.shown(seat, _law(request), tx.now.date())
    return Answer(status, body, etag=seat.version, location=f"/v1/seats/{seat.id}")
