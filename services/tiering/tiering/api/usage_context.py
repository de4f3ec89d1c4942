"""What the routes of usage share: who may, and what a handler is asked with."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request

from chassis.auth import Caller
from chassis.http.edge import may
from chassis.runtime import Runtime
from chassis.transaction import Transaction
from tiering.handlers.usage import Asking
from tiering.settings import LONGEST_ORG_ID, TieringSettings

FILERS = ("unit-head", "center-officer", "center-director", "system")
CORRECTORS = ("center-officer", "center-director")
FILE_READERS = (*FILERS, "inspector")
MANAGER = "account-manager"
READERS = (*FILE_READERS, MANAGER)
REPORTERS = ("account-manager", "unit-head", "center-officer", "center-director")
Filer = Annotated[Caller, Depends(may(*FILERS))]
Corrector = Annotated[Caller, Depends(may(*CORRECTORS))]
Reporter = Annotated[Caller, Depends(may(*REPORTERS))]
FileReader = Annotated[Caller, Depends(may(*FILE_READERS))]
Reader = Annotated[Caller, Depends(may(*READERS))]
OrgFilter = Annotated[str | None, Query(max_length=LONGEST_ORG_ID)]
MonthFilter = Annotated[str | None, Query(max_length=LONGEST_ORG_ID, examples=["2026-02"])]


def manager_alone(caller: Caller) -> UUID | None:
    """Give the account manager who sees no more than the figures of their own customers."""
    return None if caller.may(*FILE_READERS) else UUID(caller.staff_id)


def settings_of(request: Request) -> TieringSettings:
    """Give the process's settings."""
    settings: TieringSettings = request.app.state.settings
    return settings


def asking(request: Request, caller: Caller, tx: Transaction) -> Asking:
    """Give what handlers want to know of a request."""
    runtime: Runtime = request.app.state.runtime
    settings = settings_of(request)
    return Asking(
        caller=caller,
        now=tx.now,
        correlation_id=tx.moment.correlation_id,
        law=runtime.directory.current,
        months_back=settings.usage_months_back,
        rows_per_event=settings.usage_event_rows,
    )
