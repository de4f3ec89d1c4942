"""A console with one real service behind it, and one that answers with what reached it."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
import pytest_asyncio

from chassis.ids import uuid7
from chassis.outbox import encode
from contracts.envelope import Event
from deploy.instance import Instance
from support.instance import throwaway_instance
from support.upstream import Upstream

NATION, HUBEI, WUHAN, HONGSHAN, YICHANG = (
    "CN",
    "CN.420000",
    "CN.420000.420100",
    "CN.420000.420100.420111",
    "CN.420000.420500",
)
NODES = {
    NATION: ("national", "中国邮政"),
    HUBEI: ("province", "湖北省分公司"),
    WUHAN: ("city", "武汉市分公司"),
    HONGSHAN: ("county", "洪山区分公司"),
    YICHANG: ("city", "宜昌市分公司"),
}
PEOPLE = {
    "10000001": ("甲省", HUBEI, "center-director"),
    "10000002": ("乙武汉", WUHAN, "center-officer"),
    "10000003": ("丙洪山", HONGSHAN, "account-manager"),
    "10000004": ("丁宜昌", YICHANG, "hotline-agent"),
    "10000005": ("戊离任", WUHAN, "observer"),
}
GONE = "10000005"


def event(type_: str, orgpath: str, data: dict[str, Any], *, version: int = 1, of: str = "") -> Event:
    """Make an event as a service would tell it."""
    return Event(
        id=uuid7(),
        source="/keypost/tiering",
        type=type_,
        time=datetime.now(UTC),
        subject=of or orgpath.rpartition(".")[2],
        aggregate=of or f"thing:{uuid7()}",
        version=version,
        orgpath=orgpath,
        actor="system:test",
        correlation_id=str(uuid7()),
        causation_id=None,
        data=data,
    )


@dataclass
class Origin:
    """The running console and what a test does with it."""

    instance: Instance
    upstream: Upstream
    outbox: "asyncpg.Connection[asyncpg.Record]"
    log: "asyncpg.Connection[asyncpg.Record]"
    client: httpx.AsyncClient

    @property
    def base(self) -> str:
        return self.instance.layout.url("console")

    async def token(self, account: str = "bootstrap") -> str:
        """Give a token of a development account."""
        answer = await self.client.post("/dev/token", json={"account": account})
        answer.raise_for_status()
        return str(answer.json()["access_token"])

    async def headers(self, account: str = "bootstrap") -> dict[str, str]:
        return {"Authorization": f"Bearer {await self.token(account)}"}

    async def tell(self, events: Sequence[Event]) -> None:
        """Let a service tell these events: they go through its outbox, relay and the broker."""
        await self.outbox.execute("SELECT announce($1::jsonb)", encode(events, "keypost.tiering"))

    async def told(self, events: Sequence[Event]) -> list[int]:
        """Tell events and wait until the console has them; gives their positions."""
        await self.tell(events)
        ids = [one.id for one in events]
        async with asyncio.timeout(30):
            while True:
                rows = await self.log.fetch(
                    "SELECT event_id, position FROM stream_log WHERE event_id = ANY ($1)", ids
                )
                if len(rows) == len(events):
                    found: dict[UUID, int] = {row["event_id"]: row["position"] for row in rows}
                    await self._shown(max(found.values()))
                    return [found[one] for one in ids]
                await asyncio.sleep(0.02)

    async def _shown(self, position: int) -> None:
        """Have the console read its log up to a position: what it shows is a moment behind."""
        asked = {"after": str(position), "limit": "1"}
        answer = await self.client.get("/v1/events", params=asked, headers=await self.headers())
        answer.raise_for_status()

    async def last(self) -> int:
        """Give the last position of the log."""
        position: int = await self.log.fetchval("SELECT COALESCE(max(position), 0) FROM stream_log")
        return position


@pytest.fixture(scope="session")
def upstream() -> Upstream:
    return Upstream()


@pytest.fixture(scope="session")
def _instance(upstream: Upstream) -> Iterator[Instance]:
    with throwaway_instance() as instance:
        layout = instance.layout
        services = {name: layout.url(name) for name in ("console", "tiering", "pricing", "scoring")}
        instance.extra["KEYPOST_SERVICES"] = json.dumps(services)
        instance.extra["KEYPOST_STALL"] = "5"
        instance.extra["KEYPOST_CLOCK_PATIENCE"] = "20"
        instance.extra["KEYPOST_HEALTH_PATIENCE"] = "10"
        with instance.running("postgres", "broker"), upstream.serving(layout.ports["pricing"]):
            instance.make_databases()
            instance.migrate(["console", "tiering", "scoring"])
            with instance.running("tiering", "scoring", "console"):
                yield instance


@pytest_asyncio.fixture(scope="session")
async def origin(_instance: Instance, upstream: Upstream) -> AsyncIterator[Origin]:
    """The console with organisations and staff known to it."""
    outbox = await asyncpg.connect(_instance.database_url("tiering", "worker"))
    log = await asyncpg.connect(_instance.database_url("console", "worker"))
    base = _instance.layout.url("console")
    async with httpx.AsyncClient(base_url=base, trust_env=False, timeout=30) as client:
        found = Origin(_instance, upstream, outbox, log, client)
        await found.told([_node(path) for path in NODES] + [_person(number) for number in PEOPLE])
        async with asyncio.timeout(60):
            while (await client.get("/dev/accounts")).json()["total"] < len(PEOPLE):
                await asyncio.sleep(0.05)
        yield found
    await outbox.close()
    await log.close()


@pytest.fixture
def fact() -> Callable[..., Event]:
    """Makes events."""
    return event


def _node(path: str) -> Event:
    kind, name = NODES[path]
    parent, _, org_id = path.rpartition(".")
    data: dict[str, Any] = {
        "org_id": org_id,
        "parent_id": parent.rpartition(".")[2] or None,
        "kind": kind,
        "name": name,
        "name_en": None,
        "division": org_id,
        "place_class": None,
        "orgpath": path,
        "adoptions": [],
        "successor_id": None,
        "valid_from": "2020-01-01",
        "valid_to": None,
    }
    return event("registry.organisation.changed.v1", path, data, of=f"organisation:{org_id}")


def _person(number: str) -> Event:
    name, path, role = PEOPLE[number]
    data = {
        "staff_id": str(uuid7()),
        "staff_no": number,
        "name": name,
        "org_id": path.rpartition(".")[2],
        "roles": [role],
        "deputy_id": None,
        "absences": [],
        "active": number != GONE,
    }
    return event("registry.staff.changed.v1", path, data, of=f"staff:{number}")
