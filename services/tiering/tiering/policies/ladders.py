"""The table of a place as steps of fees, each from its lower bound up to the next (hubei art. 7(2))."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from regulations.provisions import Reason
from tiering.model.tiers import CENT
from tiering.policies.law import ClassLaw


@dataclass(frozen=True, slots=True)
class Step:
    """The tier and class of fees of `low` yuan or more, up to the next step; `reasons` beyond the table itself."""

    low: Decimal
    tier: str | None
    cls: int | None


def ladder(law: ClassLaw, place: str) -> tuple[Step, ...]:
    """Give the steps of a place, least first; no step where the table has no such place."""
    column = _column(law, place)
    if not column:
        return ()
    classes = law.equivalents.value.classes
    # Where a shared bound belongs to the worse tier, the better one begins a cent above it.
    above = Decimal(0) if law.shared_bound.value.belongs_to == "better" else CENT
    steps = [Step(low + above, tier, classes.get(tier)) for tier, low in reversed(list(column.items()))]
    if law.beyond is not None and law.beyond.value.below == "least-tier":
        steps = [Step(Decimal(0), steps[0].tier, steps[0].cls), *steps]
    if law.beyond is not None and law.beyond.value.above == "no-tier" and law.range_end is not None:
        steps = [*steps, Step(law.range_end.value.to + CENT, None, None)]
    return tuple(steps)


def step_reached(steps: tuple[Step, ...], fees: Decimal) -> Step | None:
    """Give the last step whose lower bound the fees reach."""
    return next((step for step in reversed(steps) if fees >= step.low), None)


def bound_reasons(law: ClassLaw, place: str, fees: Decimal) -> tuple[Reason, ...]:
    """Give what else decides at the edges of the table: exactly on a bound, above its end, below its least."""
    column = _column(law, place)
    reasons: list[Reason] = []
    if fees in column.values():
        reasons.append(law.shared_bound.cite(yearly_fees=fees))
    if law.range_end is not None and law.beyond is not None and fees > law.range_end.value.to:
        reasons += [law.range_end.cite(yearly_fees=fees), law.beyond.cite(yearly_fees=fees)]
    if law.beyond is not None and column and fees < min(column.values()):
        reasons.append(law.beyond.cite(yearly_fees=fees))
    return tuple(reasons)


def _column(law: ClassLaw, place: str) -> Mapping[str, Decimal]:
    columns: dict[str, Mapping[str, Decimal]] = {
        str(name): one for name, one in law.thresholds.value.bounds.items()
    }
    return columns.get(place) or columns.get("any") or {}
