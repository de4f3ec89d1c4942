"""The table `staff`."""

from datetime import date
from typing import Any

from registry.model.staff import Absence, Person, Role
from registry.tables.shapes import Stored, from_json, to_json


def person_of(row: Stored) -> Person:
    """Read a person from its row."""
    return Person(
        staff_id=row["staff_id"],
        staff_no=row["staff_no"],
        name=row["name"],
        org_id=row["org_id"],
        roles=tuple(Role(role) for role in row["roles"]),
        deputy_id=row["deputy_id"],
        absences=tuple(
            Absence(date.fromisoformat(item["from"]), date.fromisoformat(item["until"]), item.get("reason"))
            for item in from_json(row["absences"])
        ),
        active=row["active"],
        key=row["event_key"],
        version=row["version"],
    )


def person_row(who: Person) -> dict[str, Any]:
    """Give the row of a person, but for the key of its events."""
    return {
        "staff_id": who.staff_id,
        "staff_no": who.staff_no,
        "name": who.name,
        "org_id": who.org_id,
        "roles": [str(role) for role in who.roles],
        "deputy_id": who.deputy_id,
        "absences": to_json(
            [{"from": one.from_, "until": one.until, "reason": one.reason} for one in who.absences]
        ),
        "active": who.active,
        "version": who.version,
    }
