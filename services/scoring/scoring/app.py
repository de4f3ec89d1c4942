"""Scoring put together: the results of bureaus, from events alone."""

from fastapi import FastAPI

from chassis.bus import Handler
from chassis.http.app import Service, create_app
from chassis.runtime import Parts, Runtime
from scoring import consumers
from scoring.api import events, scores
from scoring.api.statuses import STATUSES
from scoring.queries.sheets import Sheets
from scoring.settings import ScoringSettings

TOPICS = ("keypost.registry", "keypost.tiering", "keypost.scoring")


def hear(_runtime: Runtime) -> dict[str, Handler]:
    """Give what scoring does with events."""
    return dict(consumers.handlers())


def create() -> FastAPI:
    """Build the application from the environment."""
    service = Service(
        title="考评与通报 Scoring",
        routers=(scores.router, events.router),
        statuses=STATUSES,
        parts=Parts(topics=TOPICS, consumes=hear, projects=lambda _: consumers.projection()),
    )
    settings = ScoringSettings()
    app = create_app(settings, service)
    app.state.sheets = Sheets(settings.sheets_kept)
    return app
