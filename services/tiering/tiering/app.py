"""Puts tiering together; the only module that knows every other."""

from collections.abc import Coroutine
from typing import Any

from fastapi import FastAPI

from chassis.bus import Handler
from chassis.doorbell import Doorbell
from chassis.http.app import Service, create_app
from chassis.runtime import Parts, Runtime
from tiering.api import (
    annex3,
    comparisons,
    corrections,
    filings,
    overview,
    reports,
    reviews,
    tiers,
    usage,
    usage_dry_run,
    usage_files,
    what_ifs,
)
from tiering.api.statuses import STATUSES
from tiering.consumers.files import Loader
from tiering.consumers.filings import FilingClocks, missing_month
from tiering.consumers.hearing import PROJECTION, Hearing
from tiering.consumers.months import MonthSums
from tiering.consumers.proposals import Proposer
from tiering.consumers.standings import MissedStandings, StandingKeeper
from tiering.repository.filings import USAGE_FILING
from tiering.settings import TieringSettings


def create() -> FastAPI:
    """Build the application from the environment."""
    settings = TieringSettings()
    proposals_bell, files_bell = Doorbell(), Doorbell()
    standings = MissedStandings(settings.standings_waiting)
    service = Service(
        title="用邮与分级 Tiering",
        routers=(
            annex3.router,
            usage.router,
            usage_dry_run.router,
            usage_files.router,
            filings.router,
            comparisons.router,
            overview.router,
            reports.router,
            tiers.router,
            reviews.router,
            corrections.router,
            what_ifs.router,
        ),
        statuses=STATUSES,
        parts=Parts(
            topics=("keypost.pricing", "keypost.registry"),
            consumes=_hear,
            projects=lambda _: PROJECTION,
            reacts=lambda runtime: {USAGE_FILING: missing_month(runtime)},
            loops=lambda runtime: _loops(runtime, settings, files_bell, proposals_bell, standings),
        ),
    )
    app = create_app(settings, service)
    app.state.files_bell = files_bell
    app.state.proposals_bell = proposals_bell
    app.state.standings = standings
    return app


def _hear(runtime: Runtime) -> dict[str, Handler]:
    return dict(Hearing(runtime.directory).handlers())


def _loops(
    runtime: Runtime,
    settings: TieringSettings,
    files_bell: Doorbell,
    proposals_bell: Doorbell,
    standings: MissedStandings,
) -> dict[str, Coroutine[Any, Any, None]]:
    loaders = {
        f"usage-files-{number}": Loader(runtime, settings, files_bell).run()
        for number in range(settings.usage_loaders)
    }
    proposers = {
        f"review-proposals-{number}": Proposer(runtime, settings, proposals_bell).run()
        for number in range(settings.review_proposers)
    }
    return {
        **loaders,
        "usage-filings": FilingClocks(runtime, settings).run(),
        "usage-months": MonthSums(runtime, settings).run(),
        "standings": StandingKeeper(runtime, settings, standings).run(),
        **proposers,
    }
