"""Compensations as people read them: the amounts, every step, the same item elsewhere, and who is liable."""

from typing import Any

import orjson
from asyncpg import Record

from chassis.transaction import Transaction
from chassis.vault import Vault
from contracts.refusals import NotFound
from contracts.values import code_and_id
from service_desk.model.compensations import LiabilityAct
from service_desk.queries import cases
from service_desk.queries.readers import Reader, in_shanghai, without_absent

AMOUNTS = "SELECT amount_claimed, amount_granted, amount_paid, mail_no FROM compensation WHERE id = $1"

STEPS = """
SELECT s.step, s.at, s.actor, s.org_id, s.version, s.amount, s.because::text AS because, s.words, p.staff_no, p.name
FROM compensation_step s LEFT JOIN staff p ON p.staff_id::text = s.actor
WHERE s.compensation_id = $1 ORDER BY s.version
"""

# Other claims for the same item and cause, as far as the reader sees them: one of them at most is paid.
SAME_ITEM = """
SELECT o.case_no, o.state FROM compensation c JOIN compensation o ON o.mail_no = c.mail_no AND o.cause =
  c.cause AND o.id <> c.id
WHERE c.id = $1 ORDER BY o.received_at, o.id
"""

LIABILITY = """
SELECT l.compensation_id, l.case_no, l.state, l.version, l.round, l.amount, l.above_limit, l.paid_at,
  l.appeal_until, l.decided_at,
  l.settled_at, json_build_object('org_id', l.creditor_org_id, 'name', c.name) AS creditor,
  CASE WHEN l.decider_org_id IS NULL THEN NULL ELSE json_build_object('org_id', l.decider_org_id, 'name',
    d.name) END AS decider
FROM liability l LEFT JOIN organisation c ON c.org_id = l.creditor_org_id
LEFT JOIN organisation d ON d.org_id = l.decider_org_id
WHERE l.case_no = $1 OR l.compensation_id = $2
"""

# Row-level security leaves a charged unit its own share, and whoever has the case in scope all of them.
SHARES = """
SELECT s.link, s.org_id, o.name, s.share, s.amount FROM liability_share s LEFT JOIN organisation o USING (org_id)
WHERE s.compensation_id = $1 AND s.round = $2 ORDER BY s.link, s.org_id
"""

# A charged unit reads the steps that concern all of them, and of the appeals its own; whoever has the case in scope, all.
LIABILITY_STEPS = """
SELECT s.step, s.at, s.actor, s.org_id, s.version, NULL AS amount, s.because::text AS because, s.words, p.staff_no, p.name
FROM liability_step s JOIN liability l USING (compensation_id) LEFT JOIN staff p ON p.staff_id::text = s.actor
WHERE s.compensation_id = $1 AND (s.step <> $2 OR EXISTS (
  SELECT FROM organisation o WHERE o.org_id IN (l.org_id, l.creditor_org_id, s.org_id)
    AND (o.orgpath = $3 OR o.orgpath ^@ ($3 || '.'))))
ORDER BY s.version
"""


async def compensation(tx: Transaction, vault: Vault, reference: str, reader: Reader) -> dict[str, Any]:
    """Give a compensation whole, as far as the reader may see it; raises NotFound."""
    body = await cases.compensation(tx, vault, reference, reader)
    steps = [_step(row, vault, reader) for row in await tx.fetch(STEPS, body["id"])]
    same = [dict(row) for row in await tx.fetch(SAME_ITEM, body["id"])]
    liability = await tx.fetchrow(LIABILITY, body["case_no"], body["id"])
    return {
        **body,
        **(await _amounts(tx, body) if reader.amounts else {}),
        "steps": steps,
        "same_item": same,
        "liability": await _liability(tx, liability, reader) if liability else None,
    }


async def liability(tx: Transaction, vault: Vault, reference: str, reader: Reader) -> dict[str, Any]:
    """Give who is liable for a compensation, to those who see the case and to those charged; raises NotFound."""
    row = await tx.fetchrow(LIABILITY, *code_and_id(reference))
    if row is None:
        raise NotFound(
            f"没有索赔{reference}的责任认定。", f"There is no liability of a compensation {reference}."
        )
    asked = (row["compensation_id"], LiabilityAct.APPEAL, tx.caller.orgpath)
    steps = [_step(one, vault, reader) for one in await tx.fetch(LIABILITY_STEPS, *asked)]
    return {**await _liability(tx, row, reader), "steps": steps}


async def _amounts(tx: Transaction, body: dict[str, Any]) -> dict[str, Any]:
    row = await tx.fetchrow(AMOUNTS, body["id"])
    values = dict(row) if row else {}
    return {name: _text(value) for name, value in values.items()}


async def _liability(tx: Transaction, row: Record, reader: Reader) -> dict[str, Any]:
    shares = await tx.fetch(SHARES, row["compensation_id"], row["round"])
    amount = {"amount": str(row["amount"])} if reader.amounts else {}
    return {
        "case_no": row["case_no"],
        "state": row["state"],
        "version": row["version"],
        "above_limit": row["above_limit"],
        "creditor": orjson.loads(row["creditor"]),
        "decider": orjson.loads(row["decider"]) if row["decider"] else None,
        "paid_at": in_shanghai(row["paid_at"]),
        "appeal_until": in_shanghai(row["appeal_until"]),
        "decided_at": in_shanghai(row["decided_at"]),
        "settled_at": in_shanghai(row["settled_at"]),
        "shares": [_share(one, reader) for one in shares],
        **amount,
    }


def _share(row: Record, reader: Reader) -> dict[str, Any]:
    amount = {"amount": str(row["amount"])} if reader.amounts else {}
    share = {"link": row["link"], "org_id": row["org_id"], "name": row["name"]}
    return {**share, "share": f"{row['share'].normalize():f}", **amount}


def _step(row: Record, vault: Vault, reader: Reader) -> dict[str, Any]:
    words = without_absent(orjson.loads(vault.open(row["words"]))) if reader.texts else {}
    amount = {"amount": _text(row["amount"])} if reader.amounts and row["amount"] is not None else {}
    return {
        "step": row["step"],
        "time": in_shanghai(row["at"]),
        "version": row["version"],
        "org_id": row["org_id"],
        "actor": {"staff_id": row["actor"], "staff_no": row["staff_no"], "name": row["name"]},
        "because": orjson.loads(row["because"]),
        **amount,
        **({"words": words} if reader.texts else {}),
    }


def _text(value: object) -> str | None:
    return None if value is None else str(value)
