"""Who decides about a compensation, how liability is shared out, and which provisions say so (hubei art. 21(6), 30(2))."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from decimal import ROUND_DOWN, Decimal

from contracts.refusals import MakerIsChecker
from regulations.provisions import Because, Provision
from regulations.topics.compensation import (
    CompensationApprove,
    CompensationLimit,
    CompensationOrder,
    LiabilityAssign,
)
from service_desk.commands import Official
from service_desk.model.compensations import Act, Claim, Liability, Share
from service_desk.model.remedies import SharesNotWhole
from service_desk.policies.clocks import Clock
from service_desk.policies.handling import CENTER_ROLES

APPROVE = "compensation-approve"
ASSIGN = "liability-assign"
OFFICER = "center-officer"
DIRECTOR = "center-director"
CASHIER = "finance"
HEAD = "unit-head"
CHECKED = frozenset({Act.HANDLE, Act.REFUSE, Act.APPROVE, Act.PAY})


def check_maker(act: Act, claim: Claim, official: Official) -> None:
    """Raise MakerIsChecker where a person would check what they made, or decide for a customer they manage.

    Reporting is no check: who handles a claim sends it upward.
    """
    if act in CHECKED and (official.actor in claim.makers or official.actor == claim.manager_id):
        raise MakerIsChecker.of()


def may_handle(claim: Claim, payer: str, official: Official) -> bool:
    """Say whether a post handles the claim: the first responder's, or the center's that advances the money."""
    first = claim.first_responder_org_id
    return holds(official, payer, CENTER_ROLES) or holds(official, first, CENTER_ROLES | {HEAD})


def holds(official: Official, org_id: str | None, roles: Collection[str]) -> bool:
    """Say whether a person holds one of these roles at exactly this organisation."""
    return official.org_id == org_id and not official.roles.isdisjoint(roles)


def approval_clock(law: Provision[CompensationApprove], *, reported_by: str) -> Clock:
    """Give the clock of the level above, from the report."""
    return Clock(APPROVE, law.value.within, DIRECTOR, law.cite(reported_by=reported_by))


def assignment_clock(law: Provision[LiabilityAssign]) -> Clock:
    """Give the clock for finding out who is liable, from the payment."""
    return Clock(ASSIGN, law.value.within, OFFICER, law.cite())


def paid(limit: Provision[CompensationLimit], order: Provision[CompensationOrder], *, above: bool) -> Because:
    """Explain a payment: by whom it is advanced, and that it does not wait for liability."""
    return Because.of(limit.cite(above=above), order.cite())


def shared_out(amount: Decimal, shares: Sequence[Share]) -> tuple[Share, ...]:
    """Give the shares with their amounts in whole cents, which sum to the amount; raises SharesNotWhole.

    What rounding down leaves goes, a cent each, to those who lost most by it; of equals to the first named.
    """
    places = {}
    for place, share in enumerate(shares):
        if (share.link, share.org_id) in places:
            raise SharesNotWhole.twice(place)
        places[share.link, share.org_id] = place
    total = sum((share.share for share in shares), Decimal(0))
    if total != 1:
        raise SharesNotWhole.sum_is(total)
    cent = Decimal((0, (1,), int(amount.as_tuple().exponent)))
    exact = [amount * share.share for share in shares]
    rounded = [one.quantize(cent, ROUND_DOWN) for one in exact]
    missing = int((amount - sum(rounded, Decimal(0))) / cent)
    by_loss = sorted(range(len(shares)), key=lambda place: (rounded[place] - exact[place], place))
    raised = set(by_loss[:missing])
    return tuple(
        replace(share, amount=rounded[place] + (cent if place in raised else 0))
        for place, share in enumerate(shares)
    )


def owed(liability: Liability) -> dict[str, Decimal]:
    """Give what each charged unit owes the one that advanced the money; its own share it owes to nobody."""
    debts: dict[str, Decimal] = {}
    for share in liability.shares:
        if share.org_id != liability.creditor_org_id and share.amount:
            debts[share.org_id] = debts.get(share.org_id, Decimal(0)) + share.amount
    return debts
