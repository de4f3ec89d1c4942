"""Claims that go from one customer's file to another's: they end there and begin anew here, at one instant."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from chassis.ids import uuid7
from registry.handlers.using import idle_clock
from registry.model.claims import Claim, ClaimState
from registry.model.declarations import DeclarationState
from registry.model.merges import MovedLine
from registry.ports.desk import ClaimEnd, Desk, Why
from registry.ports.merges import MergeDesk, Origin
from regulations.calendars import TICK, Duration, day_of
from regulations.provisions import Because
from regulations.topics.claims import ClaimWarnings


async def take_away(claims: Sequence[Claim], reason: str, desk: Desk, why: Why) -> None:
    """End claims in the file that they leave."""
    for claim in claims:
        await desk.claims.end(claim.ended(ClaimState.TRANSFERRED), reason, why)
    await desk.clocks.stop_claims(claims)


async def begin_anew(claims: Sequence[Claim], reason: str, at: MergeDesk, why: Why) -> None:
    """Grant claims in the file that they come to; they end when they would have ended, and idle anew."""
    if not claims:
        return
    desk = at.desk
    await desk.claims.grant(claims, why, reason=reason)
    origins = await at.merges.origins([claim.declaration_id for claim in claims])
    ends = [_end(claim, origins[claim.declaration_id], desk) for claim in claims if claim.until is not None]
    idles = [
        idle_clock(claim, desk.now, origins[claim.declaration_id].submitted_by, desk)
        for claim in claims
        if claim.until is not None and _idles(origins[claim.declaration_id])
    ]
    await desk.clocks.start_claims(ends, idles, None)


def anew(claim: Claim, customer_id: UUID, desk: Desk) -> Claim:
    """Give a claim as it begins anew for another customer."""
    return replace(
        claim,
        claim_id=uuid7(),
        customer_id=customer_id,
        state=ClaimState.LIVE,
        since=desk.now,
        version=1,
    )


def given_back(line: MovedLine, customer_id: UUID, desk: Desk) -> Claim:
    """Give the claim that had joined the survivor's, as it begins anew where it was."""
    return Claim(
        claim_id=uuid7(),
        customer_id=customer_id,
        declaration_id=line.declaration_id,
        line=line.line,
        org_id=line.org_id,
        state=ClaimState.LIVE,
        since=desk.now,
        until=line.until,
        version=1,
        renewals=line.renewals,
    )


def goes_on(line: MovedLine, origins: Mapping[UUID, Origin], desk: Desk) -> bool:
    """Tell whether a claim that had joined another would live by now, had nothing been merged."""
    origin = origins.get(line.declaration_id)
    over = line.until is not None and line.until <= desk.now
    return origin is not None and origin.state in _LIVING and not over


_LIVING = frozenset({DeclarationState.PROTECTED, DeclarationState.FILED, DeclarationState.APPROVED})


def _idles(origin: Origin) -> bool:
    """Where annex 1 lies with the center, it is the next to act; once given back, the unit is."""
    return origin.state == DeclarationState.PROTECTED


def _end(claim: Claim, origin: Origin, desk: Desk) -> ClaimEnd:
    """Give the clock of a claim's end, which stays where it was: so many whole days from today."""
    if claim.until is None:
        raise LookupError("a claim that stands has no end")
    length: timedelta = day_of(claim.until - TICK) - desk.today
    warnings = desk.law.find(ClaimWarnings, org_id=claim.org_id, day=desk.today)
    return ClaimEnd(
        claim,
        Duration(days=max(0, length.days)),
        warnings.value.days_before,
        origin.submitted_by,
        Because.of(warnings.cite(until=claim.until)),
    )
