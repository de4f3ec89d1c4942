"""How well the match decides: labelled pairs declared through the API among 100,000 other customers.

python -m support.match_report [tuning held-out]: precision and recall, decision by decision and kind by kind.
"""

import argparse
import asyncio
import csv
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg

from deploy.bench.market import Batch, Keys, load
from support.instance import Databases, throwaway_instance
from support.registry import RIVAL, SECOND, expect, running_registry
from support.service import MANAGER, MORNING, OFFICER, Person, ServiceUnderTest

FOLDER = Path(__file__).resolve().parents[1] / "registry" / "matching"
PARTS: Mapping[str, Path] = {"tuning": FOLDER / "tuning.csv", "held-out": FOLDER / "held_out.csv"}
DISTRACTORS = 100_000
SEED = 20260302
UNITS = ("420106-T01", "420106-T02", "420107", "420100-S01", "420506", "420525")
DECISIONS = ("exact", "probable", "related", "none")
SUGGESTED = frozenset({"probable", "related"})
AT_ONCE = 4


@dataclass(frozen=True)
class Pair:
    """Two customers, and what somebody who had not seen the matcher called them."""

    pair_id: str
    kind: str
    label: str
    left: Mapping[str, Any]
    right: Mapping[str, Any]
    hard: bool = False


@dataclass(frozen=True)
class Judged:
    """What became of a pair: the decision about its left side when its right side was declared.

    `beside`: the names of others that were suggested with it.
    """

    pair: Pair
    decision: str
    beside: Sequence[str] = ()


@dataclass(frozen=True)
class Rate:
    """Of so many given a decision so many rightly, of so many that should have it."""

    given: int
    right: int
    due: int

    @property
    def precision(self) -> float:
        """The share of the given that is right."""
        return self.right / self.given if self.given else 1.0

    @property
    def recall(self) -> float:
        """The share of the due that was given."""
        return self.right / self.due if self.due else 1.0


def read_pairs(file: Path) -> list[Pair]:
    """Read the labelled pairs of a file."""
    with file.open(encoding="utf-8", newline="") as lines:
        return [
            Pair(
                row["pair_id"],
                row["kind"],
                row["label"],
                _side(row, "left"),
                _side(row, "right"),
                hard=row["hard"] == "yes",
            )
            for row in csv.DictReader(lines)
        ]


async def with_distractors(
    registry: ServiceUnderTest, count: int, say: Callable[[str], None] = lambda _: None
) -> None:
    """Put other customers into the registry's tables."""
    settings = registry.runtime.settings
    keys = Keys(
        bytes.fromhex(settings.phone_key.get_secret_value()),
        bytes.fromhex(settings.file_key.get_secret_value()),
    )
    connection = await asyncpg.connect(registry.database.url("worker"))
    try:
        whole = Batch(0, count, SEED, UNITS, datetime.fromisoformat(MORNING), keys)
        await load(connection, whole, say)
    finally:
        await connection.close()


