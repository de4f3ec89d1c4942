"""Damage of every kind, planted in the databases of a running instance, is found by its name."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from chassis.bus import EVERY_TYPE
from contracts.catalogue import MODELS
from contracts.subscriptions import SUBSCRIPTIONS
from deploy.instance import Instance
from deploy.layout import SERVICES
from deploy.verify.everything import verify
from deploy.verify.rows import Finding, Kind
from support.journeys import Desk, desk_of, registered_customer

Found = set[tuple[str, Kind]]


@pytest.fixture(scope="module")
async def lived_in(services: Instance) -> AsyncIterator[Instance]:
    """An instance where a customer was registered and a complaint taken, at rest."""
    async with desk_of(services) as desk:
        customer = await registered_customer(desk)
        await desk.complain(customer)
        await desk.declare(desk.new_firm())
    assert (await verify(services, 30)).settled
    yield services


@asynccontextmanager
async def damaged(instance: Instance, service: str, *statements: str) -> AsyncIterator[None]:
    """Do the damage as the superuser, and put the tables back as they were afterwards."""
    url = instance.postgres.superuser_url(instance.keys, SERVICES[service].database)
    connection = await asyncpg.connect(url)
    try:
        tables = ("event_log", "inbox", "organisation", "staff", "claim", "customer", "complaint", "stream_log")
        tables = tuple(
            [name for name in tables if await connection.fetchval("SELECT to_regclass($1)", name) is not None]
        )
        for name in tables:
            await connection.execute(f"CREATE TABLE kept_{name} AS SELECT * FROM {name}")
        ...
        yield
    finally:
        await connection.close()
