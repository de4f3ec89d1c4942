"""Revenue that a ruling divided: later months by its shares, which together are always the whole."""

import itertools
import json
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis.ids import uuid7
from contracts.envelope import Event
from support.facts import assignment_fact, customer_fact
from support.scoring import LINE, bytes_of, morning_of, scored, usage_fact
from support.service import ServiceUnderTest

WUHAN, YICHANG = "420100", "420500"
MINE, NEAR, FAR = "420106-T01", "420107", "420525"


def credit(from_month: str, *shares: tuple[str | None, str], line: str = LINE) -> list[dict[str, Any]]:
    """Give a division of a line's revenue; the first named leads."""
    return [
        {"line": line, "from_month": from_month, "org_id": org_id, "share": share, "lead": place == 0}
        for place, (org_id, share) in enumerate(shares)
    ]


def divided(customer_id: UUID, entries: list[dict[str, Any]], version: int = 1, org_id: str = MINE) -> Event:
    return assignment_fact(customer_id, org_id, version, credit=entries, valid_from="2026-01-10")


async def revenue(scoring: ServiceUnderTest, org_id: str, quarter: str = "2026Q2") -> Decimal:
    line = (await scored(scoring, org_id, quarter))["lines"]["revenue"]
    return Decimal(line["figures"]["now"])


async def known(scoring: ServiceUnderTest) -> UUID:
    """A registered customer, and a clock at which the quarter is over."""
    scoring.set_clock("2026-07-05T09:00:00+08:00")
    customer_id = uuid7()
    await scoring.hear(customer_fact(customer_id, at=morning_of("2026-01-10")))
    return customer_id


async def test_three_thirds_come_to_the_whole_and_the_lead_has_what_rounding_leaves(
    scoring: ServiceUnderTest,
) -> None:
    customer_id = await known(scoring)
    shares = credit("2026-05", (FAR, "0.334"), (MINE, "0.333"), (NEAR, "0.333"))
    await scoring.hear(divided(customer_id, shares), usage_fact("2026-05", [(customer_id, "100.01", 1)]))
    # 33.30 + 33.30 to the two of Wuhan, the remaining 33.41 to the lead in Yichang.
    assert await revenue(scoring, WUHAN) == Decimal("66.60")
    assert await revenue(scoring, YICHANG) == Decimal("33.41")


async def test_a_month_before_the_division_stays_whole(scoring: ServiceUnderTest) -> None:
    customer_id = await known(scoring)
    shares = credit("2026-05", (FAR, "0.6"), (MINE, "0.4"))
    await scoring.hear(
        divided(customer_id, shares),
        usage_fact("2026-04", [(customer_id, "1000.00", 1)]),
        usage_fact("2026-05", [(customer_id, "1000.00", 1)]),
    )
    assert await revenue(scoring, WUHAN) == Decimal("1400.00")
    assert await revenue(scoring, YICHANG) == Decimal("600.00")


async def test_another_line_of_the_customer_stays_whole(scoring: ServiceUnderTest) -> None:
    customer_id = await known(scoring)
    shares = credit("2026-04", (FAR, "0.6"), (MINE, "0.4"), line="ceremonial")
    await scoring.hear(divided(customer_id, shares), usage_fact("2026-05", [(customer_id, "1000.00", 1)]))
    assert await revenue(scoring, WUHAN) == Decimal("1000.00")
    assert await revenue(scoring, YICHANG) == Decimal("0.00")


async def test_a_later_ruling_gives_the_months_after_it_back(scoring: ServiceUnderTest) -> None:
    customer_id = await known(scoring)
    first = credit("2026-04", (FAR, "0.6"), (MINE, "0.4"))
    back = [*first, *credit("2026-06", (None, "1"))]
    await scoring.hear(
        divided(customer_id, first),
        divided(customer_id, back, 2),
        *(usage_fact(month, [(customer_id, "1000.00", 1)]) for month in ("2026-04", "2026-05", "2026-06")),
    )
    assert await revenue(scoring, WUHAN) == Decimal("1800.00")
    assert await revenue(scoring, YICHANG) == Decimal("1200.00")


async def test_the_number_of_key_accounts_is_not_divided(scoring: ServiceUnderTest) -> None:
    customer_id = await known(scoring)
    await scoring.hear(divided(customer_id, credit("2026-04", (FAR, "0.6"), (MINE, "0.4"))))
    for org_id, accounts in ((WUHAN, 1), (YICHANG, 0)):
        line = (await scored(scoring, org_id, "2026Q2"))["lines"]["number"]
        assert line["figures"]["now"] == accounts


async def test_the_same_events_in_another_order_give_the_same_bytes(scoring: ServiceUnderTest) -> None:
    customer_id = await known(scoring)
    first, second = (
        divided(customer_id, credit("2026-04", (FAR, "0.6"), (MINE, "0.4"))),
        divided(customer_id, credit("2026-04", (MINE, "0.9"), (FAR, "0.1")), 2),
    )
    used = usage_fact("2026-05", [(customer_id, "1000.00", 1)])
    await scoring.hear(second, used)
    before = await bytes_of(scoring, "2026Q2")
    await scoring.hear(first)
    assert await bytes_of(scoring, "2026Q2") == before


@pytest.mark.parametrize("parts", [2, 3, 7])
@given(fen=st.integers(min_value=0, max_value=10**10), data=st.data())
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_parts_of_any_revenue_come_to_the_whole(
    scoring: ServiceUnderTest, parts: int, fen: int, data: st.DataObject
) -> None:
    cuts = sorted(
        data.draw(
            st.lists(st.integers(1, 999), min_size=parts - 1, max_size=parts - 1, unique=True), label="cuts"
        )
    )
    bounds = [0, *cuts, 1000]
    shares = [Decimal(high - low) / 1000 for low, high in itertools.pairwise(bounds)]
    units = [f"420100-T{place:02d}" for place in range(parts)]
    entries = credit("2026-04", *((unit, str(share)) for unit, share in zip(units, shares, strict=True)))
    sql = "SELECT part_of($1, $2::text::jsonb, $3, '2026-05', ARRAY[$4], false) AS part"
    whole = Decimal(fen) / 100
    found = [(await scoring.rows(sql, whole, json.dumps(entries), LINE, unit))[0]["part"] for unit in units]
    assert sum(found) == whole
    for share, part in zip(shares[1:], found[1:], strict=True):
        assert abs(part - whole * share) <= Decimal("0.005")
