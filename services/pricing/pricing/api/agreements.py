"""Agreements over HTTP."""

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import Field

from chassis.auth import Caller
from chassis.http.bodies import Body
from chassis.http.edge import Answer, AtTheEdge, Edge, may
from chassis.http.moments import Day
from chassis.http.paging import Filters
from chassis.http.problems import problems
from chassis.transaction import Transaction
from pricing.api.context import CENTER, UNIT, asker, desk, reader, runtime_of
from pricing.api.texts import Customer, Line, Lines, LongText, OrgFilter, Rate, Share
from pricing.commands import DraftAgreement, LoadAgreement, MoveAgreement
from pricing.handlers import agreements
from pricing.model.agreements import Agreement, AgreementState
from pricing.ports import Desk
from pricing.queries import agreements as shown
from pricing.queries.agreements import Wanted
from pricing.settings import IMPORT_MOST, LINES_MOST, LONGEST_SETTLEMENT_DAYS

router = APIRouter(tags=["agreements"])
MOVES = problems(400, 401, 403, 404, 409, 412, 422)
OK = 200
CREATED = 201
Drafting = Annotated[Caller, Depends(may(*UNIT, *CENTER))]
Signing = Annotated[Caller, Depends(may("unit-head", *CENTER))]
Loading = Annotated[Caller, Depends(may("unit-head", *CENTER, "system"))]
Reading = Annotated[Caller, Depends(may(*UNIT, *CENTER, "finance", "inspector", "system"))]
Discounts = Annotated[dict[Line, Share], Field(max_length=LINES_MOST)]


class AgreementIn(Body):
    """An agreement: lines, days in which bills are settled, daily penalty, term, discounts by line (shares of 1)."""

    customer: Customer
    lines: Lines
    settlement_days: Annotated[int, Field(ge=0, le=LONGEST_SETTLEMENT_DAYS, strict=True)]
    penalty_rate: Rate | None = None
    starts_on: Day
    ends_on: Day | None = None
    discounts: Discounts = Field(default_factory=dict)

    def draft(self) -> DraftAgreement:
        """Give the command."""
        return DraftAgreement(
            self.customer,
            tuple(self.lines),
            self.settlement_days,
            self.starts_on,
            self.ends_on,
            {line: Decimal(share) for line, share in self.discounts.items()},
            Decimal(self.penalty_rate) if self.penalty_rate is not None else None,
        )


class SignedIn(AgreementIn):
    """An agreement that was signed before; `signed_on` absent: by the day it started."""

    signed_on: Day | None = None

    def load(self) -> LoadAgreement:
        """Give the command."""
        return LoadAgreement(self.draft(), self.signed_on)


class Load(Body):
    """Agreements to take over, all or none."""

    items: Annotated[list[SignedIn], Field(min_length=1, max_length=IMPORT_MOST)]


class Signature(Body):
    """The day it was signed; absent: today."""

    signed_on: Day | None = None


class Ending(Body):
    """Why it ends before its time."""

    reason: LongText


class AgreementFilters(Filters):
    """Which agreements are listed; an organisation stands for all below it."""

    state: AgreementState | None = None
    org_id: OrgFilter = None
    customer_id: UUID | None = None


@router.post(
    "/v1/agreements",
    status_code=CREATED,
    operation_id="draft_agreement",
    summary="起草协议",
    responses=problems(400, 401, 403, 409, 422),
)
async def draft_agreement(body: AgreementIn, request: Request, caller: Drafting, edge: AtTheEdge) -> Response:
    """Draft an agreement; it binds nobody until another has signed it."""

    async def run(tx: Transaction) -> Answer:
        drafted = await agreements.draft_agreement(body.draft(), asker(caller), desk(request, tx))
        return await _answer(request, caller, tx, drafted.id, CREATED)

    return await edge.write(request, caller, run)


@router.post(
    "/v1/agreements/import",
    status_code=CREATED,
    operation_id="load_agreements",
    summary="导入已签协议",
    responses=problems(400, 401, 403, 409, 413, 422),
)
async def load_agreements(body: Load, request: Request, caller: Loading, edge: AtTheEdge) -> Response:
    """Take over agreements that were signed before, all or none; one whose term is over has ended."""

    async def run(tx: Transaction) -> Answer:
        commands = [item.load() for item in body.items]
        loaded = await agreements.load_agreements(commands, asker(caller), desk(request, tx))
        items = [{"id": one.id, "state": one.state, "customer_id": one.customer_id} for one in loaded]
        return Answer(CREATED, {"items": items})

    return await edge.write(request, caller, run)


@router.get(
    "/v1/agreements",
    operation_id="list_agreements",
    summary="协议清单",
    responses=problems(401, 403, 422),
)
async def list_agreements(
    filters: Annotated[AgreementFilters, Query()], request: Request, caller: Reading, edge: AtTheEdge
) -> Response:
    """List agreements of the scope, the newest first; discounts are shown only one by one."""
    wanted = Wanted(**filters.conditions())

    async def run(tx: Transaction) -> Answer:
        return Answer(OK, await shown.agreements(tx, wanted, filters.paging(request)))

    return await edge.read(request, caller, run)


@router.get(
    "/v1/agreements/{agreement_id}",
    operation_id="get_agreement",
    summary="协议",
    responses=problems(401, 403, 404, 422),
)
async def get_agreement(agreement_id: UUID, request: Request, caller: Reading, edge: AtTheEdge) -> Response:
    """Give one agreement; a look at its discounts is recorded."""

    async def run(tx: Transaction) -> Answer:
        return await _answer(request, caller, tx, agreement_id, OK)

    return await edge.write(request, caller, run)


@router.post(
    "/v1/agreements/{agreement_id}/sign",
    operation_id="sign_agreement",
    summary="签订协议",
    responses=MOVES,
)
async def sign_agreement(
    agreement_id: UUID, body: Signature, request: Request, caller: Signing, edge: AtTheEdge
) -> Response:
    """Put a draft of somebody else in force."""
    command = MoveAgreement(asker(caller), agreement_id, signed_on=body.signed_on)
    return await _move(request, caller, edge, agreements.sign_agreement, command)


@router.post(
    "/v1/agreements/{agreement_id}/end",
    operation_id="end_agreement",
    summary="终止协议",
    responses=MOVES,
)
async def end_agreement(
    agreement_id: UUID, body: Ending, request: Request, caller: Signing, edge: AtTheEdge
) -> Response:
    """End an agreement before its time, with the reason."""
    command = MoveAgreement(asker(caller), agreement_id, reason=body.reason)
    return await _move(request, caller, edge, agreements.end_agreement, command)


async def _move(
    request: Request,
    caller: Caller,
    edge: Edge,
    handle: Callable[[MoveAgreement, Desk], Awaitable[Agreement]],
    command: MoveAgreement,
) -> Response:
    async def run(tx: Transaction) -> Answer:
        moved = await handle(command, desk(request, tx))
        return await _answer(request, caller, tx, moved.id, OK)

    return await edge.write(request, caller, run)


async def _answer(
    request: Request, caller: Caller, tx: Transaction, agreement_id: UUID, status: int
) -> Answer:
    vault = runtime_of(request).vault
    body, version = await shown.agreement(tx, vault, agreement_id, reader(request, caller))
    return Answer(status, body, version, f"/v1/agreements/{agreement_id}")
