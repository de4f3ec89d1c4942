"""Classes of the moment, worked out past what the asker sees of other units' customers."""

from collections.abc import Mapping
from typing import Any

import orjson

from chassis.transaction import Transaction
from tiering.model.tiers import Tier
from tiering.ports.standings import Bureau, Standings
from tiering.ports.tiers import Asked, Provisional


class ProvisionalRatings:
    """Ratings of usage as it is on record, or was; `standings` hear where a place could not be read from them."""

    def __init__(self, tx: Transaction, standings: Standings | None = None) -> None:
        self._tx = tx
        self._standings = standings

    async def rate(self, asked: Asked, by_law: Mapping[str, Any]) -> Provisional | None:
        """Give the class by a law that has the customer's whole bureau; None where it does not say how often it rates."""
        row = await self._tx.fetchrow(
            "SELECT * FROM provisional_of($1, $2::jsonb, $3, $4)",
            asked.customer_id,
            orjson.dumps(by_law).decode(),
            asked.day,
            asked.known,
        )
        if row is None:
            return None
        if row["counted"] is not None and self._standings is not None:
            units = tuple(row["counted"])
            counted = Bureau(row["bureau"], units, row["reach"], row["first_month"], row["last_month"])
            self._standings.missed(counted)
        return Provisional(
            first=row["first_month"],
            last=row["last_month"],
            tier=Tier(row["scheme"], row["tier"], row["class"]),
            eligible=row["eligible"],
            because=orjson.loads(row["because"]),
        )
