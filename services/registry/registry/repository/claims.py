"""Claims and the clocks of claims and declarations in the database."""

import re
from collections.abc import Sequence
from uuid import UUID

import asyncpg

from chassis import deadlines
from chassis.deadlines import Holder, Term
from chassis.directory import Snapshot
from chassis.transaction import Transaction
from contracts.envelope import Event
from contracts.registry import (
    ClaimExpired,
    ClaimFact,
    ClaimGranted,
    ClaimReleased,
    ClaimRenewed,
    ClaimRevoked,
    ClaimTransferred,
)
from registry.handlers import facts
from registry.model.claims import Claim, ClaimState
from registry.model.refusals import CustomerTaken
from registry.model.staff import Role
from registry.ports.desk import ClaimEnd, DecisionDue, Why
from registry.ports.tree import Tree
from registry.ports.use import IdleClock
from registry.repository.rows import insert_all, update
from registry.repository.uses import CLAIM_IDLE, idle_deadline
from registry.tables.claims import claim_of, claim_row, claim_values
from regulations.calendars import days_before, due

CLAIM_END = "claim-end"
REGISTRATION_DECIDE = "registration-decide"
REGISTERED = """
    SELECT settle_deadlines($1, 'declaration', $2, $3, $4),
           (SELECT sum(cancel_deadlines('claim', one.id, $6, $4)) FROM unnest($5::text[]) AS one(id))
"""
# The driver tells which key stands twice as `(customer_id, line)=(…, domestic-express)`.
_HELD = re.compile(r"\)=\([^,]+, (.+)\)")
_ENDS: dict[ClaimState, type[ClaimFact]] = {
    ClaimState.EXPIRED: ClaimExpired,
    ClaimState.RELEASED: ClaimReleased,
    ClaimState.REVOKED: ClaimRevoked,
    ClaimState.TRANSFERRED: ClaimTransferred,
}


class ClaimRows:
    """Claims; the database lets one unit hold a line."""

    def __init__(self, tx: Transaction, tree: Tree) -> None:
        self._tx = tx
        self._tree = tree

    async def of_declaration(self, declaration_id: UUID) -> list[Claim]:
        """Give the live claims that a declaration was granted, locked for change."""
        rows = await self._tx.fetch(
            "SELECT * FROM claim WHERE declaration_id = $1 AND state = 'live' ORDER BY claim_id FOR UPDATE",
            declaration_id,
        )
        return [claim_of(row) for row in rows]

    async def find(self, claim_id: UUID) -> Claim | None:
        """Give a claim or None."""
        row = await self._tx.fetchrow("SELECT * FROM claim WHERE claim_id = $1", claim_id)
        return claim_of(row) if row else None

    async def live(self, customer_id: UUID) -> list[Claim]:
        """Give the live claims of a customer that the asker sees, locked for change."""
        rows = await self._tx.fetch(
            "SELECT * FROM claim WHERE customer_id = $1 AND state = 'live' ORDER BY claim_id FOR UPDATE",
            customer_id,
        )
        return [claim_of(row) for row in rows]

    async def grant(self, claims: Sequence[Claim], why: Why, *, reason: str = "declared") -> None:
        """Write new claims and tell each; raises CustomerTaken where a line is held."""
        events = [self._event(ClaimGranted, claim, reason, why) for claim in claims]
        try:
            await insert_all(self._tx, "claim", [claim_values(claim, why) for claim in claims], events)
        except asyncpg.UniqueViolationError as held:
            line = _HELD.search(held.detail or "")
            lines = [claim.line for claim in claims if line is None or claim.line == line[1]]
            raise CustomerTaken(
                f"业务 {'、'.join(lines)} 的开发权已由其他单位持有",
                f"another unit holds the claim on {', '.join(lines)}",
                extra={"taken_lines": lines},
            ) from held

    async def renew(self, claims: Sequence[Claim], reason: str, why: Why) -> None:
        """Write claims that run on, and tell each."""
        for claim in claims:
            row = claim_row(claim, why)
            await update(self._tx, "claim", "claim_id", row, [self._event(ClaimRenewed, claim, reason, why)])

    async def end(self, claim: Claim, reason: str, why: Why) -> None:
        """Write a claim that ended, and tell it."""
        row = claim_row(claim, why)
        await update(
            self._tx, "claim", "claim_id", row, [self._event(_ENDS[claim.state], claim, reason, why)]
        )

    def _event(self, kind: type[ClaimFact], claim: Claim, reason: str, why: Why) -> Event:
        return self._tx.event(
            facts.claim(kind, claim, reason, why),
            aggregate=f"claim:{claim.claim_id}",
            version=claim.version,
            subject=str(claim.customer_id),
            orgpath=self._tree.path(claim.org_id),
        )


