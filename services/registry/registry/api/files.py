"""Customer files over HTTP."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from chassis.http.edge import Answer, AtTheEdge, if_match
from chassis.http.paging import SortedFilters
from chassis.http.problems import problems
from chassis.transaction import Transaction
from registry.api.context import care_desk, file_eyes, person
from registry.api.customers import Keeper
from registry.api.declarations import Reader
from registry.api.files_bodies import FileChange, FilingIn
from registry.commands.customers import FileWithCenter
from registry.handlers.files import change_file, file_with_center
from registry.model.files import Layer
from registry.queries import files as shown

router = APIRouter(tags=["files"])


class FileHistoryFilters(SortedFilters):
    """Which changes of a file are listed."""

    layer: Layer | None = None
    sort: Literal["at", "-at"] | None = None


@router.get(
    "/v1/customers/{key}/file",
    operation_id="get_customer_file",
    summary="客户档案",
    responses=problems(401, 403, 404, 409, 422),
)
async def get_file(key: str, request: Request, caller: Reader, edge: AtTheEdge) -> Response:
    """Show the layers of a file that one may see; a look at a restricted one or at phones is recorded."""

    async def run(tx: Transaction) -> Answer:
        body, version = await shown.one_file(tx, key, file_eyes(request, tx, caller))
        return Answer(200, body, version)

    return await edge.write(request, caller, run)


@router.patch(
    "/v1/customers/{key}/file",
    operation_id="change_customer_file",
    summary="更新客户档案",
    responses=problems(401, 403, 404, 409, 412, 422, 428),
)
async def patch_file(
    key: str, body: FileChange, request: Request, caller: Keeper, edge: AtTheEdge
) -> Response:
    """Change layers of a file; former values are kept. A file nobody has begun has version 0."""
    command = body.command(person(caller), key, if_match(request))

    async def run(tx: Transaction) -> Answer:
        kept = await change_file(command, care_desk(request, tx, command.asker))
        body = await shown.shown_file(tx, kept, file_eyes(request, tx, caller))
        return Answer(200, body, kept.file.version)

    return await edge.write(request, caller, run)


@router.get(
    "/v1/customers/{key}/file/history",
    operation_id="get_customer_file_history",
    summary="档案变更历史",
    responses=problems(401, 403, 404, 409, 422),
)
async def get_file_history(
    key: str,
    filters: Annotated[FileHistoryFilters, Query()],
    request: Request,
    caller: Reader,
    edge: AtTheEdge,
) -> Response:
    """List what changes of a file replaced, newest first, in the layers that one may see."""

    async def run(tx: Transaction) -> Answer:
        eyes = file_eyes(request, tx, caller)
        return Answer(200, await shown.file_history(tx, key, filters.layer, eyes, filters.paging(request)))

    return await edge.write(request, caller, run)


@router.post(
    "/v1/customers/{key}/file/filings",
    status_code=201,
    operation_id="file_customer_file",
    summary="报送客户档案",
    responses=problems(400, 401, 403, 404, 409, 422),
)
async def file_file(key: str, body: FilingIn, request: Request, caller: Keeper, edge: AtTheEdge) -> Response:
    """File a file with the city's center, or pass it on to the province's; the answer says whether that is required."""
    command = FileWithCenter(person(caller), key, body.with_)

    async def run(tx: Transaction) -> Answer:
        kept, filing, required = await file_with_center(command, care_desk(request, tx, command.asker))
        return Answer(201, shown.shown_filing(filing, required, kept.file.version), kept.file.version)

    return await edge.write(request, caller, run)
