"""Complaints, rows and events in one statement."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from asyncpg import Record

from chassis import deadlines, pausing
from chassis.transaction import Transaction
from chassis.vault import Vault
from contracts import service_desk as told
from contracts.envelope import Event
from contracts.refusals import NotFound, StaleVersion
from contracts.values import code_and_id
from service_desk.commands import LinkCustomer
from service_desk.model.cases import Category, Channel, Complaint, Link, Move, State
from service_desk.policies.clocks import ANSWER, RESOLVE
from service_desk.ports.desk import Step

COLUMNS = """c.id, c.case_no, c.state, c.cycle, c.level, c.version, c.channel, c.category, c.subject, c.org_id,
path_of(c.org_id) AS orgpath, c.customer_id, c.first_responder_org_id, c.raised_to, c.verdict_org_id,
c.received_at, c.cause, c.link, c.satisfaction, c.handovers"""

ONE = f"SELECT {COLUMNS} FROM complaint c WHERE c.case_no = $1 OR c.id = $2"  # noqa: S608 - a constant

HOLD = "SELECT FROM complaint c WHERE c.case_no = $1 OR c.id = $2 FOR UPDATE"

WAITING = f"""
SELECT {COLUMNS}, k.customer_id AS found FROM jsonb_to_recordset($1::jsonb) AS k(customer_id uuid, code text)
JOIN complaint c ON c.named_customer IN (k.customer_id::text, k.code) AND c.customer_id IS NULL
ORDER BY c.id
FOR UPDATE OF c
"""  # noqa: S608 - a constant

SAVE = """
WITH s AS (
  UPDATE complaint SET state = $3, level = $4, handler_org_id = $5, cause = $6, link = $7, satisfaction = $8,
    ended_at = CASE WHEN $9 THEN $10::timestamptz END, version = version + 1, handovers = $18,
    opened_at = CASE WHEN $17 > cycle THEN $10 ELSE opened_at END, cycle = $17,
    raised_to = $19, verdict_org_id = $20
  WHERE id = $1 AND version = $2 RETURNING id, version, cycle),
k AS (
  INSERT INTO complaint_cycle (complaint_id, cycle, opened_at, ended_at, level, handler_org_id, cause, link, satisfaction)
  SELECT b.id, b.cycle, COALESCE(b.opened_at, b.received_at), b.ended_at, b.level, b.handler_org_id, b.cause, b.link,
    b.satisfaction
  FROM complaint b JOIN s ON s.id = b.id WHERE b.cycle < s.cycle),
w AS (
  INSERT INTO complaint_step (complaint_id, version, step, at, actor, words, cycle)
  SELECT id, version, $11, $10, $12, $13, cycle FROM s)
SELECT announce($14::jsonb), settle_deadlines('service-desk', 'complaint', id::text, $15::text[], $10),
  cancel_deadlines('complaint', id::text, $16::text[], $10) FROM s
"""

SERVED = "SELECT class_of(k) AS class, k.vip FROM customer k WHERE k.customer_id = $1"

LINKED = """
WITH s AS (
  UPDATE complaint SET customer_id = $3, org_id = $4, version = version + 1 WHERE id = $1 AND version = $2 RETURNING id)
