"""Letting a subject's clocks stand still and run on; whether they may is decided by who asks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson

from chassis.transaction import Transaction

TO_PAUSE = "SELECT * FROM clocks_to_pause($1, $2, $3, $4, $5)"
PAUSE = "SELECT pause_deadlines($1, $2, $3, $4, $5, $6, $7::jsonb)"
RESUME = "SELECT resume_subject($1, $2, $3, $4, $5, $6::jsonb)"


@dataclass(frozen=True)
class OpenClock:
    """A running or paused clock: its pauses so far, how long they lasted together, its warnings, where its holder sits."""

    paused: bool
    pauses: int
    paused_for: timedelta
    warnings: int
    holder_org_id: str


async def open_clocks(tx: Transaction, subject: tuple[str, str], kinds: Sequence[str]) -> list[OpenClock]:
    """Give the open clocks of a subject as they stand now, what was due fired, locked until the transaction ends."""
    rows = await tx.fetch(TO_PAUSE, tx.moment.service, *subject, list(kinds), tx.now)
    return [
        OpenClock(
            row["state"] == "paused", row["pauses"], row["paused_for"], row["warnings"], row["holder_org_id"]
        )
        for row in rows
    ]


async def pause(
    tx: Transaction, subject: tuple[str, str], kinds: Sequence[str], until: datetime, note: Mapping[str, Any]
) -> int:
    """Let the running clocks of a subject stand still until an instant at the latest; gives how many.

    `note` is shown and told: who asked, who approved, and a reason that is no text of anybody's.
    """
    paused: int = await tx.fetchval(
        PAUSE, tx.moment.service, *subject, list(kinds), tx.now, until, orjson.dumps(note).decode()
    )
    return paused


async def resume(
    tx: Transaction, subject: tuple[str, str], kinds: Sequence[str], note: Mapping[str, Any]
) -> int:
    """Let the paused clocks of a subject run on; gives how many."""
    resumed: int = await tx.fetchval(
        RESUME, tx.moment.service, *subject, list(kinds), tx.now, orjson.dumps(note).decode()
    )
    return resumed
