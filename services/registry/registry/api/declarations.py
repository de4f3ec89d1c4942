"""Declarations over HTTP."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from chassis.auth import Caller
from chassis.http.bodies import Body
from chassis.http.edge import Answer, AtTheEdge, Edge, may
from chassis.http.paging import SortedFilters
from chassis.http.problems import problems
from chassis.transaction import Transaction
from registry.api.context import OrgFilter, Q, court, desk, eyes, law_of, person
from registry.api.forms import Annex1In, DeclarationIn
from registry.api.texts import LongText
from registry.commands.declaring import ApproveDeclaration, DecideDeclaration, FileAnnex1
from registry.handlers.decisions import (
    accept_declaration,
    file_annex_1,
    refuse_declaration,
    return_declaration,
    withdraw_declaration,
)
from registry.handlers.declarations import submit_declaration
from registry.handlers.registration import approve_declaration
from registry.handlers.territory import open_by_territory
from registry.model.declarations import Declaration, DeclarationState
from registry.model.staff import Role
from registry.ports.desk import Desk
from registry.queries import declarations as shown

router = APIRouter(tags=["declarations"])
DECIDERS = (Role.CENTER_OFFICER, Role.CENTER_DIRECTOR)
DECLARERS = (Role.ACCOUNT_MANAGER, Role.UNIT_HEAD, *DECIDERS)
READERS = tuple(role for role in Role if role is not Role.ADMINISTRATOR)
Declarer = Annotated[Caller, Depends(may(*DECLARERS))]
Decider = Annotated[Caller, Depends(may(*DECIDERS))]
Reader = Annotated[Caller, Depends(may(*READERS))]
MOVES = problems(400, 401, 403, 404, 409, 412, 422)


class Reasoned(Body):
    """A decision with its reason."""

    reason: LongText


class Withdrawal(Body):
    """A withdrawal; the reason is optional."""

    reason: LongText | None = None


class Approval(Body):
    """Who manages the customer; only a director may overload a manager, with a reason."""

    manager_id: UUID | None = None
    override_reason: LongText | None = None


class DeclarationFilters(SortedFilters):
    """Which declarations are listed."""

    state: DeclarationState | None = None
    org_id: OrgFilter = None
    q: Q = None
    sort: Literal["name", "-name", "submitted_at", "-submitted_at", "state", "-state"] | None = None


@router.post(
    "/v1/declarations",
    status_code=201,
    operation_id="submit_declaration",
    summary="申报大客户",
    responses=problems(400, 401, 403, 404, 409, 422),
)
async def submit(body: DeclarationIn, request: Request, caller: Declarer, edge: AtTheEdge) -> Response:
    """Declare a customer; the answer says at once whether it is refused, held, protected or filed."""
    command = body.command(caller)

    async def run(tx: Transaction) -> Answer:
        declared = await submit_declaration(command, desk(request, tx))
        opened = await open_by_territory(declared, body.places(), command.asker, court(request, tx))
        return await _answer(
            request, caller, tx, declared, status=201, dispute_id=opened and opened.dispute_id
        )

    return await edge.write(request, caller, run)


@router.get(
    "/v1/declarations",
    operation_id="list_declarations",
    summary="申报清单",
    responses=problems(401, 403, 422),
)
async def list_declarations(
    filters: Annotated[DeclarationFilters, Query()], request: Request, caller: Reader, edge: AtTheEdge
) -> Response:
    """List declarations of the scope, newest first."""
    masked = replace(eyes(request, caller), full=False)

    async def run(tx: Transaction) -> Answer:
        page = filters.paging(request)
        return Answer(200, await shown.declarations(tx, masked, filters.conditions(), page))

    return await edge.read(request, caller, run)


@router.get(
    "/v1/declarations/{declaration_id}",
    operation_id="get_declaration",
    summary="申报",
    responses=problems(401, 403, 404, 422),
)
async def get_declaration(
    declaration_id: UUID, request: Request, caller: Reader, edge: AtTheEdge
) -> Response:
    """Show one declaration; the look at personal data is recorded."""

    async def run(tx: Transaction) -> Answer:
        body = await shown.one_declaration(tx, declaration_id, eyes(request, caller))
        return Answer(200, body, body["version"])

    return await edge.write(request, caller, run)


@router.get(
    "/v1/declarations/{declaration_id}/candidates",
    operation_id="list_candidates",
    summary="疑似相同的客户",
    responses=problems(401, 403, 404, 422),
)
async def list_candidates(
    declaration_id: UUID, request: Request, caller: Decider, edge: AtTheEdge
) -> Response:
    """Show the center what a held declaration resembles, with scores and reasons."""

    async def run(tx: Transaction) -> Answer:
        return Answer(200, await shown.candidates(tx, declaration_id, law_of(request)))

    return await edge.read(request, caller, run)


@router.post(
    "/v1/declarations/{declaration_id}/annex-1",
    operation_id="file_annex_1",
    summary="报送注册表",
    responses=MOVES,
)
async def file_form(
    declaration_id: UUID, body: Annex1In, request: Request, caller: Declarer, edge: AtTheEdge
) -> Response:
    """File the registration form of a protected declaration."""
    command = FileAnnex1(person(caller), declaration_id, body.form())
    return await _move(request, caller, edge, lambda desk: file_annex_1(command, desk))


@router.post(
    "/v1/declarations/{declaration_id}/approve",
    operation_id="approve_declaration",
    summary="批准注册",
    responses=MOVES,
)
async def approve(
    declaration_id: UUID, body: Approval, request: Request, caller: Decider, edge: AtTheEdge
) -> Response:
    """Register the customer under a new code."""
    command = ApproveDeclaration(person(caller), declaration_id, body.manager_id, body.override_reason)
    return await _move(request, caller, edge, lambda desk: approve_declaration(command, desk))


@router.post(
    "/v1/declarations/{declaration_id}/return",
    operation_id="return_declaration",
    summary="退回注册表",
    responses=MOVES,
)
async def give_back(
    declaration_id: UUID, body: Reasoned, request: Request, caller: Decider, edge: AtTheEdge
) -> Response:
    """Give annex 1 back to the unit."""
    command = DecideDeclaration(person(caller), declaration_id, body.reason)
    return await _move(request, caller, edge, lambda desk: return_declaration(command, desk))


@router.post(
    "/v1/declarations/{declaration_id}/refuse",
    operation_id="refuse_declaration",
    summary="不同意",
    responses=MOVES,
)
async def refuse(
    declaration_id: UUID, body: Reasoned, request: Request, caller: Decider, edge: AtTheEdge
) -> Response:
    """Refuse a held or filed declaration."""
    command = DecideDeclaration(person(caller), declaration_id, body.reason)
    return await _move(request, caller, edge, lambda desk: refuse_declaration(command, desk))


@router.post(
    "/v1/declarations/{declaration_id}/accept",
    operation_id="accept_declaration",
    summary="确认可以开发",
    responses=MOVES,
)
async def accept(
    declaration_id: UUID, body: Reasoned, request: Request, caller: Decider, edge: AtTheEdge
) -> Response:
    """Clear a held declaration: another firm, or a supporting unit for a free line."""
    command = DecideDeclaration(person(caller), declaration_id, body.reason)
    return await _move(request, caller, edge, lambda desk: accept_declaration(command, desk))


@router.post(
    "/v1/declarations/{declaration_id}/withdraw",
    operation_id="withdraw_declaration",
    summary="撤回申报",
    responses=MOVES,
)
async def withdraw(
    declaration_id: UUID, body: Withdrawal, request: Request, caller: Declarer, edge: AtTheEdge
) -> Response:
    """Take one's own declaration back."""
    command = DecideDeclaration(person(caller), declaration_id, body.reason)
    return await _move(request, caller, edge, lambda desk: withdraw_declaration(command, desk))


async def _move(
    request: Request, caller: Caller, edge: Edge, handle: Callable[[Desk], Awaitable[Declaration]]
) -> Response:
    async def run(tx: Transaction) -> Answer:
        declared = await handle(desk(request, tx))
        return await _answer(request, caller, tx, declared, status=200)

    return await edge.write(request, caller, run)


async def _answer(
    request: Request, caller: Caller, tx: Transaction, declared: Declaration, *, status: int, **more: object
) -> Answer:
    body = await shown.declaration_after(tx, declared, eyes(request, caller))
    body |= {name: value for name, value in more.items() if value is not None}
    return Answer(status, body, declared.version, f"/v1/declarations/{declared.declaration_id}")
