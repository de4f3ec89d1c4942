"""Granting claims, and the clocks that run with them."""

from collections.abc import Sequence

from chassis.ids import uuid7
from registry.handlers.using import idle_clock
from registry.model.claims import Claim, ClaimState
from registry.model.declarations import UNDECIDED, Declaration, DeclarationState
from registry.policies.claims import protected_until
from registry.ports.desk import ClaimEnd, DecisionDue, Desk
from regulations.provisions import Because
from regulations.topics.claims import ClaimWarnings, ClaimWindow
from regulations.topics.registration import RegistrationDecide


async def grant(declared: Declaration, desk: Desk, *, reason: str = "declared") -> Sequence[Claim]:
    """Grant one claim a line, protected from now for the window in force; the database refuses a line that is held.

    Where annex 1 has come already, the clock of the city center starts too, else those by which claims idle out.
    """
    if declared.customer_id is None:
        raise LookupError("a declaration without a customer is granted nothing")
    window = desk.law.find(ClaimWindow, org_id=declared.org_id, day=desk.today)
    warnings = desk.law.find(ClaimWarnings, org_id=declared.org_id, day=desk.today)
    until = protected_until(desk.now, window)
    claims = [
        Claim(
            claim_id=uuid7(),
            customer_id=declared.customer_id,
            declaration_id=declared.declaration_id,
            line=line,
            org_id=declared.org_id,
            state=ClaimState.LIVE,
            since=desk.now,
            until=until.outcome,
            version=1,
        )
        for line in declared.lines
    ]
    await desk.claims.grant(claims, until.because.to_json(), reason=reason)
    because = Because.of(*until.because.reasons, warnings.cite())
    await desk.clocks.start_claims(
        [
            ClaimEnd(claim, window.value.length, warnings.value.days_before, declared.submitted_by, because)
            for claim in claims
        ],
        [idle_clock(claim, desk.now, declared.submitted_by, desk) for claim in claims if _idles(declared)],
        _decision_due(declared, desk) if declared.state in UNDECIDED else None,
    )
    return claims


def _idles(declared: Declaration) -> bool:
    """Where annex 1 lies with the center, it is the next to act."""
    return declared.state is not DeclarationState.FILED


async def start_decision(declared: Declaration, desk: Desk) -> None:
    """Start the clock of the city center."""
    await desk.clocks.start_decision(_decision_due(declared, desk))


def _decision_due(declared: Declaration, desk: Desk) -> DecisionDue:
    within = desk.law.find(RegistrationDecide, org_id=declared.org_id, day=desk.today)
    return DecisionDue(declared, desk.now, within.value.within, Because.of(within.cite()))
