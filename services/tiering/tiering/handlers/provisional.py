"""The class that the fees of the last twelve months would give: shown during the year, driving nothing."""

from collections.abc import Mapping
from typing import Any

from chassis.directory import Organisation, Snapshot
from regulations.rulebook import NoLaw
from tiering.handlers.law import bureau_of, class_law
from tiering.policies.sheets import sheet
from tiering.ports.tiers import Asked, Provisional, Provisionals


async def provisional_class(
    asked: Asked, snapshot: Snapshot, provisionals: Provisionals
) -> Provisional | None:
    """Give the class of the months up to the last ended one that was filed; None where no law is known of the unit."""
    node = snapshot.organisations.get(asked.org_id)
    if node is None:
        return None
    try:
        by_law = _by_law(asked, snapshot, node)
    except NoLaw:
        return None
    return await provisionals.rate(asked, by_law)


def _by_law(asked: Asked, snapshot: Snapshot, node: Organisation) -> Mapping[str, Any]:
    """Give the law of a unit with its whole bureau; of each unit that of the day asked for last is remembered."""
    if asked.known is not None:
        return _found(asked, snapshot, node)
    day, by_law = snapshot.frames.get((provisional_class, asked.org_id), (None, {}))
    if day != asked.day:
        by_law = _found(asked, snapshot, node)
        snapshot.frames[provisional_class, asked.org_id] = (asked.day, by_law)
    found: Mapping[str, Any] = by_law
    return found


def _found(asked: Asked, snapshot: Snapshot, node: Organisation) -> Mapping[str, Any]:
    law = class_law(snapshot, node.path, asked.day, asked.known)
    # Of the others in the bureau only the fees are asked, for the rank: all stand under this one law.
    return sheet(bureau_of(snapshot, node), {0: law})
