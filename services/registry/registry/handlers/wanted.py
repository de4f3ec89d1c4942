"""The customer that a request names, for change."""

from uuid import UUID

from contracts.refusals import NotFound
from registry.model.codes import read_customer_code
from registry.model.customers import Customer
from registry.ports.desk import Customers


async def wanted_customer(key: str, customers: Customers) -> Customer:
    """Give a customer of the scope by code (blanks, hyphens, full width allowed) or id; raises NotFound."""
    try:
        return await customers.get(UUID(key))
    except ValueError:
        code = read_customer_code(key)
    customer = await customers.find_by_code(code) if code else None
    if customer is None:
        raise NotFound("没有该客户", "no such customer")
    return customer
