"""Complaints and compensations as people read them."""

from typing import Any

import orjson
from asyncpg import Record

from chassis.transaction import Transaction
from chassis.vault import Vault
from contracts.refusals import NotFound
from contracts.values import code_and_id
from service_desk.model.cases import Move
from service_desk.queries import attachments, promised, repeats
from service_desk.queries.phones import shown_phone
from service_desk.queries.readers import Reader, in_shanghai, without_absent

PARTS = """
(SELECT g.because FROM case_ground g WHERE g.digest = c.ground) AS because,
json_build_object('org_id', c.first_responder_org_id, 'name', f.name) AS first_responder,
CASE WHEN k.customer_id IS NULL THEN NULL ELSE json_build_object('customer_id', k.customer_id, 'code', k.code,
  'name', k.name, 'class', class_of(k), 'vip', c.vip) END AS customer
"""

COMPLAINT = f"""
SELECT c.*, json_build_object('org_id', c.handler_org_id, 'name', h.name) AS handler,
  (SELECT json_agg(json_build_object('org_id', u.org_id, 'name', o.name) ORDER BY u.place)
   FROM unnest(c.first_responder_org_id || c.raised_to) WITH ORDINALITY u (org_id, place)
   LEFT JOIN organisation o USING (org_id)) AS handlers,
  complaint_clocks(c.id, $3) AS deadlines, {PARTS}
FROM complaint c
LEFT JOIN organisation f ON f.org_id = c.first_responder_org_id
LEFT JOIN organisation h ON h.org_id = c.handler_org_id
LEFT JOIN customer k ON k.customer_id = c.customer_id
WHERE c.case_no = $1 OR c.id = $2
"""  # noqa: S608 - a constant

COMPENSATION = f"""
SELECT c.*, clocks_of('compensation', c.id::text) AS deadlines, {PARTS}
FROM compensation c
LEFT JOIN organisation f ON f.org_id = c.first_responder_org_id
LEFT JOIN customer k ON k.customer_id = c.customer_id
WHERE c.case_no = $1 OR c.id = $2
"""  # noqa: S608 - a constant

STEPS = """
SELECT s.version, s.step, s.at, s.words, s.cycle FROM complaint_step s WHERE s.complaint_id = $1 ORDER BY s.version
"""

CYCLES = """
SELECT y.cycle, y.opened_at, y.ended_at, y.level, json_build_object('org_id', y.handler_org_id, 'name', h.name) AS handler,
  y.cause, y.link, y.satisfaction
FROM complaint_cycle y LEFT JOIN organisation h ON h.org_id = y.handler_org_id
WHERE y.complaint_id = $1 ORDER BY y.cycle
"""

ADD = Move.ADD.value
# What is said about clocks stands in the timeline, beside what was said to the customer.
ASIDE = frozenset({Move.PAUSE.value, Move.RESUME.value})


async def complaint(tx: Transaction, vault: Vault, reference: str, reader: Reader) -> dict[str, Any]:
    """Give a complaint whole, as far as the reader may see it; raises NotFound."""
    row = await _one(tx, COMPLAINT, reference, tx.now)
    body = {
        **_header(row, "complaint"),
        "promised": promised.of_complaint(row),
        "cycle": row["cycle"],
        "level": row["level"],
        "handovers": row["handovers"],
        "category": row["category"],
        "handler": orjson.loads(row["handler"]),
        "handlers": orjson.loads(row["handlers"]),
        "cause": row["cause"],
        "link": row["link"],
        "satisfaction": row["satisfaction"],
        **await repeats.of(tx, row["id"]),
    }
    cycles = [_cycle(one) for one in await tx.fetch(CYCLES, row["id"])] if row["cycle"] > 1 else []
    if not reader.texts:
        return {**body, "cycles": cycles}
    said: dict[int, dict[str, Any]] = {}
    added = []
    for step in await tx.fetch(STEPS, row["id"]):
        words = orjson.loads(vault.open(step["words"]))
        if step["step"] == ADD:
            added.append({"at": in_shanghai(step["at"]), **words})
        elif step["step"] not in ASIDE:
            said.setdefault(step["cycle"], {}).update(without_absent(words))
    before = [{**one, **said.get(one["cycle"], {})} for one in cycles]
    now = said.get(row["cycle"], {})
    attached = await attachments.of(tx, "complaint", row["id"])
    beside = {"attachments": attached, "additions": added, "cycles": before}
    return {**body, **_sealed(row, vault, reader), **beside, **now}


async def compensation(tx: Transaction, vault: Vault, reference: str, reader: Reader) -> dict[str, Any]:
    """Give a compensation whole, as far as the reader may see it; raises NotFound."""
    row = await _one(tx, COMPENSATION, reference)
    body = {
        **_header(row, "compensation"),
        "promised": promised.of_compensation(row),
        "cause": row["cause"],
        "above_limit": row["above_limit"],
        "complaint": row["complaint_case_no"],
    }
    if not reader.texts:
        return body
    attached = await attachments.of(tx, "compensation", row["id"])
    claimed = {"amount_claimed": str(row["amount_claimed"]), "attachments": attached}
    return {**body, **claimed, **_sealed(row, vault, reader)}


def _cycle(row: Record) -> dict[str, Any]:
    return {
        **row,
        "opened_at": in_shanghai(row["opened_at"]),
        "ended_at": in_shanghai(row["ended_at"]),
        "handler": orjson.loads(row["handler"]),
    }


async def _one(tx: Transaction, sql: str, reference: str, *more: object) -> Record:
    row = await tx.fetchrow(sql, *code_and_id(reference), *more)
    if row is None:
        raise NotFound(f"没有案件{reference}。", f"There is no case {reference}.")
    return row


def _header(row: Record, kind: str) -> dict[str, Any]:
    return {
        "id": row["id"],
        "case_no": row["case_no"],
        "type": kind,
        "state": row["state"],
        "version": row["version"],
        "channel": row["channel"],
        "received_at": in_shanghai(row["received_at"]),
        "recorded_at": in_shanghai(row["recorded_at"]),
        "ended_at": in_shanghai(row["ended_at"]),
        "erased_at": in_shanghai(row["erased_at"]),
        "org_id": row["org_id"],
        "customer": orjson.loads(row["customer"]) if row["customer"] else None,
        "first_responder": orjson.loads(row["first_responder"]),
        "deadlines": orjson.loads(row["deadlines"]),
        "because": orjson.loads(row["because"]),
    }


def _sealed(row: Record, vault: Vault, reader: Reader) -> dict[str, Any]:
    caller = orjson.loads(vault.open(row["caller"]))
    phone = shown_phone(caller.get("phone"), full=reader.full_phone)
    return {
        "caller": {"phone": phone, "name": caller.get("name")},
        "mail_no": row["mail_no"],
        "language": row["language"],
        **without_absent(orjson.loads(vault.open(row["content"]))),
    }
