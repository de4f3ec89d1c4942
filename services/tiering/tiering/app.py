"""Puts tiering together; the only module that knows every other."""

from collections.abc import Coroutine
from typing import Any

from fastapi import FastAPI

from chassis.bus import Handler
from chassis.http.app import Service, create_app
from chassis.runtime import Parts, Runtime
from tiering.api import annex3, reports, reviews, tiers, usage, usage_files
from tiering.api.statuses import STATUSES
from tiering.consumers.files import Loader
from tiering.consumers.filings import FilingClocks, missing_month
from tiering.consumers.hearing import PROJECTION, Hearing
from tiering.repository.filings import USAGE_FILING
from tiering.settings import TieringSettings


def create() -> FastAPI:
    """Build the application from the environment."""
    settings = TieringSettings()
    service = Service(
        title="用邮与分级 Tiering",
        routers=(
            annex3.router,
            usage.router,
            usage_files.router,
            reports.router,
            tiers.router,
            reviews.router,
        ),
        statuses=STATUSES,
        parts=Parts(
            topics=("keypost.pricing", "keypost.registry"),
            consumes=_hear,
            projects=lambda _: PROJECTION,
            reacts=lambda runtime: {USAGE_FILING: missing_month(runtime)},
            loops=lambda runtime: _loops(runtime, settings),
        ),
    )
    return create_app(settings, service)


def _hear(runtime: Runtime) -> dict[str, Handler]:
    return dict(Hearing(runtime.directory).handlers())


def _loops(runtime: Runtime, settings: TieringSettings) -> dict[str, Coroutine[Any, Any, None]]:
    loaders = {
        f"usage-files-{number}": Loader(runtime, settings).run() for number in range(settings.usage_loaders)
    }
    return {**loaders, "usage-filings": FilingClocks(runtime, settings).run()}
