"""Disputes over HTTP: opening, evidence, giving up, lists."""

from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import Field

from chassis.auth import Caller
from chassis.http.bodies import Body
from chassis.http.edge import Answer, AtTheEdge, Edge, may
from chassis.http.moments import Instant
from chassis.http.paging import ListFilters
from chassis.http.problems import problems
from chassis.transaction import Transaction
from registry.api.context import OrgFilter, court, eyes, person
from registry.api.declarations import MOVES, Declarer
from registry.api.texts import Division, LongText, OrgId, Text
from registry.api.visits import CustomerKey
from registry.commands.asking import Asker
from registry.commands.disputes import FileEvidence, OpenDispute
from registry.handlers.disputes import file_evidence, open_dispute
from registry.model.disputes import Dispute, DisputeKind, DisputeState
from registry.model.staff import Role
from registry.ports.disputes import Court
from registry.queries import disputes as shown
from registry.queries.shown import INTERNAL
from registry.settings import ATTACHMENTS_MOST, LINES_MOST, PARTIES_MOST

router = APIRouter(tags=["disputes"])
# Evidence and appeals are the heads' (and a center's own people's, where it is a party itself).
ADVOCATES = (Role.UNIT_HEAD, Role.CENTER_OFFICER, Role.CENTER_DIRECTOR)
Advocate = Annotated[Caller, Depends(may(*ADVOCATES))]
# What sides write of each other is no open layer.
DisputeReader = Annotated[Caller, Depends(may(*sorted(INTERNAL)))]


class DisputeIn(Body):
    """What is contested: lines of a customer, by its key, or by one's declaration that was refused or is held."""

    customer: CustomerKey | None = None
    declaration_id: UUID | None = None
    kind: DisputeKind | None = None
    lines: Annotated[list[Text], Field(min_length=1, max_length=LINES_MOST)] | None = None
    org_id: OrgId | None = None
    against: Annotated[list[OrgId], Field(default_factory=list, max_length=PARTIES_MOST)]
    signed_in: Division | None = None
    arises_in: Division | None = None
    statement: LongText | None = None

    def command(self, asker: Asker) -> OpenDispute:
        """Give it as the registry's command."""
        return OpenDispute(
            asker=asker,
            customer=self.customer,
            declaration_id=self.declaration_id,
            kind=self.kind,
            lines=tuple(self.lines or ()),
            org_id=self.org_id,
            against=tuple(self.against),
            signed_in=self.signed_in,
            arises_in=self.arises_in,
            statement=self.statement,
        )


class EvidenceIn(Body):
    """What a party puts in; attachments were uploaded for the subject `dispute:{id}`."""

    text: LongText
    attachments: Annotated[list[UUID], Field(default_factory=list, max_length=ATTACHMENTS_MOST)]


class Sort(StrEnum):
    """The order of the list."""

    NEWEST = "newest"
    DUE_AT = "due_at"


class DisputeFilters(ListFilters):
    """Which disputes are listed, and in which order."""

    state: DisputeState | None = None
    kind: DisputeKind | None = None
    ruling_org_id: OrgFilter = None
    party: OrgFilter = None
    customer_id: UUID | None = None
    due_before: Instant | None = None
    sort: Sort = Sort.NEWEST


@router.post(
    "/v1/disputes",
    status_code=201,
    operation_id="open_dispute",
    summary="提出争议",
    responses=problems(400, 401, 403, 404, 409, 422),
)
async def open_(body: DisputeIn, request: Request, caller: Declarer, edge: AtTheEdge) -> Response:
    """Open a dispute; the answer names the center that rules, until when evidence is taken and when it rules."""
    command = body.command(person(caller))

    async def handle(court: Court) -> Dispute:
        return await open_dispute(command, court)

    return await moving(request, caller, edge, handle, status=201)


@router.get(
    "/v1/disputes", operation_id="list_disputes", summary="争议清单", responses=problems(401, 403, 422)
)
async def list_disputes(
    filters: Annotated[DisputeFilters, Query()], request: Request, caller: DisputeReader, edge: AtTheEdge
) -> Response:
    """List the disputes that the caller's organisation is party to or stands above."""

    async def run(tx: Transaction) -> Answer:
        page = filters.paging(request)
        return Answer(200, await shown.disputes(tx, eyes(request, caller), filters.conditions(), page))

    return await edge.read(request, caller, run)


@router.get(
    "/v1/disputes/{dispute_id}",
    operation_id="get_dispute",
    summary="争议",
    responses=problems(401, 403, 404, 422),
)
async def get_dispute(dispute_id: UUID, request: Request, caller: DisputeReader, edge: AtTheEdge) -> Response:
    """Show one dispute with its steps, and of the evidence what the caller may see."""

    async def run(tx: Transaction) -> Answer:
        body, version = await shown.one_dispute(tx, dispute_id, eyes(request, caller))
        return Answer(200, body, version)

    return await edge.read(request, caller, run)


@router.post(
    "/v1/disputes/{dispute_id}/evidence",
    status_code=201,
    operation_id="file_dispute_evidence",
    summary="举证",
    responses=MOVES,
)
async def evidence(
    dispute_id: UUID, body: EvidenceIn, request: Request, caller: Advocate, edge: AtTheEdge
) -> Response:
    """Put a party's evidence in; what comes after the time for it is marked late."""
    command = FileEvidence(person(caller), dispute_id, body.text, tuple(body.attachments))

    async def handle(court: Court) -> Dispute:
        return await file_evidence(command, court)

    return await moving(request, caller, edge, handle, status=201)


async def moving(
    request: Request,
    caller: Caller,
    edge: Edge,
    handle: Callable[[Court], Awaitable[Dispute]],
    *,
    status: int,
) -> Response:
    """Run a command on a dispute, and show it as it then is."""

    async def run(tx: Transaction) -> Answer:
        moved = await handle(court(request, tx))
        body = await shown.with_file(tx, moved, eyes(request, caller))
        return Answer(status, body, moved.version, f"/v1/disputes/{moved.dispute_id}")

    return await edge.write(request, caller, run)
