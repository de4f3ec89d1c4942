"""An application made of the chassis alone, with routes that ask for trouble, spoken to as its users do."""

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

import httpx
from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import Response
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet
from pydantic import Field

from chassis.auth import Caller
from chassis.http.app import Service, create_app
from chassis.http.bodies import Body, Money
from chassis.http.edge import Answer, AtTheEdge, Authenticated, if_match, may
from chassis.http.problems import problems
from chassis.runtime import Parts, Runtime
from chassis.transaction import Transaction
from contracts.refusals import Forbidden, NotFound, Refusal
from support.backbone import caller, happened, settings_of, superuser
from support.instance import FreshDatabase

router = APIRouter()
TABLE = """
    CREATE TABLE IF NOT EXISTS note (
        id uuid PRIMARY KEY, org_id text NOT NULL, text text NOT NULL UNIQUE, version bigint NOT NULL);
    CREATE TABLE IF NOT EXISTS effect (text text);
    GRANT ALL ON effect TO keypost_tiering_app;
"""
GUARD = """
    SELECT set_config('keypost.app_role', 'keypost_tiering_app', false),
           set_config('keypost.worker_role', 'keypost_tiering_worker', false);
    CALL guard('note', 'org_id');
"""


class TextTaken(Refusal):
    """Somebody has that text."""

    code = "text-taken"


class Line(Body):
    word: str = Field(max_length=20)


class Note(Body):
    text: str = Field(min_length=1, max_length=200)
    amount: Money | None = None
    number: int | None = None
    on: datetime | None = None
    lines: list[Line] = Field(default_factory=list)
    words: list[str] = Field(default_factory=list)
    pairs: dict[str, str] = Field(default_factory=dict)


@router.post("/v1/notes", status_code=201, responses=problems(400, 401, 409, 422))
async def write_note(body: Note, request: Request, caller: Authenticated, edge: AtTheEdge) -> Response:
    async def run(tx: Transaction) -> Answer:
        note_id = uuid4()
        await tx.execute("INSERT INTO effect VALUES ($1)", body.text)
        if body.text.startswith("refused"):
            raise TextTaken("文字已被占用", "The text is taken", pointer="/text", extra={"holder": "420106"})
        await tx.execute("INSERT INTO note VALUES ($1, $2, $3, 1)", note_id, caller.org_id, body.text)
        if body.text.startswith("tell much"):
            await tx.announce([happened(body.text, text="x" * 5_000_000)])
        return Answer(201, {"id": note_id, "text": body.text}, etag=1, location=f"/v1/notes/{note_id}")

    return await edge.write(request, caller, run)


@router.patch("/v1/notes")
async def change_note(body: Note, request: Request, caller: Authenticated, edge: AtTheEdge) -> Response:
    version = if_match(request)

    async def run(tx: Transaction) -> Answer:
        return Answer(200, {"version": version}, etag=version + 1)

    return await edge.write(request, caller, run)


@router.get("/v1/notes/{note_id}")
async def get_note(note_id: str, request: Request, caller: Authenticated, edge: AtTheEdge) -> Response:
    async def run(tx: Transaction) -> Answer:
        row = await tx.fetchrow("SELECT text FROM note WHERE text = $1", note_id)
        if row is None:
            raise NotFound("没有这条记录", "No such note", pointer="path:note_id")
        return Answer(200, {"text": row["text"]})

    return await edge.read(request, caller, run)


@router.get("/v1/looks/{text}")
async def look(text: str, request: Request, caller: Authenticated, edge: AtTheEdge) -> Response:
    """A look that is recorded."""

    async def run(tx: Transaction) -> Answer:
        await tx.execute("INSERT INTO effect VALUES ($1)", text)
        return Answer(200, {"text": text})

    return await edge.write(request, caller, run)


Director = Annotated[Caller, Depends(may("center-director"))]


