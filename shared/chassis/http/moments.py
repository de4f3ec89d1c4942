"""Instants and days of bodies and queries: within the years that the business can mean, so that each can be reckoned with."""

from datetime import date, datetime
from typing import Annotated, TypeVar

from pydantic import AfterValidator, AwareDatetime, WithJsonSchema

FIRST_YEAR, LAST_YEAR = 1900, 2200
Dated = TypeVar("Dated", date, datetime)


def _meant(value: Dated) -> Dated:
    """Refuse what lies outside the years, as it is written; near the ends of the calendar no zone can be changed."""
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValueError(
            f"年份应在{FIRST_YEAR}至{LAST_YEAR}之间 | the year is between {FIRST_YEAR} and {LAST_YEAR}"
        )
    return value


Instant = Annotated[
    AwareDatetime,
    AfterValidator(_meant),
    WithJsonSchema(
        {
            "type": "string",
            "format": "date-time",
            "formatMinimum": f"{FIRST_YEAR}-01-01T00:00:00+08:00",
            "formatMaximum": f"{LAST_YEAR}-12-31T23:59:59+08:00",
        }
    ),
]
"""A time with its offset from UTC."""

Day = Annotated[
    date,
    AfterValidator(_meant),
    WithJsonSchema(
        {
            "type": "string",
            "format": "date",
            "formatMinimum": f"{FIRST_YEAR}-01-01",
            "formatMaximum": f"{LAST_YEAR}-12-31",
        }
    ),
]
"""A day of the calendar."""
