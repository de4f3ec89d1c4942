"""From when a yearly review holds, and who may decide it (hubei art. 7(3))."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from regulations.provisions import Provision
from regulations.topics.tiers import ReviewProcedure
from tiering.model.tiers import BASIS_POINT


@dataclass(frozen=True, slots=True)
class Year:
    """A year under review: the day from which its classes hold."""

    valid_from: date


def year_of(year: int) -> Year:
    """Give what follows from a calendar year: its classes hold from the first day after it."""
    return Year(date(year + 1, 1, 1))


def growth(fees: Decimal, prior_fees: Decimal) -> Decimal | None:
    """Give the growth against the year before as a share of 1, to four places; None where there was nothing."""
    if not prior_fees:
        return None
    return ((fees - prior_fees) / prior_fees).quantize(BASIS_POINT, ROUND_HALF_UP)


def may_propose(procedure: Provision[ReviewProcedure], kind: str, roles: frozenset[str]) -> bool:
    """Tell whether somebody with these roles at a node of this kind proposes and overrides."""
    rule = procedure.value
    return kind == rule.at and not roles.isdisjoint({rule.proposed_by, rule.confirmed_by})


def may_publish(procedure: Provision[ReviewProcedure], kind: str, roles: frozenset[str]) -> bool:
    """Tell whether somebody with these roles at a node of this kind confirms a review."""
    return kind == procedure.value.at and procedure.value.confirmed_by in roles
