"""Runs the registry in the test's own process: unlike the others it is told its tree and staff over HTTP."""

from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Any

import httpx

from support import service
from support.instance import FreshDatabase
from support.service import (
    ADMINISTRATOR,
    DIRECTOR,
    FAR_OFFICER,
    HEAD,
    INSPECTOR,
    MANAGER,
    OFFICER,
    PROVINCE,
    TREE,
    Client,
    Person,
    ServiceUnderTest,
    empty_service,
)

RIVAL = Person("420107", "account-manager", "李经理", "42010701")
SECOND = Person("420106-T02", "account-manager", "赵经理", "42010602")
AGENT = Person("420100", "hotline-agent", "陈坐席", "42010003")
FAR = Person("420525", "account-manager", "褚经理", "42052501")
STAFF = (MANAGER, RIVAL, SECOND, HEAD, OFFICER, DIRECTOR, PROVINCE, INSPECTOR, AGENT, FAR, FAR_OFFICER)

OF_JIANGXI = ["claim-window", "information-measures", "information-priority", "one-to-one"]
ADOPTED: tuple[tuple[str, list[str] | None], ...] = (
    ("hubei", None),
    ("platform", None),
    ("jiangxi", OF_JIANGXI),
    ("prospecting", None),
    ("center-goals", ["project-selling"]),
)


@asynccontextmanager
async def running_registry(database: FreshDatabase) -> AsyncIterator[ServiceUnderTest]:
    """Run the registry on a database, its clock at 2 March 2026, 09:00, its tree and staff in place."""
    async with empty_service("registry", database) as registry:
        await plant(registry)
        yield registry


async def plant(client: Client) -> None:
    """Bring tree, law and staff in, as an administrator does."""
    nodes = [
        {"org_id": org_id, "parent_id": parent, "kind": kind, "name": name, "valid_from": "2009-01-01"}
        for org_id, (parent, kind, name, _, _) in TREE.items()
    ]
    await expect(client.post(ADMINISTRATOR, "/organisations", nodes[0]), 201)
    await expect(client.post(ADMINISTRATOR, "/organisations", nodes[1]), 201)
    for pack, topics in ADOPTED:
        body = {"org_id": "420000", "pack": pack, "topics": topics, "from": "2009-01-01"}
        await expect(client.post(ADMINISTRATOR, "/adoptions", body), 201)
    await expect(client.post(ADMINISTRATOR, "/organisations/import", {"items": nodes[2:]}), 201)
    people = [
        {
            "staff_id": str(one.staff_id),
            "staff_no": one.staff_no,
            "name": one.name,
            "org_id": one.org_id,
            "roles": [one.role],
        }
        for one in STAFF
    ]
    await expect(client.post(ADMINISTRATOR, "/staff/import", {"items": people}), 201)


async def expect(call: Awaitable[httpx.Response], status: int) -> Any:
    """Give the JSON of an answer that must have this status."""
    return service.expect(await call, status)
