"""A class follows from its explanation alone; all that the explanation names is needed for it."""

import ast
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from support import class_checker
from support.class_checker import Json, Outcome, Underivable, recomputed
from support.reviewed import Line, Subject
from support.service import PROVINCE, ServiceUnderTest, expect


def test_the_checker_imports_nothing_of_the_platform() -> None:
    tree = ast.parse(Path(class_checker.__file__).read_text(encoding="utf-8"))
    imported = {
        name.partition(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported <= sys.stdlib_module_names


def test_the_mass_holds_every_kind_of_outcome(lines: Mapping[str, Line]) -> None:
    seen = {(line["scheme"], line["tier"]) for line in lines.values()}
    assert seen >= {
        *(("hubei", tier) for tier in (None, "1", "2", "3", "4")),
        *(("xxx-city-daily", tier) for tier in (None, "platinum", "gold", "vip")),
    }
    bore = {
        reason["rule"].partition(".")[2] for line in lines.values() for reason in line["because"]["reasons"]
    }
    assert bore >= {
        "tier-thresholds", "tier-place", "tier-shared-bound", "tier-range-end", "tier-beyond", "tier-equivalents",
        "important-customers", "potential-customers", "tier-by-importance", "tier-conflict", "key-account",
        "key-account-ties", "tier-by-rank", "review-adjustment",
    }  # fmt: skip


def test_the_class_of_every_line_follows_from_its_explanation_alone(lines: Mapping[str, Line]) -> None:
    wrong = {}
    for code, line in lines.items():
        derived = outcome_of(line["because"])
        if derived != (line["eligible"], line["table_class"], line["class"], line["tier"], line["scheme"]):
            wrong[code] = (derived, told(line))
    assert not wrong, f"{len(wrong)} of {len(lines)}: {list(wrong.values())[:3]}"


def test_nothing_is_named_that_the_class_does_not_rest_on(lines: Mapping[str, Line]) -> None:
    idle: dict[tuple[str, str], str] = {}
    for code, line in lines.items():
        try:
            idle |= dict.fromkeys(recomputed(line["because"]).unused, code)
        except Underivable:
            continue
    assert idle == {}


def test_a_figure_left_out_leaves_the_class_open(lines: Mapping[str, Line]) -> None:
    """Every input of every reason, and every month by itself."""
    needless = {}
    for code, line in lines.items():
        for where, without in left_out(line["because"]):
            if derives(without):
                needless[where] = (code, told(line))
    assert needless == {}


def test_a_figure_told_otherwise_contradicts_the_rest_or_gives_another_class(
    lines: Mapping[str, Line],
) -> None:
    """No input of any rule is there for show: altered, it leads elsewhere, for some value and some customer."""
    matters: dict[tuple[str, str], bool] = {}
    for line in lines.values():
        given = recomputed_or_none(line["because"])
        for where, altered in told_otherwise(line["because"]):
            matters[where] = matters.get(where, False) or recomputed_or_none(altered) != given
    assert [where for where, somewhere in matters.items() if not somewhere] == []


def test_amounts_are_decimal_text(lines: Mapping[str, Line]) -> None:
    """Money never becomes a float on its way into an explanation."""
    for line in lines.values():
        for reason in line["because"]["reasons"]:
            text = json.dumps([reason["inputs"], reason["value"]])
            assert not [one for one in _numbers(json.loads(text)) if isinstance(one, float)]


async def test_the_present_class_is_explained_as_completely(
    rated: ServiceUnderTest, lines: Mapping[str, Line], mass: list[Subject]
) -> None:
    """The provisional class of the twelve months up to the last that was filed follows from its own reasons."""
    wrong = {}
    for one in mass[::8]:
        shown = expect(await rated.get(PROVINCE, f"/tiers/{one.planted.code}"), 200)
        provisional = shown["provisional"]
        derived = outcome_of(provisional["because"])
        if derived[2:4] != (provisional["class"], provisional["tier"]):
            wrong[one.planted.code] = (derived, provisional)
    assert not wrong, f"{len(wrong)}: {list(wrong.values())[:2]}"


def outcome_of(because: Json) -> tuple[Any, ...]:
    """Give what follows, or why nothing does."""
    try:
        found = recomputed(because)
    except Underivable as why:
        return (f"underivable: {why}",)
    return found.eligible, found.table_class, found.class_, found.tier, found.scheme


def recomputed_or_none(because: Json) -> Outcome | None:
    try:
        return recomputed(because)
    except Underivable:
        return None


def derives(because: Json) -> bool:
    return recomputed_or_none(because) is not None


def told(line: Line) -> Json:
    shown = {
        name: value for name, value in line.items() if name not in ("because", "former", "override", "name")
    }
    named = {reason["rule"]: reason["inputs"] for reason in line["because"]["reasons"]}
    return {"line": shown, "named": named}


def left_out(because: Json) -> Iterator[tuple[tuple[str, str], Json]]:
    """Give the explanation without each of its inputs."""
    for number, reason in enumerate(because["reasons"]):
        inputs = reason["inputs"]
        for name in inputs:
            yield (reason["rule"], name), with_inputs(because, number, without(inputs, name))
        months = inputs.get("fees_by_month", {})
        for month in months:
            fewer = inputs | {"fees_by_month": without(months, month)}
            yield (reason["rule"], month), with_inputs(because, number, fewer)


def told_otherwise(because: Json) -> Iterator[tuple[tuple[str, str], Json]]:
    """Give the explanation with each of its inputs altered, in each way that may matter."""
    for number, reason in enumerate(because["reasons"]):
        inputs = reason["inputs"]
        for name, value in inputs.items():
            for other in others(name, value):
                yield (reason["rule"], name), with_inputs(because, number, inputs | {name: other})


def with_inputs(because: Json, number: int, inputs: Json) -> Json:
    reasons = list(because["reasons"])
    reasons[number] = reasons[number] | {"inputs": inputs}
    return {"reasons": reasons}


def without(inputs: Json, name: str) -> Json:
    return {other: value for other, value in inputs.items() if other != name}


WORDS: Mapping[str, tuple[Any, ...]] = {
    "importance": (None, "important", "potential"),
    "importance_level": (None, "network-hq", "province", "city", "county"),
    "place": ("wuhan", "prefecture", "county"),
    "level": ("city", "county"),
    "agreement": (True, False),
    "rank_in_bureau": (None, 1, 5, 6),
    "overdue_days": (0, 90, 91),
    "months": ("2020-01..2020-12",),
    "tier": (None, "1", "2", "3", "4", "platinum", "gold", "vip"),
}


def others(name: str, value: Any) -> list[Any]:
    """Give other values of an input."""
    if name == "fees_by_month":
        return [{**value, month: "7654321.00"} for month in value]
    if name in WORDS:
        return [other for other in WORDS[name] if other != value]
    if isinstance(value, int) or value is None:
        return [other for other in (None, 1, 2, 3, 4) if other != value]
    return ["0.00", "9999.99", "7654321.00"]


def _numbers(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [found for one in value.values() for found in _numbers(one)]
    if isinstance(value, list):
        return [found for one in value for found in _numbers(one)]
    return [value] if isinstance(value, int | float) else []
