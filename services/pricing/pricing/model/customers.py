"""A customer as pricing knows it."""

from dataclasses import dataclass
from uuid import UUID

MERGED = "merged"
GONE = frozenset({"closed", "dropped", MERGED})


@dataclass(frozen=True, slots=True)
class Customer:
    """`class_` is the one that holds on the day of the question; `org_id` the responsible unit, `orgpath` its path."""

    customer_id: UUID
    code: str | None
    name: str
    state: str
    class_: int | None
    org_id: str
    orgpath: str
    manager_id: UUID | None

    @property
    def is_merged(self) -> bool:
        """Tell whether it leads to another customer."""
        return self.state == MERGED

    @property
    def is_gone(self) -> bool:
        """Tell whether nobody serves this customer any more."""
        return self.state in GONE
