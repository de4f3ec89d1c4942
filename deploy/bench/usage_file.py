"""Usage file: a province's month as one CSV, loaded by the service, beside COPY to staging and an upsert of the same rows."""

import asyncio
import io
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

import httpx
import psutil

from chassis.clock import Clock
from chassis.database import Connection
from chassis.ids import uuid7
from contracts.values import check_digit_mod_11_10
from deploy.bench.measures import Comparison, Run, middle
from deploy.bench.rated_province import MONTHS_REST
from deploy.bench.setting import Bench
from regulations.calendars import add_months

ROWS = 1_000_000
LINES = ("domestic-express", "ceremonial", "express-freight", "integrated-logistics")
REFUSED_EACH, DIFFERING_EACH = 1_000, 100
ROUNDS = 5
RATE, GROWTH = 0.5, 1.15
SERVICE, PROVINCE, OFFICER = "tiering", "420000", "center-officer"
GIVE_UP_SECONDS = 900.0
LOOK_EVERY_SECONDS = 0.1
HEADER = "客户编码,客户名称,业务种类,收入(元),件数,重量(公斤)\r\n"
UNITS = "SELECT org_id FROM organisation WHERE kind IN ('county', 'team') ORDER BY org_id"
CITY = "SELECT division FROM organisation WHERE kind = 'city' AND division IS NOT NULL ORDER BY org_id"
COLUMNS = ("customer_id", "code", "name", "state", "division", "responsible_org_id", "registered_on")
# Not cleaned up while ours is measured.
FLOOR = """
    CREATE TABLE floor_usage (customer_id uuid NOT NULL, line text NOT NULL, month date NOT NULL, version integer NOT NULL,
      revenue numeric(15,2) NOT NULL, pieces bigint NOT NULL, weight_kg numeric(15,3) NOT NULL,
      PRIMARY KEY (month, customer_id, line, version)) WITH (autovacuum_enabled = off)
"""
STAGING = """
    CREATE TEMPORARY TABLE floor_staged (customer_id uuid, line text, revenue numeric(15,2), pieces bigint,
      weight_kg numeric(15,3)) ON COMMIT DROP
"""
UPSERT = """
    INSERT INTO floor_usage SELECT customer_id, line, $1, 1, revenue, pieces, weight_kg FROM floor_staged
    ON CONFLICT (month, customer_id, line, version) DO UPDATE
    SET revenue = excluded.revenue, pieces = excluded.pieces, weight_kg = excluded.weight_kg
"""
# Of the province's own file: the sample's units have filed these months too.
ON_RECORD = """
    SELECT count(*) AS rows, count(*) FILTER (WHERE current) AS current,
      COALESCE(sum(revenue) FILTER (WHERE current), 0) AS revenue FROM usage WHERE month = $1 AND org_id = $2
"""
SUMMED = (
    "SELECT COALESCE(sum(months[$2]), 0) FROM usage_sum WHERE year = $1 AND customer_id = ANY ($3::uuid[])"
)
TOLD = """
    SELECT sum(jsonb_array_length(payload -> 'rows')) FROM
      (SELECT payload, aggregate FROM outbox UNION ALL SELECT payload, aggregate FROM event_log) e WHERE aggregate = $1
"""
REFUSED = "SELECT count(*) FROM usage_refusal WHERE usage_file_id = $1"


class WrongRows(RuntimeError):
    """A bench fails on wrong results, never on slow ones."""


@dataclass(frozen=True)
class Customer:
    """A customer that usage is filed of."""

    customer_id: str
    code: str
    name: str


@dataclass(frozen=True)
class Loaded:
    """How a file was loaded: how long it took, and the memory of the service in bytes as it went."""

    seconds: float
    memory: Sequence[int]

    @property
    def growth(self) -> float:
        """The most memory of the second half beside that of the first."""
        half = len(self.memory) // 2
        return max(self.memory[half:]) / max(self.memory[:half])


@dataclass(frozen=True)
class Filing:
    """What a round needs: whose usage is filed, as whom it is sent where, and which process is watched."""

    customers: Sequence[Customer]
    client: httpx.AsyncClient
    root: Connection
    process: psutil.Process


