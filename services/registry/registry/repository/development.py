"""Development cases in the database, and leads across all units."""

from collections.abc import Sequence
from uuid import UUID

from chassis.transaction import Transaction
from contracts.envelope import Event
from contracts.refusals import NotFound
from registry.handlers import development_told
from registry.model.development import DevelopmentCase, Move, Target, Watch
from registry.policies.leads import Lead, Waiting
from registry.policies.names import normalised
from registry.ports.desk import Seal
from registry.ports.tree import Tree
from registry.repository.rows import insert, update
from registry.tables.development import case_of, case_row, move_of
from registry.tables.shapes import moment, moment_or_none

OPEN_ON = """
    SELECT * FROM development_case WHERE org_id = $1 AND state = 'open'
      AND (credit_code = $2 OR name_key = $3 AND (credit_code IS NULL OR $2::text IS NULL))
    ORDER BY case_id FOR UPDATE
"""
LEADS = """
    SELECT * FROM leads_on(
      ARRAY(SELECT one FROM unnest($1::uuid[]) AS given(id), unnest(same_customer(given.id)) AS one), $2, $3)
"""
NOTE = """
    INSERT INTO declaration_lead (declaration_id, case_id, city_org_id, org_id, filed_at)
    SELECT $1, given.case_id, $2, given.org_id, given.filed_at
    FROM unnest($3::uuid[], $4::text[], $5::timestamptz[]) AS given(case_id, org_id, filed_at)
"""


class CaseRows:
    """Development cases."""

    def __init__(self, tx: Transaction, tree: Tree, vault: Seal) -> None:
        self._tx = tx
        self._tree = tree
        self._vault = vault

    async def get(self, case_id: UUID) -> DevelopmentCase:
        """Give a case for change; raises NotFound."""
        row = await self._tx.fetchrow("SELECT * FROM development_case WHERE case_id = $1 FOR UPDATE", case_id)
        if row is None:
            raise NotFound("没有该开发案", "no such development case")
        return case_of(row, self._vault)

    async def open_on(self, org_id: str, target: Target) -> list[DevelopmentCase]:
        """Give a unit's open cases on a prospect, by credit code or full name, for change."""
        rows = await self._tx.fetch(OPEN_ON, org_id, target.credit_code, normalised(target.name))
        return [case_of(row, self._vault) for row in rows]

    async def open_for(self, org_id: str, customer_id: UUID) -> list[DevelopmentCase]:
        """Give a unit's open cases on a customer, for change."""
        rows = await self._tx.fetch(
            "SELECT * FROM development_case"
            " WHERE customer_id = ANY (same_customer($1)) AND org_id = $2 AND state = 'open'"
            " ORDER BY case_id FOR UPDATE",
            customer_id,
            org_id,
        )
        return [case_of(row, self._vault) for row in rows]

    async def moves(self, case_id: UUID) -> list[Move]:
        """Give the moves of a case, oldest first."""
        rows = await self._tx.fetch(
            "SELECT * FROM development_move WHERE case_id = $1 ORDER BY move_id", case_id
        )
        return [move_of(row, self._vault) for row in rows]

    async def attached(self, ids: Sequence[UUID]) -> set[UUID]:
        """Give those of the attachments that the asker's scope holds."""
        rows = await self._tx.fetch("SELECT id FROM attachment WHERE id = ANY ($1)", list(ids))
        return {row["id"] for row in rows}

    async def add(self, case: DevelopmentCase) -> None:
        """Write a new case and tell it."""
        await insert(self._tx, "development_case", case_row(case, self._vault), [self._event(case)])

    async def save(self, case: DevelopmentCase) -> None:
        """Write a case's next version and tell it; raises StaleVersion."""
        row = case_row(case, self._vault)
        await update(self._tx, "development_case", "case_id", row, [self._event(case)])

    async def move(self, move: Move) -> None:
        """Add a move."""
        await self._tx.execute(
            "INSERT INTO development_move (move_id, case_id, org_id, former, step, progress, reason, staff_id, at)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            move.move_id,
            move.case_id,
            move.org_id,
            str(move.former),
            str(move.step),
            move.progress,
            self._vault.seal(move.reason) if move.reason else None,
            move.staff_id,
            move.at,
        )

    async def watch(self, watch: Watch) -> None:
        """Add what was seen of a project."""
        await self._tx.execute(
            "INSERT INTO development_watch (watch_id, case_id, org_id, note, staff_id, at)"
            " VALUES ($1, $2, $3, $4, $5, $6)",
            watch.watch_id,
            watch.case_id,
            watch.org_id,
            self._vault.seal(watch.note),
            watch.staff_id,
            watch.at,
        )

    def _event(self, case: DevelopmentCase) -> Event:
        return self._tx.event(
            development_told.case(case),
            aggregate=f"development-case:{case.case_id}",
            version=case.version,
            subject=case.event_key,
            orgpath=self._tree.path(case.org_id),
        )


class LeadRows:
    """Leads, whoever filed them, through functions that tell little of them."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def on(self, customer_ids: Sequence[UUID], target: Target) -> list[Lead]:
        """Give the leads on a prospect, the earliest first."""
        rows = await self._tx.fetch(
            LEADS,
            list(customer_ids),
            target.credit_code,
            normalised(target.name),
        )
        return [Lead(row["case_id"], row["org_id"], moment(row["filed_at"])) for row in rows]

    async def waiting(self, customer_ids: Sequence[UUID]) -> Waiting:
        """Tell of customers whether one is held, and since when the first one waits for its center."""
        row = await self._tx.fetchrow("SELECT * FROM waiting_for($1)", list(customer_ids))
        if row is None:
            raise LookupError("waiting_for tells of nothing")
        return Waiting(row["held"], moment_or_none(row["since"]))

    async def note(self, declaration_id: UUID, city_org_id: str, leads: Sequence[Lead]) -> None:
        """Keep for the center which leads a declaration stands behind."""
        if leads:
            await self._tx.execute(
                NOTE,
                declaration_id,
                city_org_id,
                [lead.case_id for lead in leads],
                [lead.org_id for lead in leads],
                [lead.filed_at for lead in leads],
            )