@router.get("/v1/trouble/{kind}")
async def trouble(kind: str, request: Request, _caller: Director, edge: AtTheEdge) -> Response:
    async def run(tx: Transaction) -> Answer:
        match kind:
            case "unforeseen":
                raise RuntimeError("the secret is 13800138000")
            case "forbidden":
                raise Forbidden("不行", "No")
            case "cannot-send":
                await tx.fetchval("SELECT $1::bigint", 2**70)
            case "write-in-a-read":
                await tx.execute("INSERT INTO effect VALUES ('x')")
            case "connection-lost":
                await tx.fetchval("SELECT pg_terminate_backend(pg_backend_pid())")
        return Answer(200, {})

    return await edge.read(request, _caller, run)


@dataclass
class AppUnderTest:
    """The running application."""

    app: FastAPI
    http: httpx.AsyncClient
    key: ECKey

    @property
    def runtime(self) -> Runtime:
        runtime: Runtime = self.app.state.runtime
        return runtime

    def headers(self, who: Caller, **more: str) -> dict[str, str]:
        token = token_of(self.key, who)
        return {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4()), **more}


def claims_of(who: Caller, **changed: object) -> dict[str, Any]:
    """Give the claims of a sound token."""
    return {
        "iss": "keypost-development",
        "aud": "keypost",
        "sub": who.staff_id,
        "name": who.name,
        "orgpath": who.orgpath,
        "roles": sorted(who.roles),
        "exp": int((datetime.now(UTC) + timedelta(hours=1)).timestamp()),
        **changed,
    }


def token_of(key: ECKey, who: Caller | None = None, **changed: object) -> str:
    """Give a token as the issuer makes them."""
    claims = claims_of(who or caller(), **changed)
    return jwt.encode({"alg": "ES256", "kid": key.kid}, claims, key, algorithms=["ES256"])


def new_key(kid: str = "one") -> ECKey:
    """Give a key of an issuer."""
    return ECKey.generate_key("P-256", {"kid": kid, "use": "sig", "alg": "ES256"}, private=True)


def write_jwks(file: Path, *keys: Any) -> Path:
    """Write the public halves where a service looks for them."""
    file.write_text(json.dumps(KeySet(list(keys)).as_dict(private=False)))
    return file


@asynccontextmanager
async def running_app(
    fresh: FreshDatabase, folder: Path, parts: Parts | None = None, **changed: object
) -> AsyncIterator[AppUnderTest]:
    """Run the application in this process; without a word about it, there is no broker."""
    key = new_key()
    nowhere = f"127.0.0.1:{fresh.instance.layout.port + 99}"
    given: dict[str, object] = {"kafka_bootstrap": nowhere, "log_level": "critical", **changed}
    settings = settings_of(fresh, jwks=str(write_jwks(folder / "jwks.json", key)), **given)
    async with superuser(fresh) as root:
        await root.execute(TABLE)
        if not await root.fetchval("SELECT relrowsecurity FROM pg_class WHERE relname = 'note'"):
            await root.execute(GUARD)
    service = Service(
        "Test", [router], statuses={TextTaken: 409}, parts=parts or Parts(keeps_directory=False)
    )
    app = create_app(settings, service)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
            yield AppUnderTest(app, http, key)


def is_problem(answer: httpx.Response, status: int, code: str) -> Mapping[str, Any]:
    """Check that an answer is a problem of our shape, in both languages, and give it."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: Mapping[str, Any] = answer.json()
    assert body["code"] == code, body
    assert body["status"] == status
    assert body["type"] == f"urn:keypost:problem:{code}"
    for language in ("zh", "en"):
        assert set(body[language]) == {"title", "detail"}
        assert all(body[language].values())
    assert body["trace_id"] == answer.headers.get("x-correlation-id", body["trace_id"])
    return body


def chunks(text: bytes, size: int) -> Iterator[bytes]:
    """Cut a body, so that it is sent without its length."""
    for start in range(0, len(text), size):
        yield text[start : start + size]
