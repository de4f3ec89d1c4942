"""Requests of persons: erasure, asked for by one and executed by another, and correction."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import Field, model_validator

from chassis.auth import Caller
from chassis.http.bodies import Body
from chassis.http.edge import Answer, AtTheEdge, Edge, if_match, may
from chassis.http.paging import ListFilters
from chassis.http.problems import problems
from chassis.runtime import Runtime
from chassis.transaction import Transaction
from contracts.refusals import InvalidValue, MakerIsChecker, NotFound
from service_desk.api.bodies import Line, Phone, Reference, Text
from service_desk.api.callers import phone_keys
from service_desk.api.complaints import HANDLING_ROLES, OK
from service_desk.api.intake import CREATED
from service_desk.model.persons import Erasure, ErasureDecided, ErasureState, NothingToErase
from service_desk.queries import persons as read
from service_desk.repository.persons import Persons
from service_desk.settings import MOST_NAMED

router = APIRouter(tags=["persons"])
Center = Annotated[Caller, Depends(may("center-officer", "center-director"))]
Director = Annotated[Caller, Depends(may("center-director"))]
Looker = Annotated[Caller, Depends(may("center-officer", "center-director", "inspector"))]
Taker = Annotated[Caller, Depends(may("hotline-agent", *HANDLING_ROLES))]
CHANGES = problems(400, 401, 403, 404, 409, 412, 413, 422, 428, 503)


class ErasureIn(Body):
    """Whose data: by the number they called from, by their cases, or both; and the request on record."""

    phone: Phone | None = None
    case_nos: Annotated[tuple[Reference, ...], Field(max_length=MOST_NAMED)] = ()
    reason: Text

    @model_validator(mode="after")
    def names_somebody(self) -> "ErasureIn":
        """Refuse a request about nobody."""
        if self.phone is None and not self.case_nos:
            raise ValueError("请给出电话或案件编号 | give a phone or case numbers")
        return self


class CorrectionIn(Body):
    """The right name or phone of a case's caller, and the request on record."""

    case_no: Reference
    phone: Phone | None = None
    name: Line | None = None
    reason: Text

    @model_validator(mode="after")
    def corrects_something(self) -> "CorrectionIn":
        """Refuse a correction of nothing."""
        if self.phone is None and self.name is None:
            raise ValueError("请给出更正后的电话或姓名 | give the right phone or name")
        return self


class ErasureFilters(ListFilters):
    """What requests are listed by."""

    state: ErasureState | None = None


@router.post(
    "/v1/persons/erasures",
    status_code=CREATED,
    operation_id="request_erasure",
    summary="登记删除个人信息的申请",
    responses=problems(400, 401, 403, 409, 413, 422, 503),
)
async def request_erasure(body: ErasureIn, request: Request, caller: Center, edge: AtTheEdge) -> Response:
    """Put a person's request on record, with the cases that it is about; another person executes it."""
    runtime: Runtime = request.app.state.runtime
    keys = _own_keys(runtime, body)

    async def run(tx: Transaction) -> Answer:
        persons = Persons(tx, runtime.vault)
        found = await persons.cases(caller.orgpath, keys, body.case_nos)
        if not found or set(body.case_nos) - {row["case_no"] for row in found}:
            raise NothingToErase.of()
        numbers = sorted({row["case_no"] for row in found})
        asked = await persons.ask(caller.org_id, keys, numbers, body.reason)
        return Answer(
            CREATED, await read.erasure(tx, asked), etag=1, location=f"/v1/persons/erasures/{asked}"
        )

    return await edge.write(request, caller, run)


@router.post(
    "/v1/persons/erasures/{erasure_id}/execute",
    operation_id="execute_erasure",
    summary="执行删除个人信息",
    responses=CHANGES,
)
async def execute_erasure(erasure_id: UUID, request: Request, caller: Director, edge: AtTheEdge) -> Response:
    """Overwrite callers, texts, steps, attachments and kept answers of the cases; they, their clocks and events stay."""
    runtime: Runtime = request.app.state.runtime

    async def execute(persons: Persons, erasure: Erasure) -> None:
        await persons.erase(erasure)

    return await _decide(Deciding(erasure_id, request, caller, edge), runtime, execute)


