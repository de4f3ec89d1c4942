"""What the other services tell of a customer, as a service under test hears it."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.ids import uuid7
from contracts.envelope import Event
from support.service import MORNING, orgpath


def fact(kind: str, aggregate: str, version: int, data: Mapping[str, Any], **of: Any) -> Event:
    """Give an event of another service; `subject`, `org_id`, `at` (RFC 3339) say more where they matter."""
    org_id = of.get("org_id") or data.get("org_id") or data.get("responsible", {}).get("org_id", "420106-T01")
    return Event(
        id=uuid7(),
        source=f"/keypost/{kind.partition('.')[0]}",
        type=kind,
        time=datetime.fromisoformat(of.get("at", MORNING)),
        subject=str(of.get("subject") or data.get("customer_id") or org_id),
        aggregate=aggregate,
        version=version,
        orgpath=orgpath(org_id),
        actor="system:test",
        correlation_id=str(uuid7()),
        causation_id=None,
        data=json.loads(json.dumps(data, default=str)),
    )


def customer_fact(customer_id: UUID, version: int = 1, *, kind: str = "registered", **facts: Any) -> Event:
    """Give what the registry tells of a customer; `org_id` is the responsible unit."""
    org_id, at = facts.pop("org_id", "420106-T01"), facts.pop("at", MORNING)
    data: dict[str, Any] = {
        "customer_id": customer_id,
        "customer_code": None,
        "name": "楚天汽配有限公司",
        "credit_code": None,
        "state": "registered",
        "nature": "organisation",
        "division": "420106",
        "place_class": "wuhan",
        "industry": None,
        "vip": False,
        "reach": None,
        "speciality": None,
        "relationship": None,
        "importance": None,
        "importance_level": None,
        "prospect_score": None,
        "group_id": None,
        "settlement_kind": None,
        "phone_keys": [],
        "responsible": {"org_id": org_id, "orgpath": orgpath(org_id)},
        "supports": [],
        "manager_id": None,
        "initial_class": 3,
        "file": {"completeness": {}, "filed_on": None, "filed_with_province_on": None},
        "because": None,
        **facts,
    }
    return fact(f"registry.customer.{kind}.v1", f"customer:{customer_id}", version, data, at=at)


def assignment_fact(customer_id: UUID, org_id: str, version: int = 1, **facts: Any) -> Event:
    """Give what the registry tells of who serves a customer."""
    data: dict[str, Any] = {
        "customer_id": customer_id,
        "responsible": {"org_id": org_id, "orgpath": orgpath(org_id)},
        "manager_id": None,
        "supports": [],
        "valid_from": "2026-03-02",
        "because": None,
        **facts,
    }
    return fact("registry.assignment.changed.v1", f"assignment:{customer_id}", version, data)
