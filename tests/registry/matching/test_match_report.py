"""The match, measured through the API among 100,000 other customers, on pairs that were labelled from its definition."""

from collections.abc import AsyncIterator, Sequence

import pytest
import pytest_asyncio

from support.instance import Databases
from support.match_report import (
    DISTRACTORS,
    PARTS,
    Judged,
    Pair,
    judged,
    lines,
    rates,
    read_pairs,
    with_distractors,
)
from support.registry import running_registry

# One registry for both parts: what one declares is among the others of the other.
PAIRS = [(part, pair) for part, file in PARTS.items() for pair in read_pairs(file)]


@pytest_asyncio.fixture(scope="module")
async def found(registry_databases: Databases) -> AsyncIterator[dict[str, list[Judged]]]:
    async with running_registry(registry_databases("registry")) as registry:
        await with_distractors(registry, DISTRACTORS)
        [row] = await registry.rows(
            "SELECT count(*) AS others, count(*) FILTER (WHERE match_keys <> '{}') AS keyed FROM customer"
        )
        assert (row["others"], row["keyed"]) == (DISTRACTORS, DISTRACTORS)
        yield {part: await judged(registry, read_pairs(file)) for part, file in PARTS.items()}


def test_the_labelled_set_is_as_large_and_as_hard_as_asked() -> None:
    assert len(PAIRS) >= 600
    assert sum(part == "held-out" for part, _ in PAIRS) >= 200
    assert len({pair.pair_id for _, pair in PAIRS}) == len(PAIRS)
    assert sum(pair.hard for _, pair in PAIRS) >= 0.4 * len(PAIRS)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("part", PARTS)
async def test_nothing_is_called_exact_that_is_not(found: dict[str, list[Judged]], part: str) -> None:
    assert rates(found[part])["exact"].precision == 1.0, told(part, found[part])


@pytest.mark.timeout(600)
@pytest.mark.parametrize("part", PARTS)
async def test_the_center_is_shown_what_may_be_one_and_little_else(
    found: dict[str, list[Judged]], part: str
) -> None:
    suggestions = rates(found[part])["suggestions"]
    assert suggestions.recall >= 0.98, told(part, found[part])
    assert suggestions.precision >= 0.9, told(part, found[part])


def test_a_wrong_decision_is_counted_as_one() -> None:
    pairs = [
        Pair(str(number), "k", label, {}, {"name": "甲"}, hard=True)
        for number, label in enumerate(("exact", "probable", "none"))
    ]
    wrong = [Judged(pairs[0], "none"), Judged(pairs[1], "exact"), Judged(pairs[2], "probable", ("乙",))]
    rate = rates(wrong)
    assert (rate["exact"].precision, rate["exact"].recall) == (0.0, 0.0)
    assert (rate["suggestions"].precision, rate["suggestions"].recall, rate["suggestions"].given) == (
        0.0,
        0.0,
        2,
    )


def told(part: str, found: Sequence[Judged]) -> str:
    return "\n".join(lines(part, found))
