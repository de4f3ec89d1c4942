"""The law of a dispute: that of the center that has it."""

from typing import TypeVar

from registry.policies.disputes import ruling_node
from registry.ports.disputes import Court
from regulations.provisions import Provision, Topic
from regulations.rulebook import NoLaw

V = TypeVar("V", bound=Topic)


def law_at(topic: type[V], center: str, parties: tuple[str, ...], court: Court) -> Provision[V]:
    """Give what is in force at a center; where it adopted nothing, at the next below it on the way to the parties.

    A nation without packs of its own rules on what is sent up by the law under which it was opened; raises NoLaw.
    """
    tree, desk = court.desk.tree, court.desk
    lowest = ruling_node([tree.path(party) for party in parties], tree.kind)
    path = tree.path(lowest).split(".")
    for node in path[path.index(center) : -1]:
        try:
            return desk.law.find(topic, org_id=node, day=desk.today)
        except NoLaw:
            continue
    return desk.law.find(topic, org_id=lowest, day=desk.today)
