"""The console: the one origin, its event stream and its page."""

from collections.abc import Coroutine, Mapping, Sequence
from functools import partial
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI

from chassis import directory_consumer
from chassis.bus import EVERY_TYPE, Handler
from chassis.http.app import Service, create_app
from chassis.runtime import Parts, Runtime
from chassis.transaction import Transaction
from console import stopping
from console.api import development, gateway, page, session, stream
from console.clock_control import ClockControl
from console.consumers import append_to_log
from console.event_stream import Abortable
from console.feed import Feed
from console.gateway import Gateway, Limits
from console.hub import Hub
from console.issuer import Issuer
from console.model import ClockNotFollowed, ServiceUnavailable, UnknownPosition, UnknownService
from console.settings import ConsoleSettings
from contracts.envelope import Event

STATUSES = {
    UnknownPosition: HTTPStatus.CONFLICT,
    UnknownService: HTTPStatus.NOT_FOUND,
    ServiceUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    ClockNotFollowed: HTTPStatus.SERVICE_UNAVAILABLE,
}


class Console:
    """What the console's routes share, and what runs beside them."""

    def __init__(self, settings: ConsoleSettings) -> None:
        self.settings = settings
        self.hub = Hub(
            ring=settings.ring_events,
            queue=settings.queue_events,
            portion=settings.portion_events,
            pace=settings.burst_pause,
        )
        self.gateway = Gateway(
            settings.services,
            Limits(
                whole=settings.gateway_whole,
                connections=settings.gateway_connections,
                connect=settings.gateway_connect,
                answer=settings.gateway_answer,
                idle=settings.gateway_idle,
            ),
        )
        self.feed = Feed(settings, self.hub)

    def loops(self, runtime: Runtime) -> Mapping[str, Coroutine[Any, Any, None]]:
        """Give the feed, rung by the consumer after each commit."""
        if runtime.consumer is not None:
            runtime.consumer.applied.append(self.feed.ring)
        stopping.before_stopping(self.hub.close)
        return {"feed": self.feed.run(runtime.database), "gateway": self.gateway.until_cancelled()}

    @property
    def topics(self) -> list[str]:
        """The topics of every service but the console itself, which tells nothing."""
        return [f"keypost.{name}" for name in sorted(self.settings.services) if name != self.settings.service]


async def take(tx: Transaction, events: Sequence[Event]) -> None:
    """Log every event; of those of the directory keep the projection too."""
    await append_to_log(tx, events)
    for event_type, keep in directory_consumer.HANDLERS.items():
        if heard := [event for event in events if event.type == event_type]:
            await keep(tx, heard)


def handlers(_runtime: Runtime) -> Mapping[str, Handler]:
    """Give one handler for all types: the log keeps the order in which they came."""
    return {**dict.fromkeys(directory_consumer.HANDLERS, take), EVERY_TYPE: take}


def create() -> FastAPI:
    """Build the console from its environment."""
    settings = ConsoleSettings()
    console = Console(settings)
    movable = settings.profile == "development" and settings.clock_file is not None
    is_development = movable and settings.issuer_key is not None
    routers = [stream.router, session.router, gateway.router, page.router]
    app = create_app(
        settings,
        Service(
            title="看板与入口 Console",
            routers=[*routers, development.router] if is_development else routers,
            statuses=STATUSES,
            parts=Parts(topics=console.topics, consumes=handlers, loops=console.loops),
            passed_on={gateway.PASSED_ON: settings.gateway_upload},
            beyond=partial(gateway.ready_beyond, console.gateway, settings.health_patience),
        ),
    )
    app.state.hub, app.state.feed, app.state.gateway = console.hub, console.feed, console.gateway
    app.state.development = is_development
    if is_development and settings.clock_file is not None and settings.issuer_key is not None:
        app.state.clock_control = ClockControl(settings, settings.clock_file, console.gateway)
        app.state.issuer = Issuer(settings, settings.issuer_key, settings.token_seconds)
    app.router.redirect_slashes = False  # a redirect would not go through the gateway
    app.add_middleware(Abortable)
    return app
