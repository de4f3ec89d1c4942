"""Who has filed which month, and by when it was due: cities, for theirs are the clocks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import orjson
from asyncpg import Record

from chassis.clock import SHANGHAI
from chassis.directory import Snapshot, UnknownOrganisation
from chassis.http.listing import Key, Listing, listed
from chassis.http.paging import Paging
from chassis.transaction import Transaction
from regulations.rulebook import AmbiguousAdoption, NoLaw
from tiering.model.months import month_text
from tiering.model.spans import ended_before, months_between
from tiering.policies.filing import filing_term, first_duty
from tiering.queries.units import UNITS

NO_LAW: tuple[type[Exception], ...] = (NoLaw, AmbiguousAdoption, UnknownOrganisation)
CITIES = f"""
SELECT o.org_id, o.name, o.valid_from, o.valid_to, min(m.month) AS first_month, min(m.filed_at) AS first_filed_at,
  first_filing() AS anybody
FROM organisation o LEFT JOIN usage_month m ON m.org_id = o.org_id AND m.filed_at IS NOT NULL
WHERE o.kind = 'city' AND is_in_scope(o.orgpath) AND ($1::text IS NULL OR o.org_id IN {UNITS.format("$1")})
GROUP BY o.org_id
"""  # noqa: S608 - a constant
SOURCE = """(
WITH duty AS MATERIALIZED (
  SELECT * FROM jsonb_to_recordset($1::jsonb) AS d(org_id text, name text, month date, due_on date, due_at timestamptz)),
covered AS (
  SELECT up.org_id, k.month, sum(k.customers) AS customers, sum(k.reported) AS reported
  FROM unit_customers k JOIN organisation o USING (org_id)
  CROSS JOIN LATERAL unnest(string_to_array(o.orgpath, '.')) AS up(org_id)
  WHERE k.month IN (SELECT d.month FROM duty d) AND up.org_id IN (SELECT d.org_id FROM duty d) GROUP BY up.org_id, k.month)
SELECT d.org_id, d.name AS org_name, d.month, d.due_on, m.filed_at, m.missing_told_at,
  CASE WHEN m.filed_at < d.due_at THEN 'filed' WHEN m.filed_at IS NOT NULL THEN 'late'
    WHEN $2 < d.due_at THEN 'open' ELSE 'missing' END AS state,
  GREATEST((COALESCE(m.filed_at, $2) AT TIME ZONE 'Asia/Shanghai')::date - d.due_on, 0) AS days_late,
  COALESCE(c.customers, 0)::bigint AS customers, COALESCE(c.reported, 0)::bigint AS reported,
  f.id AS usage_file_id, f.name AS usage_file_name
FROM duty d LEFT JOIN usage_month m ON m.org_id = d.org_id AND m.month = d.month
LEFT JOIN covered c ON c.org_id = d.org_id AND c.month = d.month
LEFT JOIN LATERAL (
  SELECT f.id, f.name FROM usage_file f
  WHERE f.org_id = d.org_id AND f.month = d.month AND f.received_at = m.filed_at AND f.state = 'loaded'
  ORDER BY f.id LIMIT 1) f ON true) x"""
KEYS = (Key("x.month", date.fromisoformat, newest_first=True), Key("x.org_id", str))
SORTS = {
    "month": KEYS[0],
    "org_id": KEYS[1],
    "days_late": Key("x.days_late", int),
    "customers": Key("x.customers", int),
    "reported": Key("x.reported", int),
}
COUNTED = f"SELECT x.state, count(*) AS count FROM {SOURCE} GROUP BY x.state"  # noqa: S608 - a constant


class FilingState(StrEnum):
    """How a month's filing stands: in time, late, not there after the day, or not there before it."""

    FILED = "filed"
    LATE = "late"
    MISSING = "missing"
    OPEN = "open"


@dataclass(frozen=True)
class Wanted:
    """Whose filings, all below an organisation where one is named, and of which month."""

    org_id: str | None
    month: date | None


async def filings(
    tx: Transaction, wanted: Wanted, law: Snapshot, state: FilingState | None, paging: Paging
) -> dict[str, Any]:
    """Show a page of months that cities have to file, the newest first."""
    listing = Listing(
        SOURCE, KEYS, {"x.state = {}": state}, "x.*", given=await _given(tx, wanted, law), sorts=SORTS
    )
    return await listed(tx, listing, paging, _shown)


async def counted(tx: Transaction, wanted: Wanted, law: Snapshot) -> dict[str, int]:
    """Count the filings of each state."""
    rows = await tx.fetch(COUNTED, *await _given(tx, wanted, law))
    found = {row["state"]: row["count"] for row in rows}
    return {state.value: found.get(state.value, 0) for state in FilingState}


async def _given(tx: Transaction, wanted: Wanted, law: Snapshot) -> tuple[str, datetime]:
    cities = await tx.fetch(CITIES, wanted.org_id)
    duties = [duty for city in cities for duty in _duties(city, wanted.month, tx.now.date(), law)]
    return orjson.dumps(duties).decode(), tx.now


def _duties(city: Record, month: date | None, today: date, law: Snapshot) -> Sequence[Mapping[str, Any]]:
    """Give the months that a city has to file; one that never filed, from when anybody first did."""
    if city["first_filed_at"] is None and city["anybody"] is None:
        return []
    filed_at = (city["first_filed_at"] or city["anybody"]).astimezone(SHANGHAI)
    since = first_duty(city["first_month"], filed_at.date())
    ended = ended_before(today)
    months = months_between(max(since, city["valid_from"].replace(day=1)), ended)
    asked = [one for one in months if month in (None, one) and not _is_gone(city, one)]
    return [duty for one in asked if (duty := _duty(city, one, law)) is not None]


def _is_gone(city: Record, month: date) -> bool:
    return city["valid_to"] is not None and city["valid_to"] <= month


def _duty(city: Record, month: date, law: Snapshot) -> Mapping[str, Any] | None:
    try:
        due = filing_term(city["org_id"], month, law).due
    except NO_LAW:
        return None
    named = {"org_id": city["org_id"], "name": city["name"], "month": month}
    return {**named, "due_on": due.due_on, "due_at": due.due_at}


def _shown(row: Record) -> dict[str, Any]:
    filed_at, told_at = row["filed_at"], row["missing_told_at"]
    file_id = row["usage_file_id"]
    return {
        "org_id": row["org_id"],
        "org_name": row["org_name"],
        "month": month_text(row["month"]),
        "state": row["state"],
        "due_on": row["due_on"],
        "filed_at": filed_at and filed_at.astimezone(SHANGHAI),
        "usage_file": None if file_id is None else {"id": file_id, "name": row["usage_file_name"]},
        "days_late": row["days_late"],
        "customers": row["customers"],
        "reported": row["reported"],
        "told_missing_at": told_at and told_at.astimezone(SHANGHAI),
    }
