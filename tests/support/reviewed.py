"""Many customers reviewed at once: heard of, their usage posted month by month, proposed, their lines read."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeAlias

from support.facts import customer_fact
from support.service import PROVINCE, PROVINCE_OFFICER, ServiceUnderTest, expect
from support.tiering import REGISTERED, Planted, owing, signed

Line: TypeAlias = dict[str, Any]
Adopted: TypeAlias = Mapping[str, Sequence[str]]

YEAR = 2025
MONTHS = tuple(f"{YEAR}-{month:02d}" for month in range(1, 13))
LINE = "domestic-express"
# division → the place class that the registry tells with it
WUHAN, PREFECTURE, COUNTY = "wuhan", "prefecture", "county"
DIVISIONS: Mapping[str, str] = {
    "420100": WUHAN,
    "420106": WUHAN,
    "420117": WUHAN,
    "420500": PREFECTURE,
    "420502": PREFECTURE,
    "420506": PREFECTURE,
    "420525": COUNTY,
    "420581": COUNTY,
    "422801": COUNTY,
    "429004": COUNTY,
}
DIVISION_OF: Mapping[str, str] = {WUHAN: "420106", PREFECTURE: "420506", COUNTY: "420525"}
ROWS_A_REQUEST = 500
LINES_A_PAGE = 200


@dataclass(frozen=True)
class Subject:
    """A registered customer and what is on record of it; `fees` by month, or by month and line (`2025-03 ceremonial`)."""

    fees: Mapping[str, str | Decimal] = field(default_factory=dict)
    org_id: str = "420106-T01"
    division: str = "420106"
    importance: str | None = None
    level: str | None = None
    agreement: bool = False
    oldest_due_on: str | None = None
    more: Mapping[str, Any] = field(default_factory=dict)
    planted: Planted = field(default_factory=Planted)


def over_the_year(amount: str | Decimal) -> dict[str, str]:
    """Spread an amount over the months of the year; what does not divide falls to its last."""
    whole = Decimal(amount)
    share = (whole / len(MONTHS)).quantize(Decimal("0.01"), rounding="ROUND_FLOOR")
    spread = dict.fromkeys(MONTHS, str(share))
    spread[MONTHS[-1]] = str(whole - share * (len(MONTHS) - 1))
    return spread


async def adopted(tiering: ServiceUnderTest, adoptions: Adopted) -> None:
    """Let organisations adopt packs since ever, as the directory hears it."""
    for org_id, packs in adoptions.items():
        told = [{"pack": pack, "topics": None, "from": "2009-01-01", "until": None} for pack in packs]
        await tiering.rows(
            "UPDATE organisation SET version = version + 1, adoptions = $2::jsonb WHERE org_id = $1 RETURNING 1",
            org_id,
            json.dumps(told),
        )
    await tiering.runtime.directory.refresh()


async def on_record(tiering: ServiceUnderTest, subjects: Iterable[Subject]) -> None:
    """Let tiering hear of the customers, their agreements and arrears, and post their usage."""
    everybody = list(subjects)
    events = [_registered(one) for one in everybody]
    events += [signed(one.planted) for one in everybody if one.agreement]
    events += [owing(one.planted, one.oldest_due_on) for one in everybody if one.oldest_due_on]
    await tiering.hear(*events)
    await posted(tiering, {one.planted.code: one.fees for one in everybody})


async def posted(tiering: ServiceUnderTest, fees: Mapping[str, Mapping[str, str | Decimal]]) -> None:
    """Post usage by customer's code, each month by itself; posted again it is corrected."""
    months: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for code, figures in fees.items():
        for key, revenue in figures.items():
            month, _, line = key.partition(" ")
            row = {"customer": code, "line": line or LINE, "revenue": str(revenue)}
            months[month].append({**row, "pieces": 1, "weight_kg": "1"})
    for month, rows in sorted(months.items()):
        for start in range(0, len(rows), ROWS_A_REQUEST):
            body = {"month": month, "rows": rows[start : start + ROWS_A_REQUEST]}
            expect(await tiering.post(PROVINCE_OFFICER, "/usage", body), 201)


async def proposed_lines(tiering: ServiceUnderTest, year: int = YEAR) -> dict[str, Line]:
    """Propose a review of the year; gives its lines by the customer's code."""
    review = expect(await tiering.post(PROVINCE_OFFICER, "/reviews", {"year": year}), 201)
    lines: dict[str, Line] = {}
    page: dict[str, Any] = {"limit": LINES_A_PAGE}
    while True:
        found = expect(await tiering.get(PROVINCE, f"/reviews/{review['id']}/lines", **page), 200)
        lines |= {line["customer_code"]: line for line in found["items"]}
        if found["next_cursor"] is None:
            assert len(lines) == found["total"] == review["customers"]
            return lines
        page["cursor"] = found["next_cursor"]


def _registered(one: Subject) -> Any:
    return customer_fact(
        one.planted.customer_id,
        customer_code=one.planted.code,
        org_id=one.org_id,
        division=one.division,
        place_class=DIVISIONS[one.division],
        importance=one.importance,
        importance_level=one.level,
        initial_class=None,
        at=REGISTERED,
        **one.more,
    )
