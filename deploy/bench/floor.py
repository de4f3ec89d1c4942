"""The floor of the HTTP benches: a bare FastAPI handler over asyncpg that inserts two rows in one statement."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from fastapi import FastAPI
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


class Case(BaseModel):
    """The smallest body that says as much as a complaint's."""

    channel: str
    caller: dict[str, str]
    category: str
    content: str


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

    return app
