"""What one statement rates for a whole province is what the policy rates for each customer by itself."""

import random
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio

from support.classes import DEZHOU, HUBEI, XXX, figures
from support.instance import Databases
from support.service import (
    PROVINCE,
    PROVINCE_OFFICER,
    ServiceUnderTest,
    customer_fact,
    expect,
    running_service,
)
from support.tiering import Planted, owing, signed
from tiering.policies.classes import standing
from tiering.policies.law import ClassLaw
from tiering.policies.reviews import suggested

CENT = Decimal("0.01")
BOUNDS = (
    "1000",
    "5000",
    "6000",
    "10000",
    "30000",
    "50000",
    "100000",
    "200000",
    "300000",
    "500000",
    "1000000",
    "5000000",
)
# unit → its county-level bureau, the law there, whether that is a county's
UNITS: Mapping[str, tuple[str | None, ClassLaw]] = {
    "420106-T01": ("420106", HUBEI),
    "420106-T02": ("420106", HUBEI),
    "420106": ("420106", HUBEI),
    "420100-S01": (None, DEZHOU),
    "420506": ("420506", XXX),
    "420525": ("420525", XXX),
}
ADOPTED = {"420500": "xxx-city-daily", "420100-S01": "dezhou-ems"}
CUSTOMERS = 240


@dataclass(frozen=True)
class Drawn:
    """A customer of the draw and what is on record of it."""

    org_id: str
    place: str
    months: Mapping[str, Decimal]
    agreement: bool
    importance: str | None
    level: str | None
    overdue: int
    planted: Planted = field(default_factory=Planted)

    @property
    def fees(self) -> Decimal:
        return sum(
            (revenue for month, revenue in self.months.items() if month.startswith("2025")), Decimal("0.00")
        )


def drawn(random_: random.Random) -> Drawn:
    """Draw a customer near a bound of some table."""
    total = Decimal(random_.choice(BOUNDS)) + random_.choice((-CENT, Decimal(0), CENT))
    december = min(total, Decimal(random_.choice(("0.00", "999.99", "1000.00"))))
    return Drawn(
        org_id=random_.choice(tuple(UNITS)),
        place=random_.choice(("wuhan", "prefecture", "county")),
        months={
            "2024-06": Decimal(random_.randrange(10_000)),
            "2025-02": total - december,
            "2025-12": december,
        },
        agreement=random_.random() < 0.5,
        importance=random_.choice((None, None, None, "important", "potential")),
        level=random_.choice((None, None, None, "network-hq", "province", "city", "county")),
        overdue=random_.choice((0, 0, 90, 91)),
    )


def rank_of(one: Drawn, everybody: list[Drawn]) -> int | None:
    bureau = UNITS[one.org_id][0]
    if bureau is None or not one.fees:
        return None
    return 1 + sum(UNITS[other.org_id][0] == bureau and other.fees > one.fees for other in everybody)


@pytest_asyncio.fixture
async def fresh(tiering_databases: Databases) -> AsyncIterator[ServiceUnderTest]:
    """Tiering on a database of its own."""
    async with running_service("tiering", tiering_databases("tiering")) as running:
        yield running


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_the_statement_and_the_policy_agree_on_every_line(fresh: ServiceUnderTest, seed: int) -> None:
    random_ = random.Random(seed)
    everybody = [drawn(random_) for _ in range(CUSTOMERS)]
    await put_on_record(fresh, everybody)
    review = expect(await fresh.post(PROVINCE_OFFICER, "/reviews", {"year": 2025}), 201)
    lines = await all_lines(fresh, review["id"])
    assert len(lines) == CUSTOMERS
    seen: dict[str, set[Any]] = defaultdict(set)
    for one in everybody:
        bureau, law = UNITS[one.org_id]
        facts = figures(
            one.fees,
            place=one.place,
            level="county" if bureau else "city",
            month_fees=one.months["2025-12"],
            agreement=one.agreement,
            rank=rank_of(one, everybody),
            importance=one.importance,
            importance_level=one.level,
        )
        expected = standing(facts, law).outcome
        proposed = suggested(expected.tier.cls, one.overdue, law)
        line = lines[one.planted.code]
        assert (line["scheme"], line["eligible"], line["rank"]) == (
            law.scheme,
            expected.eligible,
            facts.rank,
        ), one
        assert (line["table_class"], line["suggested_class"]) == (expected.tier.cls, proposed), one
        assert (line["class"], line["tier"]) == (proposed, law.tier_of(proposed) if proposed else None), one
        seen[law.scheme].add(line["table_class"])
    assert seen["hubei"] == {None, 1, 2, 3, 4}
    assert seen["xxx-city-daily"] >= {None, 1, 2, 3}


async def put_on_record(tiering: ServiceUnderTest, everybody: list[Drawn]) -> None:
    for org_id, pack in ADOPTED.items():
        await tiering.rows(
            """UPDATE organisation SET version = version + 1, adoptions = jsonb_build_array(jsonb_build_object(
                 'pack', $2::text, 'topics', NULL, 'from', '2009-01-01', 'until', NULL)) WHERE org_id = $1 RETURNING 1""",
            org_id,
            pack,
        )
    await tiering.runtime.directory.refresh()
    await tiering.hear(
        *(
            customer_fact(
                one.planted.customer_id,
                customer_code=one.planted.code,
                initial_class=None,
                org_id=one.org_id,
                place_class=one.place,
                importance=one.importance,
                importance_level=one.level,
                at="2024-11-04T09:00:00+08:00",
            )
            for one in everybody
        )
    )
    await tiering.hear(*(signed(one.planted) for one in everybody if one.agreement))
    since = {90: "2025-12-02", 91: "2025-12-01"}
    await tiering.hear(*(owing(one.planted, since[one.overdue]) for one in everybody if one.overdue))
    await tiering.rows(
        """INSERT INTO usage (customer_id, line, month, version, revenue, pieces, weight_kg, org_id, recorded)
           SELECT c, 'domestic-express', (m || '-01')::date, 1, r, 1, 1, '420106', now()
           FROM unnest($1::uuid[], $2::text[], $3::numeric[]) AS u(c, m, r) RETURNING 1""",
        *zip(
            *(
                (one.planted.customer_id, month, revenue)
                for one in everybody
                for month, revenue in one.months.items()
            ),
            strict=True,
        ),
    )


async def all_lines(tiering: ServiceUnderTest, review_id: str) -> dict[str, dict[str, Any]]:
    lines: dict[str, dict[str, Any]] = {}
    cursor: dict[str, str] = {}
    while True:
        page = expect(await tiering.get(PROVINCE, f"/reviews/{review_id}/lines", limit=200, **cursor), 200)
        lines |= {line["customer_code"]: line for line in page["items"]}
        if page["next_cursor"] is None:
            return lines
        cursor = {"cursor": page["next_cursor"]}
