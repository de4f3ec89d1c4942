"""The law on classes as sample organisations adopt it, and figures to be rated by it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from chassis.directory import EMPTY
from regulations.rulebook import Adoption
from tiering.handlers.law import class_law
from tiering.model.tiers import Figures, Months
from tiering.policies.law import ClassLaw

SINCE = date(2009, 1, 1)
DAY = date(2026, 1, 1)
ADOPTED = replace(
    EMPTY,
    adoptions={
        "420000": [Adoption("hubei", None, SINCE), Adoption("platform", None, SINCE)],
        "420800": [Adoption("xxx-city-daily", None, SINCE)],
        "420200": [Adoption("dezhou-ems", None, SINCE)],
    },
)
YEAR = Months(date(2025, 1, 1), date(2025, 12, 1))


def law_at(city: str) -> ClassLaw:
    """Give the law of a city of the province."""
    return class_law(ADOPTED, ["CN", "420000", city], DAY)


HUBEI = law_at("420100")
XXX = law_at("420800")
DEZHOU = law_at("420200")


def figures(fees: str | Decimal = "0.00", **facts: Any) -> Figures:
    """Give the figures of a Wuhan customer with these fees of the year and nothing else."""
    amount = Decimal(fees)
    given = {
        "months": YEAR,
        "place": "wuhan",
        "level": "city",
        "fees": amount,
        "last_year_fees": amount,
        "month_fees": Decimal("0.00"),
        "agreement": False,
        **facts,
    }
    return Figures(**given)
