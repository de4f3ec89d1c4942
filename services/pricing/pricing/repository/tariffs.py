"""Tariff requests in the database: rows, events and clocks; the figures sealed."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import UUID

import orjson

from chassis import deadlines
from chassis.deadlines import Holder, Term
from chassis.directory import Snapshot
from chassis.transaction import Transaction
from chassis.vault import Vault
from contracts import pricing as told
from contracts.envelope import Event
from pricing.commands import Asker
from pricing.model.refusals.customers import no_such
from pricing.model.refusals.tariffs import TariffRequestOpen
from pricing.model.tariffs import Late, Outcome, State, TariffRequest
from pricing.ports import LevelClock, Running
from pricing.repository.rows import insert, lock_clocks, update
from pricing.tables.tariffs import figures_of, request_of, request_row
from regulations.calendars import day_of

TARIFF_ANSWER = "tariff-answer"
SUBJECT = "tariff-request"
ONE = "SELECT * FROM tariff_request WHERE id = $1 FOR UPDATE"
# The holder of the moment: the one of its end, once that has come.
RUNNING = """
SELECT due_at, COALESCE(breached_by, present_holder(holder, (due_at AT TIME ZONE 'Asia/Shanghai')::date)) AS holder
FROM deadline WHERE subject_type = 'tariff-request' AND subject_id = $1 AND state IN ('running', 'paused', 'breached')
"""
HELD = """
SELECT EXISTS (SELECT FROM deadline d WHERE d.subject_type = 'tariff-request' AND d.subject_id = $1
  AND d.state IN ('running', 'breached') AND is_held_by(d, $2, $3, $4, $5))