@router.post(
    "/v1/persons/erasures/{erasure_id}/refuse",
    operation_id="refuse_erasure",
    summary="驳回删除个人信息的申请",
    responses=CHANGES,
)
async def refuse_erasure(erasure_id: UUID, request: Request, caller: Director, edge: AtTheEdge) -> Response:
    """Refuse a request: nothing is erased; the number it named is not kept."""
    runtime: Runtime = request.app.state.runtime

    async def refuse(persons: Persons, erasure: Erasure) -> None:
        await persons.decide(erasure, ErasureState.REFUSED, erasure.case_nos, {})

    return await _decide(Deciding(erasure_id, request, caller, edge), runtime, refuse)


@router.get(
    "/v1/persons/erasures",
    operation_id="list_erasures",
    summary="删除申请清单",
    responses=problems(401, 403, 422),
)
async def list_erasures(
    asked: Annotated[ErasureFilters, Query()], request: Request, caller: Looker, edge: AtTheEdge
) -> Response:
    """List requests for erasure with what became of them, the newest first."""

    async def run(tx: Transaction) -> Answer:
        return Answer(OK, await read.erasures(tx, asked.state, asked.paging(request)))

    return await edge.read(request, caller, run)


@router.post(
    "/v1/persons/corrections",
    status_code=CREATED,
    operation_id="correct_person",
    summary="更正来电人信息",
    responses=problems(400, 401, 403, 404, 409, 413, 422, 503),
)
async def correct_person(body: CorrectionIn, request: Request, caller: Taker, edge: AtTheEdge) -> Response:
    """Correct name or phone of a case's caller; who did it and which fields stay on record."""
    runtime: Runtime = request.app.state.runtime
    keys = phone_keys(runtime.phones, body.phone, "/phone") if body.phone else []
    changes = {name: value for name, value in (("phone", body.phone), ("name", body.name)) if value}

    async def run(tx: Transaction) -> Answer:
        persons = Persons(tx, runtime.vault)
        found = await persons.cases(caller.orgpath, [], [body.case_no])
        if not found:
            raise NotFound(f"没有案件{body.case_no}。", f"There is no case {body.case_no}.")
        await persons.correct(found[0], changes, keys[0] if keys else None, body.reason)
        return Answer(CREATED, {"case_no": body.case_no, "corrected": sorted(changes)})

    return await edge.write(request, caller, run)


def _own_keys(runtime: Runtime, body: ErasureIn) -> list[str]:
    """Give the key of a number that is a person's own; raises InvalidValue for an extension, which shares its number."""
    keys = phone_keys(runtime.phones, body.phone, "/phone") if body.phone else []
    if len(keys) > 1:
        raise InvalidValue(
            "总机号码由多人共用，分机请改用案件编号",
            "An extension shares its number with others; name the cases instead",
            pointer="/phone",
        )
    return keys


@dataclass(frozen=True, slots=True)
class Deciding:
    """A request to decide about an erasure."""

    erasure_id: UUID
    request: Request
    caller: Caller
    edge: Edge


async def _decide(
    asked: Deciding, runtime: Runtime, act: Callable[[Persons, Erasure], Awaitable[None]]
) -> Response:
    """Decide as another person than the one who asked; past row-level security, for kept answers are their askers'."""
    version = if_match(asked.request)

    async def run(tx: Transaction) -> Answer:
        persons = Persons(tx, runtime.vault)
        erasure = await persons.get(asked.erasure_id, version)
        if erasure.state is not ErasureState.REQUESTED:
            raise ErasureDecided.of(erasure.state)
        if erasure.requested_by == asked.caller.actor:
            raise MakerIsChecker.of()
        await act(persons, erasure)
        return Answer(OK, await read.erasure(tx, asked.erasure_id), etag=version + 1)

    return await asked.edge.write(asked.request, asked.caller, run, as_worker=True)
