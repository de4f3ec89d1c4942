"""Seats: given to a person, enrolled by one device, revoked."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from chassis.auth import Caller
from chassis.clock import SHANGHAI
from chassis.directory import Person, Snapshot
from chassis.ids import uuid7
from contracts.refusals import Forbidden
from regulations.topics.complaints import CaseNumberFormat
from service_desk.commands import EnrolSeat, GiveSeat
from service_desk.model.seats import (
    NoSeatLeft,
    NotASeat,
    Seat,
    SeatEnrolled,
    SeatOver,
    SeatState,
    SeatTaken,
    UnknownPerson,
)
from service_desk.ports.desk import Seats

INTAKE_ROLES = frozenset(
    {"hotline-agent", "account-manager", "unit-head", "center-officer", "center-director"}
)


@dataclass(frozen=True, slots=True)
class Giver:
    """Who gives or revokes, and when."""

    caller: Caller
    now: datetime


async def give_seat(command: GiveSeat, giver: Giver, seats: Seats, law: Snapshot) -> Seat:
    """Give a seat; raises UnknownPerson, NotASeat, SeatTaken, NoSeatLeft."""
    person = _person(command.staff_no, giver.caller, law)
    today = giver.now.astimezone(SHANGHAI).date()
    form = law.find(CaseNumberFormat, org_id=person.org_id, day=today).value
    number = _number(command.number, form, await seats.taken(today))
    seat = Seat(
        id=uuid7(),
        number=number,
        staff_id=UUID(person.staff_id),
        org_id=person.org_id,
        orgpath=law.path(person.org_id),
        state=SeatState.GIVEN,
        given_at=giver.now,
        given_by=giver.caller.actor,
        version=1,
    )
    await seats.save(seat)
    return seat


async def revoke_seat(reference: str, version: int, giver: Giver, seats: Seats) -> Seat:
    """Take a seat back; its calls of until then are taken all the same, whenever they come; raises SeatOver."""
    seat = await seats.get(reference, version)
    if seat.state is SeatState.REVOKED:
        raise SeatOver.of(seat.number)
    revoked = replace(
        seat,
        state=SeatState.REVOKED,
        revoked_at=giver.now,
        revoked_by=giver.caller.actor,
        version=seat.version + 1,
    )
    await seats.save(revoked)
    return revoked


async def enrol_seat(command: EnrolSeat, reference: str, giver: Giver, seats: Seats) -> Seat:
    """Let a device count a seat's serials; the same device may ask again; raises SeatOver, SeatEnrolled, Forbidden."""
    seat = await seats.get(reference, None)
    if str(seat.staff_id) != giver.caller.staff_id:
        raise Forbidden("席位未发给您", "This seat is not yours")
    if seat.state is SeatState.REVOKED:
        raise SeatOver.of(seat.number)
    if seat.device == command.device:
        return seat
    if seat.device is not None:
        raise SeatEnrolled.of(seat.number)
    enrolled = replace(
        seat,
        state=SeatState.ENROLLED,
        device=command.device,
        enrolled_at=giver.now,
        version=seat.version + 1,
    )
    await seats.save(enrolled)
    return enrolled


def _person(staff_no: str, caller: Caller, law: Snapshot) -> Person:
    found = next((person for person in law.staff.values() if person.staff_no == staff_no), None)
    if found is None or not found.active or found.roles.isdisjoint(INTAKE_ROLES):
        raise UnknownPerson.of(staff_no)
    post = law.organisations.get(found.org_id)
    if post is None or not caller.covers(post.orgpath):
        raise UnknownPerson.of(staff_no)
    return found


def _number(wanted: int | None, form: CaseNumberFormat, taken: frozenset[int]) -> int:
    numbers = range(form.own_seats_from, form.own_seats_to + 1)
    if wanted is None:
        free = next((number for number in numbers if number not in taken), None)
        if free is None:
            raise NoSeatLeft.of()
        return free
    if wanted not in numbers:
        raise NotASeat.of(wanted, form.own_seats_from, form.own_seats_to)
    if wanted in taken:
        raise SeatTaken.of(wanted)
    return wanted
