"""What the routes share: who asks, desks over a transaction, pages."""

from typing import Annotated, Any

from fastapi import Request
from pydantic import Field

from chassis.auth import Caller
from chassis.http.bodies import Body
from chassis.runtime import Runtime
from chassis.transaction import Transaction
from pricing.commands import Asker
from pricing.ports import Desk
from pricing.queries.pages import Paging
from pricing.queries.readers import Reader
from pricing.repository.desks import desk_over
from pricing.settings import LONGEST_CURSOR, PAGE_MOST, PAGE_SIZE

UNIT = ("account-manager", "unit-head")
CENTER = ("center-officer", "center-director")


class Filters(Body):
    """What every list may be asked: a page, and where it begins. Other parameters are refused."""

    cursor: Annotated[
        str | None, Field(max_length=LONGEST_CURSOR, description="上一页给出的 next_cursor")
    ] = None
    limit: Annotated[int, Field(ge=1, le=PAGE_MOST, description="每页条数")] = PAGE_SIZE

    def paging(self, request: Request) -> Paging:
        """Give the page asked for."""
        return Paging(self.cursor, self.limit, request.app.state.settings.total_exact_to)

    def conditions(self) -> dict[str, Any]:
        """Give the filters that were set."""
        return self.model_dump(exclude={"cursor", "limit"}, exclude_none=True)


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
