"""Agreements in the database: rows, events and the clocks of their ends; discounts and penalty sealed."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from chassis import deadlines
from chassis.deadlines import Deadline, Holder, Term
from chassis.directory import Snapshot
from chassis.encoding import dumps
from chassis.transaction import Transaction
from chassis.vault import Vault
from contracts import pricing as told
from contracts.envelope import Event
from pricing.model.agreements import Agreement, AgreementState
from pricing.model.refusals.customers import no_such
from pricing.ports import AgreementEnd
from pricing.repository.rows import insert, lock_clocks, update
from pricing.tables.agreements import agreement_of, agreement_row
from regulations.calendars import days_before, due

AGREEMENT_END = "agreement-end"
SUBJECT = "agreement"
ONE = "SELECT * FROM agreement WHERE id = $1 FOR UPDATE"
SETTLEMENT_DAYS = """
SELECT DISTINCT ON (m.customer_id, m.day) m.customer_id, m.day, a.settlement_days
FROM jsonb_to_recordset($1::jsonb) AS m(customer_id uuid, day date)
JOIN agreement a ON a.customer_id = ANY (same_customer(m.customer_id)) AND a.state <> 'draft' AND a.starts_on <= m.day
  AND COALESCE(a.ended_on, a.ends_on, 'infinity') >= m.day
ORDER BY m.customer_id, m.day, a.starts_on DESC, a.id DESC
"""
TOLD: Mapping[AgreementState, type[told.AgreementFact]] = {
    AgreementState.SIGNED: told.AgreementSigned,
    AgreementState.ENDED: told.AgreementEnded,
}


class Agreements:
    """Agreements of one transaction."""

    def __init__(self, tx: Transaction, law: Snapshot, vault: Vault) -> None:
        self._tx = tx
        self._law = law
        self._vault = vault

    async def get(self, agreement_id: UUID) -> Agreement:
        """Give an agreement, locked with its clock; raises NotFound."""
        await lock_clocks(self._tx, SUBJECT, [agreement_id])
        row = await self._tx.fetchrow(ONE, agreement_id)
        if row is None:
            raise no_such("协议", "agreement", agreement_id)
        return agreement_of(row, self._vault)

    async def enter(self, agreements: Sequence[Sequence[Agreement]]) -> None:
        """Write new agreements, each as the steps it has taken so far, and tell each step but a draft."""
        steps = [step for taken in agreements for step in taken]
        events = [self._event(TOLD[step.state], step) for step in steps if step.state in TOLD]
        await insert(
            self._tx, "agreement", [agreement_row(taken[-1], self._vault) for taken in agreements], events
        )

    async def save(self, before: Agreement, after: Agreement, *, reminded: bool = False) -> None:
        """Write and tell a step; its clock is cancelled where it ended before its time."""
        fact = told.AgreementExpiring if reminded else TOLD[after.state]
        await update(
            self._tx,
            "agreement",
            agreement_row(after, self._vault),
            before.version,
            [self._event(fact, after)],
        )
        if after.state is AgreementState.ENDED:
            await deadlines.cancel(self._tx, (SUBJECT, str(after.id)), [AGREEMENT_END])

    async def start(self, ends: Sequence[AgreementEnd]) -> None:
        """Start the clocks of ends."""
        if ends:
            await deadlines.start(self._tx, [self._deadline(end) for end in ends])

    async def settlement_days(self, months: Sequence[tuple[UUID, date]]) -> Mapping[tuple[UUID, date], int]:
        """Give, for customers and days, the settlement days of the agreement in force then; the newest of several."""
        asked = [{"customer_id": customer_id, "day": day} for customer_id, day in months]
        rows = await self._tx.fetch(SETTLEMENT_DAYS, dumps(asked).decode())
        return {(row["customer_id"], row["day"]): row["settlement_days"] for row in rows}

    def _deadline(self, end: AgreementEnd) -> Deadline:
        agreement = end.agreement
        staff_id = str(end.manager_id) if end.manager_id else None
        term = Term(
            kind=AGREEMENT_END,
            subject=(SUBJECT, str(agreement.id)),
            org_id=agreement.org_id,
            holder=Holder(agreement.org_id, "account-manager", staff_id),
            started_at=self._tx.now,
            duration=end.length,
            because=end.reasons,
            customer_id=str(agreement.customer_id),
        )
        ends_at = due(self._tx.now, end.length).due_at
        warn_at = [days_before(ends_at, days) for days in end.reminded_days_before]
        return deadlines.plan(term, self._law, warn_at=warn_at)

    def _event(self, fact: type[told.AgreementFact], agreement: Agreement) -> Event:
        return self._tx.event(
            fact(
                agreement_id=agreement.id,
                customer_id=agreement.customer_id,
                org_id=agreement.org_id,
                lines=list(agreement.lines),
                state=agreement.state,
                settlement_days=agreement.settlement_days,
                starts_on=agreement.starts_on,
                ends_on=agreement.ended_on or agreement.ends_on,
                because=dict(agreement.because) if agreement.because else None,
            ),
            aggregate=f"agreement:{agreement.id}",
            version=agreement.version,
            subject=str(agreement.customer_id),
            orgpath=self._law.path(agreement.org_id),
        )
