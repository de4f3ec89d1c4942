"""Idle clocks of claims, and what shows that claims are used."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from chassis import deadlines
from chassis.deadlines import Holder, Term
from chassis.directory import Snapshot
from chassis.transaction import Transaction
from registry.model.claims import Claim
from registry.model.staff import Role
from registry.policies.use import Evidence, EvidenceKind, Named
from registry.ports.use import IdleClock, Idling
from registry.tables.claims import claim_of
from registry.tables.shapes import from_json, moment, moment_or_none
from regulations.calendars import day_start

CLAIM_IDLE = "claim-idle"
ENDING = """
    SELECT DISTINCT customer_id FROM claim
    WHERE customer_id = ANY (ARRAY(SELECT survivor_of(one) FROM unnest($1::uuid[]) AS one))
      AND state = 'live' AND until IS NOT NULL
"""
LOCK = "SELECT FROM customer WHERE customer_id = ANY ($1) ORDER BY customer_id FOR UPDATE"
# Visits of the holding unit and of those below it, steps of the holding unit's own cases.
IDLING = """
    SELECT c.*, d.submitted_by, d.verdict, k.started_at AS idle_since, k.due_at AS idle_end,
      (SELECT max(v.visited_on) FROM visit v JOIN organisation vo ON vo.org_id = v.org_id
       WHERE v.customer_id = ANY (same_customer(c.customer_id)) AND v.state = 'done'
         AND (vo.orgpath = co.orgpath OR vo.orgpath ^@ (co.orgpath || '.'))) AS visited_on,
      (SELECT max(m.at) FROM development_move m JOIN development_case o ON o.case_id = m.case_id
       WHERE o.customer_id = ANY (same_customer(c.customer_id)) AND o.org_id = c.org_id AND m.progress) AS stepped_at
    FROM claim c JOIN declaration d ON d.declaration_id = c.declaration_id
    JOIN organisation co ON co.org_id = c.org_id
    JOIN deadline k ON k.subject_type = 'claim' AND k.subject_id = c.claim_id::text
      AND k.kind = 'claim-idle' AND k.state = 'running'
    WHERE c.customer_id = ANY ($1) AND c.state = 'live' AND c.until IS NOT NULL
    ORDER BY c.claim_id FOR UPDATE OF c
"""
# A clock that has run out counts on until its claim has ended with it.
CLOCK = """
    SELECT started_at, due_at FROM deadline
    WHERE subject_type = 'claim' AND subject_id = $1 AND kind = 'claim-idle' AND state IN ('running', 'breached')
    ORDER BY due_at DESC LIMIT 1
"""
SHOWN: Mapping[EvidenceKind, str] = {
    EvidenceKind.VISIT: """
        SELECT v.visit_id AS id, v.visited_on AS at FROM visit v JOIN organisation o ON o.org_id = v.org_id
        WHERE v.visit_id = ANY ($1) AND v.customer_id = ANY (same_customer($2)) AND v.state = 'done'
          AND (o.orgpath = path_of($3) OR o.orgpath ^@ (path_of($3) || '.'))
    """,
    EvidenceKind.PLAN_STEP: """
        SELECT m.move_id AS id, m.at FROM development_move m JOIN development_case o ON o.case_id = m.case_id
        WHERE m.move_id = ANY ($1) AND o.customer_id = ANY (same_customer($2)) AND o.org_id = $3 AND m.progress
    """,
    EvidenceKind.ATTACHMENT: """
        SELECT a.id, a.uploaded_at AS at FROM attachment a JOIN organisation o ON o.org_id = a.org_id
        WHERE a.id = ANY ($1) AND a.subject = 'customer:' || $2::uuid
          AND (o.orgpath = path_of($3) OR o.orgpath ^@ (path_of($3) || '.'))
    """,
}


class UseRows:
    """The use that is made of claims."""

    def __init__(self, tx: Transaction, law: Snapshot) -> None:
        self._tx = tx
        self._law = law

    async def idling(self, customer_ids: Sequence[UUID]) -> list[Idling]:
        """Give the idling claims of customers for change, the customers locked first."""
        ending = [row["customer_id"] for row in await self._tx.fetch(ENDING, list(customer_ids))]
        if not ending:
            return []
        await self._tx.execute(LOCK, ending)
        return [_idling(row) for row in await self._tx.fetch(IDLING, ending)]

    async def restart(self, clocks: Sequence[IdleClock]) -> None:
        """Let idle clocks begin anew: one that progress ended in time is met."""
        if not clocks:
            return
        for clock in clocks:
            stop = deadlines.settle if clock.earned else deadlines.cancel
            await stop(self._tx, ("claim", str(clock.claim.claim_id)), [CLAIM_IDLE])
        await deadlines.start(self._tx, [idle_deadline(clock, self._law) for clock in clocks])

    async def idle_clock(self, claim_id: UUID) -> tuple[datetime, datetime] | None:
        """Give since when a claim idles and when that ends it, or None where no clock of it counts."""
        row = await self._tx.fetchrow(CLOCK, str(claim_id))
        return (moment(row["started_at"]), moment(row["due_at"])) if row else None

    async def evidence(self, claim: Claim, named: Sequence[Named]) -> list[Evidence]:
        """Look up what a holder names as progress on a claim, in the order named."""
        found: dict[tuple[EvidenceKind, UUID], datetime] = {}
        for kind, text in SHOWN.items():
            refs = [one.ref for one in named if one.kind is kind]
            rows = await self._tx.fetch(text, refs, claim.customer_id, claim.org_id) if refs else []
            found |= {(kind, row["id"]): _instant(row["at"]) for row in rows}
        return [Evidence(one, found.get((one.kind, one.ref))) for one in named]


def idle_deadline(clock: IdleClock, law: Snapshot) -> deadlines.Deadline:
    """Plan the deadline by which a claim idles out."""
    claim = clock.claim
    term = Term(
        kind=CLAIM_IDLE,
        subject=("claim", str(claim.claim_id)),
        org_id=claim.org_id,
        holder=Holder(claim.org_id, Role.ACCOUNT_MANAGER, str(clock.holder_id)),
        started_at=clock.since,
        duration=clock.after,
        because=clock.because.reasons,
        customer_id=str(claim.customer_id),
    )
    return deadlines.plan(term, law, warn_at=[clock.warn_at])


def _idling(row: asyncpg.Record) -> Idling:
    verdict = from_json(row["verdict"])
    returned = verdict is not None and verdict["outcome"] == "returned"
    return Idling(
        claim=claim_of(row),
        holder_id=row["submitted_by"],
        since=moment(row["idle_since"]),
        ends_at=moment(row["idle_end"]),
        returned_at=datetime.fromisoformat(verdict["at"]) if returned else None,
        visited_at=day_start(row["visited_on"]) if row["visited_on"] else None,
        stepped_at=moment_or_none(row["stepped_at"]),
    )


def _instant(at: object) -> datetime:
    """A visit has a day; it is taken for the day's beginning."""
    return moment(at) if isinstance(at, datetime) else day_start(at)  # type: ignore[arg-type]
