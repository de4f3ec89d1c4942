"""By when a month is filed, and which months are taken at all."""

from dataclasses import dataclass
from datetime import date, datetime

from chassis.directory import Snapshot
from regulations.calendars import Due, Duration, add_months, day_start, due
from regulations.provisions import Because, Decision
from regulations.topics.usage import UsageFiling, UsageFilingDay
from tiering.model.months import month_text
from tiering.model.refusals import MonthToCome, MonthTooOld


@dataclass(frozen=True)
class FilingTerm:
    """From when, for how long and by what a unit's month is to be filed."""

    started_at: datetime
    duration: Duration
    due: Due
    because: Because

    def is_late(self, received_at: datetime) -> bool:
        """Tell whether a file received then is too late."""
        return received_at >= self.due.due_at


def first_duty(first_month: date | None, first_filed_on: date) -> date:
    """A unit's duty begins with the month before it first filed: what it brings of earlier ones is history."""
    began = add_months(first_filed_on.replace(day=1), -1)
    return began if first_month is None else max(first_month, began)


def filing_term(org_id: str, month: date, law: Snapshot) -> FilingTerm:
    """Give a month's term: it begins when the month ends; raises NoLaw."""
    begins = add_months(month, 1)
    filing = law.find(UsageFiling, org_id=org_id, day=begins)
    counted = law.find(UsageFilingDay, org_id=org_id, day=begins)
    last = filing.value.day_of_month if counted.value.included else filing.value.day_of_month - 1
    duration = Duration(days=last - begins.day)
    reasons = (filing.cite(org_id=org_id, month=month_text(month)), counted.cite())
    end = due(day_start(begins), duration)
    words = (
        f"{month_text(month)}的用邮信息应于{end.due_on.isoformat()}前（含当日）填报",
        f"The usage of {month_text(month)} is filed by {end.due_on.isoformat()}",
    )
    return FilingTerm(day_start(begins), duration, end, Because.of(*reasons, zh=words[0], en=words[1]))


def check_month(month: date, today: date, months_back: int) -> None:
    """Raise MonthToCome or MonthTooOld for a month that is not taken on a day."""
    if month > today:
        raise MonthToCome.of(month_text(month))
    oldest = add_months(today.replace(day=1), -months_back)
    if month < oldest:
        raise MonthTooOld.of(month_text(month), month_text(oldest))


def least_customers(org_id: str, month: date, law: Snapshot) -> Decision[int] | None:
    """Give how many customers a unit reports at least, by its place; None where the regulation names no number."""
    filing = law.find(UsageFiling, org_id=org_id, day=add_months(month, 1))
    place = law.organisation(org_id).place_class
    least = next((count for name, count in filing.value.at_least_top.items() if name == place), None)
    if least is None:
        return None
    return Decision(least, Because.of(filing.cite(org_id=org_id, place=place, month=month_text(month))))
