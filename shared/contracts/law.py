"""What the registry tells of the law: wordings published at run time, and days of the official calendar."""

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class _Fact(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class CitationFact(_Fact):
    """Where a wording stands written."""

    act: str
    article: str


class RulePublished(_Fact):
    """A province put a wording of a rule in force; it is added to those that ship with the program."""

    TYPE: ClassVar[str] = "registry.rule.published.v1"
    rule: str
    org_id: str
    in_force: date
    recorded: datetime
    citation: CitationFact
    assumption: bool
    value: Any
    published_by: UUID


class DayFact(_Fact):
    """Whether a day is worked; `provisional` until the official notice is out."""

    day: date
    workday: bool
    provisional: bool
    note: str


class CalendarImported(_Fact):
    """The days of a year as an official notice gives them."""

    TYPE: ClassVar[str] = "registry.calendar.imported.v1"
    year: int
    source: str
    days: list[DayFact]
