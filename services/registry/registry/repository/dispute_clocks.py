"""Deadlines of disputes: the evidence of each party, the ruling, the time for an appeal, the ruling on it."""

from collections.abc import Sequence
from uuid import UUID

from chassis import deadlines
from chassis.deadlines import Holder, Term
from chassis.directory import Snapshot
from chassis.transaction import Transaction
from registry.handlers.disputes import DISPUTE_RULE
from registry.handlers.rulings import APPEAL_RULE
from registry.model.disputes import Award, Dispute
from registry.model.staff import Role
from registry.ports.disputes import RulingDue
from regulations.calendars import Duration
from regulations.provisions import Because
from regulations.rulebook import NoLaw
from regulations.topics.deadlines import DeadlineWarnings

DISPUTE_EVIDENCE = "dispute-evidence"
DISPUTE_APPEAL = "dispute-appeal"
RULINGS = (DISPUTE_RULE, APPEAL_RULE)


class DisputeClockRows:
    """Deadlines of disputes."""

    def __init__(self, tx: Transaction, law: Snapshot) -> None:
        self._tx = tx
        self._law = law

    async def opened(self, due: RulingDue, evidence: Duration, because: Because) -> None:
        """Start the clocks of the evidence, one a party, and of the ruling."""
        dispute = due.dispute
        terms = [
            Term(
                kind=DISPUTE_EVIDENCE,
                subject=("dispute-party", _side(dispute.dispute_id, party)),
                org_id=party,
                holder=Holder(party, self._head_of(party)),
                started_at=dispute.opened_at,
                duration=evidence,
                because=because.reasons,
                customer_id=str(dispute.customer_id),
            )
            for party in dispute.parties
        ]
        await self._start([*terms, self._ruling(due)])

    async def filed(self, dispute_id: UUID, org_id: str) -> None:
        """Settle the clock of a party's evidence."""
        side = _side(dispute_id, org_id)
        await deadlines.settle(self._tx, ("dispute-party", side), [DISPUTE_EVIDENCE])

    async def start(self, due: RulingDue) -> None:
        """Start the clock of a ruling."""
        await self._start([self._ruling(due)])

    async def start_appeal(self, dispute: Dispute, within: Duration, because: Because) -> None:
        """Start the time in which the party that got least may appeal."""
        loser = loser_of(dispute.parties, dispute.award)
        term = Term(
            kind=DISPUTE_APPEAL,
            subject=("dispute", str(dispute.dispute_id)),
            org_id=loser,
            holder=Holder(loser, self._head_of(loser)),
            started_at=self._tx.now,
            duration=within,
            because=because.reasons,
            customer_id=str(dispute.customer_id),
        )
        await self._start([term])

    async def ruled(self, dispute: Dispute) -> None:
        """Settle the clock of a ruling, and stop what runs of the evidence."""
        await deadlines.settle(self._tx, ("dispute", str(dispute.dispute_id)), RULINGS)
        await self._stop_evidence(dispute)

    async def appealed(self, dispute_id: UUID) -> None:
        """Settle the time for an appeal."""
        await deadlines.settle(self._tx, ("dispute", str(dispute_id)), [DISPUTE_APPEAL])

    async def over(self, dispute: Dispute) -> None:
        """Stop whatever runs."""
        await deadlines.cancel(self._tx, ("dispute", str(dispute.dispute_id)), [*RULINGS, DISPUTE_APPEAL])
        await self._stop_evidence(dispute)

    async def _stop_evidence(self, dispute: Dispute) -> None:
        sides = [_side(dispute.dispute_id, party) for party in dispute.parties]
        await deadlines.cancel_all(self._tx, "dispute-party", sides, [DISPUTE_EVIDENCE])

    async def _start(self, terms: Sequence[Term]) -> None:
        await deadlines.start(self._tx, [deadlines.plan(term, self._law) for term in terms])

    def _ruling(self, due: RulingDue) -> Term:
        dispute = due.dispute
        return Term(
            kind=due.kind,
            subject=("dispute", str(dispute.dispute_id)),
            org_id=self._seat(dispute),
            holder=Holder(dispute.ruling_org_id, Role.CENTER_DIRECTOR),
            started_at=due.started_at,
            duration=due.within,
            because=due.because.reasons,
            customer_id=str(dispute.customer_id),
        )

    def _seat(self, dispute: Dispute) -> str:
        """Give the organisation whose law warns and passes on: the center's, or where it adopted none a party's."""
        try:
            self._law.find(DeadlineWarnings, org_id=dispute.ruling_org_id, day=self._tx.now.date())
        except NoLaw:
            return dispute.parties[0]
        return dispute.ruling_org_id

    def _head_of(self, org_id: str) -> Role:
        center = self._law.organisation(org_id).kind in deadlines.CENTER_KINDS
        return Role.CENTER_DIRECTOR if center else Role.UNIT_HEAD


def loser_of(parties: Sequence[str], award: Award | None) -> str:
    """Give the party with the smallest part of an award, the first of several."""
    parts = {one.org_id: one.share for one in award.shares} if award else {}
    return min(parties, key=lambda party: parts.get(party, 0))


def _side(dispute_id: UUID, org_id: str) -> str:
    return f"{dispute_id}:{org_id}"
