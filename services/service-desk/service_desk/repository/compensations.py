"""Compensations after their intake: state, step, clocks, payment and event in one statement."""

from collections.abc import Mapping
from typing import Any

import orjson
from asyncpg import Record

from chassis.deadlines import encode
from chassis.transaction import Transaction
from chassis.vault import Vault
from contracts import service_desk as told
from contracts.envelope import Event
from contracts.refusals import NotFound, StaleVersion
from contracts.values import code_and_id
from service_desk.model.cases import CompensationState
from service_desk.model.compensations import Act, Claim
from service_desk.model.remedies import AlreadyPaid
from service_desk.ports.money import Settled

SUBJECT = "compensation"
ONE = """
SELECT c.id, c.case_no, c.state, c.version, c.channel, c.cause, c.mail_no, c.amount_claimed, c.amount_granted, c.amount_paid,
  c.above_limit, c.vip, c.service_class, c.subject, c.org_id, path_of(c.org_id) AS orgpath, c.customer_id,
  k.manager_id::text AS manager_id, c.first_responder_org_id, c.complaint_case_no, c.received_at,
  ARRAY(SELECT s.actor FROM compensation_step s WHERE s.compensation_id = c.id) || c.recorded_by AS makers
FROM compensation c LEFT JOIN customer k ON k.customer_id = survivor_of(c.customer_id)
WHERE c.case_no = $1 OR c.id = $2
"""

# Clocks may lie with a center outside the scope: whoever sees the case sees them.
CLOCKS = """
SELECT d.kind FROM json_to_recordset(clocks_of('compensation', $1)) AS d(kind text, state text) WHERE d.state <> 'cancelled'
"""

PAID_IN = "SELECT case_no FROM compensation_payment WHERE mail_no = $1 AND cause = $2"

SAVE = """
WITH s AS (
  UPDATE compensation SET state = $3, amount_granted = $4, amount_paid = $5, above_limit = $6,
    ended_at = CASE WHEN $7 THEN $8::timestamptz END, version = version + 1
  WHERE id = $1 AND version = $2 RETURNING id, version),
w AS (
  INSERT INTO compensation_step (compensation_id, version, step, at, actor, org_id, amount, because, words)
  SELECT id, version, $9, $8, $10, $11, $12, $13::json, $14 FROM s)
SELECT announce($15::jsonb), settle_deadlines('service-desk', 'compensation', id::text, $16::text[], $8),
  cancel_deadlines('compensation', id::text, $17::text[], $8), start_deadlines($18::jsonb) FROM s
"""

# Two who pay for one item at once: the second waits here for the first, and finds its row.
PAY = """
INSERT INTO compensation_payment (mail_no, cause, compensation_id, case_no, org_id, amount, paid_at, paid_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING
"""

PENDING = """
INSERT INTO liability (compensation_id, case_no, state, version, round, subject, org_id, customer_id, creditor_org_id, amount,
  above_limit, paid_at)
VALUES ($1, $2, 'pending', 0, 0, $3, $4, $5, $6, $7, $8, $9)
"""

FACTS: Mapping[Act, type[told.CompensationFact]] = {
    Act.HANDLE: told.CompensationHandled,
    Act.REFUSE: told.CompensationRefused,
    Act.REPORT: told.CompensationReported,
    Act.APPROVE: told.CompensationApproved,
    Act.PAY: told.CompensationPaid,
}
INSERTED = "INSERT 0 1"


class Compensations:
    """Compensations of one transaction."""

    def __init__(self, tx: Transaction, vault: Vault) -> None:
        self._tx = tx
        self._vault = vault

    async def get(self, reference: str, version: int) -> Claim:
        """Give the compensation of a case number or id; raises NotFound and StaleVersion."""
        row = await self._tx.fetchrow(ONE, *code_and_id(reference))
        if row is None:
            raise NotFound(f"没有索赔{reference}。", f"There is no compensation {reference}.")
        claim = _claim(row)
        if claim.version != version:
            raise stale(claim.case_no)
        return claim

    async def clocks(self, claim: Claim) -> frozenset[str]:
        """Give the kinds of its clocks that run, or ran out."""
        return frozenset(row["kind"] for row in await self._tx.fetch(CLOCKS, str(claim.id)))

    async def save(self, act: Settled) -> None:
        """Write state, step, clocks, payment and event together; raises StaleVersion and AlreadyPaid."""
        after = act.after
        written = await self._tx.fetchrow(
            SAVE,
            after.id,
            act.before.version,
            after.state,
            after.amount_granted,
            after.amount_paid,
            after.above_limit,
            after.ended,
            self._tx.now,
            act.act.value,
            self._tx.moment.actor,
            act.org_id,
            act.amount,
            orjson.dumps(act.because.to_json()).decode(),
            self._vault.seal(orjson.dumps(dict(act.words)).decode()),
            self._tx.encoded([self._event(after, act)]),
            list(act.settles),
            list(act.cancels),
            encode(act.starts, self._tx.moment.correlation_id),
        )
        if written is None:
            raise stale(after.case_no)
        if act.payer_org_id is not None:
            await self._pay(act, act.payer_org_id)

    async def _pay(self, act: Settled, payer: str) -> None:
        claim, now = act.after, self._tx.now
        who, amount = self._tx.moment.actor, act.amount
        keys = (claim.mail_no, claim.cause)
        done = await self._tx.execute(PAY, *keys, claim.id, claim.case_no, payer, amount, now, who)
        if done != INSERTED:
            raise AlreadyPaid.of(claim.mail_no, await self._tx.fetchval(PAID_IN, *keys))
        of = (claim.subject, claim.org_id, claim.customer_id)
        await self._tx.execute(PENDING, claim.id, claim.case_no, *of, payer, amount, claim.above_limit, now)

    def _event(self, claim: Claim, act: Settled) -> Event:
        return self._tx.event(
            FACTS[act.act](
                compensation_id=claim.id,
                case_no=claim.case_no,
                complaint_case_no=claim.complaint_case_no,
                customer_id=claim.customer_id,
                channel=claim.channel,
                cause=claim.cause,
                state=claim.state,
                above_limit=claim.above_limit,
                org_id=claim.org_id,
                first_responder=told.UnitFact(org_id=claim.first_responder_org_id),
                received_at=claim.received_at,
                because=_json(act),
            ),
            aggregate=f"compensation:{claim.id}",
            version=claim.version,
            subject=claim.subject,
            orgpath=claim.orgpath,
        )


def _json(act: Settled) -> dict[str, Any]:
    return dict(act.because.to_json())


def _claim(row: Record) -> Claim:
    values = dict(row)
    return Claim(
        **{
            **values,
            "state": CompensationState(values["state"]),
            "makers": frozenset(values["makers"]),
        }
    )


def stale(case_no: str) -> StaleVersion:
    """Give the refusal of a version that is no longer the current one."""
    return StaleVersion(
        f"索赔{case_no}已被他人更新，请重新读取。",
        f"Compensation {case_no} has changed meanwhile; read it again.",
    )
