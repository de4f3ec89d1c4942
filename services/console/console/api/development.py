"""Development only: accounts, tokens and the clock. A production console has none of these paths."""

from datetime import datetime
from typing import Any, Literal, Self

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import Field, model_validator

from chassis.directory import Snapshot
from chassis.encoding import dumps
from chassis.http.bodies import Body
from chassis.runtime import Runtime
from console.business_time import read_duration, read_moment
from console.clock_control import ClockControl, ClockState, Moved
from console.issuer import BOOTSTRAP, BOOTSTRAP_STAFF_ID, NATION, Account, Issuer, unknown_account
from console.settings import LONGEST_WORD

router = APIRouter(prefix="/dev", include_in_schema=False)


class TokenIn(Body):
    """For whom a token is wanted."""

    account: str = Field(min_length=1, max_length=LONGEST_WORD)


class ClockIn(Body):
    """Exactly one of three ways to move the clock."""

    set: str | None = Field(None, max_length=LONGEST_WORD, description="RFC 3339")
    advance: str | None = Field(None, max_length=LONGEST_WORD, description="ISO 8601 duration")
    real: Literal[True] | None = None

    @model_validator(mode="after")
    def says_one_thing(self) -> Self:
        """Refuse none and several."""
        if sum(value is not None for value in (self.set, self.advance, self.real)) != 1:
            raise ValueError("set、advance、real 三者选一 | give exactly one of set, advance and real")
        return self

    def moved(self) -> Moved | None:
        """Give what business time becomes; None is real time. Raises InvalidValue."""
        if self.set is not None:
            moment = read_moment(self.set)
            return lambda _: moment
        return read_duration(self.advance).after if self.advance is not None else None


@router.get("/accounts")
async def list_accounts(request: Request) -> Response:
    """List the accounts: the built-in administrator of the nation, then the active staff by number."""
    snapshot = _snapshot(request)
    people = sorted((one for one in snapshot.staff.values() if one.active), key=lambda one: one.staff_no)
    items = [_bootstrap(snapshot)] + [
        _account(snapshot, one.staff_no, one.name, one.org_id, sorted(one.roles)) for one in people
    ]
    return _answer({"items": items, "next_cursor": None, "total": len(items)})


@router.post("/token")
async def make_token(body: TokenIn, request: Request) -> Response:
    """Give a token for an account."""
    snapshot = _snapshot(request)
    issuer: Issuer = request.app.state.issuer
    if body.account == BOOTSTRAP:
        account = _bootstrap(snapshot)
        return _answer(issuer.token(BOOTSTRAP_STAFF_ID, account["name"], NATION, account["roles"]))
    for person in snapshot.staff.values():
        if person.staff_no == body.account and person.active and person.org_id in snapshot.organisations:
            path = snapshot.path(person.org_id)
            return _answer(issuer.token(person.staff_id, person.name, path, sorted(person.roles)))
    raise unknown_account(body.account)


@router.get("/jwks.json")
async def key_set(request: Request) -> Response:
    """Give the public keys of the issuer."""
    issuer: Issuer = request.app.state.issuer
    return _answer(issuer.key_set)


@router.get("/clock")
async def get_clock(request: Request) -> Response:
    """Give business time and how far it is from real time."""
    control: ClockControl = request.app.state.clock_control
    return _answer(_shape(control.state()))


@router.post("/clock")
async def move_clock(body: ClockIn, request: Request) -> Response:
    """Move business time; answers once every service follows, or names those that do not."""
    control: ClockControl = request.app.state.clock_control
    return _answer(_shape(await control.move(body.moved())))


def _snapshot(request: Request) -> Snapshot:
    runtime: Runtime = request.app.state.runtime
    return runtime.directory.current


def _bootstrap(snapshot: Snapshot) -> Account:
    return _account(snapshot, BOOTSTRAP, "系统管理员", NATION, ["administrator"])


def _account(snapshot: Snapshot, account: str, name: str, org_id: str, roles: list[str]) -> Account:
    node = snapshot.organisations.get(org_id)
    organisation = {"org_id": org_id, "name": node.name if node else org_id}
    return {"account": account, "name": name, "organisation": organisation, "roles": roles}


def _shape(state: ClockState) -> dict[str, float | int | datetime]:
    return {"now": state.now, "offset": state.offset, "revision": state.revision}


def _answer(body: dict[str, Any]) -> Response:
    return Response(dumps(body), headers={"Cache-Control": "no-store"}, media_type="application/json")