SELECT announce($5::jsonb) FROM s
"""

SUBJECT = "complaint"
# The clocks that run until the resolution; after it nothing stands still any more.
PAUSABLE = (ANSWER, RESOLVE)

FACTS = {
    Move.ANSWER: told.ComplaintAnswered,
    Move.INVESTIGATE: told.ComplaintInvestigated,
    Move.RESOLVE: told.ComplaintResolved,
    Move.CLOSE: told.ComplaintClosed,
    Move.ESCALATE: told.ComplaintEscalated,
    Move.WITHDRAW: told.ComplaintWithdrawn,
    Move.ADD: told.ComplaintAdded,
    Move.REOPEN: told.ComplaintReopened,
    Move.PAUSE: told.ComplaintPaused,
    Move.RESUME: told.ComplaintResumed,
}


class Complaints:
    """Complaints of one transaction."""

    def __init__(self, tx: Transaction, vault: Vault) -> None:
        self._tx = tx
        self._vault = vault

    async def get(self, reference: str, version: int | None) -> Complaint:
        """Give the complaint of a case number or id; raises NotFound and StaleVersion."""
        row = await self._tx.fetchrow(ONE, *code_and_id(reference))
        if row is None:
            raise NotFound(f"没有投诉{reference}。", f"There is no complaint {reference}.")
        complaint = _complaint(row)
        if version is not None and complaint.version != version:
            raise _stale(complaint.case_no)
        return complaint

    async def hold(self, reference: str) -> None:
        """Let nobody else change the complaint before this transaction ends."""
        await self._tx.execute(HOLD, *code_and_id(reference))

    async def waiting_for(
        self, customers: Sequence[LinkCustomer]
    ) -> Sequence[tuple[Complaint, LinkCustomer]]:
        """Give the complaints that named one of these customers before it was known."""
        by_id = {customer.customer_id: customer for customer in customers}
        named = [{"customer_id": str(customer.customer_id), "code": customer.code} for customer in customers]
        rows = await self._tx.fetch(WAITING, orjson.dumps(named).decode())
        return [(_complaint(row), by_id[row["found"]]) for row in rows]

    async def save(self, step: Step) -> None:
        """Write state, step, clocks and event in one transaction; raises StaleVersion."""
        after, now = step.after, self._tx.now
        because = step.because.to_json() if step.because else None
        event = self._event(after, FACTS[step.move], because)
        written = await self._tx.fetchrow(
            SAVE,
            after.id,
            step.before.version,
            after.state,
            after.level,
            after.handler_org_id,
            after.cause,
            after.link,
            after.satisfaction,
            after.ended,
            now,
            step.move.value,
            self._tx.moment.actor,
            self._vault.seal(orjson.dumps(dict(step.words)).decode()),
            self._tx.encoded([event]),
            list(step.settles),
            list(step.cancels),
            after.cycle,
            after.handovers,
            list(after.raised_to),
            after.verdict_org_id,
        )
        if written is None:
            raise _stale(after.case_no)
        await self._keep_time(step)

    async def _keep_time(self, step: Step) -> None:
        subject = (SUBJECT, str(step.after.id))
        if step.starts:
            await deadlines.start(self._tx, step.starts)
        if step.pause is not None:
            note = {
                "by": step.pause.asked_by,
                "approver": step.pause.approver,
                "reason": step.pause.reason.value,
            }
            await pausing.pause(self._tx, subject, PAUSABLE, step.pause.until, note)
        if step.resumes:
            await pausing.resume(self._tx, subject, PAUSABLE, {"reason": "asked"})

    async def open_clocks(self, complaint: Complaint) -> list[pausing.OpenClock]:
        """Give the clocks before the resolution that run or stand still, what was due fired."""
        return await pausing.open_clocks(self._tx, (SUBJECT, str(complaint.id)), PAUSABLE)

    async def service_of(self, complaint: Complaint) -> tuple[int | None, bool]:
        """Give the class a complaint's customer is served by today, and whether it has the VIP flag."""
        row = await self._tx.fetchrow(SERVED, complaint.customer_id)
        return (row["class"], row["vip"]) if row else (None, False)

    async def link(self, complaint: Complaint) -> None:
        """Write the customer and unit of a complaint with the event that tells it; raises StaleVersion."""
        event = self._event(complaint, told.ComplaintLinked, None)
        written = await self._tx.fetchrow(
            LINKED,
            complaint.id,
            complaint.version - 1,
            complaint.customer_id,
            complaint.org_id,
            self._tx.encoded([event]),
        )
        if written is None:
            raise _stale(complaint.case_no)

    def _event(
        self,
        complaint: Complaint,
        fact: type[told.ComplaintFact],
        because: Mapping[str, Any] | None,
    ) -> Event:
        return self._tx.event(
            fact(
                complaint_id=complaint.id,
                case_no=complaint.case_no,
                customer_id=complaint.customer_id,
                channel=complaint.channel,
                category=complaint.category,
                cause=complaint.cause,
                link=complaint.link,
                state=complaint.state,
                cycle=complaint.cycle,
                level=complaint.level,
                org_id=complaint.org_id,
                first_responder=told.UnitFact(org_id=complaint.first_responder_org_id),
                handler=told.UnitFact(org_id=complaint.handler_org_id),
                received_at=complaint.received_at,
                satisfaction=complaint.satisfaction,
                handovers=complaint.handovers,
                because=dict(because) if because else None,
            ),
            aggregate=f"complaint:{complaint.id}",
            version=complaint.version,
            subject=complaint.subject,
            orgpath=complaint.orgpath,
        )


def _complaint(row: Record) -> Complaint:
    customer_id: UUID | None = row["customer_id"]
    return Complaint(
        id=row["id"],
        case_no=row["case_no"],
        state=State(row["state"]),
        cycle=row["cycle"],
        level=row["level"],
        version=row["version"],
        channel=Channel(row["channel"]),
        category=Category(row["category"]),
        subject=row["subject"],
        org_id=row["org_id"],
        orgpath=row["orgpath"],
        customer_id=customer_id,
        first_responder_org_id=row["first_responder_org_id"],
        received_at=row["received_at"],
        raised_to=tuple(row["raised_to"]),
        verdict_org_id=row["verdict_org_id"],
        cause=row["cause"],
        link=Link(row["link"]) if row["link"] else None,
        satisfaction=row["satisfaction"],
        handovers=row["handovers"],
    )


def _stale(case_no: str) -> StaleVersion:
    return StaleVersion(
        f"投诉{case_no}已被他人更新，请重新读取。",
        f"Complaint {case_no} has changed meanwhile; read it again.",
    )
