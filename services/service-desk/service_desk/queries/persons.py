"""Requests for erasure as people read them; what they held of the person is not shown."""

from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from asyncpg import Record

from chassis.http.listing import Key, Listing, listed
from chassis.http.paging import Paging
from chassis.transaction import Transaction
from contracts.refusals import NotFound
from service_desk.queries.readers import in_shanghai

ORDER = (
    Key("e.requested_at", datetime.fromisoformat, newest_first=True),
    Key("e.id", UUID, newest_first=True),
)
COLUMNS = """e.id, e.state, e.version, e.org_id, e.case_nos, e.requested_at, e.requested_by, e.decided_at, e.decided_by,
e.erased::text AS erased"""


async def erasures(tx: Transaction, state: str | None, paging: Paging) -> dict[str, Any]:
    """Give a page of requests, the newest first."""
    listing = Listing("person_erasure e", ORDER, {"e.state = {}": state}, COLUMNS)
    return await listed(tx, listing, paging, shown)


async def erasure(tx: Transaction, erasure_id: UUID) -> dict[str, Any]:
    """Give one request; raises NotFound."""
    row = await tx.fetchrow(f"SELECT {COLUMNS} FROM person_erasure e WHERE e.id = $1", erasure_id)  # noqa: S608
    if row is None:
        raise NotFound(f"没有删除申请{erasure_id}。", f"There is no request for erasure {erasure_id}.")
    return shown(row)


def shown(row: Record) -> dict[str, Any]:
    """Give a request as it is shown."""
    return {
        **row,
        "requested_at": in_shanghai(row["requested_at"]),
        "decided_at": in_shanghai(row["decided_at"]),
        "erased": orjson.loads(row["erased"]),
    }
