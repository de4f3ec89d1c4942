"""A month and those that it is compared with."""

from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """A month, given by its first day, with the month before, the same one a year before, and both years so far."""

    month: date

    @property
    def previous(self) -> date:
        """The month before, of the year before where this is January."""
        return (self.month - DAY).replace(day=1)

    @property
    def year_ago(self) -> date:
        """The same month of the year before."""
        return self.month.replace(year=self.month.year - 1)

    @property
    def year(self) -> date:
        """The January of its year."""
        return self.month.replace(month=1)

    @property
    def last_year(self) -> date:
        """The January of the year before."""
        return self.year_ago.replace(month=1)

    def given(self) -> tuple[date, ...]:
        """Give the dates as statements refer to them: $1 to $5."""
        return (self.month, self.previous, self.year_ago, self.year, self.last_year)


def ended_before(today: date) -> date:
    """Give the last month that is over on a day."""
    return Span(today.replace(day=1)).previous


def months_between(first: date, last: date) -> list[date]:
    """Give the months from a first to a last one, both included."""
    months = []
    month = last
    while month >= first:
        months.append(month)
        month = Span(month).previous
    return months[::-1]
