"""Disputes in the database; what people wrote is sealed."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg

from chassis.ids import uuid7
from chassis.transaction import Transaction
from contracts import disputes as told
from contracts.envelope import Event
from contracts.refusals import NotFound
from registry.handlers import dispute_facts
from registry.model.declarations import Declaration
from registry.model.disputes import Dispute, DisputeState, Evidence, Step, StepKind
from registry.model.refusals import DisputeLive
from registry.ports.desk import Seal
from registry.ports.disputes import ContestedFile, Former
from registry.ports.tree import Tree
from registry.repository.rows import insert, update
from registry.tables.declarations import declaration_of
from registry.tables.disputes import dispute_of, dispute_row, evidence_values, step_values
from registry.tables.shapes import from_json

LINES = """
    INSERT INTO dispute_line (dispute_id, customer_id, line, live)
    SELECT $1, $2, one.line, true FROM unnest($3::text[]) AS one(line)
"""
STEP = """
    INSERT INTO dispute_step
      (step_id, at, dispute_id, step, org_id, staff_id, ruling_org_id, award, reason, cites, former, because)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9, $10, $11::jsonb, $12::jsonb)
"""
EVIDENCE = """
    INSERT INTO dispute_evidence
      (evidence_id, dispute_id, org_id, kind, staff_id, recorded_at, late, text, attachments, facts)
    VALUES ($1, $2, $3, 'filed', $4, $5, $6, $7, $8, '{}')
"""
DECLARATIONS = """
    SELECT * FROM declaration WHERE (customer_id = $1 OR declaration_id = $2) AND org_id = ANY ($3)
    ORDER BY declaration_id DESC FOR UPDATE
"""
FORMER = """
    SELECT s.former FROM dispute_step s JOIN dispute d USING (dispute_id)
    WHERE d.customer_id = $1 AND s.step = 'ruled' ORDER BY s.step_id DESC LIMIT 1
