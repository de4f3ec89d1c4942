"""What the holder does with a claim that has an end: renew it on progress, or give it up."""

from uuid import UUID

from contracts.refusals import Forbidden, NotFound
from registry.commands.asking import Asker
from registry.commands.claims import ReleaseClaim, RenewClaim
from registry.handlers.claims import lapse
from registry.handlers.deciding import leave
from registry.handlers.using import must_not_be_over
from registry.model.claims import Claim, ClaimState
from registry.model.declarations import STATE_ZH, Declaration, DeclarationState
from registry.model.refusals import ClaimOver, ClaimRenewedAlready, NoProgress, WrongState
from registry.model.staff import Role
from registry.policies.use import Bar, renewal
from registry.ports.desk import ClaimEnd, Desk
from regulations.calendars import Duration, day_of
from regulations.provisions import Because
from regulations.topics.claims import ClaimWarnings, ClaimWindow
from regulations.topics.registration import DeclarationDuty

PROGRESS = "progress"
GIVEN_UP = "given-up"
_BARRED = {
    Bar.OVER: ClaimOver,
    Bar.USED_UP: ClaimRenewedAlready,
    Bar.NO_PROGRESS: NoProgress,
}


async def renew_claim(command: RenewClaim, desk: Desk) -> Claim:
    """Renew a claim on progress within its window, as often and by as much as the law says."""
    claim, declared = await _own(command.asker, command.claim_id, desk)
    await must_not_be_over([claim], desk)
    window = desk.law.find(ClaimWindow, org_id=claim.org_id, day=desk.today)
    evidence = await desk.uses.evidence(claim, command.evidence)
    decision = renewal(claim, evidence, desk.now, window)
    outcome = decision.outcome
    if outcome.until is None or outcome.bar is not None:
        raise _BARRED[outcome.bar or Bar.OVER](
            decision.because.zh,
            decision.because.en,
            pointer=outcome.place,
            because=decision.because.to_json(),
        )
    renewed = claim.renewed(outcome.until)
    await desk.claims.renew([renewed], PROGRESS, decision.because.to_json())
    warnings = desk.law.find(ClaimWarnings, org_id=claim.org_id, day=desk.today)
    because = Because.of(window.cite(), warnings.cite())
    await desk.clocks.extend_claim(
        ClaimEnd(renewed, _length(renewed), warnings.value.days_before, declared.submitted_by, because)
    )
    return renewed


async def release_claim(command: ReleaseClaim, desk: Desk) -> Claim:
    """Give a claim up; with the last of them its declaration lapses."""
    claim, declared = await _own(command.asker, command.claim_id, desk)
    await must_not_be_over([claim], desk)
    if declared.state is not DeclarationState.PROTECTED:
        raise WrongState(
            f"申报现为“{STATE_ZH[declared.state]}”，请撤回申报",
            f"the declaration is {declared.state}: withdraw it instead",
            extra={"state": str(declared.state)},
        )
    duty = desk.law.find(DeclarationDuty, org_id=claim.org_id, day=desk.today)
    because = Because.of(
        duty.cite(line=claim.line), zh="持有单位主动放弃", en="given up by its holder"
    ).to_json()
    await leave([claim], desk, because)
    released = claim.ended(ClaimState.RELEASED)
    await desk.claims.end(released, GIVEN_UP, because)
    await desk.clocks.stop_claims([claim])
    await lapse(declared, desk)
    return released


async def _own(asker: Asker, claim_id: UUID, desk: Desk) -> tuple[Claim, Declaration]:
    """Give a claim of the asker's unit that has an end, its customer locked first."""
    seen = await desk.claims.find(claim_id)
    if seen is None:
        raise NotFound("没有该开发权", "no such claim")
    declared = await desk.declarations.get(seen.declaration_id)
    claim = await desk.claims.find(claim_id) or seen
    head = asker.may(Role.UNIT_HEAD) and asker.covers(desk.tree.path(claim.org_id))
    if asker.org_id != claim.org_id and not head:
        raise Forbidden("由持有单位办理", "only the unit that holds the claim may do this")
    if claim.state is not ClaimState.LIVE:
        claim.ended(ClaimState.RELEASED)
    if claim.until is None:
        raise WrongState(
            "客户已注册，开发权随归属走，没有到期日",
            "the customer is registered: the claim stands with its assignment",
        )
    return claim, declared


def _length(claim: Claim) -> Duration:
    """Give a claim's whole time in days, the day of its grant not counted."""
    if claim.until is None:
        raise LookupError("a standing claim has no length")
    return Duration(days=(day_of(claim.until) - day_of(claim.since)).days - 1)
