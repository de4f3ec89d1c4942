"""Disputes as the registry tells of them; never what a party filed."""

from collections.abc import Sequence
from typing import Any, TypeVar

from contracts import disputes as told
from registry.model.disputes import Dispute

D = TypeVar("D", bound=told.DisputeFact)


def dispute(kind: type[D], known: Dispute, cites: Sequence[str], **more: Any) -> D:
    """Tell a dispute after its step; `more` is what only this kind of event has."""
    award = known.award
    return kind(
        dispute_id=known.dispute_id,
        customer_id=known.customer_id,
        kind=known.kind,
        origin=known.origin,
        lines=list(known.lines),
        parties=list(known.parties),
        org_id=known.org_id,
        ruling_org_id=known.ruling_org_id,
        state=known.state,
        opened_at=known.opened_at,
        evidence_until=known.evidence_until,
        due_at=known.due_at,
        award=[
            told.AwardFact(org_id=one.org_id, share=format(one.share, "f"), lead=one.org_id == award.lead)
            for one in award.shares
        ]
        if award
        else [],
        cites=list(cites),
        because=known.because,
        **more,
    )
