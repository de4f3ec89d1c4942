"""Reviews and their lines as rows."""

from typing import Any, Protocol

import orjson

from tiering.model.reviews import Line, Override, Review, ReviewState
from tiering.model.tiers import Tier
from tiering.policies.law import ClassLaw, unpinned

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


def line_of(row: Row) -> Line:
    """Read a line of a review."""
    return Line(
        customer_id=row["customer_id"],
        org_id=row["org_id"],
        profile=row["profile"],
        eligible=row["eligible"],
        table_class=row["table_class"],
        suggested_class=row["suggested_class"],
        tier=Tier(row["scheme"], row["tier"], row["class"]),
        former=Tier(row["former_scheme"], row["former_tier"], row["former_class"]),
        former_service_class=row["former_service_class"],
        valid_from=row["valid_from"],
        override=_override(row),
    )


def _override(row: Row) -> Override | None:
    if row["overridden_at"] is None:
        return None
    return Override(row["override_reason"], row["overridden_by"], row["overridden_at"])
