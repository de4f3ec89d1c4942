"""Organisations, staff, calendar and law as this service knows them, in memory, one snapshot at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, TypeVar

import asyncpg
import orjson

from chassis.database import Pool
from regulations.calendars import SHANGHAI, Calendar, DayStatus
from regulations.loading import PublishedWording
from regulations.provisions import Provision, Topic
from regulations.rulebook import Adoption, Law

V = TypeVar("V", bound=Topic)
DEPUTY_HOPS = 3
# What a published wording tells beside its words.
PUBLISHERS = frozenset({"org_id", "published_by"})
REVISION = """
    SELECT (SELECT COALESCE(sum(version), 0) FROM organisation)::text || ' ' ||
           (SELECT COALESCE(sum(version), 0) FROM staff)::text || ' ' ||
           (SELECT COALESCE(sum(version), 0) || '/' || count(*) FROM rule_wording) || ' ' ||
           (SELECT COALESCE(sum(version), 0) || '/' || count(*) FROM calendar_day) || ' ' ||
           (SELECT count(*) FROM rebuild WHERE state = 'done')
"""


class UnknownOrganisation(LookupError):
    """No such organisation has been heard of."""


@dataclass(frozen=True)
class Organisation:
    """A node of the tree."""

    org_id: str
    parent_id: str | None
    kind: str
    name: str
    division: str | None
    place_class: str | None
    orgpath: str
    valid_to: date | None = None

    @property
    def path(self) -> list[str]:
        """The org_ids from the root to this node."""
        return self.orgpath.split(".")


@dataclass(frozen=True)
class Person:
    """A member of staff."""

    staff_id: str
    staff_no: str
    name: str
    org_id: str
    roles: frozenset[str]
    deputy_id: str | None
    absences: tuple[tuple[date, date | None], ...]
    active: bool

    def is_away(self, day: date) -> bool:
        """Tell whether somebody else has to act on this day."""
        absent = any(since <= day and (until is None or day <= until) for since, until in self.absences)
        return absent or not self.active


@dataclass(frozen=True)
class Snapshot:
    """Everything at one moment; look-ups of the law, and what deadlines have in common, are remembered with it."""

    organisations: Mapping[str, Organisation]
    staff: Mapping[str, Person]
    adoptions: Mapping[str, Sequence[Adoption]]
    calendar: Calendar
    law: Law
    revision: str = ""
    _found: dict[tuple[type[Topic], str, date], Provision[Any]] = field(default_factory=dict)
    frames: dict[Any, Any] = field(default_factory=dict)

    def organisation(self, org_id: str) -> Organisation:
        """Give a node; raises UnknownOrganisation."""
        try:
            return self.organisations[org_id]
        except KeyError as error:
            raise UnknownOrganisation(org_id) from error

    def path(self, org_id: str) -> str:
        """Give a node's orgpath; raises UnknownOrganisation."""
        return self.organisation(org_id).orgpath

    def nearest(self, org_id: str, kind: str) -> Organisation | None:
        """Give the node itself or the nearest above it that is of this kind."""
        for step in reversed(self.organisation(org_id).path):
            node = self.organisations.get(step)
            if node is not None and node.kind == kind:
                return node
        return None

    def city_above(self, org_id: str) -> Organisation | None:
        """Give the city whose center answers for an organisation."""
        return self.nearest(org_id, "city")

    def staff_at(self, org_id: str, role: str) -> list[Person]:
        """Give the active people with a role at exactly this node, by staff number."""
        people = [
            person
            for person in self.staff.values()
            if person.org_id == org_id and role in person.roles and person.active
        ]
        return sorted(people, key=lambda person: person.staff_no)

    def standing_in(self, staff_id: str, day: date) -> Person:
        """Give who acts for a person on a day: the person, or the deputy of an absent one, at most three hops."""
        person = self.staff[staff_id]
        for _ in range(DEPUTY_HOPS):
            deputy = self.staff.get(person.deputy_id or "")
            if deputy is None or not person.is_away(day):
                break
            person = deputy
        return person

    def find(self, topic: type[V], *, org_id: str, day: date, known: datetime | None = None) -> Provision[V]:
        """Give the provision in force at an organisation on a day; raises NoLaw."""
        if known is None and (topic, org_id, day) in self._found:
            return self._found[topic, org_id, day]
        path = self.organisation(org_id).path
        provision = self.law.find(topic, path=path, day=day, adoptions=self.adoptions, known=known)
        if known is None:
            self._found[topic, org_id, day] = provision
        return provision

    def under(self, law: Law, adoptions: Mapping[str, Sequence[Adoption]]) -> "Snapshot":
        """Give the same organisations and people under another law; nothing that was found is remembered."""
        return replace(self, law=law, adoptions=adoptions, _found={}, frames={})


