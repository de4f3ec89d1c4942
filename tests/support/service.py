"""Runs a service in the test's own process, on a real database, and speaks to it as its users do."""

import importlib
import json
import os
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
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
from deploy.layout import SERVICES
from support.documented import must_be_documented
from support.instance import FreshDatabase

MORNING = "2026-03-02T09:00:00+08:00"

# org_id → (parent, kind, name, division, place class)
TREE: Mapping[str, tuple[str | None, str, str, str | None, str | None]] = {
    "CN": (None, "national", "全国邮政", None, None),
    "420000": ("CN", "province", "湖北省邮政局", "420000", None),
    "420100": ("420000", "city", "武汉市邮政局", "420100", "wuhan"),
    "420106": ("420100", "county", "武昌区邮政局", "420106", "wuhan"),
    "420106-T01": ("420106", "team", "武昌一班", "420106", "wuhan"),
    "420106-T02": ("420106", "team", "武昌二班", "420106", "wuhan"),
    "420107": ("420100", "county", "青山区邮政局", "420107", "wuhan"),
    "420100-S01": ("420100", "bureau", "武汉速递物流", "420100", "wuhan"),
    "420500": ("420000", "city", "宜昌市邮政局", "420500", "prefecture"),
    "420506": ("420500", "county", "夷陵区邮政局", "420506", "prefecture"),
    "420525": ("420500", "county", "远安县邮政局", "420525", "county"),
}
ADOPTED = ("hubei", "platform")


def orgpath(org_id: str) -> str:
    """Give the path of a node of the tree, or of a team that a test puts under one."""
    parent = TREE[org_id][0] if org_id in TREE else org_id.partition("-")[0]
    return org_id if parent is None else f"{orgpath(parent)}.{org_id}"


@dataclass(frozen=True)
class Person:
    """Someone of the tree with one role."""

    org_id: str
    role: str
    name: str = "测试员"
    staff_no: str = ""
    staff_id: UUID = field(default_factory=uuid7)


MANAGER = Person("420106-T01", "account-manager", "王经理", "42010601")
HEAD = Person("420106", "unit-head", "孙局长", "42010603")
OFFICER = Person("420100", "center-officer", "周专员", "42010001")
DIRECTOR = Person("420100", "center-director", "吴主任", "42010002")
PROVINCE_OFFICER = Person("420000", "center-officer", "王专员", "42000003")
PROVINCE = Person("420000", "center-director", "郑主任", "42000001")
INSPECTOR = Person("420000", "inspector", "冯视察", "42000002")
FINANCE = Person("420100", "finance", "何会计", "42010004")
OBSERVER = Person("420000", "observer", "看板", "42000004")
ADMINISTRATOR = Person("CN", "administrator", "管理员", "10000001")
FAR_OFFICER = Person("420500", "center-officer", "卫专员", "42050001")
FAR_HEAD = Person("420525", "unit-head", "蒋局长", "42052502")
STAFF = (
    MANAGER, HEAD, OFFICER, DIRECTOR, PROVINCE_OFFICER, PROVINCE, INSPECTOR, FINANCE, OBSERVER, ADMINISTRATOR,
    FAR_OFFICER, FAR_HEAD,
)  # fmt: skip


@dataclass
class Client:
    """Speaks to a service as its users do, wherever it runs."""

    http: httpx.AsyncClient
    key: ECKey

    def token(self, person: Person, **claims: object) -> str:
        """Give a token as the issuer makes them."""
        body = {
            "iss": "keypost-development",
            "aud": "keypost",
            "sub": str(person.staff_id),
            "name": person.name,
            "orgpath": orgpath(person.org_id),
            "roles": [person.role],
            "exp": int((datetime.now(UTC) + timedelta(hours=1)).timestamp()),
            **claims,
        }
        return jwt.encode({"alg": "ES256", "kid": self.key.kid}, body, self.key, algorithms=["ES256"])

    async def get(self, person: Person, path: str, **params: Any) -> httpx.Response:
        return await self.http.get(f"/v1{path}", params=params or None, headers=self.headers(person))

    async def post(
        self,
        person: Person,
        path: str,
        body: object = None,
        *,
        key: str | None = None,
        version: int | None = None,
        **options: Any,
    ) -> httpx.Response:
        """Post JSON, or with `content=` or `files=` what else httpx sends."""
        sent = {**self.headers(person), "Idempotency-Key": key or str(uuid4()), **options.pop("headers", {})}
        if version is not None:
            sent["If-Match"] = f'"{version}"'
        json_body: dict[str, Any] = {} if body is None and options else {"json": body}
        return await self.http.post(f"/v1{path}", headers=sent, **json_body, **options)

    async def patch(self, person: Person, path: str, body: object, version: int | None) -> httpx.Response:
        match = {} if version is None else {"If-Match": f'"{version}"'}
        return await self.http.patch(f"/v1{path}", json=body, headers={**self.headers(person), **match})

    def headers(self, person: Person) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token(person)}"}


