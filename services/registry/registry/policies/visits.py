"""Whose visit to a customer may be recorded, and by whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from registry.commands.asking import Asker
from registry.model.organisations import Kind
from registry.model.staff import Role


@dataclass(frozen=True)
class Sight:
    """A customer as far as visits ask for it."""

    customer_id: UUID
    customer_code: str | None
    name: str
    org_id: str
    manager_id: UUID | None
    supporting: Sequence[str]


@dataclass(frozen=True)
class Visitor:
    """The organisation that called on a customer, with the city above it."""

    org_id: str
    orgpath: str
    kind: Kind
    city: str


def calls_on(visitor: Visitor, customer: Sight, customer_path: str, customer_city: str) -> bool:
    """Tell whether an organisation calls on a customer: it answers for it, supports it, or is its city's specialty bureau."""
    within = customer_path == visitor.orgpath or customer_path.startswith(f"{visitor.orgpath}.")
    specialty = visitor.kind is Kind.BUREAU and visitor.city == customer_city
    return within or specialty or visitor.org_id in customer.supporting


def records(asker: Asker, customer: Sight) -> bool:
    """Tell whether somebody who sees a customer and covers the visitor records the visit; a manager only own customers."""
    if asker.may(Role.UNIT_HEAD, Role.CENTER_OFFICER, Role.CENTER_DIRECTOR):
        return True
    own = customer.manager_id == asker.staff_id
    unassigned = customer.manager_id is None and customer.org_id == asker.org_id
    return own or unassigned or asker.org_id in customer.supporting


def takes_back(asker: Asker, visitor_path: str, staff_id: UUID) -> bool:
    """Tell whether somebody cancels a visit: the recorder, or the head or center of the visitor."""
    above = asker.covers(visitor_path) and asker.may(
        Role.UNIT_HEAD, Role.CENTER_OFFICER, Role.CENTER_DIRECTOR
    )
    return above or asker.staff_id == staff_id
