"""Who looked at what: entries are only added, and sealed in blocks by one background writer."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from chassis.clock import technical_now
from chassis.ids import uuid7
from chassis.transaction import Transaction

SEALING = 0x6B71  # the advisory lock of the one sealing writer
GENESIS = bytes(32)
UNSEALED = """
    SELECT e.* FROM audit_entry e LEFT JOIN audit_seal s ON s.entry_id = e.id
    WHERE s.entry_id IS NULL ORDER BY e.id LIMIT $1
"""


@dataclass(frozen=True)
class Look:
    """A look at something confidential, or an act that is to be kept: which kind, at what, at which fields."""

    kind: str
    subject: str
    fields: Sequence[str]
    detail: dict[str, Any] = field(default_factory=dict)


async def record(tx: Transaction, look: Look) -> None:
    """Write an entry in this transaction: what is not recorded is not shown."""
    await tx.execute(
        """INSERT INTO audit_entry (id, at, actor, orgpath, kind, subject, fields, detail, correlation_id)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9)""",
        uuid7(),
        tx.now,
        tx.moment.actor,
        tx.caller.orgpath,
        look.kind,
        look.subject,
        list(look.fields),
        orjson.dumps(look.detail).decode(),
        tx.moment.correlation_id,
    )


async def seal(tx: Transaction, most: int) -> int:
    """Seal up to `most` entries in the next block; gives how many. Only one writer seals at a time."""
    if not await tx.fetchval("SELECT pg_try_advisory_xact_lock($1)", SEALING):
        return 0
    entries = await tx.fetch(UNSEALED, most)
    if not entries:
        return 0
    last = await tx.fetchrow("SELECT number, digest FROM audit_block ORDER BY number DESC LIMIT 1")
    number, previous = (last["number"] + 1, last["digest"]) if last else (1, GENESIS)
    await tx.execute(
        "INSERT INTO audit_block (number, previous, digest, entries, sealed_at) VALUES ($1, $2, $3, $4, $5)",
        number,
        previous,
        digest(previous, entries),
        len(entries),
        technical_now(),
    )
    await tx.execute(
        """INSERT INTO audit_seal (entry_id, block, ordinal)
           SELECT id, $2, n FROM unnest($1::uuid[]) WITH ORDINALITY AS e(id, n)""",
        [entry["id"] for entry in entries],
        number,
    )
    return len(entries)


async def broken_blocks(tx: Transaction) -> list[int]:
    """Give the numbers of blocks that do not verify: changed or missing entries, or a broken chain."""
    previous, broken = GENESIS, []
    for block in await tx.fetch("SELECT * FROM audit_block ORDER BY number"):
        entries = await tx.fetch(
            "SELECT e.* FROM audit_seal s JOIN audit_entry e ON e.id = s.entry_id WHERE s.block = $1 ORDER BY s.ordinal",
            block["number"],
        )
        intact = block["previous"] == previous and block["entries"] == len(entries)
        if not intact or block["digest"] != digest(previous, entries):
            broken.append(block["number"])
        previous = block["digest"]
    return broken


def digest(previous: bytes, entries: Sequence[Any]) -> bytes:
    """Give the chained SHA-256 of a block's entries in their order."""
    chain = hashlib.sha256(previous)
    for entry in entries:
        values = {
            name: str(entry[name]) for name in ("id", "at", "actor", "orgpath", "kind", "subject", "fields")
        }
        values["detail"] = entry["detail"]
        values["correlation_id"] = entry["correlation_id"]
        values["at"] = str(entry["at"].timestamp())
        chain.update(orjson.dumps(values, option=orjson.OPT_SORT_KEYS))
    return chain.digest()
