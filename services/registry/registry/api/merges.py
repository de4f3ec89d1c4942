"""Merging and un-merging customers over HTTP."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import Field

from chassis.auth import Caller
from chassis.http.bodies import Body
from chassis.http.edge import Answer, AtTheEdge, may
from chassis.http.paging import SortedFilters
from chassis.http.problems import problems
from chassis.transaction import Transaction
from registry.api.context import eyes, merge_desk, person
from registry.api.declarations import Reader
from registry.api.texts import LongText
from registry.commands.merges import MergeCustomers, UnmergeCustomer
from registry.handlers.merges import look_at, merge_customers
from registry.handlers.unmerging import unmerge_customer
from registry.model.merges import Evidence
from registry.model.staff import Role
from registry.queries import merges as shown
from registry.settings import EVIDENCE_MOST, LONGEST_CODE, MERGED_CLAIMS_MOST

router = APIRouter(tags=["merges"])
Center = Annotated[Caller, Depends(may(Role.CENTER_OFFICER, Role.CENTER_DIRECTOR))]
Reference = Annotated[
    str,
    Field(
        min_length=1, max_length=LONGEST_CODE, description="客户代码(可含空格、连字符、全角)或 customer_id"
    ),
]


class EvidenceIn(Body):
    """What shows that the two are one."""

    text: LongText
    attachments: Annotated[tuple[UUID, ...], Field(max_length=EVIDENCE_MOST)] = ()


class Named(Body):
    """The customer that would be merged away."""

    merged: Reference


class MergeIn(Named):
    """What is merged, why, and what shows it."""

    reason: LongText
    evidence: Annotated[list[EvidenceIn], Field(min_length=1, max_length=EVIDENCE_MOST)]


class UnmergeIn(Body):
    """Why it is undone; `claims` of the survivor, begun since, that belong to the other: without it they stay."""

    reason: LongText
    claims: Annotated[tuple[UUID, ...], Field(max_length=MERGED_CLAIMS_MOST)] = ()


class MergeFilters(SortedFilters):
    """Which merges are listed."""

    customer_id: UUID | None = None
    holds: bool | None = None
    sort: Literal["merged_at", "-merged_at"] | None = None


@router.post(
    "/v1/customers/{key}/merge/preview",
    operation_id="preview_merge",
    summary="预览客户合并",
    responses=problems(401, 403, 404, 409, 422),
)
async def preview_merge(key: str, body: Named, request: Request, caller: Center, edge: AtTheEdge) -> Response:
    """Say what merging another customer into this one would do, and what stands against it; changes nothing."""
    command = MergeCustomers(person(caller), key, body.merged, "")

    async def run(tx: Transaction) -> Answer:
        at = merge_desk(request, tx, command.asker)
        return Answer(200, await shown.preview(await look_at(command, at), at, eyes(request, caller)))

    return await edge.write(request, caller, run)


@router.post(
    "/v1/customers/{key}/merge",
    operation_id="merge_customers",
    summary="合并客户",
    responses=problems(401, 403, 404, 409, 422),
)
async def merge(key: str, body: MergeIn, request: Request, caller: Center, edge: AtTheEdge) -> Response:
    """Merge another customer into this one, which survives; its codes, names and numbers lead here from then on."""
    evidence = tuple(Evidence(one.text, one.attachments) for one in body.evidence)
    command = MergeCustomers(person(caller), key, body.merged, body.reason, evidence)

    async def run(tx: Transaction) -> Answer:
        done, survivor = await merge_customers(command, merge_desk(request, tx, command.asker))
        return Answer(
            201,
            await shown.merge_after(tx, done),
            done.version,
            f"/v1/customers/{survivor.customer_id}",
        )

    return await edge.write(request, caller, run)


@router.post(
    "/v1/customers/{key}/unmerge",
    operation_id="unmerge_customer",
    summary="撤销客户合并",
    responses=problems(401, 403, 404, 409, 422),
)
async def unmerge(key: str, body: UnmergeIn, request: Request, caller: Center, edge: AtTheEdge) -> Response:
    """Let a merged customer, named by its own code or id, stand for itself again."""
    command = UnmergeCustomer(person(caller), key, body.reason, body.claims)

    async def run(tx: Transaction) -> Answer:
        undone, _ = await unmerge_customer(command, merge_desk(request, tx, command.asker))
        return Answer(200, await shown.merge_after(tx, undone), undone.version)

    return await edge.write(request, caller, run)


@router.get(
    "/v1/merges", operation_id="list_merges", summary="客户合并清单", responses=problems(401, 403, 422)
)
async def list_merges(
    filters: Annotated[MergeFilters, Query()], request: Request, caller: Reader, edge: AtTheEdge
) -> Response:
    """List merges, undone ones too, newest first."""

    async def run(tx: Transaction) -> Answer:
        page = filters.paging(request)
        return Answer(200, await shown.merges(tx, eyes(request, caller), filters.conditions(), page))

    return await edge.read(request, caller, run)
