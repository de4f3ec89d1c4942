"""A correction of usage tried over HTTP: what it would change, and nothing of it written."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import Field

from chassis.http.edge import Answer, AtTheEdge
from chassis.http.problems import problems
from chassis.transaction import Transaction
from tiering.api.usage_bodies import CorrectionsIn, RowIn
from tiering.api.usage_context import Corrector, asking
from tiering.commands.usage import FigureRow, RecordUsage
from tiering.handlers.usage import Asking, lines_in_force, record_usage
from tiering.model.months import month_text
from tiering.ports.usage import Taken
from tiering.queries import usage_dry_run as shown
from tiering.repository.usage_rows import UsageRowsInTables
from tiering.settings import DRY_RUN_ROWS_MOST

router = APIRouter(tags=["usage"])
OK = 200


class TriedIn(CorrectionsIn):
    """Rows that would replace what is on record; fewer at once than are taken, for each customer is rated twice."""

    rows: Annotated[list[RowIn], Field(min_length=1, max_length=DRY_RUN_ROWS_MOST)]


class _TakenBack(Exception):
    """Ends a try."""


@router.post(
    "/v1/usage/corrections/dry-run",
    operation_id="try_usage_correction",
    summary="试算用邮量收更正",
    responses=problems(400, 401, 403, 404, 409, 413, 422, 503),
)
async def try_correction(body: TriedIn, request: Request, caller: Corrector, edge: AtTheEdge) -> Response:
    """Give figures and provisional classes before and after a correction, and which reviews could be corrected then."""

    async def run(tx: Transaction) -> Answer:
        return Answer(OK, await _tried(body.correction(), tx, asking(request, caller, tx)))

    return await edge.write(request, caller, run)


async def _tried(command: RecordUsage, tx: Transaction, asked: Asking) -> dict[str, Any]:
    """Record what is asked for, look, and take it back."""
    usage = UsageRowsInTables(tx)
    known = await usage.known([row.customer for row in command.rows])
    customers = list(dict.fromkeys(known.values()))
    year = command.month.year
    was = await shown.figures(tx, command.month, customers)
    before = await shown.standings(tx, customers, year, asked.law)
    try:
        async with tx.connection.transaction():
            taken = await record_usage(command, asked, usage)
            becomes = await shown.figures(tx, command.month, customers)
            after = await shown.standings(tx, customers, year, asked.law)
            raise _TakenBack
    except _TakenBack:
        tried = _places(command, known, lines_in_force(asked.caller.org_id, asked.now.date(), asked.law))
    changed = list(dict.fromkeys(place[0] for place in tried.values() if was.get(place) != becomes[place]))
    return {
        "org_id": command.org_id or asked.caller.org_id,
        "month": month_text(command.month),
        **_counts(taken, command),
        "items": [
            {
                "customer": row.customer,
                "line": tried[row][1],
                "before": was.get(tried[row]),
                "after": becomes[tried[row]],
            }
            for row in command.rows
        ],
        "customers": [_moved(before[one], after[one]) for one in customers if one in before],
        "correctable": await shown.correctable(tx, changed, year),
    }


def _places(
    command: RecordUsage, known: Mapping[str, UUID], lines: Mapping[str, str]
) -> dict[FigureRow, tuple[UUID, str]]:
    """Give the customer and line of each row, which were named by code or id and by code or Chinese name."""
    return {row: (known[row.customer], lines[row.line]) for row in command.rows}


def _counts(taken: Taken, command: RecordUsage) -> dict[str, Any]:
    return {
        "rows": len(command.rows),
        "recorded": taken.new,
        "corrected": taken.tally.corrected,
        "unchanged": taken.tally.unchanged,
    }


def _moved(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    return {
        **{name: before[name] for name in ("customer_id", "customer_code", "name")},
        "before": {name: before[name] for name in ("year", "fees", "provisional")},
        "after": {name: after[name] for name in ("year", "fees", "provisional")},
    }
