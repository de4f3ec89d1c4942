"""What the routes share: who asks, desks over a transaction, pages."""

from fastapi import Request

from chassis.auth import Caller
from chassis.runtime import Runtime
from chassis.transaction import Transaction
from pricing.commands import Asker
from pricing.ports import Desk
from pricing.queries.readers import Reader
from pricing.repository.desks import desk_over

UNIT = ("account-manager", "unit-head")
CENTER = ("center-officer", "center-director")


def runtime_of(request: Request) -> Runtime:
    """Give the running parts."""
    runtime: Runtime = request.app.state.runtime
    return runtime


def asker(caller: Caller) -> Asker:
    """Give the caller as commands know it."""
    return Asker(caller.actor, caller.org_id, caller.roles)


def reader(request: Request, caller: Caller) -> Reader:
    """Give the caller as somebody who reads."""
    return Reader(caller.actor, caller.org_id, caller.roles, runtime_of(request).directory.current)


def desk(request: Request, tx: Transaction) -> Desk:
    """Lay out the desk."""
    runtime = runtime_of(request)
    return desk_over(tx, runtime.directory.current, runtime.vault)
