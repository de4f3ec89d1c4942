"""Events and law for tests of scoring."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from chassis.ids import uuid7
from chassis.transaction import Moment
from contracts.envelope import Event
from regulations.topics.scores import BureauScore, BureauScoreReading
from scoring.handlers.leagues import leagues_around
from scoring.handlers.scoring import Asked
from scoring.model.facts import Standing
from scoring.model.periods import quarters_of
from scoring.policies.items import ItemLaw
from scoring.queries.sheets import steady, worked_out
from support.facts import fact
from support.law import provision
from support.service import MORNING, PROVINCE, ServiceUnderTest, expect

COUNTY = "420106"
CITY = "420100"
LINE = "domestic-express"


def item(code: str) -> ItemLaw:
    """Give an item of hubei's score as it holds in Wuhan."""
    score = provision(BureauScore)
    (found,) = (one for one in score.value.items if one.code == code)
    return ItemLaw(score, provision(BureauScoreReading), found)


def standing(customer_id: UUID | None = None, **differing: Any) -> Standing:
    """Give a key account of class 3 whose file is with the city."""
    known: dict[str, Any] = {
        "customer_id": customer_id or uuid7(),
        "ours": True,
        "registered": True,
        "class_": 3,
        "group_id": None,
        "filed_on": date(2026, 1, 1),
        "filed_with_province_on": None,
        "fact_event": uuid7(),
        "class_event": None,
        "unit_event": None,
    }
    return Standing(**{**known, **differing})


def tier_fact(customer_id: UUID, class_: int | None, valid_from: str, version: int = 1, **of: Any) -> Event:
    """Give what tiering tells of a customer's class."""
    known = {"scheme": "hubei", "tier": class_ and str(class_), "class": class_, "service_class": class_}
    data = {
        "customer_id": customer_id,
        "org_id": of.pop("org_id", "420106-T01"),
        **known,
        "former": None,
        "basis": "review",
        "valid_from": valid_from,
        "review_id": None,
        "because": None,
    }
    return fact("tiering.tier.changed.v1", f"tier:{customer_id}", version, data, **of)


def usage_fact(month: str, rows: Sequence[tuple[UUID, str, int]], org_id: str = COUNTY, **of: Any) -> Event:
    """Give usage of a unit's month: rows of customer, revenue, version."""
    data = {
        "org_id": org_id,
        "month": month,
        "usage_file_id": None,
        "rows": [[str(one), LINE, revenue, 1, "1.0", version] for one, revenue, version in rows],
    }
    return fact("tiering.usage.recorded.v1", f"usage-month:{org_id}:{month}", 1, data, **of)


def corrected_fact(
    month: str, rows: Sequence[tuple[UUID, str, int]], reason: str = "inaccuracy", **of: Any
) -> Event:
    """Give a correction of a unit's month: rows of customer, revenue, version."""
    org_id = of.pop("org_id", COUNTY)
    data = {
        "org_id": org_id,
        "month": month,
        "usage_file_id": of.pop("usage_file_id", None),
        "reason": reason,
        "rows": [
            [str(one), LINE, revenue, 1, "1.0", version, "0.00", 0, "0.0"] for one, revenue, version in rows
        ],
    }
    return fact("tiering.usage.corrected.v1", f"usage-month:{org_id}:{month}", rows[0][2], data, **of)


def form_fact(month: str, kind: str = "loaded", org_id: str = COUNTY, *, late: bool = False) -> Event:
    """Give a usage form as loaded, or as missing."""
    file_id = uuid7()
    loaded = {
        "usage_file_id": file_id,
        "state": "loaded",
        "rows": 1,
        "refused_rows": 0,
        "received_at": MORNING,
        "late": late,
    }
    missing = {"due_on": "2026-02-05", "because": None}
    data = {"org_id": org_id, "month": month, **(loaded if kind == "loaded" else missing)}
    return fact(f"tiering.usage-file.{kind}.v1", f"usage-file:{file_id}", 1, data)


def visit_fact(
    customer_id: UUID, visited_on: str, org_id: str = CITY, level: str = "city", **of: Any
) -> Event:
    """Give a visit as recorded; `visit_id`, `version` and `state` for one that was told again."""
    visit_id, version = of.pop("visit_id", None) or uuid7(), of.pop("version", 1)
    data = {
        "visit_id": visit_id,
        "customer_id": customer_id,
        "org_id": org_id,
        "level": level,
        "staff_id": uuid7(),
        "kind": "routine",
        "leader": False,
        "visited_on": visited_on,
        "state": of.pop("state", "done"),
    }
    return fact("registry.visit.recorded.v1", f"visit:{visit_id}", version, data, **of)


def symposium_fact(held_on: str, org_id: str = CITY) -> Event:
    """Give a symposium as held."""
    symposium_id = uuid7()
    data = {"symposium_id": symposium_id, "org_id": org_id, "held_on": held_on, "customers": []}
    return fact("registry.symposium.held.v1", f"symposium:{symposium_id}", 1, data)


def report_fact(month: str, customers: Sequence[UUID], kind: str = "monthly-analysis", **of: Any) -> Event:
    """Give an analysis as filed."""
    report_id = uuid7()
    data = {
        "report_id": report_id,
        "org_id": of.pop("org_id", COUNTY),
        "kind": kind,
        "month": month,
        "customers": list(customers),
        "filed_on": "2026-03-02",
        "filed_with_province": of.pop("filed_with_province", False),
    }
    return fact("tiering.report.filed.v1", f"report:{report_id}", 1, data, **of)


def morning_of(day: str) -> str:
    """Give nine o'clock of a day in Shanghai, as events tell times."""
    return datetime.fromisoformat(f"{day}T09:00:00+08:00").isoformat()


async def scored(service: ServiceUnderTest, org_id: str, period: str) -> dict[str, Any]:
    """Give a bureau's score as the province reads it, with its lines by item."""
    body = expect(await service.get(PROVINCE, f"/scores/{org_id}/{period}"), 200)
    return {**body, "lines": {line["item"]: line for line in body["lines"]}}


async def bytes_of(service: ServiceUnderTest, period: str, *, over: bool = True) -> dict[str, bytes]:
    """Give the canonical bytes of every bureau's score, worked out anew."""
    (quarter,) = quarters_of(period)
    runtime, law = service.runtime, service.runtime.directory.current
    moment = Moment("scoring", runtime.clock.now(), "system:test", str(uuid7()))
    (league,) = leagues_around(law, "CN", quarter)
    async with steady(runtime, moment) as tx:
        return {
            org_id: (await worked_out(tx, law, Asked(org_id, quarter, over))).canonical()
            for org_id in league.bureaus
        }
