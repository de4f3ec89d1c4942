"""Keeps organisation, staff, rule wordings and calendar days of a service in step with the registry's events."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from chassis.bus import Handler
from chassis.directory import EMPTY
from chassis.recounting import recount
from chassis.shadow import Projection
from chassis.transaction import Transaction
from contracts.envelope import Event
from contracts.law import CalendarImported, RulePublished
from regulations.loading import PublishedWording

ORGANISATION = """
    INSERT INTO organisation SELECT * FROM jsonb_populate_recordset(NULL::organisation, $1::jsonb)
    ON CONFLICT (org_id) DO UPDATE SET (parent_id, kind, name, name_en, division, place_class, orgpath, adoptions,
        successor_id, valid_from, valid_to, version) =
      (excluded.parent_id, excluded.kind, excluded.name, excluded.name_en, excluded.division, excluded.place_class,
       excluded.orgpath, excluded.adoptions, excluded.successor_id, excluded.valid_from, excluded.valid_to,
       excluded.version)
    WHERE organisation.version < excluded.version
"""
STAFF = """
    INSERT INTO staff SELECT * FROM jsonb_populate_recordset(NULL::staff, $1::jsonb)
    ON CONFLICT (staff_id) DO UPDATE SET (staff_no, name, org_id, roles, deputy_id, absences, active, version) =
      (excluded.staff_no, excluded.name, excluded.org_id, excluded.roles, excluded.deputy_id, excluded.absences,
       excluded.active, excluded.version)
    WHERE staff.version < excluded.version
"""
WORDING = """
    INSERT INTO rule_wording SELECT * FROM jsonb_populate_recordset(NULL::rule_wording, $1::jsonb)
    ON CONFLICT (rule, in_force, recorded) DO NOTHING
"""
CALENDAR_DAY = """
    INSERT INTO calendar_day SELECT * FROM jsonb_populate_recordset(NULL::calendar_day, $1::jsonb)
    ON CONFLICT (day) DO UPDATE SET (workday, provisional, note, version) =
      (excluded.workday, excluded.provisional, excluded.note, excluded.version)
    WHERE calendar_day.version < excluded.version
"""


async def organisations_changed(tx: Transaction, events: Sequence[Event]) -> None:
    """Take over the newest state of each organisation."""
    await tx.execute(ORGANISATION, _newest(events, "org_id"))


async def staff_changed(tx: Transaction, events: Sequence[Event]) -> None:
    """Take over the newest state of each person."""
    await tx.execute(STAFF, _newest(events, "staff_id"))


async def rules_published(tx: Transaction, events: Sequence[Event]) -> None:
    """Take over wordings put in force; one that this program cannot read raises PackError and becomes no law."""
    rows = []
    for event in events:
        told = RulePublished.model_validate(event.data)
        EMPTY.law.with_wordings([_worded(told)])
        rows.append(wording_row(told, event.version))
    await tx.execute(WORDING, orjson.dumps(rows).decode())


async def calendars_imported(tx: Transaction, events: Sequence[Event]) -> None:
    """Take over the days of each year from its newest notice; a notice names every day of its year."""
    newest: dict[int, tuple[int, CalendarImported]] = {}
    for event in events:
        told = CalendarImported.model_validate(event.data)
        if told.year not in newest or newest[told.year][0] < event.version:
            newest[told.year] = (event.version, told)
    rows = [row for version, told in newest.values() for row in day_rows(told, version)]
    await tx.execute(CALENDAR_DAY, orjson.dumps(rows).decode())


async def calendars_heard(tx: Transaction, events: Sequence[Event]) -> None:
    """Take over the days of each year, and count this service's open deadlines anew by them."""
    await calendars_imported(tx, events)
    await recount(tx, {"calendar": sorted({event.data["year"] for event in events})})


def wording_row(told: RulePublished, version: int) -> dict[str, Any]:
    """Give the row of `rule_wording`, JSON-ready, that the law is read from."""
    return {
        "rule": told.rule,
        "in_force": told.in_force,
        "recorded": told.recorded,
        "wording": {
            "act": told.citation.act,
            "article": told.citation.article,
            "assumption": told.assumption,
            "value": told.value,
            "org_id": told.org_id,
            "published_by": told.published_by,
        },
        "version": version,
    }


def day_rows(told: CalendarImported, version: int) -> list[dict[str, Any]]:
    """Give the rows of `calendar_day`, JSON-ready."""
    return [{**day.model_dump(), "version": version} for day in told.days]


KEEPING: Mapping[str, Handler] = {
    "registry.organisation.changed.v1": organisations_changed,
    "registry.staff.changed.v1": staff_changed,
    RulePublished.TYPE: rules_published,
    CalendarImported.TYPE: calendars_imported,
}
HANDLERS: Mapping[str, Handler] = {**KEEPING, CalendarImported.TYPE: calendars_heard}
TOPIC = "keypost.registry"
# A shadow has these tables and no deadlines: it only keeps.
PROJECTION = Projection(("organisation", "staff", "rule_wording", "calendar_day"), KEEPING)


def _newest(events: Sequence[Event], identity: str) -> str:
    """Give the rows of the highest version each, as JSON; a row that lacks its identity raises KeyError."""
    newest: dict[str, Event] = {}
    for event in events:
        known = newest.get(event.data[identity])
        if known is None or known.version < event.version:
            newest[event.data[identity]] = event
    return orjson.dumps([{**event.data, "version": event.version} for event in newest.values()]).decode()


def _worded(told: RulePublished) -> PublishedWording:
    pack, _, topic = told.rule.partition(".")
    return PublishedWording(
        pack=pack,
        topic=topic,
        in_force=told.in_force,
        recorded=told.recorded,
        act=told.citation.act,
        article=told.citation.article,
        value=told.value,
        assumption=told.assumption,
    )
