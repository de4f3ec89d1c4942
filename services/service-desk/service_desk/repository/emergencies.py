"""Emergencies while they last: what was carried, and the end before time."""

from datetime import datetime
from uuid import UUID

import orjson
from asyncpg import Record

from chassis.ids import uuid7
from chassis.transaction import Transaction
from chassis.vault import Vault
from contracts import service_desk as told
from contracts.refusals import NotFound, StaleVersion
from service_desk.model.requests import EmergencyOver

ONE = """
SELECT e.id, e.version, e.situation, e.org_id, path_of(e.org_id) AS orgpath, e.from_at, e.until_at, e.ended_at, r.case_no
FROM emergencies_for($2) e LEFT JOIN service_request r ON r.id = e.service_request_id WHERE e.id = $1
"""
USE = """
INSERT INTO emergency_use (id, emergency_id, org_id, at, actor, pieces, words) VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
END = """
WITH e AS (UPDATE emergency SET ended_at = $3, version = version + 1 WHERE id = $1 AND version = $2 RETURNING id)
SELECT announce($4::jsonb) FROM e
"""


class Emergencies:
    """Emergencies of one transaction."""

    def __init__(self, tx: Transaction, vault: Vault) -> None:
        self._tx = tx
        self._vault = vault

    async def use(self, emergency_id: UUID, transport: str, pieces: int | None, org_id: str) -> UUID:
        """Record unusual transport, by its own unit; raises EmergencyOver outside the time declared."""
        row = await self._of(emergency_id)
        if not is_on(row, self._tx.now):
            raise EmergencyOver.of(row["from_at"], row["ended_at"] or row["until_at"])
        words = self._vault.seal(orjson.dumps({"transport": transport}).decode())
        use_id = uuid7()
        who, now = self._tx.moment.actor, self._tx.now
        await self._tx.execute(USE, use_id, emergency_id, org_id, now, who, pieces, words)
        return use_id

    async def end(self, emergency_id: UUID, version: int) -> None:
        """End an emergency before its time; raises StaleVersion and EmergencyOver."""
        row = await self._of(emergency_id)
        if row["ended_at"] is not None or self._tx.now >= row["until_at"]:
            raise EmergencyOver.of(row["from_at"], row["ended_at"] or row["until_at"])
        event = self._tx.event(
            told.EmergencyEnded(
                emergency_id=row["id"],
                situation=row["situation"],
                org_id=row["org_id"],
                from_at=row["from_at"],
                until_at=row["until_at"],
                ended_at=self._tx.now,
                service_request_case_no=row["case_no"],
                because=None,
            ),
            aggregate=f"emergency:{row['id']}",
            version=version + 1,
            subject=row["org_id"],
            orgpath=row["orgpath"],
        )
        encoded = self._tx.encoded([event])
        if await self._tx.fetchrow(END, emergency_id, version, self._tx.now, encoded) is None:
            raise StaleVersion(
                "应急状态已变更，请重新读取。", "The emergency has changed meanwhile; read it again."
            )

    async def owner(self, emergency_id: UUID) -> str:
        """Give the center that declared it; raises NotFound."""
        return str((await self._of(emergency_id))["org_id"])

    async def _of(self, emergency_id: UUID) -> Record:
        row = await self._tx.fetchrow(ONE, emergency_id, self._tx.caller.orgpath)
        if row is None:
            raise NotFound(f"没有应急状态{emergency_id}。", f"There is no emergency {emergency_id}.")
        return row


def is_on(row: Record, now: datetime) -> bool:
    """Tell whether unusual transport is allowed at an instant: from the beginning on, and no more at the end."""
    return bool(row["from_at"] <= now < (row["ended_at"] or row["until_at"]))