async def measure(bench: Bench, say: Callable[[str], None]) -> Comparison:
    """Load a month by the service and by the floor in turn; raises WrongRows."""
    token = bench.token(OFFICER, PROVINCE)
    bench.leave_running(SERVICE)
    ours: list[Loaded] = []
    floor: list[float] = []
    async with (
        bench.superuser(SERVICE) as root,
        httpx.AsyncClient(
            base_url=bench.instance.layout.url(SERVICE),
            headers={"Authorization": f"Bearer {token}"},
            timeout=GIVE_UP_SECONDS,
        ) as client,
    ):
        say(f"usage-file: {ROWS // len(LINES):,} customers")
        customers = await _customers(root)
        await root.execute(FLOOR)
        await root.execute(MONTHS_REST)
        filing = Filing(customers, client, root, psutil.Process(bench.instance.pids()[SERVICE]))
        last = Clock().today().replace(day=1)
        for number in range(1, ROUNDS + 1):
            say(f"usage-file, round {number} of {ROUNDS}")
            month = add_months(last, -number)
            floor.append(await _floor(filing, month))
            ours.append(await _ours(filing, month))
    return _comparison(ours, floor)


def _comparison(ours: Sequence[Loaded], floor: Sequence[float]) -> Comparison:
    mine = [Run.counted(ROWS, one.seconds) for one in ours]
    bare = [Run.counted(ROWS, seconds) for seconds in floor]
    rate = middle(mine, "per_second") / middle(bare, "per_second")
    growth = max(one.growth for one in ours)
    return Comparison(
        bench="usage-file",
        does="POST of a month as CSV until it is loaded: kept, checked, refused rows apart, versions, sums, events",
        setting=f"{ROWS:,} rows of {ROWS // len(LINES):,} customers, one in {DIFFERING_EACH} differs from the record, one in "
        f"{REFUSED_EACH} is refused, {ROUNDS} rounds in turn; "
        "floor: COPY of the good rows, with customer ids, to a temporary table and an upsert by the same key",
        ours=mine,
        floor=bare,
        to_reach=f"rows/s ≥ {RATE}, memory flat",
        ratios={
            "rows/s": round(rate, 3),
            "RSS, MB": round(max(max(one.memory) for one in ours) / 1024**2),
            "RSS of the second half beside the first": round(growth, 3),
        },
        reached=rate >= RATE and growth <= GROWTH,
    )