"""
ATTACHED = "SELECT id FROM attachment WHERE id = ANY ($1) AND subject = $2 AND org_id = $3"


class DisputeRows:
    """Disputes; the database keeps a line in one living dispute."""

    def __init__(self, tx: Transaction, tree: Tree, vault: Seal) -> None:
        self._tx = tx
        self._tree = tree
        self._vault = vault

    async def contested_by(self, declaration_id: UUID) -> UUID | None:
        """Give the customer that a unit contests by its declaration."""
        customer_id: UUID | None = await self._tx.fetchval("SELECT contested_customer($1)", declaration_id)
        return customer_id

    async def file(self, customer_id: UUID) -> ContestedFile | None:
        """Lock a customer's row and tell who answers for it."""
        row = await self._tx.fetchrow("SELECT * FROM contested_file($1)", customer_id)
        return ContestedFile(**dict(row)) if row else None

    async def open(self, dispute: Dispute, step: Step) -> None:
        """Write a new dispute with the registry's own record of its parties; raises DisputeLive."""
        event = self._event(told.DisputeOpened, dispute, step)
        await insert(self._tx, "dispute", dispute_row(dispute), [event])
        try:
            await self._tx.execute(LINES, dispute.dispute_id, dispute.customer_id, list(dispute.lines))
        except asyncpg.UniqueViolationError as live:
            raise DisputeLive(
                "该客户的这些业务正在争议中", "these lines of the customer are in dispute already"
            ) from live
        await self._step(dispute, step)
        await self._tx.execute(
            "SELECT enter_timeline($1, $2, $3)",
            dispute.dispute_id,
            dispute.customer_id,
            list(dispute.parties),
        )

    async def get(self, dispute_id: UUID) -> Dispute:
        """Give a dispute for change, its customer's row locked first; raises NotFound."""
        await self._tx.execute(
            "SELECT (SELECT count(*) FROM hold_customer(customer_id)) FROM dispute WHERE dispute_id = $1",
            dispute_id,
        )
        row = await self._tx.fetchrow("SELECT * FROM dispute WHERE dispute_id = $1 FOR UPDATE", dispute_id)
        if row is None:
            raise NotFound("没有该争议", "no such dispute")
        return dispute_of(row)

    async def save(self, dispute: Dispute, step: Step, *, former: str | None = None) -> None:
        """Write a dispute's next version with the step that led to it, and tell it; raises StaleVersion."""
        kind, more = _told(dispute, step, former)
        event = self._event(kind, dispute, step, **more)
        await update(self._tx, "dispute", "dispute_id", dispute_row(dispute), [event])
        await self._step(dispute, step)
        if not dispute.live:
            await self._tx.execute(
                "UPDATE dispute_line SET live = false WHERE dispute_id = $1", dispute.dispute_id
            )

    async def file_evidence(self, dispute: Dispute, evidence: Evidence) -> None:
        """Write a party's evidence and tell that it came, not what it says."""
        step = Step(StepKind.EVIDENCE_FILED, evidence.org_id, evidence.staff_id)
        told_of = {
            "filed_by": evidence.org_id,
            "attachments": len(evidence.attachments),
            "late": evidence.late,
        }
        event = self._event(told.DisputeEvidenceFiled, dispute, step, **told_of)
        await update(self._tx, "dispute", "dispute_id", dispute_row(dispute), [event])
        await self._step(dispute, step)
        await self._tx.execute(EVIDENCE, *evidence_values(evidence, self._vault))

    async def attached(self, dispute_id: UUID, org_id: str, ids: Sequence[UUID]) -> set[UUID]:
        """Give those of the attachments that a unit has put under the dispute."""
        rows = await self._tx.fetch(ATTACHED, list(ids), f"dispute:{dispute_id}", org_id)
        return {row["id"] for row in rows}

    async def heard(self, dispute_id: UUID) -> set[str]:
        """Give the parties that have filed evidence."""
        rows = await self._tx.fetch(
            "SELECT DISTINCT org_id FROM dispute_evidence WHERE dispute_id = $1 AND kind = 'filed'",
            dispute_id,
        )
        return {row["org_id"] for row in rows}

    async def hands_in(self, dispute_id: UUID) -> frozenset[UUID]:
        """Give everybody who may not judge it."""
        rows = await self._tx.fetch("SELECT staff_id FROM hands_in($1)", dispute_id)
        return frozenset(row["staff_id"] for row in rows)

    async def former(self, customer_id: UUID) -> Former | None:
        """Give who had the customer before the last ruling on it."""
        stored = from_json(await self._tx.fetchval(FORMER, customer_id))
        if not stored:
            return None
        manager = stored["manager_id"]
        return Former(stored["responsible"], UUID(manager) if manager else None)

    async def declarations(self, dispute: Dispute) -> list[Declaration]:
        """Give the parties' declarations of the customer, the newest first, locked for change."""
        rows = await self._tx.fetch(
            DECLARATIONS, dispute.customer_id, dispute.declaration_id, list(dispute.parties)
        )
        return [declaration_of(row, self._vault) for row in rows]

    async def _step(self, dispute: Dispute, step: Step) -> None:
        await self._tx.execute(STEP, uuid7(), self._tx.now, *step_values(step, dispute, self._vault))

    def _event(self, kind: type[told.DisputeFact], dispute: Dispute, step: Step, **more: Any) -> Event:
        return self._tx.event(
            dispute_facts.dispute(kind, dispute, step.cites, **more),
            aggregate=f"dispute:{dispute.dispute_id}",
            version=dispute.version,
            subject=str(dispute.customer_id),
            orgpath=self._tree.path(dispute.ruling_org_id),
        )


def _told(dispute: Dispute, step: Step, former: str | None) -> tuple[type[told.DisputeFact], dict[str, Any]]:
    if step.step is StepKind.RULED:
        return told.DisputeRuled, {
            "ruled_by": step.staff_id,
            "appeal": dispute.state is DisputeState.FINAL,
        }
    if step.step is StepKind.SENT_UP:
        return told.DisputeSentUp, {"former_ruling_org_id": former}
    if step.step is StepKind.APPEALED:
        return told.DisputeAppealed, {"appealed_by": step.org_id}
    return _PLAINLY[step.step], {}


_PLAINLY: dict[StepKind, type[told.DisputeFact]] = {
    StepKind.FINAL: told.DisputeFinal,
    StepKind.WITHDRAWN: told.DisputeWithdrawn,
}
