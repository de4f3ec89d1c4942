"""Runs the registry in the test's own process and speaks to it as its users do."""

import json
import os
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import ECKey

from chassis.ids import uuid7
from chassis.runtime import Runtime
from registry.app import create
from support.instance import FreshDatabase

MORNING = "2026-03-02T09:00:00+08:00"

# org_id → (parent, kind, name)
TREE: Mapping[str, tuple[str | None, str, str]] = {
    "CN": (None, "national", "全国"),
    "420000": ("CN", "province", "湖北省邮政局"),
    "420100": ("420000", "city", "武汉市邮政局"),
    "420106": ("420100", "county", "武昌区邮政局"),
    "420106-T01": ("420106", "team", "武昌一班"),
    "420106-T02": ("420106", "team", "武昌二班"),
    "420107": ("420100", "county", "青山区邮政局"),
    "420100-S01": ("420100", "bureau", "武汉速递物流"),
    "420500": ("420000", "city", "宜昌市邮政局"),
    "420525": ("420500", "county", "远安县邮政局"),
}


def orgpath(org_id: str) -> str:
    """Give the path of a node of the tree."""
    parent = TREE[org_id][0] if org_id in TREE else org_id.partition("-")[0]
    return org_id if parent is None else f"{orgpath(parent)}.{org_id}"


@dataclass(frozen=True)
class Person:
    """Someone of the tree with roles at one post."""

    org_id: str
    role: str
    staff_no: str = ""
    name: str = "测试员"
    staff_id: UUID = field(default_factory=uuid7)


BOOTSTRAP = Person("CN", "administrator")
MANAGER = Person("420106-T01", "account-manager", "42010601", "王经理")
RIVAL = Person("420107", "account-manager", "42010701", "李经理")
SECOND = Person("420106-T02", "account-manager", "42010602", "赵经理")
HEAD = Person("420106", "unit-head", "42010603", "孙局长")
OFFICER = Person("420100", "center-officer", "42010001", "周专员")
DIRECTOR = Person("420100", "center-director", "42010002", "吴主任")
PROVINCE = Person("420000", "center-director", "42000001", "郑主任")
INSPECTOR = Person("420000", "inspector", "42000002", "冯视察")
AGENT = Person("420100", "hotline-agent", "42010003", "陈坐席")
FAR = Person("420525", "account-manager", "42052501", "褚经理")
FAR_OFFICER = Person("420500", "center-officer", "42050001", "卫专员")
STAFF = (MANAGER, RIVAL, SECOND, HEAD, OFFICER, DIRECTOR, PROVINCE, INSPECTOR, AGENT, FAR, FAR_OFFICER)


def token(key: ECKey, person: Person, **claims: object) -> str:
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
    return jwt.encode({"alg": "ES256", "kid": key.kid}, body, key, algorithms=["ES256"])


@dataclass
class Client:
    """Speaks to a registry, wherever it runs."""

    http: httpx.AsyncClient
    key: ECKey

    async def get(self, person: Person, path: str, **params: Any) -> httpx.Response:
        return await self.http.get(f"/v1{path}", params=params, headers=self.headers(person))

    async def post(
        self, person: Person, path: str, body: object, *, key: str | None = None
    ) -> httpx.Response:
        headers = {**self.headers(person), "Idempotency-Key": key or str(uuid4())}
        return await self.http.post(f"/v1{path}", json=body, headers=headers)

    async def patch(self, person: Person, path: str, body: object, version: int | None) -> httpx.Response:
        match = {} if version is None else {"If-Match": f'"{version}"'}
        return await self.http.patch(f"/v1{path}", json=body, headers={**self.headers(person), **match})

    def headers(self, person: Person) -> dict[str, str]:
        return {"Authorization": f"Bearer {token(self.key, person)}"}


@dataclass
class RegistryUnderTest(Client):
    """The running registry: requests by persons, rows and events as they are."""

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

    async def rows(self, sql: str, *values: object) -> list[dict[str, Any]]:
        """Give rows as the worker sees them."""
        async with self.runtime.database.worker.acquire() as connection:
            return [dict(row) for row in await connection.fetch(sql, *values)]

    async def events(self, aggregate: str) -> list[dict[str, Any]]:
        """Give what was told of a record, in the order of its versions."""
        rows = await self.rows(
            "SELECT type, version, payload, key, orgpath FROM outbox WHERE aggregate = $1 ORDER BY version",
            aggregate,
        )
        return [{**row, "payload": json.loads(row["payload"])} for row in rows]


def clock_file(database: FreshDatabase) -> Any:
    return database.instance.layout.data / f"{database.name}.clock.json"


def environment(database: FreshDatabase) -> dict[str, str]:
    """Give the settings of a registry on a database of its own."""
    return {
        **database.environment,
        # Nobody listens there: what these tests tell stays in the outbox, whether other tests run a broker or not.
        "KEYPOST_KAFKA_BOOTSTRAP": "127.0.0.1:1",
        "KEYPOST_CLOCK_FILE": str(clock_file(database)),
        "KEYPOST_LOG_LEVEL": "error",
    }


@asynccontextmanager
async def running_registry(database: FreshDatabase) -> AsyncIterator[RegistryUnderTest]:
    """Run the registry on a database, its clock at 2 March 2026, 09:00, its tree and staff in place."""
    with _environ(environment(database)):
        app = create()
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://registry") as http:
            registry = RegistryUnderTest(http, issuer_key(database), app, database)
            registry.set_clock(MORNING)
            await plant(registry)
            yield registry


def issuer_key(database: FreshDatabase) -> ECKey:
    """Give the key that the instance's tokens are signed with."""
    return ECKey.import_key(json.loads((database.instance.layout.keys / "issuer.json").read_text()))


async def plant(client: Client) -> None:
    """Bring tree, law and staff in, as an administrator does."""
    nodes = [
        {"org_id": org_id, "parent_id": parent, "kind": kind, "name": name, "valid_from": "2009-01-01"}
        for org_id, (parent, kind, name) in TREE.items()
    ]
    await expect(client.post(BOOTSTRAP, "/organisations", nodes[0]), 201)
    await expect(client.post(BOOTSTRAP, "/organisations", nodes[1]), 201)
    for pack, topics in (("hubei", None), ("platform", None), ("jiangxi", ["claim-window"])):
        body = {"org_id": "420000", "pack": pack, "topics": topics, "from": "2009-01-01"}
        await expect(client.post(BOOTSTRAP, "/adoptions", body), 201)
    await expect(client.post(BOOTSTRAP, "/organisations/import", {"items": nodes[2:]}), 201)
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
    await expect(client.post(BOOTSTRAP, "/staff/import", {"items": people}), 201)


async def expect(call: Any, status: int) -> Any:
    """Give the JSON of an answer that must have this status."""
    answer: httpx.Response = await call
    assert answer.status_code == status, answer.text
    return answer.json()


@contextmanager
def _environ(values: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
