"""Under rules that were published at run time classes follow from those, and the explanation carries what they say."""

import json
from typing import Any

from support.class_checker import recomputed
from support.drawn_customers import ADOPTED, drawn_mass
from support.instance import Databases
from support.reviewed import Line, Subject, adopted, on_record, proposed_lines
from support.service import ServiceUnderTest, running_service

CUSTOMERS = 160
PLACES = ("wuhan", "prefecture", "county")
# Every figure that hubei's classes rest on, otherwise: rule → value
OTHERWISE: dict[str, Any] = {
    "hubei.tier-thresholds": {
        place: {"1": 120_000 + cents, "2": 60_000, "3": 9_000, "4": 2_500}
        for cents, place in enumerate(PLACES)
    },
    "hubei.tier-by-importance": {"network-hq": 2, "province": 1, "city": 4, "county": 3},
    "hubei.key-account": [{"yearly_fees": 2_000}, {"agreement": True, "rank_in_bureau": 3}],
    "hubei.tier-by-rank": {"gives": 3},
    "hubei.review-adjustment": {"overdue_more_than": {"days": 28, "basis": "calendar"}, "classes_down": 2},
}
# A county's customers at, below and above the bounds of that law → (key account, class)
WANTED: dict[str, tuple[bool, int | None]] = {
    "1999.99": (False, None),
    "2000.00": (True, None),
    "2499.99": (True, None),
    "2500.00": (True, 4),
    "8999.99": (True, 4),
    "9000.00": (True, 3),
    "60000.00": (True, 2),
    "120001.99": (True, 2),
    "120002.00": (True, 1),
}
LEVELS = {"network-hq": 2, "province": 1, "city": 4, "county": 3}
OVERDUE = {"2026-02-02": 1, "2026-02-01": 3}
"""28 and 29 days before the review, of a customer of class 1."""
APART = "420525"


async def published(tiering: ServiceUnderTest) -> None:
    """Put the other wordings beside the shipped ones, as the directory hears of them."""
    for rule, value in OTHERWISE.items():
        wording = {"act": "hubei", "article": "7(2)", "assumption": False, "until": None, "value": value}
        await tiering.rows(
            """INSERT INTO rule_wording (rule, in_force, recorded, wording, version)
               VALUES ($1, '2025-01-01', now(), $2::jsonb, 1) RETURNING 1""",
            rule,
            json.dumps(wording),
        )
    await tiering.runtime.directory.refresh()


async def test_classes_and_explanations_follow_the_wording_in_force(tiering_databases: Databases) -> None:
    """No bound, level, rank, class or number of days stands anywhere but in the rules."""
    by_fees = {fees: Subject({"2025-08": fees}, APART, APART) for fees in WANTED}
    by_level = {level: Subject({}, APART, APART, "important", level) for level in LEVELS}
    owing = {day: Subject({"2025-08": "130000.00"}, APART, APART, oldest_due_on=day) for day in OVERDUE}
    mass = [one for one in drawn_mass() if one.org_id != APART][:CUSTOMERS]
    async with running_service("tiering", tiering_databases("tiering")) as tiering:
        await adopted(tiering, {org_id: packs for org_id, packs in ADOPTED.items() if org_id != "420500"})
        await published(tiering)
        await on_record(tiering, [*mass, *by_fees.values(), *by_level.values(), *owing.values()])
        lines = await proposed_lines(tiering)

    def line(one: Subject) -> Line:
        return lines[one.planted.code]

    assert {fees: (line(one)["eligible"], line(one)["class"]) for fees, one in by_fees.items()} == WANTED
    assert {level: line(one)["class"] for level, one in by_level.items()} == LEVELS
    assert {day: line(one)["class"] for day, one in owing.items()} == OVERDUE
    for one in lines.values():
        found = recomputed(one["because"])
        derived = (found.eligible, found.table_class, found.class_, found.tier, found.unused)
        assert derived == (one["eligible"], one["table_class"], one["class"], one["tier"], ()), one
