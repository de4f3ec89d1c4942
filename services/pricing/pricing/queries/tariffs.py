"""Tariff requests as people read them: that one exists, and to few what it says."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from asyncpg import Record

from chassis import audit
from chassis.http.listing import Key, Listing, listed
from chassis.http.paging import Paging
from chassis.transaction import Transaction
from chassis.vault import Vault
from pricing.handlers.tariffs import DECIDES
from pricing.model.refusals.customers import no_such
from pricing.model.tariffs import Late, Sitting
from pricing.queries.readers import Reader, in_shanghai
from pricing.tables.tariffs import figures_of, sittings_of
from regulations.calendars import day_of

COLUMNS = """t.*, tariff_due(t.id) AS due_at, k.code AS customer_code, k.name AS customer_name"""
SOURCE = "tariff_request t LEFT JOIN customer k ON k.customer_id = t.customer_id"
ORDER = (Key("t.id", UUID, newest_first=True),)
# Whoever has to act on it has to see it: also a deputy, and the next of the chain once it has passed to them.
HELD = """EXISTS (SELECT FROM deadline d WHERE d.subject_type = 'tariff-request' AND d.subject_id = t.id::text
  AND d.state IN ('running', 'breached') AND is_held_by(d, $2, $3, $4, $5)) AS held"""
ONE = f"SELECT {COLUMNS}, {HELD} FROM {SOURCE} WHERE t.id = $1"  # noqa: S608 - a constant
FIGURES = ("discount", "standard", "reason", "said", "grounds")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What requests are listed by; an organisation with all below it; `late`: some level let its days run out."""

    state: str | None = None
    level: str | None = None
    org_id: str | None = None
    customer_id: UUID | None = None
    late: bool | None = None


async def tariff_request(
    tx: Transaction, vault: Vault, request_id: UUID, reader: Reader
) -> tuple[dict[str, Any], int]:
    """Give a request with its version, the figures where the reader may see them, which is recorded; raises NotFound."""
    row = await tx.fetchrow(
        ONE, request_id, sorted(reader.roles), reader.org_id, reader.actor, day_of(tx.now)
    )
    if row is None:
        raise no_such("资费优惠申请", "tariff request", request_id)
    sittings = sittings_of(row["levels"])
    body = _shown(row, sittings, reader)
    if not _sees_figures(row, sittings, reader):
        return body, row["version"]
    await audit.record(tx, audit.Look("tariff-figures", f"tariff-request:{request_id}", FIGURES))
    figures = figures_of(row["figures"], vault)
    said = [{"level": one.level, "outcome": one.outcome, "text": one.text} for one in figures.said]
    seen = {
        "discount": figures.discount,
        "standard": figures.standard,
        "reason": figures.reason,
        "said": said,
        "grounds": figures.because,
    }
    return {**body, **seen}, row["version"]


async def tariff_requests(tx: Transaction, wanted: Wanted, paging: Paging, reader: Reader) -> dict[str, Any]:
    """Give a page of requests of the scope, the newest first, never with figures."""
    conditions = {
        "t.state = {}": wanted.state,
        "t.level = {}": wanted.level,
        "t.customer_id = ANY ((SELECT same_customer({}))::uuid[])": wanted.customer_id,
        "is_within(t.org_id, {})": wanted.org_id,
        "jsonb_path_exists(t.levels, '$[*].late ? (@ != null)') = {}": wanted.late,
    }
    listing = Listing(SOURCE, ORDER, conditions, COLUMNS)
    return await listed(tx, listing, paging, lambda row: _shown(row, sittings_of(row["levels"]), reader))


def _sees_figures(row: Record, sittings: tuple[Sitting, ...], reader: Reader) -> bool:
    """The requesting unit, the levels that had it, whoever holds its clock, and inspectors."""
    had_it = any(
        reader.org_id == sitting.org_id and DECIDES[sitting.level] in reader.roles for sitting in sittings
    )
    return reader.is_inspector or reader.is_of_unit(row["org_id"]) or had_it or row["held"]


def _shown(row: Record, sittings: tuple[Sitting, ...], reader: Reader) -> dict[str, Any]:
    return {
        "id": row["id"],
        "version": row["version"],
        "state": row["state"],
        "customer": {
            "customer_id": row["customer_id"],
            "code": row["customer_code"],
            "name": row["customer_name"],
            "class": row["class"],
        },
        "unit": reader.unit(row["org_id"]),
        "org_id": row["org_id"],
        "lines": row["lines"],
        "level": row["level"],
        "deciding_org_id": row["deciding_org_id"],
        "requested_by": row["requested_by"],
        "requested_at": in_shanghai(row["requested_at"]),
        "level_since": in_shanghai(sittings[-1].since),
        "due_at": in_shanghai(row["due_at"]),
        "answered_by": row["answered_by"],
        "answered_at": in_shanghai(row["answered_at"]),
        "filed_with_province": row["filed_with_province"],
        "late": [sitting.level for sitting in sittings if sitting.late],
        "levels": [_level(sitting) for sitting in sittings],
        "because": orjson.loads(row["because"]),
    }


def _level(sitting: Sitting) -> dict[str, Any]:
    return {
        "level": sitting.level,
        "org_id": sitting.org_id,
        "since": in_shanghai(sitting.since),
        "until": in_shanghai(sitting.until),
        "outcome": sitting.outcome,
        "by": sitting.by,
        "late": _late(sitting.late) if sitting.late else None,
    }


def _late(late: Late) -> dict[str, Any]:
    holder = {"org_id": late.org_id, "role": late.role, "staff_id": late.staff_id}
    return {"due_at": in_shanghai(late.due_at), "holder": holder}
