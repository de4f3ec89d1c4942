"""Reads the console's own log; what a caller reads goes through row-level security."""

from typing import Any

import asyncpg
import orjson

from chassis.clock import SHANGHAI
from chassis.database import Pool
from chassis.transaction import Transaction
from console.model import Entry, Interest

COLUMNS = """position, event_id::text, source, type, time, subject, sequence, aggregate, version, orgpath, actor,
  correlation_id, causation_id, data"""

BEHIND = f"SELECT {COLUMNS} FROM stream_log WHERE position > $1 ORDER BY position LIMIT $2"  # noqa: S608

OF_INTEREST = """(orgpath = $1 OR orgpath ^@ ($1 || '.'))
  AND (cardinality($2::text[]) + cardinality($3::text[]) = 0 OR type = ANY ($2) OR type ^@ ANY ($3))"""
IN_SPAN = f"SELECT {COLUMNS} FROM stream_log WHERE {OF_INTEREST} AND position > $5 AND position <= $6"  # noqa: S608
FORWARD = f"{IN_SPAN} ORDER BY position LIMIT $4"
BACKWARD = f"{IN_SPAN} ORDER BY position DESC LIMIT $4"
COUNTED = f"SELECT count(*) FROM (SELECT FROM stream_log WHERE {OF_INTEREST} LIMIT $4) counted"  # noqa: S608


async def last_position(pool: Pool) -> int:
    """Give the last position of the log, 0 for an empty one."""
    last: int = await pool.fetchval("SELECT COALESCE(max(position), 0) FROM stream_log")
    return last


async def behind(pool: Pool, position: int, most: int) -> list[Entry]:
    """Give what follows a position, of every organisation: for the hub, which narrows it to each subscriber."""
    return [_entry(row) for row in await pool.fetch(BEHIND, position, most)]


async def forward(tx: Transaction, interest: Interest, span: tuple[int, int], most: int) -> list[Entry]:
    """Give the first entries of interest in a span (after, up to and including), oldest first."""
    return await _wanted(tx, FORWARD, interest, span, most)


async def backward(tx: Transaction, interest: Interest, span: tuple[int, int], most: int) -> list[Entry]:
    """Give the last entries of interest in a span (after, up to and including), newest first."""
    return await _wanted(tx, BACKWARD, interest, span, most)


async def total(tx: Transaction, interest: Interest, most: int) -> int:
    """Count what is of interest in the whole log; exact up to `most`."""
    counted: int = await tx.fetchval(COUNTED, *_filter(interest), most)
    return counted


async def _wanted(
    tx: Transaction, sql: str, interest: Interest, span: tuple[int, int], most: int
) -> list[Entry]:
    rows = await tx.fetch(sql, *_filter(interest), most, *span)
    return [_entry(row) for row in rows]


def _entry(row: asyncpg.Record) -> Entry:
    return Entry(row["position"], row["type"], row["orgpath"], orjson.dumps(_document(row)))


def _document(row: asyncpg.Record) -> dict[str, Any]:
    document = {
        "specversion": "1.0",
        "position": row["position"],
        "id": row["event_id"],
        "source": row["source"],
        "type": row["type"],
        "time": row["time"].astimezone(SHANGHAI),
        "subject": row["subject"],
        "sequence": str(row["sequence"]),
        "aggregate": row["aggregate"],
        "aggregateversion": row["version"],
        "orgpath": row["orgpath"],
        "actor": row["actor"],
        "correlationid": row["correlation_id"],
        "data": orjson.Fragment(row["data"]),
    }
    if row["causation_id"]:
        document["causationid"] = row["causation_id"]
    return document


def _filter(interest: Interest) -> tuple[str, list[str], list[str]]:
    return interest.within, sorted(interest.types), list(interest.prefixes)
