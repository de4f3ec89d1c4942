"""The yearly review of a million customers, beside the bare sum of their usage written to a table; then its publication."""

import time
from collections.abc import Callable
from typing import Any

from chassis.database import Connection
from deploy.bench.measures import Comparison, Run, middle
from deploy.bench.rated_province import MONTHS, RatedProvince
from deploy.bench.reviewing import WrongReview, forget_reviews, reviewer, year_over
from deploy.bench.setting import Bench

CUSTOMERS = 1_000_000
ROUNDS = 5
TIMES = 2.0
SERVICE = "tiering"
FLOOR = """
CREATE TABLE floor_sum AS SELECT customer_id, sum(revenue) AS fees FROM usage
WHERE current AND month BETWEEN make_date({year}, 1, 1) AND make_date({year}, 12, 1) GROUP BY customer_id
"""
# By the table of hubei art. 7(2) alone: of customers that nothing else moves.
WRONG = """
SELECT count(*) FROM review_line l JOIN floor_sum f USING (customer_id) JOIN customer c USING (customer_id)
WHERE l.fees <> f.fees OR l.scheme = 'hubei' AND c.importance IS NULL AND c.importance_level IS NULL
  AND l.overdue_days <= 90 AND f.fees >= 10000 AND l.class IS DISTINCT FROM CASE
    WHEN f.fees >= CASE c.place_class WHEN 'wuhan' THEN 500000 WHEN 'prefecture' THEN 200000 ELSE 100000 END THEN 1
    WHEN f.fees >= CASE c.place_class WHEN 'wuhan' THEN 300000 WHEN 'prefecture' THEN 100000 ELSE 50000 END THEN 2
    WHEN f.fees >= CASE c.place_class WHEN 'wuhan' THEN 100000 WHEN 'prefecture' THEN 50000 ELSE 30000 END THEN 3
    ELSE 4 END
"""
# What the statements inside a function of ours run with: memory and processors are the same on both sides.
ALIKE = """
SELECT set_config(split_part(one, '=', 1), split_part(one, '=', 2), false)
FROM pg_proc p CROSS JOIN LATERAL unnest(p.proconfig) AS one
WHERE p.proname = $1 AND (split_part(one, '=', 1) IN ('work_mem', 'jit') OR one LIKE '%parallel%')
"""
TOLD = """
WITH told AS (SELECT aggregate, type FROM outbox UNION ALL SELECT aggregate, type FROM event_log)
SELECT (SELECT count(*) FROM review_line WHERE changed)
  - (SELECT count(DISTINCT aggregate) FROM told WHERE type = 'tiering.tier.changed.v1')
"""


async def measure(bench: Bench, say: Callable[[str], None]) -> Comparison:
    """Let both work on the same usage in turn; raises WrongReview."""
    year = year_over()
    ours: list[Run] = []
    floor: list[Run] = []
    async with reviewer(bench) as people, bench.superuser(SERVICE) as root:
        await RatedProvince(CUSTOMERS, year).write(root, lambda what: say(f"review: {what}"))
        await people.proposed(year)  # the first finds everything cold
        for number in range(1, ROUNDS + 1):
            say(f"review, round {number} of {ROUNDS}")
            await forget_reviews(root)
            floor.append(Run.counted(CUSTOMERS, await bare_sums(root, year, alike="rate_review")))
            review, seconds = await people.proposed(year)
            ours.append(Run.counted(CUSTOMERS, seconds))
            await _must_be_right(root, review)
        say("review: publishing")
        published, seconds = await people.published(review["id"])
        if await root.fetchval(TOLD):
            raise WrongReview("not every change was told once")
    times = middle(floor, "per_second") / middle(ours, "per_second")
    return Comparison(
        bench="review",
        does="POST /v1/reviews → class, indicators, what explains them, written for every customer; then published",
        setting=f"{CUSTOMERS} customers × {MONTHS} months, {ROUNDS} rounds in turn; "
        "floor: GROUP BY over the same rows of usage, written to a table",
        ours=ours,
        floor=floor,
        to_reach=f"time ≤ {TIMES:g} × the floor's",
        ratios={
            "time": round(times, 2),
            "changes told": published["changed"],
            "published in, s": round(seconds, 1),
        },
        reached=times <= TIMES,
    )


async def bare_sums(root: Connection, year: int, alike: str) -> float:
    """Sum a year's usage into a table, with the memory and processors of a function of ours; gives the seconds that took."""
    await root.execute("DROP TABLE IF EXISTS floor_sum")
    if not await root.fetch(ALIKE, alike):
        raise LookupError(f"{alike} says nothing of memory or processors")
    began = time.perf_counter()
    await root.execute(FLOOR.format(year=year))
    return time.perf_counter() - began


async def _must_be_right(root: Connection, review: dict[str, Any]) -> None:
    if review["customers"] != CUSTOMERS:
        raise WrongReview(f"{review['customers']} lines of {CUSTOMERS} customers")
    wrong = await root.fetchval(WRONG)
    if wrong:
        raise WrongReview(f"{wrong} lines have other fees or another class than the table gives")
