"""A population on and beside the bounds of the classes, and what-ifs over it, made and read over HTTP."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from support.facts import customer_fact
from support.service import MORNING, PROVINCE_OFFICER, Person, ServiceUnderTest, expect
from support.tiering import REGISTERED, Planted

Table = Mapping[str, Mapping[str, int]]
CENT = Decimal("0.01")
YEAR = 2025
# hubei art. 7(2), in yuan.
PRESENT: Table = {
    "wuhan": {"1": 500_000, "2": 300_000, "3": 100_000, "4": 10_000},
    "prefecture": {"1": 200_000, "2": 100_000, "3": 50_000, "4": 10_000},
    "county": {"1": 100_000, "2": 50_000, "3": 30_000, "4": 10_000},
}
# A unit of each place class, with the division of its customers.
UNITS = {"wuhan": "420106-T01", "prefecture": "420506", "county": "420525"}
_numbers = count(1)


@dataclass(frozen=True)
class Resident:
    """A customer of a unit with the fees of a year; importance and the like as the registry tells them."""

    place: str
    fees: Decimal
    facts: Mapping[str, Any] = field(default_factory=dict)
    planted: Planted = field(default_factory=Planted)

    @property
    def org_id(self) -> str:
        return str(self.facts.get("org_id", UNITS[self.place]))


def on_bounds(*tables: Table) -> list[Resident]:
    """Give customers a cent below, on and a cent above every bound of every place of these tables."""
    cells = {(place, low) for table in tables for place, column in table.items() for low in column.values()}
    return [
        Resident(place, Decimal(low) + beside)
        for place, low in sorted(cells)
        for beside in (-CENT, Decimal(0), CENT)
    ]


async def settle(tiering: ServiceUnderTest, residents: Sequence[Resident]) -> None:
    """Let tiering hear of customers, and put their fees on record: a cent in May, the rest in December."""
    await tiering.hear(
        *(
            customer_fact(
                one.planted.customer_id,
                customer_code=one.planted.code,
                **{
                    "initial_class": None,
                    "at": REGISTERED,
                    "org_id": one.org_id,
                    "place_class": one.place,
                    **one.facts,
                },
            )
            for one in residents
        )
    )
    rows = [(one, "2025-05", CENT) for one in residents] + [
        (one, "2025-12", one.fees - CENT) for one in residents
    ]
    await tiering.rows(
        """INSERT INTO usage (customer_id, line, month, version, revenue, pieces, weight_kg, org_id, recorded)
           SELECT u.customer_id, 'domestic-express', u.month, 1, u.revenue, 1, 1, u.org_id, $5
           FROM unnest($1::uuid[], $2::date[], $3::numeric[], $4::text[]) AS u(customer_id, month, revenue, org_id)
           RETURNING 1""",
        [one.planted.customer_id for one, _, _ in rows],
        [date.fromisoformat(f"{month}-01") for _, month, _ in rows],
        [revenue for _, _, revenue in rows],
        [one.org_id for one, _, _ in rows],
        datetime.fromisoformat(MORNING),
    )


def class_of(one: Resident, table: Table) -> int | None:
    """Give the class of the table alone: the best whose lower bound the fees reach (art. 7(2), 以上 includes it)."""
    reached = [int(tier) for tier, low in table[one.place].items() if one.fees >= low]
    return min(reached, default=None)


def drafted(topic: str, value: Any, org_id: str = "420000", **more: Any) -> dict[str, Any]:
    """Give a wording as it is sent."""
    return {"topic": topic, "org_id": org_id, "value": value, **more}


def asked(*drafts: dict[str, Any], **body: Any) -> dict[str, Any]:
    """Give the body of a what-if over the year; a name of its own where none is given."""
    return {"name": f"试算{next(_numbers)}", "year": YEAR, "drafts": list(drafts), **body}


async def tried(
    tiering: ServiceUnderTest, *drafts: dict[str, Any], by: Person = PROVINCE_OFFICER, **body: Any
) -> dict[str, Any]:
    """Make a what-if."""
    return dict(expect(await tiering.post(by, "/what-ifs", asked(*drafts, **body)), 201))


async def page_of(tiering: ServiceUnderTest, made: Mapping[str, Any], **filters: Any) -> dict[str, Any]:
    """Give a page of its movers."""
    path = f"/what-ifs/{made['id']}/movers"
    return dict(expect(await tiering.get(PROVINCE_OFFICER, path, **{"limit": 200, **filters}), 200))


async def movers_of(
    tiering: ServiceUnderTest, made: Mapping[str, Any], **filters: Any
) -> dict[str, dict[str, Any]]:
    """Give its movers by code."""
    page = await page_of(tiering, made, **filters)
    assert page["next_cursor"] is None
    return {one["customer_code"]: one for one in page["items"]}


def moves(movers: Mapping[str, Mapping[str, Any]]) -> dict[str, tuple[int | None, int | None]]:
    """Give from what to what each of them moves."""
    return {code: (one["from"]["class"], one["to"]["class"]) for code, one in movers.items()}
