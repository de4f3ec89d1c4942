"""Customers that commands name."""

from collections.abc import Sequence
from uuid import UUID

from contracts.refusals import UnknownCustomer, UnknownLine
from pricing.commands import Asker
from pricing.model.customers import Customer
from pricing.model.refusals.customers import CustomerGone, only_supported
from pricing.ports import Desk
from regulations.topics.customers import BusinessLines


async def named(reference: str, desk: Desk) -> Customer:
    """Give the customer that a command names; raises UnknownCustomer and CustomerGone."""
    return (await all_named([reference], ["/customer"], desk))[0]


async def known(customer_id: UUID, desk: Desk) -> Customer:
    """Give a customer by id; raises UnknownCustomer where it is out of scope by now."""
    found = await desk.customers.by_id([customer_id])
    if customer_id not in found:
        raise UnknownCustomer.of(str(customer_id), None)
    return found[customer_id]


async def all_named(
    references: Sequence[str], pointers: Sequence[str], desk: Desk, *, gone_too: bool = False
) -> list[Customer]:
    """Give the customers that a batch names, in its order; the first that is none is refused by its place.

    One that was merged into another leads to that; where those that are gone are wanted too, it is meant itself: its
    bills and agreements go on under the name that they were made under.
    """
    found = dict(await desk.customers.find(references))
    if not gone_too:
        found |= await _led([one for one in found.items() if one[1].is_merged], desk)
    customers = []
    for reference, pointer in zip(references, pointers, strict=True):
        customer = found.get(reference)
        if customer is None:
            raise UnknownCustomer.of(reference, pointer)
        if customer.is_gone and not gone_too:
            raise CustomerGone.of(customer.name, pointer)
        customers.append(customer)
    return customers


async def _led(merged: Sequence[tuple[str, Customer]], desk: Desk) -> dict[str, Customer]:
    """Give the survivors of merged customers, by the reference as given."""
    if not merged:
        return {}
    survivors = await desk.customers.survivors([customer for _, customer in merged])
    return {
        reference: survivors[customer.customer_id]
        for reference, customer in merged
        if customer.customer_id in survivors
    }


def check_lines(lines: Sequence[str], org_id: str, desk: Desk, pointer: str = "/lines") -> None:
    """Refuse a line that the law of the unit does not know; raises UnknownLine."""
    known = desk.law.find(BusinessLines, org_id=org_id, day=desk.today).value.codes
    for place, line in enumerate(lines):
        if line not in known:
            raise UnknownLine.of(line, f"{pointer}/{place}", known)


def must_answer_for(
    asker: Asker, customers: Sequence[Customer], pointers: Sequence[str | None] = (None,)
) -> None:
    """Refuse customers that the asker sees because it supports them, by the first one's place."""
    for customer, pointer in zip(customers, pointers, strict=True):
        if asker.org_id not in customer.orgpath.split("."):
            raise only_supported(pointer)
