from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

import pytest

from regulations.calendars import Duration
from regulations.reading import (
    ClockTime,
    CustomerClass,
    Money,
    PackError,
    Points,
    Ratio,
    Share,
    Tier,
    plain,
    read,
)


@dataclass(frozen=True)
class Sample:
    fees: Money
    places: Mapping[Literal["wuhan", "county"], tuple[int, ...]]
    until: date | None = None


@pytest.mark.parametrize(
    ("hint", "raw", "value"),
    [
        (Money, 10_000, Decimal(10_000)),
        (Money, "99999.99", Decimal("99999.99")),
        (Share, "0.20", Decimal("0.20")),
        (Share, "1", Decimal(1)),
        (Points, "-0.5", Decimal("-0.5")),
        (Points, -3, Decimal(-3)),
        (Ratio, "4/5", Fraction(4, 5)),
        (CustomerClass, 4, 4),
        (CustomerClass, "4", 4),
        (Tier, 1, "1"),
        (Tier, "platinum", "platinum"),
        (ClockTime, "17:30", time(17, 30)),
        (Duration, {"days": 2, "basis": "working"}, Duration(days=2, basis="working")),
        (Duration, {"months": 6}, Duration(months=6)),
        (Ratio | Literal["breach"], "breach", "breach"),
        (Ratio | Literal["breach"], "1/2", Fraction(1, 2)),
    ],
)
def test_a_raw_value_is_read_as_its_type(hint: Any, raw: object, value: object) -> None:
    assert read(hint, raw) == value


@pytest.mark.parametrize(
    ("hint", "raw"),
    [
        (Money, -1),
        (Money, True),
        (Money, "1.005"),
        (Money, "1,000"),
        (Money, "１００"),
        (Share, 1),
        (Share, "1.01"),
        (Share, "20%"),
        (Ratio, "3/2"),
        (Ratio, "0.5"),
        (Ratio, "1/0"),
        (CustomerClass, 0),
        (CustomerClass, 5),
        (CustomerClass, True),
        (ClockTime, "25:00"),
        (int, -1),
        (int, "1"),
        (int, True),
        (str, ""),
        (str, 5),
        (bool, 1),
        (date, "2026-01-01"),
        (date, datetime.fromisoformat("2026-01-01T00:00:00+08:00")),
        (tuple[int, ...], "12"),
        (Literal["a", "b"], "c"),
        (Duration, {"days": 2, "months": 1}),
        (Duration, {"days": 2, "basis": "business"}),
        (Duration, {"days": 2, "hours": 1}),
        (Duration, 2),
    ],
)
def test_anything_else_is_refused_in_both_languages(hint: Any, raw: object) -> None:
    with pytest.raises(PackError) as caught:
        read(hint, raw)
    assert caught.value.detail
    assert re.search(r"[\u4e00-\u9fff]", caught.value.zh)


@pytest.mark.parametrize(
    ("raw", "problem", "path"),
    [
        ({"fees": 1, "places": {}, "fee": 2}, "unknown-key", ("fee",)),
        ({"places": {}}, "missing-key", ()),
        ({"fees": 1, "places": {"wuhan": [1, "2"]}}, "wrong-value", ("places", "wuhan", 1)),
        ({"fees": 1, "places": {"yichang": []}}, "wrong-value", ("places", "yichang")),
        ({"fees": 1, "places": []}, "wrong-type", ("places",)),
        ([], "wrong-type", ()),
    ],
)
def test_a_record_is_refused_with_the_path_of_the_fault(
    raw: object, problem: str, path: tuple[object, ...]
) -> None:
    with pytest.raises(PackError) as caught:
        read(Sample, raw)
    assert (caught.value.problem, caught.value.path) == (problem, path)
    assert caught.value.zh


def test_json_keeps_decimals_and_fractions_exact() -> None:
    sample = Sample(Decimal("10000.00"), {"wuhan": (1, 2)}, None)
    assert plain(sample) == {"fees": "10000.00", "places": {"wuhan": [1, 2]}}
    assert plain([Fraction(4, 5), Decimal("1E+3"), {"b", "a"}]) == ["4/5", "1000", ["a", "b"]]


def test_a_float_has_no_place_in_a_reason() -> None:
    with pytest.raises(TypeError):
        plain({"share": 0.1})
