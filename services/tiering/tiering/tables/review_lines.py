"""Reviews and their lines as rows."""

from typing import Any, Protocol

import orjson

from tiering.model.reviews import Line, Override, Review, ReviewState
from tiering.model.tiers import Figures, Tier
from tiering.policies.law import ClassLaw, unpinned
from tiering.policies.reviews import year_of

REVIEW_COLUMNS = """id, org_id, year, state, valid_from, as_of, proposed_by, proposed_at, published_by, published_at,
superseded_by, customers, changed, overridden, version"""


class Row(Protocol):
    """What a row gives: its values by column."""

    def __getitem__(self, column: str, /) -> Any:
        """Give a value."""
        ...


def review_of(row: Row) -> Review:
    """Read a review."""
    return Review(
        id=row["id"],
        org_id=row["org_id"],
        year=row["year"],
        state=ReviewState(row["state"]),
        valid_from=row["valid_from"],
        as_of=row["as_of"],
        proposed_by=row["proposed_by"],
        proposed_at=row["proposed_at"],
        customers=row["customers"],
        changed=row["changed"],
        overridden=row["overridden"],
        version=row["version"],
    )


def laws_of(law: str) -> dict[int, ClassLaw]:
    """Read the law that a review was decided by."""
    return {int(number): unpinned(written) for number, written in orjson.loads(law).items()}


def line_of(row: Row, year: int) -> Line:
    """Read a line of the review of a year."""
    return Line(
        customer_id=row["customer_id"],
        org_id=row["org_id"],
        profile=row["profile"],
        figures=_figures(row, year),
        prior_fees=row["prior_fees"],
        settlement_days=row["settlement_days"],
        overdue_days=row["overdue_days"],
        eligible=row["eligible"],
        table_class=row["table_class"],
        suggested_class=row["suggested_class"],
        tier=Tier(row["scheme"], row["tier"], row["class"]),
        former=Tier(row["former_scheme"], row["former_tier"], row["former_class"]),
        former_service_class=row["former_service_class"],
        valid_from=row["valid_from"],
        override=_override(row),
    )


def _figures(row: Row, year: int) -> Figures:
    return Figures(
        months=year_of(year).months,
        place=row["place"],
        level=row["level"],
        fees=row["fees"],
        last_year_fees=row["fees"],
        month_fees=row["month_fees"],
        agreement=row["agreement"],
        rank=row["rank"],
        importance=row["importance"],
        importance_level=row["importance_level"],
    )


def _override(row: Row) -> Override | None:
    if row["overridden_at"] is None:
        return None
    return Override(row["override_reason"], row["overridden_by"], row["overridden_at"])
