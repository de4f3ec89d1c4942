"""What the end of a claim's time does."""

from uuid import UUID

from registry.handlers.deciding import expire
from registry.model.claims import ClaimState
from registry.model.declarations import DeclarationState
from registry.ports.desk import Desk


async def end_claim(claim_id: UUID, desk: Desk) -> None:
    """Expire a claim whose time is over; with the last of them its declaration lapses.

    While annex 1 lies with the center the claim goes on: the unit does not lose by the center's slowness.
    """
    claim = await desk.claims.find(claim_id)
    if claim is None or claim.state is not ClaimState.LIVE or claim.until is None or claim.until > desk.now:
        return
    declared = await desk.declarations.get(claim.declaration_id)
    if declared.state is not DeclarationState.PROTECTED:
        return
    await expire([claim], "window-over", desk, None)
    if not await desk.claims.of_declaration(declared.declaration_id):
        await desk.declarations.save(declared.moved(DeclarationState.LAPSED))
