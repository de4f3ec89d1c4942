"""The same inputs give the same bytes: lines, explanations and exports, in whatever order and however often they came."""

import random
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from support.instance import Databases
from support.reviewed import Subject, adopted, on_record, over_the_year
from support.service import PROVINCE, PROVINCE_OFFICER, ServiceUnderTest, expect, running_service

SEED = 20_251
CUSTOMERS = 60
BOUNDS = ("5000", "9999.99", "10000", "30000", "50000", "99999.99", "100000", "300000", "500000")
UNITS = (
    ("420106-T01", "420106"),
    ("420106-T02", "420106"),
    ("420525", "420525"),
    ("420506", "420506"),
    ("420100-S01", "420100"),
)


def subjects() -> list[Subject]:
    """Draw customers that every rule bears on somewhere."""
    draw = random.Random(SEED)
    return [
        Subject(
            fees=over_the_year(Decimal(draw.choice(BOUNDS))),
            org_id=(unit := draw.choice(UNITS))[0],
            division=unit[1],
            importance=draw.choice((None, None, "important", "potential")),
            level=draw.choice((None, None, "network-hq", "province", "city", "county")),
            agreement=draw.random() < 0.5,
            oldest_due_on=draw.choice((None, None, "2025-11-01", "2026-02-20")),
        )
        for _ in range(CUSTOMERS)
    ]


async def proposed(tiering: ServiceUnderTest) -> str:
    return str(expect(await tiering.post(PROVINCE_OFFICER, "/reviews", {"year": 2025}), 201)["id"])


async def written(tiering: ServiceUnderTest, review_id: str) -> dict[str, Any]:
    """Give what a review shows, byte for byte: pages, an export, and the explanations as they lie in the database."""
    path = f"/reviews/{review_id}/lines"
    pages = [
        (await tiering.get(PROVINCE, path, limit=200, sort=sort)).content for sort in ("-revenue", "growth")
    ]
    export = (await tiering.get(PROVINCE, path, format="csv")).content
    rows = await tiering.rows(
        "SELECT customer_id, because::text AS because FROM explain_lines($1) ORDER BY customer_id", review_id
    )
    assert len(rows) == CUSTOMERS
    return {"pages": pages, "export": export, "because": [row["because"] for row in rows]}


async def reviewed(databases: Databases, everybody: Sequence[Subject], times: int) -> list[dict[str, Any]]:
    """Review the customers in a database of their own, so many times, each but the last taken back."""
    found = []
    async with running_service("tiering", databases("tiering")) as tiering:
        await adopted(tiering, {"420500": ["xxx-city-daily"]})
        await on_record(tiering, everybody)
        for number in range(1, times + 1):
            review_id = await proposed(tiering)
            found.append(await written(tiering, review_id))
            if number < times:
                path = f"/reviews/{review_id}/withdraw"
                expect(await tiering.post(PROVINCE, path, {"reason": "重新提出"}), 200)
    return found


async def test_the_same_inputs_give_the_same_bytes_again_and_in_another_database(
    tiering_databases: Databases,
) -> None:
    everybody = subjects()
    first, again = await reviewed(tiering_databases, everybody, 2)
    shuffled = random.Random(SEED + 1).sample(everybody, len(everybody))
    [elsewhere] = await reviewed(tiering_databases, shuffled, 1)
    assert again == first
    assert elsewhere == first


async def test_another_cent_makes_other_bytes(tiering_databases: Databases) -> None:
    everybody = subjects()
    [first] = await reviewed(tiering_databases, everybody, 1)
    other = Subject(
        **{
            **{name: getattr(everybody[0], name) for name in Subject.__dataclass_fields__},
            "fees": {
                **everybody[0].fees,
                "2025-12": str(Decimal(everybody[0].fees["2025-12"]) + Decimal("0.01")),
            },
        }
    )
    [changed] = await reviewed(tiering_databases, [other, *everybody[1:]], 1)
    differing = [
        place for place, (a, b) in enumerate(zip(first["because"], changed["because"], strict=True)) if a != b
    ]
    assert differing == [0]
    assert changed["export"] != first["export"]
