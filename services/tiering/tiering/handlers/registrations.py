"""A customer that is registered begins with the class of its registration form."""

from collections.abc import Sequence

from chassis.directory import Snapshot
from regulations.rulebook import NoLaw
from tiering.handlers.law import class_law
from tiering.model.tiers import Tier
from tiering.ports.tiers import Classes, FirstClass, Registration


async def begin_classes(registrations: Sequence[Registration], classes: Classes, law: Snapshot) -> None:
    """Give each its first class; one whose form reached none is no key account until a review says so."""
    await classes.begin([FirstClass(one, _tier(one, law)) for one in registrations if one.initial_class])


def _tier(registration: Registration, snapshot: Snapshot) -> Tier:
    """Give the class in the words of the scheme; where this service has not heard of a law yet, the class alone."""
    try:
        law = class_law(snapshot, registration.orgpath.split("."), registration.registered_on)
    except NoLaw:
        return Tier(None, None, registration.initial_class)
    return Tier(law.scheme, law.tier_of(registration.initial_class), registration.initial_class)
