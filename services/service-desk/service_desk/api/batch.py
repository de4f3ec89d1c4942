"""The backlog of a seat that worked without a network: each call apart, in any order, however often it is sent."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

import asyncpg
from fastapi import APIRouter
from fastapi import Request as HttpRequest
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler, ValidationError

from chassis.auth import Caller
from chassis.clock import SHANGHAI
from chassis.directory import Snapshot, UnknownOrganisation
from chassis.encoding import dumps
from chassis.http.edge import Answer, Edge
from chassis.http.problems import item_problem, problems
from chassis.http.words import field_error
from chassis.transaction import Transaction
from contracts.refusals import Refusal
from regulations.rulebook import AmbiguousAdoption, NoLaw
from regulations.topics.complaints import CaseNumberFormat
from service_desk.api.bodies import ComplaintIn, Instant, Reference
from service_desk.api.callers import phone_keys
from service_desk.api.intake import CREATED, Counter, Taker, counter_of
from service_desk.commands import ReceiveComplaint
from service_desk.policies.numbering import seat_number
from service_desk.queries.calls import receipts
from service_desk.repository.calls import Call, received_once
from service_desk.repository.means import Request
from service_desk.settings import MOST_CALLS

router = APIRouter(tags=["seats"])
OK = 200
# What may be accepted later as it is: a seat sends it again.
PASSING = frozenset({"received-in-future", "stale-version", "unknown-post", "no-law", "request-in-progress"})


class CallIn(ComplaintIn):
    """A complaint that a seat took: its own number, and the time of the call."""

    case_no: Reference
    received_at: Instant

    def command(self, desk_org_id: str) -> ReceiveComplaint:
        """Give the command."""
        return replace(super().command(desk_org_id), case_no=self.case_no)


@dataclass(frozen=True, slots=True)
class DocumentedAs:
    """Documents what is taken as it comes by the model that it is read as later."""

    model: type[BaseModel]

    def __get_pydantic_json_schema__(self, _given: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return handler(self.model.__pydantic_core_schema__)


class BatchIn(BaseModel):
    """Calls of one's own seats. Each is checked by itself: one that is refused holds up no other."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    entries: Annotated[list[Annotated[Any, DocumentedAs(CallIn)]], Field(min_length=1, max_length=MOST_CALLS)]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a batch as far as it was understood: the call, or the problem with it."""

    index: int
    case_no: str | None
    call: CallIn | None = None
    problem: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends a batch, and what the process works with."""

    request: HttpRequest
    caller: Caller
    counter: Counter
    edge: Edge
    law: Snapshot


@router.post(
    "/v1/complaints/batch",
    operation_id="receive_batch",
    summary="离线席位补传",
    responses=problems(400, 401, 403, 409, 413, 422, 503),
)
async def receive_batch(body: BatchIn, request: HttpRequest, caller: Taker) -> Response:
    """Take the calls of one's seats, in any order and as often as they are sent; each has a result of its own.

    The clocks of a call run from the call. Sent again it is answered as the first time; its number with another content is
    refused. The `problem` of a call has a code of intake, or `case-number-invalid`, `case-number-taken`, `seat-not-yours`;
    with `retry` it may pass: the seat sends the call again.
    """
    counter = counter_of(request)
    edge: Edge = request.app.state.edge
    sender = Sender(request, caller, counter, edge, counter.runtime.directory.current)

    async def run(_tx: Transaction) -> Answer:
        # Each call is a transaction of its own, beside the one that keeps the answer of the whole.
        entries = [_read(index, given) for index, given in enumerate(body.entries)]
        taken = [await _taken(sender, entry) for entry in sorted(entries, key=_called)]
        results = await _results(sender, sorted(taken, key=lambda entry: entry.index))
        accepted = sum(one["result"] == "accepted" for one in results)
        return Answer(OK, {"items": results, "accepted": accepted, "refused": len(results) - accepted})

    async with counter.one_batch:
        return await edge.write(request, caller, run)


def _called(entry: Entry) -> tuple[float, str]:
    """Calls of one customer are told in the order in which they were made."""
    return (entry.call.received_at.timestamp(), entry.call.case_no) if entry.call else (0, "")


def _read(index: int, given: Any) -> Entry:
    case_no = given.get("case_no") if isinstance(given, dict) else None
    named = case_no if isinstance(case_no, str) and case_no.isascii() and case_no.isprintable() else None
    try:
        call = CallIn.model_validate(given)
    except ValidationError as error:
        errors = [field_error({**one, "loc": ("body", *one["loc"])}) for one in error.errors()]
        problem = {
            "code": "invalid-request",
            "zh": ";".join(f"{one['pointer']} {one['zh']}" for one in errors),
            "en": "; ".join(f"{one['pointer']} {one['en']}" for one in errors),
            "pointer": errors[0]["pointer"],
            "errors": errors,
        }
        return Entry(index, named, problem=_placed(index, problem))
    return Entry(index, call.case_no, call)


async def _taken(sender: Sender, entry: Entry) -> Entry:
    """Write one call; gives it with its problem where it was refused."""
    if entry.call is None:
        return entry
    try:
        await _take(sender, entry.call)
    except Refusal as error:
        return Entry(entry.index, entry.case_no, problem=_placed(entry.index, item_problem(error)))
    except (NoLaw, AmbiguousAdoption) as error:
        problem = {
            "code": "no-law",
            "zh": f"没有可适用的规定：{error}",
            "en": f"No provision applies: {error}",
        }
    except UnknownOrganisation:
        problem = {"code": "request-in-progress", "zh": "机构资料尚未到达，请稍后重试", "en": "Try again"}
    except asyncpg.DataError:
        problem = {
            "code": "not-storable",
            "zh": "含有无法保存的值",
            "en": "Holds a value that cannot be stored",
        }
    else:
        return entry
    return Entry(entry.index, entry.case_no, problem=_placed(entry.index, problem))


async def _take(sender: Sender, call: CallIn) -> None:
    runtime = sender.counter.runtime
    moment = sender.edge.moment(sender.request, sender.caller)
    command = call.command(sender.caller.org_id)
    called_on = call.received_at.astimezone(SHANGHAI).date()
    form = sender.law.find(CaseNumberFormat, org_id=sender.caller.org_id, day=called_on).value
    number = seat_number(form, call.case_no, called_on)
    request = Request(
        moment=moment,
        scope=sender.caller.orgpath,
        desk_org_id=sender.caller.org_id,
        key=f"seat:{call.case_no}",
        fingerprint=_print(call),
        status=CREATED,
        phone_keys=phone_keys(runtime.phones, call.caller.phone, "/caller/phone")
        if call.caller.phone
        else None,
    )
    means = sender.counter.means
    async with received_once(runtime.database.app, means, Call(call.case_no, number, request)) as reception:
        if reception is not None:
            await sender.counter.desk.receive_complaint(command, moment.now, sender.law, reception)


def _print(call: CallIn) -> bytes:
    """Give what must be equal for two entries to be the same call; fields left out are as good as their defaults."""
    return hashlib.sha256(dumps(call.model_dump(mode="json", exclude_defaults=True))).digest()


async def _results(sender: Sender, entries: Sequence[Entry]) -> list[dict[str, Any]]:
    numbers = [entry.case_no for entry in entries if entry.problem is None and entry.case_no]
    pool = sender.counter.runtime.database.app
    kept = await receipts(pool, sender.caller.actor, numbers, sender.law)
    return [
        {"index": entry.index, "case_no": entry.case_no, "result": "refused", "problem": entry.problem}
        if entry.problem is not None
        else {
            "index": entry.index,
            "case_no": entry.case_no,
            "result": "accepted",
            "complaint": kept[str(entry.case_no)],
        }
        for entry in entries
    ]


def _placed(index: int, problem: dict[str, Any]) -> dict[str, Any]:
    """Let the pointers of an entry's problem lead from the root of the request."""
    root = f"/entries/{index}"
    placed = {**problem, "retry": problem["code"] in PASSING}
    placed["pointer"] = root + placed.get("pointer", "")
    if "errors" in placed:
        placed["errors"] = [{**one, "pointer": root + one["pointer"]} for one in placed["errors"]]
    return placed