EMPTY = Snapshot({}, {}, {}, Calendar.shipped(), Law.shipped())


class Directory:
    """The current snapshot, read again when the rows have changed."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self.current = EMPTY

    async def refresh(self) -> None:
        """Read the rows again if any of them changed."""
        async with (
            self._pool.acquire() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            revision = await connection.fetchval(REVISION)
            if revision == self.current.revision:
                return
            organisations = await connection.fetch("SELECT * FROM organisation")
            staff = await connection.fetch("SELECT * FROM staff")
            wordings = await connection.fetch("SELECT * FROM rule_wording ORDER BY rule, in_force, recorded")
            days = await connection.fetch("SELECT day, workday, provisional, note FROM calendar_day")
        self.current = Snapshot(
            organisations={row["org_id"]: _organisation(row) for row in organisations},
            staff={str(row["staff_id"]): _person(row) for row in staff},
            adoptions={row["org_id"]: adoptions_of(orjson.loads(row["adoptions"])) for row in organisations},
            calendar=_calendar(days),
            law=EMPTY.law.with_wordings([wording_of(row) for row in wordings]) if wordings else EMPTY.law,
            revision=revision,
        )


def adoptions_of(items: Sequence[Mapping[str, Any]]) -> list[Adoption]:
    """Read the adoptions as rows and events hold them."""
    return [
        Adoption(
            item["pack"],
            None if item.get("topics") is None else tuple(item["topics"]),
            date.fromisoformat(item["from"]),
            date.fromisoformat(item["until"]) if item.get("until") else None,
        )
        for item in items
    ]


def _organisation(row: asyncpg.Record) -> Organisation:
    return Organisation(
        row["org_id"],
        row["parent_id"],
        row["kind"],
        row["name"],
        row["division"],
        row["place_class"],
        row["orgpath"],
        row["valid_to"],
    )


def _person(row: asyncpg.Record) -> Person:
    absences = tuple(
        (date.fromisoformat(item["from"]), date.fromisoformat(item["until"]) if item.get("until") else None)
        for item in orjson.loads(row["absences"])
    )
    deputy = str(row["deputy_id"]) if row["deputy_id"] else None
    return Person(
        str(row["staff_id"]),
        row["staff_no"],
        row["name"],
        row["org_id"],
        frozenset(row["roles"]),
        deputy,
        absences,
        row["active"],
    )


def _calendar(rows: Sequence[asyncpg.Record]) -> Calendar:
    known = dict(EMPTY.calendar.items())
    known.update({row["day"]: DayStatus(row["workday"], row["provisional"], row["note"]) for row in rows})
    return Calendar(known)


def wording_of(row: asyncpg.Record) -> PublishedWording:
    """Read a row of `rule_wording`; who published it is passed over."""
    pack, _, topic = row["rule"].partition(".")
    said = orjson.loads(row["wording"])
    return PublishedWording(
        pack=pack,
        topic=topic,
        in_force=row["in_force"],
        recorded=row["recorded"].astimezone(SHANGHAI),
        **{name: value for name, value in said.items() if name not in PUBLISHERS},
    )
