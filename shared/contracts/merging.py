"""What the registry tells of customers that turned out to be one, or not to be."""

from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from contracts.registry import CustomerFact


class SurvivorFact(BaseModel):
    """The customer that another one was merged into."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    customer_id: UUID
    customer_code: str | None


class CustomerMerged(CustomerFact):
    """Two files turned out to be one customer: this one is merged away and leads to the survivor."""

    TYPE: ClassVar[str] = "registry.customer.merged.v1"
    survivor: SurvivorFact


class CustomerUnmerged(CustomerFact):
    """A merge was undone: this customer stands for itself again, as it was; `survivor` is the one it had led to."""

    TYPE: ClassVar[str] = "registry.customer.unmerged.v1"
    survivor: SurvivorFact
