"""Scores of bureaus: the ranking, one score with its lines, and publishing a quarter."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response
from pydantic import Field

from chassis.auth import Caller
from chassis.http.bodies import Body
from chassis.http.edge import Answer, AtTheEdge, Authenticated, may
from chassis.http.paging import page
from chassis.http.problems import problems
from chassis.runtime import Runtime
from chassis.transaction import Transaction
from scoring.commands import PublishScores
from scoring.handlers.publishing import Post, publish_scores
from scoring.handlers.scoring import Asked
from scoring.model.periods import quarters_of
from scoring.model.refusals import InvalidPeriod
from scoring.model.sheets import Sheet
from scoring.queries.scores import Board, Entry, Version
from scoring.queries.sheets import Sheets, steady
from scoring.repository.publications import Publishing
from scoring.settings import LONGEST_PERIOD, LONGEST_REFERENCE

router = APIRouter(tags=["scores"])
OK = 200
CREATED = 201
Period = Annotated[str, Query(max_length=LONGEST_PERIOD, description="考评期，如 2026Q3；年度如 2026")]
Wanted = Annotated[
    Version | None,
    Query(description="published：通报时的分数；provisional：按现有事实算出的；缺省时已通报的给通报时的"),
]
Publisher = Annotated[Caller, Depends(may("center-director"))]


class PublishIn(Body):
    """Which quarter is circulated."""

    period: str = Field(max_length=LONGEST_PERIOD, examples=["2026Q3"])

    def command(self) -> PublishScores:
        """Give the command; raises InvalidPeriod."""
        quarters = quarters_of(self.period, "/period")
        if len(quarters) != 1:
            raise InvalidPeriod.of(self.period, "/period")
        return PublishScores(quarters[0])


@router.get(
    "/v1/scores",
    operation_id="list_scores",
    summary="市州局考评排名",
    responses=problems(401, 409, 422),
)
async def list_scores(
    period: Period, request: Request, caller: Authenticated, edge: AtTheEdge, version: Wanted = None
) -> Response:
    """Give the bureaus of the caller's scope with totals, shares and ranks, the best first."""
    quarters = quarters_of(period)

    async def run(tx: Transaction) -> Answer:
        board = board_of(request, caller, tx, version)
        entries = await board.of(quarters, period)
        return Answer(OK, page([_brief(entry, board) for entry in entries], None, len(entries)))

    return await edge.read(request, caller, run)


@router.get(
    "/v1/scores/{org_id}/{period}",
    operation_id="get_score",
    summary="一个市州局的考评",
    responses=problems(401, 404, 409, 422),
)
async def get_score(
    org_id: Annotated[str, Path(max_length=LONGEST_REFERENCE)],
    period: Annotated[str, Path(max_length=LONGEST_PERIOD)],
    request: Request,
    caller: Authenticated,
    edge: AtTheEdge,
    version: Wanted = None,
) -> Response:
    """Give one bureau's score with every line, its figures, its reasons and the events behind it."""
    quarters = quarters_of(period, "/period")

    async def run(tx: Transaction) -> Answer:
        board = board_of(request, caller, tx, version)
        entry = await board.one(org_id, quarters, period)
        return Answer(OK, entry.to_json(board.law), etag=entry.beside["version"])

    return await edge.read(request, caller, run)


@router.post(
    "/v1/scores/publish",
    status_code=CREATED,
    operation_id="publish_scores",
    summary="通报季度考评",
    responses=problems(400, 401, 403, 409, 413, 422, 503),
)
async def publish(body: PublishIn, request: Request, caller: Publisher, edge: AtTheEdge) -> Response:
    """Freeze the scores of a quarter that is over, and circulate them."""
    command = body.command()
    runtime: Runtime = request.app.state.runtime
    law = runtime.directory.current

    async def run(tx: Transaction) -> Answer:
        async def work_out(asked: Sequence[Asked]) -> list[Sheet]:
            async with steady(runtime, tx.moment) as reading:
                return await sheets_of(request).of(reading, law, asked)

        post = Post(caller.org_id, UUID(caller.staff_id), tx.now)
        await publish_scores(command, post, law, work_out, Publishing(tx, law))
        board = board_of(request, caller, tx, None)
        entries = await board.of((command.quarter,), str(command.quarter))
        return Answer(CREATED, page([_brief(entry, board) for entry in entries], None, len(entries)))

    return await edge.write(request, caller, run)


def sheets_of(request: Request) -> Sheets:
    """Give what this process remembers of scores."""
    sheets: Sheets = request.app.state.sheets
    return sheets


def board_of(request: Request, caller: Caller, tx: Transaction, version: Version | None) -> Board:
    """Give what a caller reads scores with."""
    runtime: Runtime = request.app.state.runtime
    return Board(runtime, sheets_of(request), caller, tx, version)


def _brief(entry: Entry, board: Board) -> dict[str, Any]:
    """Give a score for a ranking: of its lines the points alone, null where not assessed."""
    whole = entry.to_json(board.law)
    lines = whole.pop("lines", None)
    if lines is not None:
        whole["points"] = {line["item"]: line["points"] if line["assessed"] else None for line in lines}
    return whole
