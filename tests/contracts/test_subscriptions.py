"""What is written of who hears what is what each service's consumer is really wired to."""

import importlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from fastapi import FastAPI

from chassis.bus import EVERY_TYPE
from contracts.catalogue import MODELS
from contracts.subscriptions import SUBSCRIPTIONS
from deploy.layout import SERVICES
from support.instance import Databases


@asynccontextmanager
async def _running(service: str) -> AsyncIterator[FastAPI]:
    app: FastAPI = importlib.import_module(f"{SERVICES[service].package}.app").create()
    async with app.router.lifespan_context(app):
        yield app


@pytest.mark.parametrize("service", SERVICES)
async def test_each_service_hears_what_is_written_of_it(
    service: str, database: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in database(service).environment.items():
        monkeypatch.setenv(name, value)
    async with _running(service) as app:
        consumer = app.state.runtime.consumer
        heard = set(consumer._handlers) if consumer else set()
        topics = set(consumer._topics) if consumer else set()
    subscription = SUBSCRIPTIONS[service]
    assert topics == subscription.topics
    assert (None if EVERY_TYPE in heard else heard) == subscription.types


def test_every_type_that_somebody_hears_is_told_by_somebody() -> None:
    heard = {one for subscription in SUBSCRIPTIONS.values() for one in subscription.types or ()}
    assert heard <= set(MODELS)
