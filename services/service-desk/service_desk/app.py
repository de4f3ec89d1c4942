"""The service desk put together."""

from fastapi import FastAPI

from chassis.bus import Handler
from chassis.http.app import Service, create_app
from chassis.runtime import Parts, Runtime
from service_desk.api import (
    additions,
    batch,
    callers,
    compensations,
    complaints,
    intake,
    reading,
    seats,
    settlements,
)
from service_desk.api.statuses import STATUSES
from service_desk.consumers import PROJECTION, Hearing
from service_desk.settings import DeskSettings


def hear(runtime: Runtime) -> dict[str, Handler]:
    """Give what the desk does with others' events."""
    return dict(Hearing(runtime.vault).handlers())


def create() -> FastAPI:
    """Build the application from the environment."""
    service = Service(
        title="service-desk",
        routers=(
            callers.router,
            intake.router,
            batch.router,
            additions.router,
            complaints.router,
            reading.router,
            seats.router,
            compensations.router,
            settlements.router,
        ),
        statuses=STATUSES,
        parts=Parts(
            topics=("keypost.registry", "keypost.tiering"), consumes=hear, projects=lambda _: PROJECTION
        ),
    )
    return create_app(DeskSettings(), service)
