"""Business that arises elsewhere than it was signed is disputed by rule (xxx-city-daily, part 3(1)(2))."""

from dataclasses import dataclass

from registry.commands.asking import Asker
from registry.commands.disputes import OpenDispute
from registry.handlers.disputes import open_dispute
from registry.model.declarations import Declaration, DeclarationState
from registry.model.disputes import Dispute, DisputeKind
from registry.model.refusals import NoneAbove
from registry.policies.disputes import TOPICS, ruling_node
from registry.ports.disputes import Court
from regulations.rulebook import NoLaw

GRANTED = (DeclarationState.PROTECTED, DeclarationState.FILED)


@dataclass(frozen=True)
class Places:
    """Where an agreement is signed, and where the business arises: divisions."""

    signed_in: str | None
    arises_in: str | None


async def open_by_territory(
    declared: Declaration, places: Places, asker: Asker, court: Court
) -> Dispute | None:
    """Open a dispute with the unit of the place where business arises, where the law says that such are ruled on."""
    other = _other(declared, places, court)
    if other is None or not _ruled_on(declared.org_id, other, court):
        return None
    command = OpenDispute(
        asker=asker,
        customer=str(declared.customer_id),
        declaration_id=None,
        kind=DisputeKind.TERRITORY_RULING,
        lines=declared.lines,
        org_id=declared.org_id,
        against=(other,),
        signed_in=places.signed_in,
        arises_in=places.arises_in,
        statement=None,
    )
    return await open_dispute(command, court)


def _other(declared: Declaration, places: Places, court: Court) -> str | None:
    """Give the unit that serves the place where business arises, if that is another's place."""
    if declared.state not in GRANTED or not (places.signed_in and places.arises_in):
        return None
    if places.signed_in == places.arises_in:
        return None
    tree = court.desk.tree
    other = tree.serving(places.arises_in)
    own = tree.path(declared.org_id).split(".")
    return None if other is None or other in own else other


def _ruled_on(org_id: str, other: str, court: Court) -> bool:
    tree, desk = court.desk.tree, court.desk
    try:
        node = ruling_node([tree.path(org_id), tree.path(other)], tree.kind)
        desk.law.find(TOPICS[DisputeKind.TERRITORY_RULING], org_id=node, day=desk.today)
    except (NoLaw, NoneAbove):
        return False
    return True
