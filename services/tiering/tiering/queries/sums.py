"""Fees added up, past what the asker sees of other units' customers."""

from collections.abc import Sequence
from datetime import date

from chassis.transaction import Transaction
from tiering.model.tiers import Months
from tiering.policies.reviews import last_month_before
from tiering.ports.tiers import Amounts, Asked


class UsageSums:
    """Sums over usage as it is on record."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def last_month(self, units: Sequence[str], day: date) -> date | None:
        """Give the last month up to a day that any of these units' customers has usage in."""
        month: date | None = await self._tx.fetchval("SELECT last_month_of($1, $2)", units, day)
        return month

    async def amounts(self, asked: Asked, months: Months) -> Amounts:
        """Give what a customer used, and whether it has an agreement."""
        year_last = last_month_before(months.last.replace(month=1))
        row = await self._tx.fetchrow(
            "SELECT * FROM figures_of($1, $2, $3, $4, $5, $6)",
            asked.customer_id,
            months.first,
            months.last,
            year_last.replace(month=1),
            year_last,
            asked.day,
        )
        if row is None:
            raise LookupError("a customer that was just read is not in scope")
        return Amounts(row["fees"], row["last_year_fees"], row["month_fees"], row["agreement"])

    async def rank(self, asked: Asked, units: Sequence[str], months: Months, *, ties: bool) -> int | None:
        """Give the rank among the registered customers of these units; None without fees."""
        rank: int | None = await self._tx.fetchval(
            "SELECT rank_of($1, $2, $3, $4, $5)", asked.customer_id, units, months.first, months.last, ties
        )
        return rank
