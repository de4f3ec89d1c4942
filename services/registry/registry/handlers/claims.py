"""What the end of a claim's time, and its idleness, do."""

from datetime import datetime
from uuid import UUID

from registry.handlers.deciding import expire
from registry.model.claims import Claim, ClaimState
from registry.model.declarations import Declaration, DeclarationState
from registry.policies.use import lost_by_idling, lost_by_time
from registry.ports.desk import Desk, Why
from regulations.calendars import day_of
from regulations.topics.claims import ClaimIdle, ClaimWindow

WINDOW_OVER = "window-over"
IDLE = "idle"


async def end_claim(claim_id: UUID, desk: Desk) -> None:
    """Expire a claim whose time is over; with the last of them its declaration lapses.

    While annex 1 lies with the center the claim goes on: the unit does not lose by the center's slowness.
    """
    claim, declared = await _protected(claim_id, desk)
    if claim is None or declared is None or claim.until is None or claim.until > desk.now:
        return
    await expire([claim], WINDOW_OVER, desk, window_over(claim, desk))
    await lapse(declared, desk)


async def idle_out(claim_id: UUID, desk: Desk) -> None:
    """Expire a claim on which nothing was done for as long as the law lets it idle."""
    claim, declared = await _protected(claim_id, desk)
    clock = await desk.uses.idle_clock(claim_id)
    if claim is None or declared is None or claim.until is None or clock is None or clock[1] > desk.now:
        return
    await expire([claim], IDLE, desk, _idled(claim, clock[0], desk))
    await lapse(declared, desk)


async def lapse(declared: Declaration, desk: Desk) -> None:
    """Let a declaration go with its last claim."""
    if not await desk.claims.of_declaration(declared.declaration_id):
        await desk.declarations.save(declared.moved(DeclarationState.LAPSED))


def window_over(claim: Claim, desk: Desk) -> Why:
    """Say by which provision a claim's time is over: the one in force at its grant."""
    window = desk.law.find(ClaimWindow, org_id=claim.org_id, day=day_of(claim.since))
    return lost_by_time(claim, window).to_json()


def _idled(claim: Claim, since: datetime, desk: Desk) -> Why:
    law = desk.law.find(ClaimIdle, org_id=claim.org_id, day=day_of(since))
    return lost_by_idling(since, law).to_json()


async def _protected(claim_id: UUID, desk: Desk) -> tuple[Claim | None, Declaration | None]:
    """Give a live, undisputed claim of a declaration that lies with its unit, its customer locked, else nothing."""
    claim = await desk.claims.find(claim_id)
    if claim is None:
        return None, None
    declared = await desk.declarations.get(claim.declaration_id)
    claim = await desk.claims.find(claim_id)
    if claim is None or claim.state is not ClaimState.LIVE:
        return None, None
    if await desk.known.disputed(claim.customer_id):
        # Its time goes on, and is looked at again when the dispute is over.
        return None, None
    return (claim, declared) if declared.state is DeclarationState.PROTECTED else (None, None)
