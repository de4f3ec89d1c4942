"""Instants and days of requests lie within 1900 and 2200: none comes in that cannot be told in another zone."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from chassis.clock import SHANGHAI
from chassis.http.moments import Day, Instant
from deploy.api_pages import document
from deploy.api_words import FOLDER
from support.service import surroundings

SERVICES = sorted(one.name for one in (FOLDER / "words").iterdir() if one.is_dir())
ENDS = ("0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-08:00")
BOUNDED = {
    "date": ("1900-01-01", "2200-12-31"),
    "date-time": ("1900-01-01T00:00:00+08:00", "2200-12-31T23:59:59+08:00"),
}


@pytest.mark.parametrize("written", ["1900-01-01T00:00:00+14:00", "2200-12-31T23:59:59-12:00"])
def test_an_instant_within_the_years_is_taken_and_told_in_any_zone(written: str) -> None:
    instant: datetime = TypeAdapter(Instant).validate_python(written)
    assert instant == instant.astimezone(UTC) == instant.astimezone(SHANGHAI)


@pytest.mark.parametrize(
    "written", [*ENDS, "1899-12-31T23:59:59+08:00", "2201-01-01T00:00:00+08:00", "2026-03-02T09:00:00"]
)
def test_an_instant_beyond_the_years_or_without_its_zone_is_refused(written: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Instant).validate_python(written)


@pytest.mark.parametrize(
    ("written", "taken"),
    [
        ("1900-01-01", True), ("2200-12-31", True), ("1899-12-31", False), ("2201-01-01", False),
        ("0001-01-01", False), ("9999-12-31", False),
    ],
)  # fmt: skip
def test_a_day_lies_within_the_years(written: str, taken: bool) -> None:
    if taken:
        assert TypeAdapter(Day).validate_python(written).isoformat() == written
        return
    with pytest.raises(ValidationError, match="1900 and 2200"):
        TypeAdapter(Day).validate_python(written)


@pytest.mark.parametrize("service", SERVICES)
def test_every_day_and_instant_that_a_service_is_given_is_documented_with_these_bounds(service: str) -> None:
    with surroundings({}):
        moments = list(_moments(document(service)))
    assert moments
    for place, one in moments:
        assert (one.get("formatMinimum"), one.get("formatMaximum")) == BOUNDED[one["format"]], place


def _moments(schema: Any, place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Give every day and instant of a document; it describes what is asked, no answers but problems."""
    if isinstance(schema, dict):
        if schema.get("format") in BOUNDED:
            yield place, schema
        for name, part in schema.items():
            yield from _moments(part, f"{place}/{name}")
    elif isinstance(schema, list):
        for index, part in enumerate(schema):
            yield from _moments(part, f"{place}/{index}")
