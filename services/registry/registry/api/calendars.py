"""Official calendars over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from pydantic import Field

from chassis.http.bodies import Body
from chassis.http.edge import Answer, AtTheEdge, Authenticated
from chassis.http.moments import Day
from chassis.http.problems import problems
from chassis.transaction import Transaction
from registry.api.context import law_desk, law_of, person
from registry.api.organisations import Administrator
from registry.api.texts import Text
from registry.commands.rules import ImportCalendar
from registry.handlers.calendars import import_calendar
from registry.model.calendars import ListedDay
from registry.queries.calendars import calendar
from registry.settings import DAYS_OF_A_YEAR, FIRST_YEAR, LAST_YEAR, LONGEST_TEXT

router = APIRouter(tags=["calendars"])


class DayIn(Body):
    """A day that the notice names."""

    day: Day
    workday: bool
    note: Annotated[str, Field(max_length=LONGEST_TEXT)] = ""


class CalendarIn(Body):
    """An official notice; days that it does not name follow their weekday."""

    year: Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)]
    source: Text
    days: Annotated[list[DayIn], Field(min_length=1, max_length=DAYS_OF_A_YEAR)]

    def command(self) -> ImportCalendar:
        """Give it as the registry's command."""
        days = tuple(ListedDay(one.day, one.workday, one.note) for one in self.days)
        return ImportCalendar(self.year, self.source, days)


@router.post(
    "/v1/calendars",
    status_code=201,
    operation_id="import_calendar",
    summary="导入年度节假日安排",
    responses=problems(400, 401, 403, 422),
)
async def import_(body: CalendarIn, request: Request, caller: Administrator, edge: AtTheEdge) -> Response:
    """Make a year official."""

    async def run(tx: Transaction) -> Answer:
        notice = await import_calendar(body.command(), person(caller), law_desk(request, tx))
        answer = {
            "year": notice.year,
            "state": "official",
            "source": notice.source,
            "listed": len(notice.days),
            "version": notice.version,
        }
        return Answer(201, answer, notice.version, f"/v1/calendars/{notice.year}")

    return await edge.write(request, caller, run)


@router.get(
    "/v1/calendars/{year}",
    operation_id="get_calendar",
    summary="某年日历",
    responses=problems(401, 422),
)
async def get_calendar(
    year: Annotated[int, Path(ge=FIRST_YEAR, le=LAST_YEAR)],
    request: Request,
    caller: Authenticated,
    edge: AtTheEdge,
) -> Response:
    """Show a year, official or provisional, with its source and the days that do not follow their weekday."""

    async def run(tx: Transaction) -> Answer:
        return Answer(200, await calendar(tx, law_of(request), year))

    return await edge.read(request, caller, run)
