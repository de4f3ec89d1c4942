"""Calls that seats took without a network, each in a transaction of its own, each once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date

from chassis.database import Pool
from service_desk.model.seats import CaseNumber, CaseNumberTaken, SeatNotYours
from service_desk.ports.desk import Promise
from service_desk.repository.means import Means, Request
from service_desk.repository.reception import ComplaintReception

CLAIM = "SELECT claim_seat_call($1, $2, $3, $4, $5, $6)"


@dataclass(frozen=True, slots=True)
class Call:
    """A call as a seat sent it: its number, and what must be equal for it to be the same."""

    case_no: str
    number: CaseNumber
    request: Request


class CallReception(ComplaintReception):
    """Where one call of a seat is written; what its transaction keeps counts only once that is committed."""

    promise: Promise | None = None

    def _kept(self, promise: Promise) -> None:
        self.promise = promise


@asynccontextmanager
async def received_once(pool: Pool, means: Means, call: Call) -> AsyncIterator[CallReception | None]:
    """Give where a call is written, None where it has come before; raises SeatNotYours and CaseNumberTaken."""
    async with pool.acquire() as connection:
        async with connection.transaction():
            verdict = await connection.fetchval(CLAIM, *_claim(call))
            if verdict == "foreign":
                raise SeatNotYours.of(call.number.seat, call.number.day)
            if verdict == "other":
                raise CaseNumberTaken.of(call.case_no)
            fresh = CallReception(replace(means, pool=connection, together=None), call.request, _unanswered)
            yield fresh if verdict == "new" else None
        if fresh.promise is not None:
            means.keep(fresh.promise)


def _claim(call: Call) -> tuple[str, str, int, str, bytes, date]:
    request = call.request
    scope, actor = request.scope, request.moment.actor
    return scope, actor, call.number.seat, call.case_no, request.fingerprint, call.number.day


def _unanswered(_case: object) -> bytes:
    """A call is answered by what is kept of it (`seat_receipts`), each time alike; beside its key nothing is."""
    return b"{}"
