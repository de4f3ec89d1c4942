"""Puts the registry together; the only module that knows every other."""

import asyncio
from collections.abc import Mapping
from uuid import UUID

from fastapi import FastAPI

from chassis.http.app import Service, create_app
from chassis.runtime import Parts, Runtime
from chassis.sweeper import Reaction
from chassis.transaction import Transaction
from registry.api import (
    adoptions,
    calendars,
    checks,
    claims,
    customers,
    declarations,
    development,
    disputes,
    files,
    files_imports,
    groups,
    imports,
    merges,
    organisations,
    projects,
    rules,
    rulings,
    staff,
    symposia,
    visits,
)
from registry.api.refusals import REFUSALS
from registry.api.statuses import STATUSES
from registry.handlers.claims import end_claim, idle_out
from registry.handlers.rulings import let_stand
from registry.repository.claims import CLAIM_END
from registry.repository.desks import DeskMaker
from registry.repository.dispute_clocks import DISPUTE_APPEAL
from registry.repository.uses import CLAIM_IDLE
from registry.settings import RegistrySettings


def create() -> FastAPI:
    """Build the ASGI application from the environment."""
    settings = RegistrySettings()
    app = create_app(
        settings,
        Service(
            title="Keypost registry",
            routers=(
                organisations.router,
                staff.router,
                adoptions.router,
                rules.router,
                calendars.router,
                imports.router,
                declarations.router,
                customers.router,
                merges.router,
                claims.router,
                development.router,
                projects.router,
                files_imports.router,
                files.router,
                visits.router,
                symposia.router,
                checks.router,
                groups.router,
                disputes.router,
                rulings.router,
            ),
            statuses=STATUSES,
            refusals=REFUSALS,
            parts=Parts(reacts=lambda runtime: _reactions(settings, runtime), keeps_directory=False),
        ),
    )
    app.state.import_turns = asyncio.Semaphore(settings.imports_at_once)
    return app


def _reactions(settings: RegistrySettings, runtime: Runtime) -> Mapping[str, Reaction]:
    desks = DeskMaker(settings, runtime.phones, runtime.vault)

    async def claim_ends(tx: Transaction, claim_id: str) -> None:
        await end_claim(UUID(claim_id), desks.desk(tx, runtime.directory.current))

    async def claim_idles(tx: Transaction, claim_id: str) -> None:
        await idle_out(UUID(claim_id), desks.desk(tx, runtime.directory.current))

    async def ruling_stands(tx: Transaction, dispute_id: str) -> None:
        await let_stand(UUID(dispute_id), desks.court(tx, runtime.directory.current))

    return {DISPUTE_APPEAL: ruling_stands, CLAIM_END: claim_ends, CLAIM_IDLE: claim_idles}