class ClockRows:
    """Deadlines of claims and declarations."""

    def __init__(self, tx: Transaction, law: Snapshot) -> None:
        self._tx = tx
        self._law = law

    async def start_claims(
        self, ends: Sequence[ClaimEnd], idles: Sequence[IdleClock], due: DecisionDue | None
    ) -> None:
        """Start the clocks of claims, warned at the days before their end that the law names, and the center's."""
        decisions = [self._decision(due)] if due else []
        idling = [idle_deadline(clock, self._law) for clock in idles]
        await deadlines.start(self._tx, [*(self._claim_end(end) for end in ends), *idling, *decisions])

    async def extend_claim(self, end: ClaimEnd) -> None:
        """Let the clock of a claim's end run to a later one."""
        await deadlines.cancel(self._tx, ("claim", str(end.claim.claim_id)), [CLAIM_END])
        await deadlines.start(self._tx, [self._claim_end(end)])

    async def stop_idling(self, claims: Sequence[Claim]) -> None:
        """Cancel the idle clocks of claims whose unit waits for its center."""
        await self._stop(claims, [CLAIM_IDLE])

    async def start_decision(self, decision: DecisionDue) -> None:
        """Start the center's clock."""
        await deadlines.start(self._tx, [self._decision(decision)])

    async def decided(self, declaration_id: UUID) -> None:
        """Settle the center's clock."""
        await deadlines.settle(self._tx, ("declaration", str(declaration_id)), [REGISTRATION_DECIDE])

    async def registered(self, declaration_id: UUID, claims: Sequence[Claim]) -> None:
        """Settle the center's clock and cancel those of the claims, in one statement."""
        await self._tx.execute(
            REGISTERED,
            self._tx.moment.service,
            str(declaration_id),
            [REGISTRATION_DECIDE],
            self._tx.now,
            [str(claim.claim_id) for claim in claims],
            [CLAIM_END, CLAIM_IDLE],
        )

    async def undecidable(self, declaration_id: UUID) -> None:
        """Cancel the center's clock: the declaration has gone away."""
        await deadlines.cancel(self._tx, ("declaration", str(declaration_id)), [REGISTRATION_DECIDE])

    async def stop_claims(self, claims: Sequence[Claim]) -> None:
        """Cancel the clocks of claims that no longer end by time."""
        await self._stop(claims, [CLAIM_END, CLAIM_IDLE])

    async def _stop(self, claims: Sequence[Claim], kinds: Sequence[str]) -> None:
        if claims:
            await deadlines.cancel_all(self._tx, "claim", [str(claim.claim_id) for claim in claims], kinds)

    def _decision(self, decision: DecisionDue) -> deadlines.Deadline:
        declared = decision.declared
        term = Term(
            kind=REGISTRATION_DECIDE,
            subject=("declaration", str(declared.declaration_id)),
            org_id=declared.org_id,
            holder=Holder(declared.city_org_id, Role.CENTER_OFFICER),
            started_at=decision.started_at,
            duration=decision.within,
            because=decision.because.reasons,
            customer_id=str(declared.customer_id),
        )
        return deadlines.plan(term, self._law)

    def _claim_end(self, end: ClaimEnd) -> deadlines.Deadline:
        claim = end.claim
        term = Term(
            kind=CLAIM_END,
            subject=("claim", str(claim.claim_id)),
            org_id=claim.org_id,
            holder=Holder(claim.org_id, Role.ACCOUNT_MANAGER, str(end.holder_id)),
            started_at=claim.since,
            duration=end.length,
            because=end.because.reasons,
            customer_id=str(claim.customer_id),
        )
        ends_at = due(claim.since, end.length).due_at
        warn_at = [days_before(ends_at, days) for days in end.warned_days_before]
        return deadlines.plan(term, self._law, warn_at=warn_at)