async def _customers(root: Connection) -> list[Customer]:
    """Let the service know customers, registered in turn all over the province; gives them as a file has them, by code."""
    units = [row["org_id"] for row in await root.fetch(UNITS)]
    cities = [row["division"] for row in await root.fetch(CITY)]
    made = [_customer(number, cities[number % len(cities)]) for number in range(ROWS // len(LINES))]
    rows = (
        (
            one.customer_id,
            one.code,
            one.name,
            "registered",
            one.code[:6],
            units[number % len(units)],
            date(2020, 1, 1),
        )
        for number, one in enumerate(made)
    )
    await root.copy_records_to_table("customer", records=rows, columns=COLUMNS)
    await root.execute("ANALYZE customer")
    return sorted(made, key=lambda one: one.code)


def _customer(number: int, city: str) -> Customer:
    digits = f"{city}{9_000_000 - number:07d}"
    return Customer(str(uuid7()), digits + check_digit_mod_11_10(digits), f"样本客户{number:07d}")


@dataclass(frozen=True)
class Row:
    """One row of the file; a refused one has a figure that no row may have."""

    customer: Customer
    line: str
    revenue: str
    refused: bool

    @property
    def as_filed(self) -> str:
        """The row as a unit files it."""
        revenue = "-1" if self.refused else self.revenue
        return f"{self.customer.code},{self.customer.name},{self.line},{revenue},12,3.500\r\n"

    @property
    def bare(self) -> str:
        """The row as the floor takes it."""
        return f"{self.customer.customer_id},{self.line},{self.revenue},12,3.500\n"


def _rows(customers: Sequence[Customer], month: date, *, before: bool = False) -> Iterator[Row]:
    """Give the rows of a month; `before` those alone that were on record otherwise."""
    for number in range(ROWS):
        if before and number % DIFFERING_EACH:
            continue
        cents = number * 7_919 % 9_999_999 + month.month + before
        yield Row(
            customers[number // len(LINES)],
            LINES[number % len(LINES)],
            f"{cents // 100}.{cents % 100:02d}",
            refused=number % REFUSED_EACH == 1,
        )


async def _floor(filing: Filing, month: date) -> float:
    async def take(text: str) -> None:
        async with filing.root.transaction():
            await filing.root.execute(STAGING)
            await filing.root.copy_to_table("floor_staged", source=io.BytesIO(text.encode()), format="csv")
            await filing.root.execute(UPSERT, month)

    await take("".join(row.bare for row in _rows(filing.customers, month, before=True)))
    text = "".join(row.bare for row in _rows(filing.customers, month) if not row.refused)
    began = time.perf_counter()
    await take(text)
    return time.perf_counter() - began


async def _ours(filing: Filing, month: date) -> Loaded:
    earlier = HEADER + "".join(row.as_filed for row in _rows(filing.customers, month, before=True))
    await _load(filing, month, earlier.encode())
    content = (HEADER + "".join(row.as_filed for row in _rows(filing.customers, month))).encode()
    memory: list[int] = []
    watching = asyncio.create_task(_watch(filing.process, memory))
    try:
        began = time.perf_counter()
        file = await _load(filing, month, content)
        seconds = time.perf_counter() - began
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
    await _check(filing, month, file)
    return Loaded(seconds, memory)


async def _watch(process: psutil.Process, memory: list[int]) -> None:
    while True:
        memory.append(process.memory_info().rss)
        await asyncio.sleep(LOOK_EVERY_SECONDS)


async def _load(filing: Filing, month: date, content: bytes) -> Mapping[str, Any]:
    """Send a file and wait for it; gives what the service says of it."""
    answer = await filing.client.post(
        "/v1/usage-files",
        files={"file": ("usage.csv", content)},
        data={"month": f"{month:%Y-%m}"},
        headers={"Idempotency-Key": str(uuid7())},
    )
    file = answer.raise_for_status().json()
    async with asyncio.timeout(GIVE_UP_SECONDS):
        while file["state"] not in ("loaded", "rejected"):
            await asyncio.sleep(LOOK_EVERY_SECONDS)
            file = (await filing.client.get(f"/v1/usage-files/{file['id']}")).raise_for_status().json()
    return dict(file)


async def _check(filing: Filing, month: date, file: Mapping[str, Any]) -> None:
    """Compare rows, sums, events and refusals with what the file holds."""
    rows = [row for row in _rows(filing.customers, month) if not row.refused]
    cents = sum(int(row.revenue.replace(".", "")) for row in rows)
    ids = [one.customer_id for one in filing.customers]
    record = await filing.root.fetchrow(ON_RECORD, month, PROVINCE)
    summed = await filing.root.fetchval(SUMMED, month.year, month.month, ids)
    told = await filing.root.fetchval(TOLD, f"usage:{PROVINCE}:{month:%Y-%m}")
    refused = await filing.root.fetchval(REFUSED, file["id"])
    before = ROWS // DIFFERING_EACH
    found = {
        "state": file["state"],
        "loaded": file["loaded_rows"],
        "corrected": file["corrected_rows"],
        "rows": record and (record["current"], record["rows"], int(record["revenue"] * 100)),
        "sums": int(summed * 100),
        "told": told,
        "refused": (file["refused_rows"], refused),
    }
    expected = {
        "state": "loaded",
        "loaded": len(rows),
        "corrected": before,
        "rows": (len(rows), len(rows) + before, cents),
        "sums": cents,
        "told": len(rows) + before,
        "refused": (ROWS - len(rows), ROWS - len(rows)),
    }
    if found != expected:
        raise WrongRows(f"{found} where it should be {expected}")
