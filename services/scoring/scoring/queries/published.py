"""Scores as they were published: the bytes that were sealed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

import orjson

from chassis.clock import SHANGHAI
from chassis.transaction import Transaction

NEWEST = """
SELECT DISTINCT ON (org_id) org_id, version, rank, body, seal, published_at, published_by FROM score
WHERE period = $1 AND org_id = ANY ($2::text[]) ORDER BY org_id, version DESC
"""


@dataclass(frozen=True, slots=True)
class Published:
    """A frozen score."""

    version: int
    rank: int | None
    body: dict[str, Any]
    seal: str
    published_at: datetime
    published_by: UUID

    @property
    def share(self) -> Fraction | None:
        """Total over what was assessed; None where nothing was."""
        assessed = Fraction(self.body["assessed"])
        return Fraction(self.body["total"]) / assessed if assessed else None


async def newest(tx: Transaction, period: str, org_ids: Sequence[str]) -> dict[str, Published]:
    """Give the newest version of each organisation's score in the transaction's scope."""
    rows = await tx.fetch(NEWEST, period, org_ids)
    return {
        row["org_id"]: Published(
            row["version"],
            row["rank"],
            orjson.loads(row["body"]),
            row["seal"],
            row["published_at"].astimezone(SHANGHAI),
            row["published_by"],
        )
        for row in rows
    }
