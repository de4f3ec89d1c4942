"""Changed bounds over the figures of a million customers, summary and movers saved, beside the bare sum of their usage."""

import time
from collections.abc import Callable
from typing import Any

import httpx

from chassis.database import Connection
from chassis.ids import uuid7
from deploy.bench.measures import Comparison, Run, middle
from deploy.bench.rated_province import MONTHS, RatedProvince
from deploy.bench.review import bare_sums
from deploy.bench.reviewing import PROVINCE, Reviewer, reviewer, year_over
from deploy.bench.setting import Bench

CUSTOMERS = 1_000_000
ROUNDS = 5
TIMES = 1.0
SERVICE = "tiering"
NAME = "上调一至三类标准"
# hubei art. 7(2) with the bounds of classes 1 to 3 a tenth higher.
DRAFT = {
    "wuhan": {"1": 550_000, "2": 330_000, "3": 110_000, "4": 10_000},
    "prefecture": {"1": 220_000, "2": 110_000, "3": 55_000, "4": 10_000},
    "county": {"1": 110_000, "2": 55_000, "3": 33_000, "4": 10_000},
}
# Of customers that nothing but the province's table rates: who moves by the two tables, against who was found to.
WRONG = """
WITH bound(place, class, low, drafted) AS (VALUES
  ('wuhan', 1, 500000, 550000), ('wuhan', 2, 300000, 330000), ('wuhan', 3, 100000, 110000), ('wuhan', 4, 10000, 10000),
  ('prefecture', 1, 200000, 220000), ('prefecture', 2, 100000, 110000), ('prefecture', 3, 50000, 55000),
  ('prefecture', 4, 10000, 10000), ('county', 1, 100000, 110000), ('county', 2, 50000, 55000), ('county', 3, 30000, 33000),
  ('county', 4, 10000, 10000)),
plain AS (
  SELECT c.customer_id, min(b.class) FILTER (WHERE f.fees >= b.low) AS old,
    min(b.class) FILTER (WHERE f.fees >= b.drafted) AS new
  FROM customer c JOIN floor_sum f USING (customer_id) JOIN bound b ON b.place = c.place_class
  WHERE c.importance IS NULL AND c.importance_level IS NULL
    AND NOT EXISTS (SELECT FROM arrears d WHERE d.customer_id = c.customer_id)
    AND f.fees >= 10000 AND NOT EXISTS (
      SELECT FROM organisation u JOIN organisation a ON u.orgpath ^@ (a.orgpath || '.') OR u.orgpath = a.orgpath
      WHERE u.org_id = c.responsible_org_id AND a.kind <> 'province' AND a.adoptions <> '[]')
  GROUP BY c.customer_id)
SELECT count(*) FROM plain p LEFT JOIN what_if_mover m ON m.customer_id = p.customer_id AND m.what_if_id = $1
WHERE (m.customer_id IS NOT NULL) <> (p.old IS DISTINCT FROM p.new)
  OR m.customer_id IS NOT NULL AND (m.from_class, m.to_class) IS DISTINCT FROM (p.old, p.new)
"""
FORGET = "TRUNCATE what_if, what_if_flow, what_if_mover"


class WrongWhatIf(RuntimeError):
    """A bench fails on wrong results, never on slow ones."""


async def measure(bench: Bench, say: Callable[[str], None]) -> Comparison:
    """Let both work on the same customers in turn; raises WrongWhatIf."""
    year = year_over()
    ours: list[Run] = []
    floor: list[Run] = []
    async with reviewer(bench) as people, bench.superuser(SERVICE) as root:
        await RatedProvince(CUSTOMERS, year).write(root, lambda what: say(f"what-if: {what}"))
        made, _ = await _tried(people, root, year)  # the first finds everything cold
        for number in range(1, ROUNDS + 1):
            say(f"what-if, round {number} of {ROUNDS}")
            floor.append(Run.counted(CUSTOMERS, await bare_sums(root, year, alike="run_what_if")))
            made, seconds = await _tried(people, root, year)
            ours.append(Run.counted(CUSTOMERS, seconds))
            await _must_be_right(root, made)
    times = middle(floor, "per_second") / middle(ours, "per_second")
    return Comparison(
        bench="what-if",
        does="POST /v1/what-ifs with changed bounds → classes by both laws, flows and revenue, movers, saved",
        setting=f"{CUSTOMERS} customers × {MONTHS} months, {ROUNDS} rounds in turn; "
        "floor: GROUP BY over the same rows of usage, written to a table",
        ours=ours,
        floor=floor,
        to_reach=f"time ≤ {TIMES:g} × the floor's",
        ratios={"time": round(times, 2), "movers": made["moved"]},
        reached=times <= TIMES,
    )


async def _tried(people: Reviewer, root: Connection, year: int) -> tuple[dict[str, Any], float]:
    """Make the what-if anew; gives it, and the seconds that took."""
    await root.execute(FORGET)
    headers = {"Authorization": f"Bearer {people.officer}", "Idempotency-Key": str(uuid7())}
    draft = {"topic": "tier-thresholds", "org_id": PROVINCE, "value": DRAFT}
    began = time.perf_counter()
    answer: httpx.Response = await people.http.post(
        "/v1/what-ifs", json={"name": NAME, "year": year, "drafts": [draft]}, headers=headers
    )
    seconds = time.perf_counter() - began
    if answer.status_code != httpx.codes.CREATED:
        raise WrongWhatIf(f"{answer.status_code} {answer.text[:500]}")
    return dict(answer.json()), seconds


async def _must_be_right(root: Connection, made: dict[str, Any]) -> None:
    flows = made["flows"]
    if made["customers"] != CUSTOMERS or sum(flow["customers"] for flow in flows) != CUSTOMERS:
        raise WrongWhatIf(f"{made['customers']} of {CUSTOMERS} customers")
    kept = await root.fetchval("SELECT count(*) FROM what_if_mover")
    if kept != made["moved"] or not kept:
        raise WrongWhatIf(f"{kept} movers kept, {made['moved']} told")
    wrong = await root.fetchval(WRONG, made["id"])
    if wrong:
        raise WrongWhatIf(f"{wrong} customers move otherwise than the two tables say")
