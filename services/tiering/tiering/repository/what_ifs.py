"""What-ifs as rows; they are told to nobody."""

from uuid import UUID

import orjson

from chassis.transaction import Transaction
from contracts.refusals import NotFound
from tiering.model.what_ifs import WhatIf
from tiering.ports.what_ifs import NewWhatIf
from tiering.tables.what_ifs import HEAD, what_if_of, written

MADE = """
INSERT INTO what_if (id, center_org_id, org_id, name, year, valid_from, as_of, base_id, base_name, layers, changes, law,
  made_by, made_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::json, $11::json, $12::json, $13, $14)
"""
# One at a time for each center: the name is free, and there is room.
HELD = "SELECT pg_advisory_xact_lock(hashtextextended('what-if of ' || $1, 0))"
TABLES = ("what_if_mover", "what_if_flow")


class WhatIfRows:
    """What-ifs as a center writes them."""

    def __init__(self, tx: Transaction, timeout_ms: int) -> None:
        self._tx = tx
        self._timeout_ms = timeout_ms

    async def hold(self, center_org_id: str) -> None:
        """Let no other what-if of the center be made until the transaction ends."""
        await self._tx.take_time(self._timeout_ms)
        await self._tx.fetchval(HELD, center_org_id)

    async def count(self, center_org_id: str) -> int:
        """Count those that the center keeps."""
        kept: int = await self._tx.fetchval(
            "SELECT count(*) FROM what_if WHERE center_org_id = $1", center_org_id
        )
        return kept

    async def named(self, center_org_id: str, name: str) -> UUID | None:
        """Give the one of this name, if the center has one."""
        found: UUID | None = await self._tx.fetchval(
            "SELECT id FROM what_if WHERE center_org_id = $1 AND name = $2", center_org_id, name
        )
        return found

    async def get(self, what_if_id: UUID, pointer: str | None = None) -> WhatIf:
        """Give one; raises NotFound, with the place in the request that names it."""
        row = await self._tx.fetchrow(f"SELECT {HEAD}, layers FROM what_if WHERE id = $1", what_if_id)  # noqa: S608
        if row is None:
            raise NotFound("没有这个假设测算。", "There is no such what-if.", pointer=pointer)
        return what_if_of(row)

    async def run(self, new: NewWhatIf) -> None:
        """Work it out and save it."""
        law = {"base": new.base_sheet["laws"], "draft": new.draft_sheet["laws"]}
        await self._tx.execute(
            MADE,
            new.id,
            new.center_org_id,
            new.org_id,
            new.name,
            new.year,
            new.valid_from,
            new.made_at.date(),
            new.base.id if new.base else None,
            new.base.name if new.base else None,
            orjson.dumps(written(new.layers)).decode(),
            orjson.dumps(list(new.changes)).decode(),
            orjson.dumps(law).decode(),
            new.made_by,
            new.made_at,
        )
        await self._tx.execute(
            "SELECT run_what_if($1, $2::jsonb, $3::jsonb)",
            new.id,
            orjson.dumps(new.base_sheet).decode(),
            orjson.dumps(new.draft_sheet).decode(),
        )

    async def remove(self, what_if: WhatIf) -> None:
        """Remove it with everything it found."""
        for table in TABLES:
            await self._tx.execute(f"DELETE FROM {table} WHERE what_if_id = $1", what_if.id)  # noqa: S608
        await self._tx.execute("DELETE FROM what_if WHERE id = $1", what_if.id)
