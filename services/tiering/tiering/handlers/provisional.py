"""The class that the fees of the last twelve months would give: shown during the year, driving nothing."""

from dataclasses import dataclass, replace

from chassis.directory import Snapshot
from regulations.calendars import add_months
from regulations.provisions import Decision
from regulations.rulebook import NoLaw
from regulations.topics.tiers import TierReview
from tiering.handlers.law import law_of_unit, unit_of, units_of_bureau
from tiering.model.tiers import Figures, Months, Standing
from tiering.policies.classes import asks_rank, standing
from tiering.policies.law import ClassLaw
from tiering.policies.reviews import last_month_before
from tiering.policies.sheets import Unit
from tiering.ports.tiers import Amounts, Asked, Sums


@dataclass(frozen=True, slots=True)
class Provisional:
    """The class of the moment, and the months it was taken from."""

    months: Months
    decision: Decision[Standing]


async def provisional_class(asked: Asked, snapshot: Snapshot, sums: Sums) -> Provisional | None:
    """Give the class of the twelve months up to the last that was filed; None where no law is known of the unit."""
    node = snapshot.organisations.get(asked.org_id)
    if node is None:
        return None
    try:
        law = law_of_unit(snapshot, asked.org_id, asked.day)
        every = snapshot.find(TierReview, org_id=asked.org_id, day=asked.day).value.every
    except NoLaw:
        return None
    unit = unit_of(snapshot, node)
    units = units_of_bureau(snapshot, unit)
    last = await sums.last_month(units, asked.day) or last_month_before(asked.day)
    months = Months(add_months(last, 1 - (every.months or 1)), last)
    figures = _figures(asked, unit, law, months, await sums.amounts(asked, months))
    if unit.bureau is not None and asks_rank(figures, law):
        ties = law.ties is None or law.ties.value.all_count
        figures = replace(figures, rank=await sums.rank(asked, units, months, ties=ties))
    return Provisional(months, standing(figures, law))


def _figures(asked: Asked, unit: Unit, law: ClassLaw, months: Months, amounts: Amounts) -> Figures:
    of_unit = law.place is not None and law.place.value.place_of == "responsible-unit"
    return Figures(
        months=months,
        place=unit.place if of_unit else asked.place,
        level=unit.level,
        fees=amounts.fees,
        last_year_fees=amounts.last_year_fees,
        month_fees=amounts.month_fees,
        agreement=amounts.agreement,
        importance=asked.importance,
        importance_level=asked.importance_level,
    )
