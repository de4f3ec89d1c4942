"""Puts tiering together; the only module that knows every other."""

from fastapi import FastAPI

from chassis.bus import Handler
from chassis.http.app import Service, create_app
from chassis.runtime import Parts, Runtime
from tiering.api.statuses import STATUSES
from tiering.consumers.hearing import Hearing
from tiering.settings import TieringSettings


def create() -> FastAPI:
    """Build the application from the environment."""
    settings = TieringSettings()
    service = Service(
        title="用邮与分级 Tiering",
        routers=(),
        statuses=STATUSES,
        parts=Parts(topics=("keypost.pricing", "keypost.registry"), consumes=_hear),
    )
    return create_app(settings, service)


def _hear(runtime: Runtime) -> dict[str, Handler]:
    return dict(Hearing(runtime.directory).handlers())