"""
OPEN_LINES = """
SELECT line, org_id FROM tariff_open WHERE customer_id = ANY (same_customer($1)) AND line = ANY ($2) ORDER BY line
"""
TAKE_LINES = """
INSERT INTO tariff_open (customer_id, line, tariff_request_id, org_id)
SELECT $1, line, $3, $4 FROM unnest($2::text[]) AS l(line)
WHERE NOT EXISTS (SELECT FROM tariff_open o WHERE o.customer_id = ANY (same_customer($1)) AND o.line = l.line)
ORDER BY line ON CONFLICT DO NOTHING RETURNING line
"""
APPROVED = """
SELECT lines, figures FROM tariff_request WHERE customer_id = ANY (same_customer($1)) AND state = 'approved'
"""
FACTS: Mapping[Outcome, type[told.TariffFact]] = {
    Outcome.APPROVED: told.TariffApproved,
    Outcome.REFUSED: told.TariffRefused,
    Outcome.WITHDRAWN: told.TariffWithdrawn,
}


class Tariffs:
    """Tariff requests of one transaction."""

    def __init__(self, tx: Transaction, law: Snapshot, vault: Vault) -> None:
        self._tx = tx
        self._law = law
        self._vault = vault

    async def get(self, request_id: UUID) -> TariffRequest:
        """Give a request, locked with its clock; raises NotFound."""
        await lock_clocks(self._tx, SUBJECT, [request_id])
        row = await self._tx.fetchrow(ONE, request_id)
        if row is None:
            raise no_such("资费优惠申请", "tariff request", request_id)
        return request_of(row, self._vault)

    async def running(self, request_id: UUID) -> Running | None:
        """Give the clock of the present level, None where it has been settled."""
        row = await self._tx.fetchrow(RUNNING, str(request_id))
        if row is None:
            return None
        holder = orjson.loads(row["holder"])
        return Running(
            row["due_at"], Late(row["due_at"], holder["org_id"], holder["role"], holder["staff_id"])
        )

    async def is_held_by(self, request_id: UUID, asker: Asker) -> bool:
        """Tell whether somebody has to act on the present level's clock: first holder, next of the chain, or deputy."""
        day = day_of(self._tx.now)
        held: bool = await self._tx.fetchval(
            HELD, str(request_id), sorted(asker.roles), asker.org_id, asker.actor, day
        )
        return held

    async def open_lines(self, customer_id: UUID, lines: Sequence[str]) -> Mapping[str, str]:
        """Give the lines among these with an open request of the customer, each with the org_id that asked."""
        rows = await self._tx.fetch(OPEN_LINES, customer_id, list(lines))
        return {row["line"]: row["org_id"] for row in rows}

    async def enter(self, request: TariffRequest, clock: LevelClock) -> None:
        """Write a new request with its event and clock; raises TariffRequestOpen where another was faster."""
        lines = list(request.lines)
        taken = await self._tx.fetch(TAKE_LINES, request.customer_id, lines, request.id, request.org_id)
        if len(taken) < len(lines):
            others = await self.open_lines(request.customer_id, lines)
            org_id = next((one for one in others.values() if one != request.org_id), request.org_id)
            node = self._law.organisations.get(org_id)
            free = {row["line"] for row in taken}
            raise TariffRequestOpen.of(
                org_id, node.name if node else org_id, [line for line in lines if line not in free]
            )
        event = self._event(told.TariffRequested, request)
        await insert(self._tx, "tariff_request", [request_row(request, self._vault)], [event])
        await self.start(clock)

    async def save(self, before: TariffRequest, steps: Sequence[TariffRequest]) -> None:
        """Write the last of the steps and tell each; an answer settles the level's clock, a withdrawal cancels it."""
        last = steps[-1]
        events = [
            self._event(_fact(earlier, later), later)
            for earlier, later in zip([before, *steps], steps, strict=False)
        ]
        await update(self._tx, "tariff_request", request_row(last, self._vault), before.version, events)
        if last.state is not State.OPEN:
            await self._tx.execute("DELETE FROM tariff_open WHERE tariff_request_id = $1", last.id)
        subject = (SUBJECT, str(last.id))
        if last.state is State.WITHDRAWN and last.sitting.late is None:
            await deadlines.cancel(self._tx, subject, [TARIFF_ANSWER])
        elif last.state is not State.OPEN or len(last.sittings) > len(before.sittings):
            await deadlines.settle(self._tx, subject, [TARIFF_ANSWER])

    async def start(self, clock: LevelClock) -> None:
        """Start the clock of a level."""
        request = clock.request
        term = Term(
            kind=TARIFF_ANSWER,
            subject=(SUBJECT, str(request.id)),
            org_id=request.org_id,
            holder=Holder(request.sitting.org_id, clock.role, clock.staff_id),
            started_at=clock.started_at,
            duration=clock.within,
            because=clock.reasons,
            customer_id=str(request.customer_id),
        )
        await deadlines.start(self._tx, [deadlines.plan(term, self._law)])

    async def approved(self, customer_id: UUID) -> Sequence[tuple[Sequence[str], Decimal]]:
        """Give lines and discount of every approved request of a customer."""
        rows = await self._tx.fetch(APPROVED, customer_id)
        return [(row["lines"], figures_of(row["figures"], self._vault).discount) for row in rows]

    def _event(self, fact: type[told.TariffFact], request: TariffRequest) -> Event:
        return self._tx.event(
            fact(
                tariff_request_id=request.id,
                customer_id=request.customer_id,
                org_id=request.org_id,
                lines=list(request.lines),
                state=request.state,
                level=request.level,
                deciding_org_id=request.sitting.org_id,
                requested_at=request.requested_at,
                level_since=request.sitting.since,
                answered_at=request.answered_at,
                late=request.late_levels,
                filed_with_province=request.filed_with_province,
                because=request.because,
            ),
            aggregate=f"tariff-request:{request.id}",
            version=request.version,
            subject=str(request.customer_id),
            orgpath=self._law.path(request.org_id),
        )


def _fact(before: TariffRequest, after: TariffRequest) -> type[told.TariffFact]:
    """Tell a step by what it changed."""
    if len(after.sittings) > len(before.sittings):
        return told.TariffSentUp
    outcome = after.sitting.outcome
    return told.TariffOverdue if outcome is None else FACTS[outcome]
