"""Keeps organisation, staff, rule wordings and calendar days of a service in step with the registry's events."""

from collections.abc import Mapping, Sequence

import orjson

from chassis.bus import Handler
from chassis.transaction import Transaction
from contracts.envelope import Event

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


async def organisations_changed(tx: Transaction, events: Sequence[Event]) -> None:
    """Take over the newest state of each organisation."""
    await tx.execute(ORGANISATION, _newest(events, "org_id"))


async def staff_changed(tx: Transaction, events: Sequence[Event]) -> None:
    """Take over the newest state of each person."""
    await tx.execute(STAFF, _newest(events, "staff_id"))


HANDLERS: Mapping[str, Handler] = {
    "registry.organisation.changed.v1": organisations_changed,
    "registry.staff.changed.v1": staff_changed,
}
TOPIC = "keypost.registry"


def _newest(events: Sequence[Event], identity: str) -> str:
    """Give the rows of the highest version each, as JSON; a row that lacks its identity raises KeyError."""
    newest: dict[str, Event] = {}
    for event in events:
        known = newest.get(event.data[identity])
        if known is None or known.version < event.version:
            newest[event.data[identity]] = event
    return orjson.dumps([{**event.data, "version": event.version} for event in newest.values()]).decode()
