"""Puts pricing together; the only module that knows every other."""

from collections.abc import Mapping
from uuid import UUID

from fastapi import FastAPI

from chassis.http.app import Service, create_app
from chassis.runtime import Parts, Runtime
from chassis.settings import Settings
from chassis.sweeper import Reaction, warned
from chassis.transaction import Transaction
from pricing.api import agreements, receivables, tariffs
from pricing.api.statuses import STATUSES
from pricing.consumers import HANDLERS, PROJECTION
from pricing.handlers.agreements import agreement_runs_out, remind_of_end
from pricing.handlers.receivables import credit_bound_is_reached
from pricing.handlers.tariffs import tariff_is_overdue
from pricing.ports import Desk
from pricing.repository.accounts import CREDIT_WARNING
from pricing.repository.agreements import AGREEMENT_END
from pricing.repository.desks import desk_over
from pricing.repository.tariffs import TARIFF_ANSWER


def create() -> FastAPI:
    """Build the ASGI application from the environment."""
    service = Service(
        title="资费与协议 Pricing",
        routers=(tariffs.router, agreements.router, receivables.router),
        statuses=STATUSES,
        parts=Parts(
            topics=("keypost.registry", "keypost.tiering"),
            consumes=lambda _: dict(HANDLERS),
            projects=lambda _: PROJECTION,
            reacts=_reactions,
        ),
    )
    return create_app(Settings(), service)


def _reactions(runtime: Runtime) -> Mapping[str, Reaction]:
    def over(tx: Transaction) -> Desk:
        return desk_over(tx, runtime.directory.current, runtime.vault)

    async def tariff_answer(tx: Transaction, request_id: str) -> None:
        desk = over(tx)
        await tariff_is_overdue(await desk.tariffs.get(UUID(request_id)), desk)

    async def agreement_reminder(tx: Transaction, agreement_id: str) -> None:
        await remind_of_end(UUID(agreement_id), over(tx))

    async def agreement_end(tx: Transaction, agreement_id: str) -> None:
        await agreement_runs_out(UUID(agreement_id), over(tx))

    async def credit_bound(tx: Transaction, customer_id: str) -> None:
        await credit_bound_is_reached(UUID(customer_id), over(tx))

    return {
        TARIFF_ANSWER: tariff_answer,
        AGREEMENT_END: agreement_end,
        warned(AGREEMENT_END): agreement_reminder,
        CREDIT_WARNING: credit_bound,
    }
