"""Claims over HTTP."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import Field

from chassis.http.bodies import Body
from chassis.http.edge import Answer, AtTheEdge
from chassis.http.moments import Day, Instant
from chassis.http.paging import ListFilters
from chassis.http.problems import problems
from chassis.transaction import Transaction
from registry.api.context import OrgFilter, desk, person
from registry.api.customers import Keeper, LineFilter
from registry.api.declarations import Reader
from registry.commands.claims import ReleaseClaim, RenewClaim
from registry.handlers.renewing import release_claim, renew_claim
from registry.model.claims import ClaimState
from registry.policies.use import EvidenceKind, Named
from registry.queries import claims as shown
from registry.settings import EVIDENCE_MOST

router = APIRouter(tags=["claims"])
Refs = Annotated[tuple[UUID, ...], Field(max_length=EVIDENCE_MOST)]
MEMBERS = {
    "visits": EvidenceKind.VISIT,
    "plan_steps": EvidenceKind.PLAN_STEP,
    "attachments": EvidenceKind.ATTACHMENT,
}


class EvidenceIn(Body):
    """What shows progress on a claim: visits, moves of a development case, attachments on the customer."""

    visits: Refs = ()
    plan_steps: Refs = ()
    attachments: Refs = ()

    def named(self) -> tuple[Named, ...]:
        """Give each piece with its place."""
        return tuple(
            Named(kind, ref, f"/evidence/{member}/{place}")
            for member, kind in MEMBERS.items()
            for place, ref in enumerate(getattr(self, member))
        )


class Renewal(Body):
    """The evidence that earns a renewal."""

    evidence: EvidenceIn


class ClaimFilters(ListFilters):
    """Which claims are listed; `ending_before`: those whose window or idleness ends earlier."""

    customer_id: UUID | None = None
    org_id: OrgFilter = None
    state: ClaimState | None = None
    line: LineFilter = None
    ending_before: Instant | None = None
    valid: Day | None = None
    known: Instant | None = None
    sort: Literal["newest", "ending"] = "newest"

    def asked(self) -> dict[str, Any]:
        """Give the filters that were set."""
        return self.model_dump(exclude={"cursor", "limit", "sort"}, exclude_none=True)


@router.get("/v1/claims", operation_id="list_claims", summary="开发权清单", responses=problems(401, 403, 422))
async def list_claims(
    filters: Annotated[ClaimFilters, Query()], request: Request, caller: Reader, edge: AtTheEdge
) -> Response:
    """List claims of the scope, newest first; `sort=ending` those that end, the soonest first."""

    async def run(tx: Transaction) -> Answer:
        page, soonest = filters.paging(request), filters.sort == "ending"
        return Answer(200, await shown.claims(tx, filters.asked(), page, soonest_first=soonest))

    return await edge.read(request, caller, run)


@router.get(
    "/v1/claims/{claim_id}",
    operation_id="get_claim",
    summary="开发权及其全过程",
    responses=problems(401, 403, 404, 422),
)
async def get_claim(claim_id: UUID, request: Request, caller: Reader, edge: AtTheEdge) -> Response:
    """Show one claim with everything that was told of it, of its clocks, and of its use: the evidence in a dispute."""

    async def run(tx: Transaction) -> Answer:
        body, version = await shown.one_claim(tx, claim_id)
        return Answer(200, body, version)

    return await edge.read(request, caller, run)


@router.post(
    "/v1/claims/{claim_id}/renew",
    operation_id="renew_claim",
    summary="开发权续期",
    responses=problems(400, 401, 403, 404, 409, 412, 422),
)
async def renew(claim_id: UUID, body: Renewal, request: Request, caller: Keeper, edge: AtTheEdge) -> Response:
    """Renew a claim once, on progress of the holder's own within its window."""
    command = RenewClaim(person(caller), claim_id, body.evidence.named())

    async def run(tx: Transaction) -> Answer:
        await renew_claim(command, desk(request, tx))
        answer, version = await shown.one_claim(tx, claim_id)
        return Answer(200, answer, version)

    return await edge.write(request, caller, run)


@router.post(
    "/v1/claims/{claim_id}/release",
    operation_id="release_claim",
    summary="放弃开发权",
    responses=problems(400, 401, 403, 404, 409, 412, 422),
)
async def release(claim_id: UUID, request: Request, caller: Keeper, edge: AtTheEdge) -> Response:
    """Give a claim up before its end; with the last of them its declaration lapses."""
    command = ReleaseClaim(person(caller), claim_id)

    async def run(tx: Transaction) -> Answer:
        await release_claim(command, desk(request, tx))
        answer, version = await shown.one_claim(tx, claim_id)
        return Answer(200, answer, version)

    return await edge.write(request, caller, run)
