"""Merging customers over HTTP."""

from typing import Any
from uuid import UUID

from support.declarations import approved, declaration, declared
from support.registry import expect
from support.service import MANAGER, OFFICER, Person, ServiceUnderTest

WHY: dict[str, Any] = {"reason": "两份档案为同一客户", "evidence": [{"text": "营业执照复印件一致"}]}


async def merge(
    registry: ServiceUnderTest, survivor: str, merged: str, by: Person = OFFICER, status: int = 201
) -> dict[str, Any]:
    """Merge one customer into another, and give the answer."""
    answer: dict[str, Any] = await expect(
        registry.post(by, f"/customers/{survivor}/merge", {"merged": merged, **WHY}), status
    )
    return answer


async def unmerge(
    registry: ServiceUnderTest, merged: str, by: Person = OFFICER, status: int = 200, **more: Any
) -> dict[str, Any]:
    """Undo a merge, and give the answer."""
    answer: dict[str, Any] = await expect(
        registry.post(by, f"/customers/{merged}/unmerge", {"reason": "核实为两家企业", **more}), status
    )
    return answer


async def prospect(
    registry: ServiceUnderTest, person: Person = MANAGER, *lines: str, **facts: Any
) -> dict[str, Any]:
    """Declare a new customer, and give the declaration."""
    return await declared(registry, person, declaration(*lines, **facts))


async def registered(
    registry: ServiceUnderTest, person: Person = MANAGER, *lines: str, **facts: Any
) -> dict[str, Any]:
    """Register a new customer of a manager, and give the declaration as approved."""
    return await approved(registry, person, OFFICER, person, lines=lines or ("domestic-express",), **facts)


async def shown(registry: ServiceUnderTest, key: object, by: Person = OFFICER) -> dict[str, Any]:
    """Give a customer as an officer sees it."""
    body: dict[str, Any] = await expect(registry.get(by, f"/customers/{key}"), 200)
    return body


async def holders(registry: ServiceUnderTest, customer_id: object) -> dict[str, str]:
    """Give who holds which line of a customer."""
    rows = await registry.rows(
        "SELECT line, org_id FROM claim WHERE customer_id = $1 AND state = 'live'", UUID(str(customer_id))
    )
    return {row["line"]: row["org_id"] for row in rows}
