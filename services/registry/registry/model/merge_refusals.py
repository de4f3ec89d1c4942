"""What is refused of merges, in the field's own words."""

from typing import ClassVar, Self
from uuid import UUID

from contracts.refusals import Refusal


class SameCustomer(Refusal):
    """A customer is not merged with itself."""

    code: ClassVar[str] = "same-customer"


class CustomerIsMerged(Refusal):
    """The customer leads to another already; its survivor is named."""

    code: ClassVar[str] = "customer-is-merged"


class NotMerged(Refusal):
    """There is no merge of it to undo."""

    code: ClassVar[str] = "not-merged"


class WrongSurvivor(Refusal):
    """A closed or dropped customer survives nothing, and a registered one is not merged into a prospect."""

    code: ClassVar[str] = "wrong-survivor"


class LinesClash(Refusal):
    """Two units hold a line of the two customers: that is ruled on first."""

    code: ClassVar[str] = "lines-clash"


class DisputeOpen(Refusal):
    """While a dispute over one of them lives, nothing is merged or taken apart."""

    code: ClassVar[str] = "dispute-open"

    @classmethod
    def of(cls, customer_id: UUID) -> Self:
        """Refuse it for a dispute over this customer."""
        return cls(
            "该客户有未了结的争议,先行裁决",
            "a dispute over the customer lives: it is ruled on first",
            extra={"customer_id": str(customer_id)},
        )


class ClaimUndecided(Refusal):
    """A claim of the survivor whose declaration is not decided yet cannot go to the other customer."""

    code: ClassVar[str] = "claim-undecided"
