"""What a province tells scoring in a year, as its publishers tell it: customers, classes, visits, usage, analyses."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import orjson

from chassis.ids import uuid7

PROVINCE = "990000"
CITIES = 16
COUNTIES = 4
USAGE_ROWS = 20
EVENTS_A_CUSTOMER = 10
MONTHS = [f"{year}-{month:02d}" for year in (2025, 2026) for month in range(1, 13)]
BEGINNING = datetime(2024, 12, 1, 9, tzinfo=UTC)
LINE = "domestic-express"
ADOPTIONS = [
    {"pack": pack, "topics": None, "from": "2009-01-01", "until": None} for pack in ("hubei", "platform")
]


@dataclass(frozen=True)
class Unit:
    """A county of the province."""

    org_id: str
    orgpath: str


Told = tuple[str, str, str, int, dict[str, Any]]
"""Type, subject, aggregate, version and data of an event."""


def tree() -> list[tuple[str, str | None, str, str, str]]:
    """Give the organisations: id, parent, kind, path, adoptions as JSON."""
    rows: list[tuple[str, str | None, str, str, str]] = [
        (PROVINCE, None, "province", PROVINCE, orjson.dumps(ADOPTIONS).decode())
    ]
    for city in range(1, CITIES + 1):
        city_id = f"99{city:02d}00"
        rows.append((city_id, PROVINCE, "city", f"{PROVINCE}.{city_id}", "[]"))
        for county in range(1, COUNTIES + 1):
            unit = f"99{city:02d}{county:02d}"
            rows.append((unit, city_id, "county", f"{PROVINCE}.{city_id}.{unit}", "[]"))
    return rows


def rows_of(events: int) -> Iterator[Any]:
    """Give rows as the publishers' outboxes have them; a tenth of the events tell usage, of so many rows each."""
    numbers = count()
    units = [Unit(org_id, path) for org_id, _, kind, path, _ in tree() if kind == "county"]
    for customer in range(events // EVENTS_A_CUSTOMER):
        unit = units[customer % len(units)]
        for told in _customer(customer, unit, MONTHS[customer % len(MONTHS)]):
            yield _row(next(numbers), unit, told)


def _customer(number: int, unit: Unit, month: str) -> Iterator[Told]:
    """Give what happens with a customer."""
    one = UUID(int=(0x7 << 76) + (0x2 << 62) + number)
    subject = str(one)
    facts = _facts(one, unit)
    yield "registry.customer.registered.v1", subject, f"customer:{one}", 1, facts
    yield "registry.customer.changed.v1", subject, f"customer:{one}", 2, {**facts, "vip": True}
    yield "registry.assignment.changed.v1", subject, f"assignment:{one}", 1, _assignment(one, unit)
    for version, day in ((1, "2025-01-01"), (2, "2026-01-01")):
        yield (
            "tiering.tier.changed.v1",
            subject,
            f"tier:{one}",
            version,
            _tier(one, unit, 1 + (number + version) % 4, day),
        )
    for turn in range(4):
        visit = uuid7()
        yield (
            "registry.visit.recorded.v1",
            subject,
            f"visit:{visit}",
            1,
            _visit(visit, one, unit, f"2026-0{turn + 1}-15"),
        )
    rows = [
        [
            UUID(int=one.int - back) if number >= back else one,
            LINE,
            f"{number % 900 + 100}.50",
            10,
            "5.0",
            1 + number,
        ]
        for back in range(USAGE_ROWS)
    ]
    usage = {"org_id": unit.org_id, "month": month, "usage_file_id": None, "rows": rows}
    yield "tiering.usage.recorded.v1", unit.org_id, f"usage-month:{unit.org_id}:{month}", 1 + number, usage


def _facts(customer: UUID, unit: Unit) -> dict[str, Any]:
    unknown = ("customer_code", "credit_code", "industry", "reach", "speciality", "relationship", "importance",
               "importance_level", "prospect_score", "group_id", "settlement_kind", "manager_id", "because")  # fmt: skip
    return {
        **dict.fromkeys(unknown),
        "customer_id": customer,
        "name": "楚天汽配有限公司",
        "state": "registered",
        "nature": "organisation",
        "division": unit.org_id,
        "place_class": "wuhan",
        "vip": False,
        "phone_keys": ["0" * 64],
        "responsible": {"org_id": unit.org_id, "orgpath": unit.orgpath},
        "supports": [],
        "initial_class": 3,
        "file": {"completeness": {}, "filed_on": "2025-02-01", "filed_with_province_on": None},
    }


def _assignment(customer: UUID, unit: Unit) -> dict[str, Any]:
    responsible = {"org_id": unit.org_id, "orgpath": unit.orgpath}
    return {
        "customer_id": customer,
        "responsible": responsible,
        "manager_id": None,
        "supports": [],
        "valid_from": "2024-12-01",
        "because": None,
    }


def _tier(customer: UUID, unit: Unit, class_: int, day: str) -> dict[str, Any]:
    return {
        "customer_id": customer,
        "org_id": unit.org_id,
        "scheme": "hubei",
        "tier": str(class_),
        "class": class_,
        "service_class": class_,
        "former": None,
        "basis": "review",
        "valid_from": day,
        "review_id": None,
        "because": None,
    }


def _visit(visit: UUID, customer: UUID, unit: Unit, day: str) -> dict[str, Any]:
    return {
        "visit_id": visit,
        "customer_id": customer,
        "org_id": unit.org_id,
        "level": "county",
        "staff_id": customer,
        "kind": "routine",
        "leader": False,
        "visited_on": day,
        "state": "done",
    }


def _row(number: int, unit: Unit, told: Told) -> dict[str, Any]:
    type_, subject, aggregate, version, data = told
    return {
        "seq": number + 1,
        "event_id": uuid7(),
        "key": subject,
        "type": type_,
        "aggregate": aggregate,
        "version": version,
        "orgpath": unit.orgpath,
        "actor": "system:bench",
        "correlation_id": str(uuid7()),
        "causation_id": None,
        "time": BEGINNING + timedelta(seconds=number),
        "payload": orjson.dumps(data).decode(),
    }
