"""The shipped law as a province adopts it."""

from datetime import date
from functools import cache
from typing import Any, TypeVar

from chassis.directory import Organisation, Person, Snapshot
from regulations.calendars import Calendar
from regulations.provisions import Provision, Topic
from regulations.rulebook import Adoption, Law
from support.service import STAFF, TREE, orgpath

V = TypeVar("V", bound=Topic)
DAY = date(2026, 3, 2)
LAW = Law.shipped()
ADOPTED = {
    "420000": [
        Adoption("hubei", None, date(2009, 1, 1)),
        Adoption("platform", None, date(2009, 1, 1)),
        Adoption("jiangxi", ("claim-window",), date(2009, 1, 1)),
    ]
}


REVIEWED_BY = ("hubei", "7(3)")
"""Where it is written who proposes a review and who confirms it."""


def ruled_by(problem: dict[str, Any]) -> tuple[str, str]:
    """Give act and article of the one provision that a refusal rests on."""
    [reason] = problem["because"]["reasons"]
    return reason["act"], reason["article"]


def provision(topic: type[V], day: date = DAY) -> Provision[V]:
    """Give what holds in Hubei on a day."""
    return LAW.find(topic, path=["CN", "420000", "420100"], day=day, adoptions=ADOPTED)


@cache
def shipped_law(*, staff: bool = True) -> Snapshot:
    """Give the tests' tree under the shipped law, as the directory of a service holds it."""
    adopted = [Adoption(pack, None, date(2009, 1, 1)) for pack in ("hubei", "platform")]
    nodes = {
        org_id: Organisation(org_id, parent, kind, name, division, place, orgpath(org_id))
        for org_id, (parent, kind, name, division, place) in TREE.items()
    }
    people = {
        str(one.staff_id): Person(
            str(one.staff_id), one.staff_no, one.name, one.org_id, frozenset({one.role}), None, (), True
        )
        for one in STAFF
    }
    return Snapshot(nodes, people if staff else {}, {"420000": adopted}, Calendar.shipped(), Law.shipped())


def in_wuhan(topic: type[V]) -> Provision[V]:
    """Give a provision as it holds in Wuhan."""
    return shipped_law(staff=False).find(topic, org_id="420100", day=DAY)
