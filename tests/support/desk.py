"""Runs the service desk in the test's own process and speaks to it as its users do."""

import json
import os
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import ECKey

from chassis.ids import uuid7
from chassis.runtime import Runtime
from chassis.transaction import Moment, unscoped
from contracts.envelope import Event
from service_desk.app import create
from support.instance import FreshDatabase

MORNING = "2026-03-02T09:00:00+08:00"

# org_id → (parent, kind, name)
TREE: Mapping[str, tuple[str | None, str, str]] = {
    "CN": (None, "national", "全国"),
    "420000": ("CN", "province", "湖北省"),
    "420100": ("420000", "city", "武汉市"),
    "420106": ("420100", "county", "武昌区"),
    "420106-T03": ("420106", "team", "武昌三班"),
    "420107": ("420100", "county", "青山区"),
    "420500": ("420000", "city", "宜昌市"),
    "420506": ("420500", "county", "夷陵区"),
}
ADOPTIONS = [
    {"pack": pack, "topics": None, "from": "2009-01-01", "until": None} for pack in ("hubei", "platform")
]


def orgpath(org_id: str) -> str:
    """Give the path of a node of the tree."""
    parent = TREE[org_id][0]
    return org_id if parent is None else f"{orgpath(parent)}.{org_id}"


@dataclass(frozen=True)
class Person:
    """Someone of the tree with one role."""

    org_id: str
    role: str
    name: str = "测试员"
    staff_id: UUID = field(default_factory=uuid7)


@dataclass
class DeskUnderTest:
    """The running desk: requests by persons, events from others, rows as they are."""

    app: FastAPI
    http: httpx.AsyncClient
    database: FreshDatabase
    key: ECKey
    clock_file: Path

    @property
    def runtime(self) -> Runtime:
        runtime: Runtime = self.app.state.runtime
        return runtime

    def set_clock(self, at: str) -> None:
        """Set business time; it runs on from there."""
        offset = (datetime.fromisoformat(at) - datetime.now(UTC)).total_seconds()
        self.clock_file.write_text(json.dumps({"offset_seconds": offset, "revision": 1}))
        self.runtime.clock._looked_at = float("-inf")

    def token(self, person: Person, **claims: object) -> str:
        """Give a token as the issuer makes them."""
        now = datetime.now(UTC)
        body = {
            "iss": "keypost-development",
            "aud": "keypost",
            "sub": str(person.staff_id),
            "name": person.name,
            "orgpath": orgpath(person.org_id),
            "roles": [person.role],
            "exp": int((now + timedelta(hours=1)).timestamp()),
            **claims,
        }
        return jwt.encode({"alg": "ES256", "kid": self.key.kid}, body, self.key, algorithms=["ES256"])

    async def get(self, person: Person, path: str, **params: Any) -> httpx.Response:
        return await self.http.get(path, params=params or None, headers=self._headers(person))

    async def post(
        self,
        person: Person,
        path: str,
        body: object,
        *,
        key: str | None = None,
        version: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        sent = {**self._headers(person), "Idempotency-Key": key or str(uuid4()), **(headers or {})}
        if version is not None:
            sent["If-Match"] = f'"{version}"'
        return await self.http.post(path, json=body, headers=sent)

    def _headers(self, person: Person) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token(person)}"}

    async def hear(self, *events: Event) -> None:
        """Apply events as the consumer does, in one transaction."""
        handlers = self.runtime.consumer._handlers if self.runtime.consumer else {}
        now = self.runtime.clock.now()
        moment = Moment("service-desk", now, "system:service-desk", str(uuid7()))
        async with unscoped(self.runtime.database.worker, moment) as tx:
            for kind in dict.fromkeys(event.type for event in events):
                await handlers[kind](tx, [event for event in events if event.type == kind])

    async def rows(self, sql: str, *args: object) -> list[asyncpg.Record]:
        """Read past row-level security."""
        return await self.runtime.database.worker.fetch(sql, *args)

    async def events(self, aggregate: str) -> list[asyncpg.Record]:
        """Give the unpublished events of a record in order; the broker is not there in these tests."""
        return await self.rows("SELECT * FROM outbox WHERE aggregate = $1 ORDER BY version", aggregate)


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@asynccontextmanager
async def running_desk(database: FreshDatabase) -> AsyncIterator[DeskUnderTest]:
    """Run the desk with its background loops; the broker is absent, so events stay in the outbox."""
    keys = database.instance.layout.keys
    clock_file = database.instance.layout.data / f"{database.name}.clock.json"
    environment = {
        **database.environment,
        # Nobody listens there: what these tests tell stays in the outbox, whether other tests run a broker or not.
        "KEYPOST_KAFKA_BOOTSTRAP": "127.0.0.1:1",
        "KEYPOST_CLOCK_FILE": str(clock_file),
        "KEYPOST_LOG_LEVEL": "error",
    }
    with _environment(environment):
        app = create()
    await plant_tree(database)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://desk") as http:
            key = ECKey.import_key(json.loads((keys / "issuer.json").read_text()))
            desk = DeskUnderTest(app, http, database, key, clock_file)
            desk.set_clock(MORNING)
            yield desk


