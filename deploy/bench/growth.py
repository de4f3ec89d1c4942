"""What a customer costs as the province grows: the review, and looking up one tier, from ten thousand customers on."""

import time
from collections.abc import Callable, Mapping, Sequence
from statistics import median

from chassis.database import Connection
from deploy.bench.callers import Target, drive
from deploy.bench.measures import Comparison
from deploy.bench.rated_province import MONTHS, RatedProvince
from deploy.bench.reviewing import Reviewer, WrongReview, forget_reviews, reviewer, year_over
from deploy.bench.setting import Bench
from deploy.bench.standings import Places

SIZES = (10_000, 100_000, 1_000_000)
BIGGER = (*SIZES, 10_000_000)
ROUNDS = 3
CALLERS = 4
SECONDS = 4.0
WARM_UP = 1.0
TIMES = 1.5
STRIDE = 7_919  # so that one look-up is not the neighbour of the one before
SERVICE = "tiering"
REVIEW, LOOK_UP = "review, µs a customer", "look-up, µs a look-up"
# Shown and not judged: it grows with a bureau.
FIRST_LOOK_UP = "first look-up of a bureau, µs"
MICROSECONDS = 1_000_000


async def measure(bench: Bench, say: Callable[[str], None]) -> Comparison:
    """Measure up to a million customers."""
    return await _grown(bench, say, SIZES)


async def measure_bigger(bench: Bench, say: Callable[[str], None]) -> Comparison:
    """Measure up to ten million customers: minutes to write, some 20 GB of disk."""
    return await _grown(bench, say, BIGGER)


async def _grown(bench: Bench, say: Callable[[str], None], sizes: Sequence[int]) -> Comparison:
    year = year_over()
    points: dict[str, dict[str, float]] = {REVIEW: {}, LOOK_UP: {}, FIRST_LOOK_UP: {}}
    async with reviewer(bench) as people, bench.superuser(SERVICE) as root:
        for size in sizes:
            await RatedProvince(size, year).write(root, lambda what: say(f"growth: {what}"))
            points[REVIEW][str(size)] = await _review_cost(people, root, size, year)
            points[FIRST_LOOK_UP][str(size)] = await Places(people, root, year).first_asked()
            points[LOOK_UP][str(size)] = await _look_up_cost(bench, people, size)
    growth = {name.partition(",")[0]: _most_growth(points[name]) for name in (REVIEW, LOOK_UP)}
    return Comparison(
        bench="growth",
        does=f"a review of everybody × {MONTHS} months, and GET /v1/tiers/{{code}} with reasons and the months so far",
        setting=f"{', '.join(f'{size:,}' for size in sizes)} customers; reviews: median of {ROUNDS}; "
        f"look-ups: {CALLERS} callers for {SECONDS:g} s, when the places of each bureau were asked for once and are kept "
        "(the first look-up of a bureau reads the sums of all its customers: shown, not judged)",
        ours=[],
        floor=[],
        to_reach=f"cost at no size > {TIMES:g} × that of a smaller one",
        ratios=growth,
        reached=max(growth.values()) <= TIMES,
        points=points,
    )


async def _review_cost(people: Reviewer, root: Connection, size: int, year: int) -> float:
    """Give microseconds a customer of a review."""
    taken = []
    for _ in range(ROUNDS + 1):
        await forget_reviews(root)
        review, seconds = await people.proposed(year)
        if review["customers"] != size:
            raise WrongReview(f"{review['customers']} lines of {size} customers")
        taken.append(seconds)
    # The first finds everything cold.
    return round(median(taken[1:]) / size * MICROSECONDS, 2)


async def _look_up_cost(bench: Bench, people: Reviewer, size: int) -> float:
    """Give the microseconds in which one of the look-ups is done, customers chosen all over the province."""
    target = Target(
        bench.instance.layout.ports[SERVICE],
        lambda number: f"/v1/tiers/9{number * STRIDE % size:013d}",
        None,
        (f"Authorization: Bearer {people.officer}",),
    )
    await drive(target, CALLERS, WARM_UP)
    run = await drive(target, CALLERS, SECONDS, start=int(time.time()))
    return round(MICROSECONDS / run.per_second, 1)


def _most_growth(by_size: Mapping[str, float]) -> float:
    """Give by how much the cost at a size is at most above that of a smaller one."""
    costs = list(by_size.values())
    return round(
        max(
            later / earlier
            for place, earlier in enumerate(costs)
            for later in costs[place + 1 :] or [earlier]
        ),
        2,
    )
