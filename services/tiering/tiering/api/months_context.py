"""What the routes of compared months share: who may see revenue, and which month is asked."""

from datetime import date
from typing import Annotated

from fastapi import Depends, Request

from chassis.auth import Caller
from chassis.directory import Organisation
from chassis.http.edge import may
from chassis.transaction import Transaction
from tiering.api.usage_bodies import month_of
from tiering.api.usage_context import asking
from tiering.handlers.usage import unit_in_scope
from tiering.model.months import month_text
from tiering.model.refusals import MonthToCome, MonthTooOld
from tiering.model.spans import Span, ended_before
from tiering.queries.comparisons import Asked
from tiering.queries.tiers import MANAGER, REVENUE_READERS
from tiering.settings import FIRST_YEAR

Seer = Annotated[Caller, Depends(may(*sorted(REVENUE_READERS)))]
SeerOrManager = Annotated[Caller, Depends(may(*sorted({*REVENUE_READERS, MANAGER})))]
FIRST_MONTH = date(FIRST_YEAR, 1, 1)


def compared_month(written: str | None, today: date) -> date:
    """Give the month asked for, else the last that is over; raises UnreadableMonth, MonthToCome, MonthTooOld."""
    if written is None:
        return ended_before(today)
    month = month_of(written)
    if month > today:
        raise MonthToCome.of(month_text(month))
    if month < FIRST_MONTH:
        raise MonthTooOld.of(month_text(month), month_text(FIRST_MONTH))
    return month


def asked_of(
    request: Request, caller: Caller, tx: Transaction, org_id: str | None, month: str | None
) -> tuple[Organisation, Asked]:
    """Give whose month is asked: of the caller's own organisation or one in scope, else NotFound."""
    unit = unit_in_scope(org_id, asking(request, caller, tx))
    return unit, Asked(Span(compared_month(month, tx.now.date())), unit.orgpath)
