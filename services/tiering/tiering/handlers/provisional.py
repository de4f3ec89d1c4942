"""The class that the fees of the last twelve months would give: shown during the year, driving nothing."""

from chassis.directory import Snapshot
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
        law = class_law(snapshot, node.path, asked.day, asked.known)
    except NoLaw:
        return None
    # Of the others in the bureau only the fees are asked, for the rank: all stand under this one law.
    return await provisionals.rate(asked, sheet(bureau_of(snapshot, node), {0: law}))
