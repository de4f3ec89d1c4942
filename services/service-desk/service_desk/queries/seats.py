"""Seats as people and the seats themselves read them."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from asyncpg import Record

from chassis.directory import Snapshot
from chassis.http.listing import Key, Listing, listed
from chassis.http.paging import Paging
from chassis.transaction import Transaction
from regulations.topics.complaints import CaseNumberFormat
from service_desk.model.seats import Seat
from service_desk.queries.readers import in_shanghai

ORDER = (Key("s.number", int), Key("s.id", UUID))
FILTERS = {
    "number": "s.number = {}",
    "staff_id": "s.staff_id = {}",
    "org_id": "s.org_id = {}",
    "state": "s.state = {}",
}


async def seats(
    tx: Transaction, filters: Mapping[str, object], paging: Paging, law: Snapshot
) -> dict[str, Any]:
    """Give a page of seats in the caller's scope."""
    conditions = {FILTERS[name]: value for name, value in filters.items()}

    def item(row: Record) -> dict[str, Any]:
        return _shown(row, law)

    return await listed(tx, Listing("seat s", ORDER, conditions, "s.*"), paging, item)


def shown(seat: Seat, law: Snapshot, day: date) -> dict[str, Any]:
    """Give a seat with the form of its numbers: what a seat needs to make them without a network."""
    form = law.find(CaseNumberFormat, org_id=seat.org_id, day=day).value
    fields = {name: getattr(seat, name) for name in COLUMNS}
    return {
        **_shown(fields, law),
        "numbers": {
            "date_digits": form.date_digits,
            "seat_digits": form.seat_digits,
            "serial_digits": form.serial_digits,
            "check": form.check,
        },
    }


COLUMNS = (
    "id",
    "number",
    "staff_id",
    "org_id",
    "state",
    "given_at",
    "given_by",
    "enrolled_at",
    "revoked_at",
    "revoked_by",
    "version",
)


def _shown(seat: Mapping[str, Any] | Record, law: Snapshot) -> dict[str, Any]:
    person = law.staff.get(str(seat["staff_id"]))
    times = {name: in_shanghai(seat[name]) for name in ("given_at", "enrolled_at", "revoked_at")}
    return {
        **{name: seat[name] for name in COLUMNS},
        **times,
        "staff_no": person.staff_no if person else None,
        "name": person.name if person else None,
    }
