"""Who is calling."""

import unicodedata
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from chassis.auth import Caller
from chassis.http.edge import Answer, may
from chassis.http.problems import problems
from chassis.phones import NotAPhone, PhoneBook
from chassis.runtime import Runtime
from contracts.refusals import InvalidValue
from contracts.values import code_and_id, written_plainly
from service_desk.queries.callers import Wanted, find_callers
from service_desk.settings import LONGEST_LINE, LONGEST_REFERENCE, MOST_CARDS, SHORTEST_NAME_PART

router = APIRouter(tags=["callers"])
LOOKING_ROLES = (
    "hotline-agent",
    "account-manager",
    "unit-head",
    "center-officer",
    "center-director",
    "inspector",
)
Looker = Annotated[Caller, Depends(may(*LOOKING_ROLES))]
OK = 200
Reference = Annotated[str | None, Query(max_length=LONGEST_REFERENCE)]


async def wanted(
    request: Request,
    phone: Annotated[str | None, Query(max_length=LONGEST_LINE, description="任何写法的电话")] = None,
    code: Reference = None,
    credit_code: Reference = None,
    q: Annotated[str | None, Query(max_length=LONGEST_LINE, description="名称的一部分")] = None,
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
    return Wanted(name_part=_name_part(q or ""))


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
    body = await find_callers(runtime.database.app, caller, looked_for, runtime.clock.now(), MOST_CARDS)
    return Answer(OK, body).response()
