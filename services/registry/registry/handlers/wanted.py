"""The customer that a request names, for change."""

from uuid import UUID

from contracts.refusals import NotFound
from registry.model.codes import read_customer_key
from registry.model.customers import Customer
from registry.ports.desk import Customers


async def wanted_customer(key: str, customers: Customers) -> Customer:
    """Give a customer of the scope by code (blanks, hyphens, full width allowed) or id; raises NotFound."""
    named = read_customer_key(key)
    if isinstance(named, UUID):
        return await customers.get(named)
    customer = await customers.find_by_code(named) if named else None
    if customer is None:
        raise NotFound("没有该客户", "no such customer")
    return customer
