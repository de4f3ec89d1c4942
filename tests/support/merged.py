"""What the registry tells of customers that were merged, and taken apart again."""

from typing import Any
from uuid import UUID

from contracts.envelope import Event
from support.facts import customer_fact


def merged_fact(customer_id: UUID, survivor_id: UUID, version: int = 2, **facts: Any) -> Event:
    """Give what is told of a customer that was merged into another."""
    return _led("merged", customer_id, survivor_id, version, {"state": "merged", **facts})


def unmerged_fact(customer_id: UUID, survivor_id: UUID, version: int = 3, **facts: Any) -> Event:
    """Give what is told of a customer that stands for itself again."""
    return _led("unmerged", customer_id, survivor_id, version, facts)


def _led(kind: str, customer_id: UUID, survivor_id: UUID, version: int, facts: dict[str, Any]) -> Event:
    survivor = {"customer_id": survivor_id, "customer_code": facts.pop("survivor_code", None)}
    return customer_fact(customer_id, version, kind=kind, survivor=survivor, **facts)
