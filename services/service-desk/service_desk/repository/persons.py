"""Erasure and correction of what cases hold of persons."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from asyncpg import Record

from chassis import audit
from chassis.ids import uuid7
from chassis.transaction import Transaction
from chassis.vault import NotOurs, Vault
from contracts.refusals import NotFound, StaleVersion
from service_desk.model.persons import Erasure, ErasureState, PersonErased

CASES = "SELECT type, id, case_no FROM cases_of_person($1, $2, $3) ORDER BY case_no"

ASK = """
INSERT INTO person_erasure (id, state, version, org_id, phone_keys, case_nos, requested_at, requested_by, reason)
VALUES ($1, 'requested', 1, $2, $3, $4, $5, $6, $7)
"""

# Read by the worker, whom row-level security does not bind: the scope is part of the query.
ONE = """
SELECT e.id, e.state, e.version, e.org_id, o.orgpath, e.phone_keys, e.case_nos, e.requested_by
FROM person_erasure e JOIN organisation o USING (org_id)
WHERE e.id = $1 AND (o.orgpath = $2 OR o.orgpath ^@ ($2 || '.')) FOR UPDATE OF e
"""

DECIDED = """
UPDATE person_erasure SET state = $2, version = version + 1, decided_at = $3, decided_by = $4, phone_keys =
  '{}', case_nos = $5,
  erased = $6::jsonb, reason = $7
WHERE id = $1
"""

ERASE = "SELECT erase_cases($1, $2, $3, $4)"
KEPT = "SELECT actor, key, body FROM idempotency WHERE body IS NOT NULL"
FORGET = "UPDATE idempotency SET body = $3 WHERE actor = $1 AND key = $2"

CALLER: Mapping[str, str] = {
    table: f"SELECT org_id, caller, erased_at FROM {table} WHERE id = $1 FOR UPDATE"  # noqa: S608 - names of our own
    for table in ("complaint", "compensation", "service_request")
}
WRITE: Mapping[str, str] = {
    table: f"UPDATE {table} SET caller = $2, caller_key = $3 WHERE id = $1"  # noqa: S608 - names of our own
    for table in CALLER
}
CORRECTED = """
INSERT INTO person_correction (id, case_no, org_id, fields, at, actor, reason) VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
NOTHING = "{}"


class Persons:
    """What cases hold of persons, in one transaction; erasing needs the worker's, for it reaches kept answers of others."""

    def __init__(self, tx: Transaction, vault: Vault) -> None:
        self._tx = tx
        self._vault = vault

    async def cases(self, scope: str, keys: Sequence[str], numbers: Sequence[str]) -> list[Record]:
        """Give type, id and number of the cases of a person within a scope."""
        return await self._tx.fetch(CASES, scope, list(keys), list(numbers))

    async def ask(self, org_id: str, keys: Sequence[str], numbers: Sequence[str], reason: str) -> UUID:
        """Put a request for erasure on record."""
        erasure_id = uuid7()
        sealed = self._sealed({"reason": reason})
        who, now = self._tx.moment.actor, self._tx.now
        await self._tx.execute(ASK, erasure_id, org_id, list(keys), list(numbers), now, who, sealed)
        return erasure_id

    async def get(self, erasure_id: UUID, version: int) -> Erasure:
        """Give a request in the caller's scope, locked; raises NotFound and StaleVersion."""
        row = await self._tx.fetchrow(ONE, erasure_id, self._tx.caller.orgpath)
        if row is None:
            raise NotFound(f"没有删除申请{erasure_id}。", f"There is no request for erasure {erasure_id}.")
        if row["version"] != version:
            raise StaleVersion(
                "该申请已变更，请重新读取。", "The request has changed meanwhile; read it again."
            )
        lists = {name: tuple(row[name]) for name in ("phone_keys", "case_nos")}
        return Erasure(**{**dict(row), **lists, "state": ErasureState(row["state"])})

    async def erase(self, erasure: Erasure) -> None:
        """Overwrite everything of the person in their cases, the kept answers too, and say what was overwritten."""
        found = await self.cases(erasure.orgpath, erasure.phone_keys, erasure.case_nos)
        numbers = sorted({row["case_no"] for row in found})
        blank = self._vault.seal(NOTHING)
        ids = [row["id"] for row in found]
        counted: dict[str, Any] = orjson.loads(
            await self._tx.fetchval(ERASE, ids, numbers, blank, self._tx.now)
        )
        counted["kept_answers"] = await self._forget([*numbers, *map(str, ids)])
        await self.decide(erasure, ErasureState.EXECUTED, numbers, counted)
        for row in found:
            look = audit.Look("person-erased", f"{row['type']}:{row['id']}", ["caller", "texts"])
            await audit.record(self._tx, look)

    async def decide(
        self, erasure: Erasure, state: ErasureState, numbers: Sequence[str], counted: Mapping[str, Any]
    ) -> None:
        """Close a request: its phone keys and its reason go with it."""
        encoded = orjson.dumps(counted).decode()
        who, now = self._tx.moment.actor, self._tx.now
        blank = self._vault.seal(NOTHING)
        await self._tx.execute(DECIDED, erasure.id, state, now, who, list(numbers), encoded, blank)

    async def correct(self, case: Record, changes: Mapping[str, str], key: str | None, reason: str) -> None:
        """Replace name or phone of a case's caller; the case itself, its version and its events stay."""
        table = case["type"].replace("-", "_")
        row = await self._tx.fetchrow(CALLER[table], case["id"])
        if row is None:
            raise NotFound(f"没有案件{case['case_no']}。", f"There is no case {case['case_no']}.")
        if row["erased_at"] is not None:
            raise PersonErased.of(case["case_no"])
        caller = {**orjson.loads(self._vault.open(row["caller"])), **changes}
        if "phone" not in changes:
            current = await self._tx.fetchval(f"SELECT caller_key FROM {table} WHERE id = $1", case["id"])  # noqa: S608
            key = current
        await self._tx.execute(WRITE[table], case["id"], self._sealed(caller), key)
        fields = sorted(changes)
        who, now = self._tx.moment.actor, self._tx.now
        words = self._sealed({"reason": reason})
        await self._tx.execute(CORRECTED, uuid7(), case["case_no"], row["org_id"], fields, now, who, words)
        subject = f"{case['type']}:{case['id']}"
        await audit.record(
            self._tx, audit.Look("person-corrected", subject, [f"caller.{name}" for name in fields])
        )

    async def _forget(self, names: Sequence[str]) -> int:
        """Overwrite the answers that are kept for requests about these cases; they hold names and texts."""
        named = [name.encode() for name in names]
        forgotten = 0
        async for row in self._tx.connection.cursor(KEPT):
            body = self._opened(row["body"])
            if not any(name in body for name in named):
                continue
            left = self._sealed({"erased": True})
            await self._tx.execute(FORGET, row["actor"], row["key"], left)
            forgotten += 1
        return forgotten

    def _opened(self, sealed: bytes) -> bytes:
        try:
            return self._vault.open(sealed).encode()
        except NotOurs:
            return b""

    def _sealed(self, words: Mapping[str, Any]) -> bytes:
        return self._vault.seal(orjson.dumps(dict(words)).decode())
