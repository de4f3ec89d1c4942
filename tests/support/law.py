"""The shipped law as a province adopts it."""

from datetime import date
from typing import TypeVar

from regulations.provisions import Provision, Topic
from regulations.rulebook import Adoption, Law

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


def provision(topic: type[V], day: date = DAY) -> Provision[V]:
    """Give what holds in Hubei on a day."""
    return LAW.find(topic, path=["CN", "420000", "420100"], day=day, adoptions=ADOPTED)