async def judged(registry: ServiceUnderTest, pairs: Sequence[Pair]) -> list[Judged]:
    """Declare all left sides, then all right sides, and read what was decided about each pair."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def first(number: int, pair: Pair) -> dict[str, Any]:
        async with turns:
            answer = await _declared(registry, (MANAGER, SECOND)[number % 2], pair.left)
            return await _cleared(registry, answer)

    async def second(pair: Pair, left: dict[str, Any]) -> Judged:
        async with turns:
            return Judged(
                pair, *await _decision(registry, await _declared(registry, RIVAL, pair.right), left)
            )

    lefts = await asyncio.gather(*(first(number, pair) for number, pair in enumerate(pairs)))
    return list(await asyncio.gather(*(second(pair, left) for pair, left in zip(pairs, lefts, strict=True))))


def rates(found: Iterable[Judged]) -> dict[str, Rate]:
    """Give precision and recall of each decision, and of suggestions: probable or related, the center sees both.

    Any other customer that was suggested is a wrong suggestion.
    """
    found = list(found)
    by_decision = {
        decision: Rate(
            sum(one.decision.startswith(decision) for one in found),
            sum(one.decision == one.pair.label == decision for one in found),
            sum(one.pair.label == decision for one in found),
        )
        for decision in DECISIONS
    }
    suggested = [one for one in found if one.decision in SUGGESTED]
    due = [one for one in found if one.pair.label in SUGGESTED]
    beside = sum(len(one.beside) for one in found)
    hits = sum(one.pair.label in SUGGESTED for one in suggested)
    return {**by_decision, "suggestions": Rate(len(suggested) + beside, hits, len(due))}


def lines(part: str, found: Sequence[Judged]) -> list[str]:
    """Say it for a person: by decision, by kind, and each pair that was decided otherwise than labelled."""
    said = [f"{part}: {len(found)} pairs", f"  {'decision':<14} {'given':>6} {'due':>6} precision recall"]
    for decision, rate in rates(found).items():
        said.append(
            f"  {decision:<14} {rate.given:>6} {rate.due:>6} {rate.precision:>9.3f} {rate.recall:>6.3f}"
        )
    total = Counter(one.pair.kind for one in found)
    right = Counter(one.pair.kind for one in found if one.decision == one.pair.label)
    said += [f"  {kind:<28} {right[kind]:>3} of {total[kind]:>3}" for kind in sorted(total)]
    said += [
        f"  {one.pair.pair_id} {one.pair.kind}: {one.decision}, labelled {one.pair.label}"
        for one in found
        if one.decision != one.pair.label
    ]
    said += [
        f"  {one.pair.pair_id} {one.pair.right['name']}: also {', '.join(one.beside)}"
        for one in found
        if one.beside
    ]
    return said


def _side(row: Mapping[str, str], side: str) -> dict[str, Any]:
    phones = [phone.strip() for phone in row[f"{side}_phones"].split(";") if phone.strip()]
    customer = {
        "name": row[f"{side}_name"],
        "nature": "person" if row[f"{side}_nature"] == "person" else "organisation",
        "credit_code": row[f"{side}_credit_code"] or None,
        "division": row[f"{side}_division"],
        "address": row[f"{side}_address"] or None,
        "phones": phones,
    }
    return {name: value for name, value in customer.items() if value is not None}


async def _declared(
    registry: ServiceUnderTest, person: Person, customer: Mapping[str, Any]
) -> dict[str, Any]:
    body = {"customer": customer, "lines": ["domestic-express"]}
    answer: dict[str, Any] = await expect(registry.post(person, "/declarations", body), 201)
    return answer


async def _cleared(registry: ServiceUnderTest, answer: dict[str, Any]) -> dict[str, Any]:
    """Let the center accept what was held for its likeness to one of the others."""
    if answer["state"] != "held":
        return answer
    path = f"/declarations/{answer['id']}/accept"
    return {**answer, **await expect(registry.post(OFFICER, path, {"reason": "另一家"}), 200)}


async def _decision(
    registry: ServiceUnderTest, answer: dict[str, Any], left: dict[str, Any]
) -> tuple[str, Sequence[str]]:
    if answer["state"] == "refused":
        same = answer["refusal"]["since"] == left["claims"][0]["since"]
        return ("exact" if same else "exact with another"), ()
    if answer.get("customer_id") == left["customer_id"]:
        return "exact", ()
    seen = await expect(registry.get(OFFICER, f"/declarations/{answer['id']}/candidates"), 200)
    outcomes = {one["customer_id"]: one["outcome"] for one in seen["items"]}
    decision: str = outcomes.pop(left["customer_id"], "none")
    return decision, [one["name"] for one in seen["items"] if one["customer_id"] in outcomes]


async def _report(parts: Sequence[str], databases: Databases) -> None:
    async with running_registry(databases("registry")) as registry:
        await with_distractors(registry, DISTRACTORS, lambda what: print(f"  {what}", flush=True))
        for part in parts:
            found = await judged(registry, read_pairs(PARTS[part]))
            print("\n".join(lines(part, found)), flush=True)


def main() -> int:
    """Print the report of the chosen parts."""
    parser = argparse.ArgumentParser(prog="python -m support.match_report", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="which; both where none is named")
    parts = [part for part in PARTS if part in (parser.parse_args().parts or PARTS)]
    with throwaway_instance() as instance, instance.running("postgres"):
        instance.make_databases()
        asyncio.run(_report(parts, Databases(instance)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
