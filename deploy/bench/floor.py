"""The floor of the HTTP benches: a bare FastAPI handler over asyncpg that inserts two rows, and bare server-sent events."""

import asyncio
import os
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

TABLES = """
    CREATE TABLE IF NOT EXISTS floor_case (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, phone text NOT NULL,
                                           body jsonb NOT NULL, at timestamptz NOT NULL DEFAULT now());
    CREATE TABLE IF NOT EXISTS floor_outbox (seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key text NOT NULL,
                                             payload jsonb NOT NULL, at timestamptz NOT NULL DEFAULT now());
"""
INSERT = """
    WITH c AS (INSERT INTO floor_case (phone, body) VALUES ($1, $2::jsonb) RETURNING id),
    o AS (INSERT INTO floor_outbox (key, payload) SELECT $1, $2::jsonb FROM c)
    SELECT id FROM c
"""
CUSTOMER = "SELECT * FROM floor_customer WHERE customer_id = $1"


class Case(BaseModel):
    """The smallest body that says as much as a complaint's."""

    channel: str
    caller: dict[str, str]
    category: str
    content: str


class Telling(BaseModel):
    """So many events, each for the next scope in turn and for those who see all."""

    scopes: list[str]
    events: int


PROVINCE = "420000"
FRAME = b'id: %d\ndata: {"content": "' + b"x" * 750 + b'"}\n\n'


def create() -> FastAPI:
    """Build the floor's application."""
    held: dict[str, Any] = {}

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        held["pool"] = await asyncpg.create_pool(os.environ["FLOOR_DATABASE_URL"], min_size=10, max_size=10)
        await held["pool"].execute(TABLES)
        yield
        await held["pool"].close()

    app = FastAPI(lifespan=lifespan)

    @app.post("/cases", status_code=201)
    async def receive(case: Case) -> dict[str, int]:
        async with held["pool"].acquire() as connection:
            number = await connection.fetchval(INSERT, case.caller["phone"], case.model_dump_json())
        return {"id": number}

    @app.get("/customers/{customer_id}")
    async def look_up(customer_id: UUID) -> dict[str, Any]:
        async with held["pool"].acquire() as connection:
            return dict(await connection.fetchrow(CUSTOMER, customer_id))

    _add_stream(app)
    return app


def _add_stream(app: FastAPI) -> None:
    queues: dict[str, set[asyncio.Queue[bytes]]] = defaultdict(set)

    @app.get("/stream")
    async def stream(scope: str) -> StreamingResponse:
        async def frames() -> AsyncIterator[bytes]:
            queue: asyncio.Queue[bytes] = asyncio.Queue()
            queues[scope].add(queue)
            try:
                yield b": open\n\n"
                while True:
                    yield await queue.get()
            finally:
                queues[scope].discard(queue)

        return StreamingResponse(frames(), media_type="text/event-stream")

    @app.post("/tell")
    async def tell(telling: Telling) -> None:
        for number in range(1, telling.events + 1):
            frame = FRAME % number
            for scope in (telling.scopes[number % len(telling.scopes)], PROVINCE):
                for queue in queues[scope]:
                    queue.put_nowait(frame)
