"""Blind checks in the database."""

from datetime import datetime, timedelta
from uuid import UUID

from chassis import audit
from chassis.clock import technical_now
from chassis.transaction import Transaction
from registry.model.checks import Check, Limits, TooManyChecks
from registry.ports.desk import Seal
from registry.tables.checks import check_row

# Askers of one unit come one after another, so that none counts what another has not yet written.
TURN = "SELECT pg_advisory_xact_lock(hashtext('registry.checks'), hashtext($1))"
LATELY = """
    SELECT (SELECT array_agg(counted_at ORDER BY counted_at DESC) FROM blind_check
            WHERE asked_by = $1 AND counted_at > $3) AS own,
           (SELECT array_agg(counted_at ORDER BY counted_at DESC) FROM blind_check
            WHERE org_id = $2 AND counted_at > $3) AS units
"""
ADD = """
    INSERT INTO blind_check (check_id, org_id, asked_by, asked_at, asked, answered, counted_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
"""


class CheckRows:
    """Blind checks, counted by technical time: moving the business clock gives nobody more of them."""

    def __init__(self, tx: Transaction, vault: Seal, limits: Limits) -> None:
        self._tx = tx
        self._vault = vault
        self._limits = limits

    async def must_have_turn(self, asker_id: UUID, org_id: str) -> None:
        """Refuse who has asked too often of late; raises TooManyChecks."""
        await self._tx.execute(TURN, org_id)
        now = technical_now()
        row = await self._tx.fetchrow(LATELY, asker_id, org_id, now - self._limits.within)
        own, units = (row["own"] or [], row["units"] or []) if row else ([], [])
        waits = [_until(own, self._limits.person), _until(units, self._limits.unit)]
        longest = max((until for until in waits if until), default=None)
        if longest:
            raise self._refusal(longest + self._limits.within - now)

    async def add(self, check: Check) -> None:
        """Write a check, question and answer sealed, and put it on record."""
        await self._tx.execute(ADD, *check_row(check, self._vault).values(), technical_now())
        asked = check.asked
        given = {"credit_code": asked.credit_code, "phones": asked.phones, "address": asked.address}
        fields = ["name", *(field for field, value in given.items() if value)]
        await audit.record(self._tx, audit.Look("blind-check", f"check:{check.check_id}", fields))

    def _refusal(self, wait: timedelta) -> TooManyChecks:
        seconds = int(wait.total_seconds()) + 1
        return TooManyChecks(
            f"查重次数已达上限,请在 {seconds} 秒后再试;需要大量核对请报大客户中心",
            f"too many checks: try again in {seconds} seconds, or ask the center",
            extra={"retry_after": seconds},
        )


def _until(latest: list[datetime], most: int) -> datetime | None:
    """Give the moment whose going by makes room for one more, None where there is room."""
    return latest[most - 1] if len(latest) >= most else None
