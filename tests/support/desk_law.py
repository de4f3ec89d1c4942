"""The law of the sample over the desk's tree, for tests of policies and of what works under it."""

from datetime import date
from functools import cache
from typing import TypeVar

from chassis.directory import Organisation, Snapshot
from regulations.calendars import Calendar
from regulations.provisions import Provision, Topic
from regulations.rulebook import Adoption, Law
from support.desk import TREE, orgpath

V = TypeVar("V", bound=Topic)
DAY = date(2026, 3, 2)


@cache
def sample_law() -> Snapshot:
    """Give the tree of the desk's tests with hubei and platform adopted at the province."""
    nodes = {
        org_id: Organisation(org_id, parent, kind, name, None, None, orgpath(org_id))
        for org_id, (parent, kind, name) in TREE.items()
    }
    adoptions = {"420000": [Adoption(pack, None, date(2009, 1, 1)) for pack in ("hubei", "platform")]}
    return Snapshot(nodes, {}, adoptions, Calendar.shipped(), Law.shipped())


def in_wuhan(topic: type[V]) -> Provision[V]:
    """Give a provision as it holds in Wuhan."""
    return sample_law().find(topic, org_id="420100", day=DAY)
