"""Who is calling."""

import re
import unicodedata
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response
from starlette.types import Scope

from chassis.auth import Caller
from chassis.http.edge import Answer, may
from chassis.http.hot import HotRoute
from chassis.http.problems import problems
from chassis.phones import NotAPhone, PhoneBook, normalise
from chassis.runtime import Runtime
from contracts.refusals import InvalidValue
from contracts.values import code_and_id, written_plainly
from service_desk.queries.callers import FIND_PHONES, Wanted, find_callers, find_phone
from service_desk.repository.together import Road, Together
from service_desk.settings import (
    LONGEST_LINE,
    LONGEST_REFERENCE,
    SHORTEST_NAME_PART,
    DeskSettings,
)

router = APIRouter(tags=["callers"])
LOOKING_ROLES = (
    "hotline-agent",
    "account-manager",
    "unit-head",
    "center-officer",
    "center-director",
    "inspector",
)
LOOKERS = may(*LOOKING_ROLES)
Looker = Annotated[Caller, Depends(LOOKERS)]
OK = 200
SEE_OTHER = 303
INITIALS = re.compile("[A-Z0-9]+")
Reference = Annotated[str | None, Query(max_length=LONGEST_REFERENCE)]


async def wanted(
    request: Request,
    phone: Annotated[str | None, Query(max_length=LONGEST_LINE, description="任何写法的电话")] = None,
    code: Reference = None,
    credit_code: Reference = None,
    q: Annotated[
        str | None, Query(max_length=LONGEST_LINE, description="名称的一部分，或其拼音首字母")
    ] = None,
) -> Wanted:
    """Give what is looked for; raises InvalidValue unless exactly one way is given."""
    if sum(given is not None for given in (phone, code, credit_code, q)) != 1:
        raise InvalidValue(
            "phone、code、credit_code、q 须给且只给一个",
            "Give exactly one of phone, code, credit_code and q",
            pointer="?phone",
        )
    runtime: Runtime = request.app.state.runtime
    if phone is not None:
        return Wanted(keys=phone_keys(runtime.phones, phone, "?phone"))
    if code is not None:
        plain, customer_id = code_and_id(code)
        return Wanted(customer_id=customer_id, code=None if customer_id else kept(plain, "?code"))
    if credit_code is not None:
        return Wanted(credit_code=kept(written_plainly(credit_code).upper(), "?credit_code"))
    part = _name_part(q or "")
    return Wanted(name_part=part, initials=_initials(part))


def phone_keys(phones: PhoneBook, written: str, pointer: str) -> list[str]:
    """Give the look-up keys of a number in any written form; raises InvalidValue for what cannot be dialled."""
    try:
        return phones.keys(written)
    except NotAPhone as error:
        raise InvalidValue("不是电话号码", "Not a phone number", pointer=pointer) from error


def kept(text: str, pointer: str) -> str:
    """Give a text that the database can compare; raises InvalidValue for NUL and lone surrogates."""
    if "\x00" in text or any(unicodedata.category(char) == "Cs" for char in text):
        raise InvalidValue("含有无法检索的字符", "Holds characters that cannot be looked up", pointer=pointer)
    return text


def _name_part(q: str) -> str:
    part = kept(unicodedata.normalize("NFKC", q).strip(), "?q")
    if len(part) < SHORTEST_NAME_PART:
        raise InvalidValue(
            f"名称至少{SHORTEST_NAME_PART}个字",
            f"At least {SHORTEST_NAME_PART} characters of the name",
            pointer="?q",
        )
    return part


def _initials(part: str) -> str | None:
    """Give what may be the initials of a name in pinyin: letters alone, in either case, blanks between them or not."""
    letters = part.replace(" ", "").upper()
    return letters if INITIALS.fullmatch(letters) else None


@router.get(
    "/v1/callers/pop-up",
    status_code=SEE_OTHER,
    operation_id="pop_up_caller",
    summary="来电弹屏链接",
    response_class=RedirectResponse,
    responses=problems(422),
)
async def pop_up_caller(
    phone: Annotated[str, Query(max_length=LONGEST_LINE, description="任何写法的电话")],
) -> RedirectResponse:
    """Lead a telephone system's pop-up to the hotline screen with the number in it; says nothing of the number itself.

    The number stands behind the #, which browsers keep to themselves: it is in no server's log from here on.
    """
    try:
        number, extension = normalise(phone)
    except NotAPhone as error:
        raise InvalidValue("不是电话号码", "Not a phone number", pointer="?phone") from error
    shown = quote(number if extension is None else f"{number}#{extension}", safe="")
    return RedirectResponse(f"/#/callers?phone={shown}", SEE_OTHER)


@router.get(
    "/v1/callers",
    operation_id="find_callers",
    summary="来电查询",
    responses=problems(401, 403, 422, 503),
)
async def callers(
    request: Request, caller: Looker, looked_for: Annotated[Wanted, Depends(wanted)]
) -> Response:
    """Give the cards of the customers that a phone, a code or a part of a name means: one, several or none."""
    runtime: Runtime = request.app.state.runtime
    body = await find_callers(runtime.database.app, caller, looked_for, runtime.clock.now())
    return Answer(OK, body).response()


async def look_up_quickly(request: Request) -> Response:
    """Answer as `callers` does where a phone alone is asked for."""
    caller = await LOOKERS(request)
    state = request.app.state
    runtime: Runtime = state.runtime
    if not hasattr(state, "look_ups"):
        settings: DeskSettings = state.settings
        road = Road(settings.look_ups_together, settings.roads, settings.road_patience_seconds)
        state.look_ups = Together(runtime.database.app, FIND_PHONES, road)
    keys = phone_keys(runtime.phones, request.query_params["phone"], "?phone")
    body = await find_phone(state.look_ups.ask, caller, keys, runtime.clock.now())
    return Answer(OK, body).response()


def _by_phone_alone(scope: Scope) -> bool:
    asked: bytes = scope["query_string"]
    return asked.startswith(b"phone=") and b"&" not in asked and len(asked) <= LONGEST_LINE


HOT = HotRoute("GET", "/v1/callers", look_up_quickly, _by_phone_alone)
