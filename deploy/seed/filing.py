"""The cities file the usage of a month, the analysis of it, and put right what was wrong."""

import asyncio
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import islice
from typing import Any

from deploy.seed import seasons
from deploy.seed.adoptions import PROVINCE
from deploy.seed.client import TIERING, CallFailedError, Upload
from deploy.seed.forms import usage
from deploy.seed.forms.usage import Filing, UsageRow
from deploy.seed.house import DIRECTOR, OFFICER, House, batches
from deploy.seed.irregularities import CORRECTED_FACTOR, CORRECTED_ROWS, CityMonth
from deploy.seed.ledger import Entry

# Beyond this a file is sent in parts, as CSV.
CUSTOMERS_A_FILE, ROWS_A_WORKBOOK = 10_000, 5_000
REPORTED = 2_000
COUNTED = 10_000
KPI_MONTHS = 3
HEARING_SECONDS, LOADING_SECONDS = 120.0, 600.0
LOOK_SECONDS = 0.1
TEN = Decimal(10)
CENT = Decimal("0.01")
LOADED, REJECTED = "loaded", "rejected"


class FilingMonths:
    """Files months of usage with tiering."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._seasons = seasons.read()
        self._sent: dict[str, str] = {}

    async def filed(self) -> set[CityMonth]:
        """Ask which files an earlier load has sent."""
        director = self._house.account(PROVINCE, DIRECTOR)
        sent = self._house.client.each(director, "/usage-files", TIERING)
        return {CityMonth(item["month"], item["org_id"]) async for item in sent if item["state"] == LOADED}

    async def wait_until_heard(self) -> None:
        """Wait until tiering has heard of every customer that has a code."""
        end = time.monotonic() + HEARING_SECONDS
        while waiting := await self._unheard():
            if time.monotonic() > end:
                raise CallFailedError(f"after {HEARING_SECONDS:.0f} s tiering has not heard of {waiting}")
            await asyncio.sleep(LOOK_SECONDS)

    async def _unheard(self) -> str | None:
        """Whom tiering does not know: by their number, and where lists stop counting by the newest."""
        director, ledger = self._house.account(PROVINCE, DIRECTOR), self._house.ledger
        known = (await self._house.client.get(director, "/tiers?limit=1", TIERING))["total"]
        if known < min(len(ledger), COUNTED):
            return f"{len(ledger) - known} of {len(ledger)} customers"
        if len(ledger) > COUNTED:
            for entry in ledger.newest:
                if not await self._house.client.knows(director, f"/tiers/{entry.code}", TIERING):
                    return f"customer {entry.code}"
        return None

    async def file(self, offset: int, *, late: bool = False) -> None:
        """File a month, of the cities that are in time or of the late ones."""
        house, month = self._house, self._house.plan.months[offset]

        async def city(code: str) -> None:
            where = CityMonth(month, code)
            if where not in house.wrong.missing and (where in house.wrong.late) == late:
                await self._file(where, offset)

        async with house.part("usage"):
            await house.in_each_city(city)
            await self._wait_until_loaded(month)

    async def report(self, offset: int) -> None:
        """File the month's analyses: of all customers, and the province gets those of the best."""
        house, month = self._house, self._house.plan.months[offset]

        async def city(code: str) -> None:
            entries = [entry for entry in house.ledger.of_city(code) if entry.demand.fate.start <= offset]
            if entries and CityMonth(month, code) not in house.wrong.unanalysed:
                await self._report(code, month, "monthly-analysis", entries)
                if offset >= len(house.plan.months) - KPI_MONTHS:
                    best = [entry for entry in entries if entry.customer_class == 1]
                    await self._report(code, month, "kpi-report", best)

        async with house.part("reports"):
            await house.in_each_city(city)

    async def correct(self, offset: int) -> None:
        """Put right what was wrong in the files of a month."""
        house, month = self._house, self._house.plan.months[offset]

        async def city(code: str) -> None:
            reason = house.wrong.corrected.get(CityMonth(month, code))
            if reason is None:
                return
            rows = list(islice(self._rows(house.ledger.of_city(code), offset), CORRECTED_ROWS))
            if not rows:
                return
            body = {"org_id": code, "month": month, "reason": reason, "rows": [_told(row) for row in rows]}
            await house.client.post(house.account(code, OFFICER), "/usage/corrections", body, TIERING)
            house.made["corrections"] += len(rows)

        async with house.part("usage"):
            await house.in_each_city(city)

    async def _file(self, where: CityMonth, offset: int) -> None:
        entries = [e for e in self._house.ledger.of_city(where.city) if e.demand.fate.start <= offset]
        for part in batches(entries, CUSTOMERS_A_FILE):
            rows = list(self._rows(part, offset))
            if where in self._house.wrong.corrected:
                rows[:CORRECTED_ROWS] = map(_wrong, rows[:CORRECTED_ROWS])
            if rows:
                await self._send(where, rows)

    async def _send(self, where: CityMonth, rows: Sequence[UsageRow]) -> None:
        house, officer = self._house, self._house.account(where.city, OFFICER)
        fields = {"org_id": where.city, "month": where.month}
        upload = Upload(*self._written(where, rows), fields)
        sent = await house.client.upload(officer, "/usage-files", upload, TIERING)
        self._sent[sent["id"]] = where.month
        house.made["usage files"] += 1
        house.made["usage rows"] += len(rows)

    async def _wait_until_loaded(self, month: str) -> None:
        """Wait until what was sent of a month is loaded; a file of which rows were refused fails the load."""
        director, end = self._house.account(PROVINCE, DIRECTOR), time.monotonic() + LOADING_SECONDS
        sent = {each for each, of in self._sent.items() if of == month}
        while sent:
            listed = self._house.client.each(director, "/usage-files", TIERING, month=month)
            files = [item async for item in listed if item["id"] in sent]
            for each in files:
                if each["state"] == REJECTED or each["refused_rows"]:
                    raise CallFailedError(f"usage of {each['org_id']} in {month} was not taken whole: {each}")
            sent -= {each["id"] for each in files if each["state"] == LOADED}
            if sent and time.monotonic() > end:
                raise CallFailedError(f"{len(sent)} usage files of {month} are still not loaded")
            await asyncio.sleep(LOOK_SECONDS if sent else 0)

    def _written(self, where: CityMonth, rows: Sequence[UsageRow]) -> tuple[str, bytes]:
        plan, kind = self._house.plan, self._house.wrong.written(where)
        name = f"annex-3-{where.city}-{where.month}"
        if kind != "xlsx":
            return f"{name}.csv", usage.as_csv(rows, kind)
        if len(rows) > ROWS_A_WORKBOOK:
            return f"{name}.csv", usage.as_csv(rows, "utf-8-sig")
        people = (plan.first(where.city, OFFICER).name, plan.first(where.city, DIRECTOR).name)
        filing = Filing(where.city, plan.unit(where.city).name, where.month, *people)
        return f"{name}.xlsx", usage.as_workbook(filing, rows)

    def _rows(self, entries: Iterable[Entry], offset: int) -> Iterator[UsageRow]:
        month = self._house.plan.months[offset]
        for entry in entries:
            for used in entry.demand.used(offset, month, self._seasons):
                yield UsageRow(entry.code, entry.name, used.line, used.revenue, used.pieces, used.weight_kg)

    async def _report(self, city: str, month: str, kind: str, entries: Sequence[Entry]) -> None:
        for part in batches(entries, REPORTED):
            body = {
                "org_id": city,
                "kind": kind,
                "month": month,
                "customers": [entry.code for entry in part],
                "filed_with_province": kind == "kpi-report",
            }
            await self._house.client.post(self._house.account(city, OFFICER), "/reports", body, TIERING)
            self._house.made["reports"] += 1


def _wrong(row: UsageRow) -> UsageRow:
    """The row with revenue that is a tenth too low."""
    return replace(row, revenue=(row.revenue * CORRECTED_FACTOR / TEN).quantize(CENT))


def _told(row: UsageRow) -> dict[str, Any]:
    return {
        "customer": row.code,
        "line": row.line,
        "revenue": str(row.revenue),
        "pieces": row.pieces,
        "weight_kg": str(row.weight_kg),
    }
