"""The same inputs give the same lines, however they came; what an explanation does not name never changes a class."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Any

from chassis.ids import uuid7
from support.reviewed import DIVISIONS, MONTHS, Line, Subject

Reviewed = Callable[[Sequence[Subject]], Awaitable[Mapping[str, Line]]]
SPLIT = Decimal("0.01")
LINES = ("ceremonial", "international-express")
RIVALS = ("420106", "420107", "420506", "420525")
"""Bureaus that get a customer more, ahead of all others."""
SAME_LAW = ("420106-T01", "420106-T02", "420106", "420100-S01")
"""Units between which a customer may go without another rule for it, where no rank counts."""


async def test_the_same_inputs_give_the_same_lines_in_another_database(
    lines: Mapping[str, Line], mass: list[Subject], reviewed_apart: Reviewed
) -> None:
    """Byte for byte, explanations included, though customers and months came in another order."""
    shuffled = list(mass)
    Random(7).shuffle(shuffled)
    again = await reviewed_apart(shuffled)
    assert again.keys() == lines.keys()
    differing = [code for code, line in lines.items() if as_bytes(again[code]) != as_bytes(line)]
    assert differing == []


async def test_a_figure_that_is_not_named_never_changes_a_class(
    lines: Mapping[str, Line], mass: list[Subject], reviewed_apart: Reviewed
) -> None:
    """Whatever else is on record of a customer, and of others in its bureau, may be otherwise."""
    random = Random(11)
    changed = [otherwise(random, one, named(lines[one.planted.code])) for one in mass]
    rivals = [Subject({"2025-03": "9000000.00"}, bureau, agreement=True) for bureau in RIVALS]
    after = await reviewed_apart([*changed, *rivals])
    moved = {
        code: (rating(line), rating(after[code]))
        for code, line in lines.items()
        if "rank_in_bureau" not in named(line) and rating(after[code]) != rating(line)
    }
    assert not moved, f"{len(moved)}: {list(moved.values())[:3]}"


async def test_every_month_is_named_and_moves_the_class_when_it_changes(
    lines: Mapping[str, Line], mass: list[Subject], reviewed_apart: Reviewed
) -> None:
    """The counter-proof: in each month in turn, 6 million yuan more give the best class there is."""
    turns = [(one, MONTHS[number % len(MONTHS)]) for number, one in enumerate(mass)]
    richer = [
        replace(
            one, fees={**one.fees, month: Decimal(one.fees.get(month, 0)) + 6_000_000}, oldest_due_on=None
        )
        for one, month in turns
    ]
    after = await reviewed_apart(richer)
    for one, month in turns:
        before, now = lines[one.planted.code], after[one.planted.code]
        assert months_of(now)[month] == str(Decimal(months_of(before)[month]) + 6_000_000)
        if now["eligible"]:
            assert now["class"] == 1, (month, now)


def otherwise(random: Random, one: Subject, names: set[str]) -> Subject:
    """Give the customer with every fact changed that its explanation does not name."""
    facts: dict[str, Any] = {"fees": elsewhere(random, one.fees), "more": beside(random)}
    if "place" not in names:
        facts["division"] = random.choice(tuple(DIVISIONS))
    if "agreement" not in names:
        facts["agreement"] = not one.agreement
    if "overdue_days" not in names:
        facts["oldest_due_on"] = "2024-01-31"
    if "importance" not in names:
        facts["importance"] = random.choice(("important", "potential"))
    if "importance_level" not in names:
        facts["level"] = random.choice(("network-hq", "province", "city", "county"))
    if one.org_id in SAME_LAW and "rank_in_bureau" not in names:
        facts["org_id"] = random.choice(SAME_LAW)
    return replace(one, **facts)


def elsewhere(random: Random, fees: Mapping[str, Any]) -> dict[str, Any]:
    """Give the year's months as they are, on other lines of business, and other years otherwise."""
    found: dict[str, Any] = {"2024-11": "123456.78", "2026-02": "3000000.00", "2023-12": "55555.55"}
    for month, amount in fees.items():
        if month not in MONTHS:
            continue
        part = random.choice((Decimal(0), SPLIT, Decimal(amount)))
        found[f"{month} {LINES[0]}"] = Decimal(amount) - part
        found[f"{month} {LINES[1]}"] = part
    return found


def beside(random: Random) -> dict[str, Any]:
    """Give facts of the file that decide no class."""
    return {
        "name": random.choice(("江汉纸业有限公司", "荆楚茶业")),
        "industry": random.choice(("C29", "F51", None)),
        "nature": random.choice(("organisation", "person")),
        "vip": random.random() < 0.5,
        "reach": random.choice(("province-wide", "regional", None)),
        "settlement_kind": random.choice(("credit", "cash", None)),
        "prospect_score": random.choice(("88.50", None)),
        "relationship": random.choice(("long-term", None)),
        "group_id": random.choice((None, str(uuid7()))),
        "manager_id": random.choice((None, str(uuid7()))),
    }


def named(line: Line) -> set[str]:
    """Give the names of all that an explanation names."""
    return {name for reason in line["because"]["reasons"] for name in reason["inputs"]}


def rating(line: Line) -> tuple[Any, ...]:
    """Give what a line says of the class, and why."""
    reasons = [(reason["rule"], reason["inputs"], reason["value"]) for reason in line["because"]["reasons"]]
    return line["eligible"], line["table_class"], line["class"], line["tier"], line["scheme"], reasons


def months_of(line: Line) -> dict[str, str]:
    """Give the twelve figures that an explanation names."""
    [months] = [
        reason["inputs"]["fees_by_month"]
        for reason in line["because"]["reasons"]
        if "fees_by_month" in reason["inputs"]
    ]
    return dict(months)


def as_bytes(line: Line) -> bytes:
    """Give a line as text; the order of its members is part of it."""
    return json.dumps(line, ensure_ascii=False).encode()
