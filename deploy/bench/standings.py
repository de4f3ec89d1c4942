"""Places of customers in their bureaus: asked for the first time and when they are kept, each time compared with the sums."""

import asyncio
import time
from dataclasses import dataclass
from statistics import median

from chassis.database import Connection
from deploy.bench.reviewing import Reviewer

PATIENCE = 3600.0
POLL_SECONDS = 0.5
MICROSECONDS = 1_000_000
# Of each county-level bureau one whose place decides: with an agreement and without importance, below the mark of a key
# account; and the place by the sums as they are.
ASKED = """
WITH member AS (
  SELECT b.org_id AS bureau, c.customer_id, c.code, c.importance, c.importance_level, s.fees
  FROM organisation b JOIN organisation o ON o.orgpath = b.orgpath OR o.orgpath ^@ (b.orgpath || '.')
  JOIN customer c ON c.responsible_org_id = o.org_id AND c.state = 'registered'
  JOIN usage_sum s ON s.customer_id = c.customer_id AND s.year = $1
  WHERE b.kind = 'county'),
ranked AS (SELECT m.*, rank() OVER (PARTITION BY m.bureau ORDER BY m.fees DESC) AS place FROM member m)
SELECT DISTINCT ON (r.bureau) r.bureau, r.code, r.place FROM ranked r
WHERE r.importance IS NULL AND r.importance_level IS NULL AND r.fees > 0 AND r.fees < $2
  AND EXISTS (SELECT FROM agreement a WHERE a.customer_id = r.customer_id)
ORDER BY r.bureau, md5(r.code)
"""
MARK = 10_000  # yuan a year: hubei art. 3
# Units whose customers no standing covers yet, with one of them.
MISSED = """
WITH unit AS MATERIALIZED (SELECT c.responsible_org_id AS org_id, min(c.code) AS code FROM customer c GROUP BY 1)
SELECT u.code FROM unit u WHERE NOT EXISTS (SELECT FROM standing s WHERE u.org_id = ANY (s.units)) ORDER BY u.org_id LIMIT 3
"""
FORGET = "TRUNCATE standing, standing_touched"


class WrongPlace(RuntimeError):
    """A bench fails on wrong results, never on slow ones."""


@dataclass(frozen=True)
class Places:
    """The places of a province in whose year everybody has fees."""

    people: Reviewer
    root: Connection
    year: int

    async def first_asked(self) -> float:
        """Ask for a place in each bureau, of which nothing is kept, until all are; gives the median microseconds taken.

        Raises WrongPlace where a place is not that of the sums, the first time or when it is read from what is kept.
        """
        await self.root.execute(FORGET)
        asked, taken = [], []
        for one in await self.root.fetch(ASKED, self.year, MARK):
            began = time.perf_counter()
            # A scheme that a bureau has adopted may know no places.
            if await self._told(one["code"], one["place"]):
                taken.append(time.perf_counter() - began)
                asked.append(one)
        await self._until_kept()
        for one in asked:
            if not await self._told(one["code"], one["place"]):
                raise WrongPlace(f"{one['code']} is told no place any more")
        return round(median(taken) * MICROSECONDS, 1)

    async def _until_kept(self) -> None:
        async with asyncio.timeout(PATIENCE):
            while missed := await self.root.fetch(MISSED):
                for one in missed:
                    await self.people.get(f"/v1/tiers/{one['code']}")
                await asyncio.sleep(POLL_SECONDS)

    async def _told(self, code: str, place: int) -> bool:
        shown = await self.people.get(f"/v1/tiers/{code}")
        reasons = shown["provisional"]["because"]["reasons"]
        told = {one["inputs"]["rank_in_bureau"] for one in reasons if "rank_in_bureau" in one["inputs"]}
        if told and told != {place}:
            raise WrongPlace(f"{code} is told to be number {told} of its bureau and is number {place}")
        return bool(told)
