"""Puts a service together: its routes, its problems, its running parts."""

import gc
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

from fastapi import APIRouter, FastAPI
from starlette.types import ASGIApp

from chassis.http import attachments, dead_letters, deadlines, health, problems, rebuilds, replays
from chassis.http.documentation import Refusals, document
from chassis.http.edge import Edge
from chassis.http.hot import HotApp
from chassis.http.middleware import Edgewise
from chassis.runtime import Parts, open_runtime
from chassis.settings import Settings
from chassis.telemetry import configure_logging
from contracts.refusals import Refusal

GC_THRESHOLDS = (20_000, 20, 50)


@dataclass(frozen=True)
class Service:
    """A service as the chassis sees it; `passed_on` are paths whose uploads it streams on, with their most bytes."""

    title: str
    routers: Sequence[APIRouter]
    statuses: Mapping[type[Refusal], int] = field(default_factory=dict)
    parts: Parts = field(default_factory=Parts)
    beyond: health.Beyond | None = None
    refusals: Refusals | None = None
    passed_on: Mapping[str, int] = field(default_factory=dict)
    hung_on: attachments.HungOn | None = None


def create_app(settings: Settings, service: Service) -> HotApp:
    """Build the ASGI application of a service."""
    configure_logging(settings.service, settings.log_level)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        runtime = await open_runtime(settings)
        await runtime.start(service.parts)
        app.state.runtime = runtime
        app.state.authenticator = runtime.authenticator
        bells = (runtime.relay_bell, *((runtime.sweeper.bell,) if runtime.sweeper else ()))
        app.state.edge = Edge(runtime, bells)
        _leave_alone_what_stays()
        try:
            yield
        finally:
            await runtime.stop()

    around = _around(settings, service)
    app = HotApp(
        around=around,
        title=service.title,
        version="1",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/v1/openapi.json",
    )
    app.state.settings, app.state.beyond, app.state.hung_on = settings, service.beyond, service.hung_on
    problems.install(app, service.statuses)
    common = (health.router, deadlines.router, attachments.router, dead_letters.router, replays.router)
    hearing = (rebuilds.router,) if service.parts.topics or service.parts.keeps_directory else ()
    routers = (*common, *hearing, *service.routers)
    for router in routers:
        app.include_router(router)
    document(app, routers, service.refusals, service.statuses)
    app.add_middleware(around)
    return app


def _around(settings: Settings, service: Service) -> Callable[[ASGIApp], Edgewise]:
    return partial(
        Edgewise,
        service=settings.service,
        max_body=settings.max_body_bytes,
        max_upload=settings.max_upload_bytes,
        passed_on=service.passed_on,
    )


def _leave_alone_what_stays() -> None:
    """Let the garbage collector pass over modules and law: looking through them again and again held requests up."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)
    gc.enable()