@dataclass
class ServiceUnderTest(Client):
    """A running service: requests by persons, events from others, rows and events as they are."""

    name: str
    app: FastAPI
    database: FreshDatabase

    @property
    def runtime(self) -> Runtime:
        runtime: Runtime = self.app.state.runtime
        return runtime

    def set_clock(self, at: str) -> None:
        """Set business time; it runs on from there."""
        offset = (datetime.fromisoformat(at) - datetime.now(UTC)).total_seconds()
        clock_file(self.database).write_text(json.dumps({"offset_seconds": offset, "revision": 1}))
        self.runtime.clock._looked_at = float("-inf")

    async def hear(self, *events: Event) -> None:
        """Apply events as the consumer does, inbox included, in one transaction."""
        assert self.runtime.consumer is not None
        moment = Moment(self.name, self.runtime.clock.now(), f"system:{self.name}", str(uuid7()))
        async with unscoped(self.runtime.database.worker, moment) as tx:
            await self.runtime.consumer.effect(tx, list(events))

    async def rows(self, sql: str, *args: object) -> list[dict[str, Any]]:
        """Read past row-level security."""
        return [dict(row) for row in await self.runtime.database.worker.fetch(sql, *args)]

    async def events(self, aggregate: str) -> list[dict[str, Any]]:
        """Give what was told of a record, in the order of its versions; the broker is not there in these tests."""
        rows = await self.rows(
            "SELECT type, version, payload, key, orgpath FROM outbox WHERE aggregate = $1 ORDER BY version",
            aggregate,
        )
        return [{**row, "payload": json.loads(row["payload"])} for row in rows]


def clock_file(database: FreshDatabase) -> Path:
    """Give the file that moves the clock of the service on a database."""
    return database.instance.layout.data / f"{database.name}.clock.json"


def environment(database: FreshDatabase) -> dict[str, str]:
    """Give the settings of a service on a database of its own.

    The broker is absent: what is told stays in the outbox, whether other tests run one or not.
    """
    return {
        **database.environment,
        "KEYPOST_KAFKA_BOOTSTRAP": "127.0.0.1:1",
        "KEYPOST_CLOCK_FILE": str(clock_file(database)),
        "KEYPOST_LOG_LEVEL": "error",
    }


def issuer_key(database: FreshDatabase) -> ECKey:
    """Give the key that the instance's tokens are signed with."""
    return ECKey.import_key(json.loads((database.instance.layout.keys / "issuer.json").read_text()))


@asynccontextmanager
async def running_service(service: str, database: FreshDatabase) -> AsyncIterator[ServiceUnderTest]:
    """Run a service with its background loops, its clock at 2 March 2026, 09:00, tree and staff as heard."""
    await plant(database)
    async with empty_service(service, database) as running:
        yield running


@asynccontextmanager
async def empty_service(service: str, database: FreshDatabase) -> AsyncIterator[ServiceUnderTest]:
    """Run a service that has heard of nothing yet, its clock at 2 March 2026, 09:00."""
    with surroundings(environment(database)):
        app = importlib.import_module(f"{SERVICES[service].package}.app").create()
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        hooks: dict[str, list[Callable[..., Any]]] = {"response": [partial(must_be_documented, app)]}
        async with httpx.AsyncClient(
            transport=transport, base_url=f"http://{service}", event_hooks=hooks
        ) as http:
            running = ServiceUnderTest(http, issuer_key(database), service, app, database)
            running.set_clock(MORNING)
            yield running


@contextmanager
def surroundings(values: Mapping[str, str]) -> Iterator[None]:
    """Set environment variables for a while."""
    before = dict(os.environ)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


async def plant(database: FreshDatabase) -> None:
    """Write organisations and staff as the directory consumer would have."""
    adoptions = [{"pack": pack, "topics": None, "from": "2009-01-01", "until": None} for pack in ADOPTED]
    nodes = [
        (org_id, parent, kind, name, division, place, orgpath(org_id),
         json.dumps(adoptions if kind == "province" else []))
        for org_id, (parent, kind, name, division, place) in TREE.items()
    ]  # fmt: skip
    people = [(one.staff_id, one.staff_no, one.name, one.org_id, [one.role]) for one in STAFF]
    connection = await asyncpg.connect(database.url("worker"))
    try:
        await connection.executemany(
            """INSERT INTO organisation (org_id, parent_id, kind, name, division, place_class, orgpath, adoptions,
                                         valid_from, version)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, '2009-01-01', 1) ON CONFLICT DO NOTHING""",
            nodes,
        )
        await connection.executemany(
            """INSERT INTO staff (staff_id, staff_no, name, org_id, roles, version) VALUES ($1, $2, $3, $4, $5, 1)
               ON CONFLICT DO NOTHING""",
            people,
        )
    finally:
        await connection.close()


def expect(answer: httpx.Response, status: int) -> Any:
    """Give the JSON of an answer that must have this status."""
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None