async def plant_tree(database: FreshDatabase) -> None:
    """Write the organisations as the directory consumer would have."""
    connection = await asyncpg.connect(database.url("worker"))
    try:
        await connection.executemany(
            """INSERT INTO organisation (org_id, parent_id, kind, name, orgpath, adoptions, valid_from, version)
               VALUES ($1, $2, $3, $4, $5, $6::jsonb, '2009-01-01', 1) ON CONFLICT DO NOTHING""",
            [
                (
                    org_id,
                    parent,
                    kind,
                    name,
                    orgpath(org_id),
                    json.dumps(ADOPTIONS if org_id == "420000" else []),
                )
                for org_id, (parent, kind, name) in TREE.items()
            ],
        )
    finally:
        await connection.close()


def customer_event(customer_id: UUID, version: int = 1, *, kind: str = "registered", **facts: Any) -> Event:
    """Give what the registry tells of a customer."""
    org_id = facts.pop("org_id", "420106-T03")
    data: dict[str, Any] = {
        "customer_id": str(customer_id),
        "customer_code": None,
        "name": "楚天汽配有限公司",
        "credit_code": None,
        "state": "registered",
        "nature": "unit",
        "division": "420106",
        "place_class": "wuhan",
        "industry": None,
        "vip": False,
        "reach": None,
        "speciality": None,
        "relationship": None,
        "importance": None,
        "importance_level": None,
        "prospect_score": None,
        "group_id": None,
        "settlement_kind": None,
        "phone_keys": [],
        "responsible": {"org_id": org_id, "orgpath": orgpath(org_id)},
        "supports": [],
        "manager_id": None,
        "initial_class": 3,
        "file": {"completeness": {}, "filed_on": None, "filed_with_province_on": None},
        "because": None,
        **facts,
    }
    return registry_event(f"registry.customer.{kind}.v1", f"customer:{customer_id}", version, data)


def assignment_event(
    customer_id: UUID, org_id: str, manager_id: UUID | None = None, version: int = 1
) -> Event:
    """Give what the registry tells of who serves a customer."""
    data: dict[str, Any] = {
        "customer_id": str(customer_id),
        "responsible": {"org_id": org_id, "orgpath": orgpath(org_id)},
        "manager_id": str(manager_id) if manager_id else None,
        "supports": [],
        "valid_from": "2026-03-02",
        "because": None,
    }
    return registry_event("registry.assignment.changed.v1", f"assignment:{customer_id}", version, data)


def registry_event(kind: str, aggregate: str, version: int, data: dict[str, Any]) -> Event:
    """Give an event of the registry."""
    return Event(
        id=uuid7(),
        source="/keypost/registry",
        type=kind,
        time=datetime.fromisoformat(MORNING),
        subject=str(data["customer_id"]),
        aggregate=aggregate,
        version=version,
        orgpath=data["responsible"]["orgpath"],
        actor="system:registry",
        correlation_id=str(uuid7()),
        causation_id=None,
        data=data,
    )
