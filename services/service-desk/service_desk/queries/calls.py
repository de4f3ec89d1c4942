"""What the calls of seats were answered, and which open cases a call may be about already."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from chassis.auth import Caller
from chassis.database import Pool
from chassis.directory import Snapshot
from service_desk.queries.readers import in_shanghai
from service_desk.queries.receipts import unit

RECEIPTS = "SELECT * FROM seat_receipts($1, $2)"
DUPLICATES = "SELECT likely_duplicates($1, $2, $3, $4, $5, $6, $7, $8, $9)"


async def receipts(
    pool: Pool, actor: str, numbers: Sequence[str], law: Snapshot
) -> dict[str, dict[str, Any]]:
    """Give what the sender of some calls is answered, by case number; the same however often it is asked."""
    rows = await pool.fetch(RECEIPTS, actor, list(numbers))
    return {
        row["case_no"]: {
            "id": row["id"],
            "case_no": row["case_no"],
            "received_at": in_shanghai(row["received_at"]),
            "recorded_at": in_shanghai(row["recorded_at"]),
            "first_responder": unit(row["first_responder"], law),
            "promised": orjson.loads(row["promised"]),
        }
        for row in rows
    }


@dataclass(frozen=True, slots=True)
class Matter:
    """What a call is about: who calls, the category, the item; `key` is that of the request that may make a case of it."""

    customer_id: UUID | None
    customer_code: str | None
    phone_keys: list[str] | None
    category: str
    mail_no: str | None
    key: str | None = None


async def similar(pool: Pool, caller: Caller, matter: Matter, most: int) -> list[dict[str, Any]] | None:
    """Give the open cases a call may be about, likeliest first; None where its request was answered before."""
    found = await pool.fetchval(
        DUPLICATES,
        caller.orgpath,
        caller.actor,
        matter.key,
        matter.customer_id,
        matter.customer_code,
        matter.phone_keys,
        matter.category,
        matter.mail_no,
        most,
    )
    return None if found is None else list(orjson.loads(found))
