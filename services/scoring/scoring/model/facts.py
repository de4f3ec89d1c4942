"""What the events tell of a bureau's quarter: the facts that each item is judged by."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Standing:
    """A customer as it stood at the end of a day; `ours` where its unit belonged to the bureau.

    The three events are those that told its facts, its class (None: the registration form gave it) and its unit
    (None: told with its facts).
    """

    customer_id: UUID
    ours: bool
    registered: bool
    class_: int | None
    group_id: UUID | None
    filed_on: date | None
    filed_with_province_on: date | None
    fact_event: UUID
    class_event: UUID | None
    unit_event: UUID | None

    @property
    def counted(self) -> bool:
        """Whether it was a key account of the bureau: registered there, with a class."""
        return self.ours and self.registered and self.class_ is not None

    @property
    def because_of(self) -> UUID:
        """The event that gave it its class."""
        return self.class_event or self.fact_event


Counting = Callable[[Standing], bool]


@dataclass(frozen=True)
class Accounts:
    """Customers at the quarter's end and a year before, all that were a key account of the bureau at either."""

    now: Mapping[UUID, Standing]
    before: Mapping[UUID, Standing]

    @cached_property
    def counted(self) -> Sequence[Standing]:
        """The key accounts at the quarter's end."""
        return [one for one in self.now.values() if one.counted]


@dataclass(frozen=True)
class Count:
    """Customers on one day: those that stand alone, and target-market groups."""

    single: int
    groups: int

    @classmethod
    def of(cls, standings: Sequence[Standing]) -> "Count":
        """Count customers, the members of a group together."""
        groups = {one.group_id for one in standings if one.group_id is not None}
        return cls(sum(one.group_id is None for one in standings), len(groups))

    def total(self, group_counts_as: int) -> int:
        """Give the number, a group counting as so many."""
        return self.single + self.groups * group_counts_as


@dataclass(frozen=True)
class Numbers:
    """Customers now and a year before, and the events by which some came or went."""

    now: Count
    before: Count
    events: tuple[UUID, ...]


@dataclass(frozen=True)
class Revenue:
    """Settled fees in yuan of the quarter's months that are over and of the same months a year before, and who told."""

    months: tuple[str, ...]
    now: Decimal
    before: Decimal
    events: tuple[UUID, ...]


@dataclass(frozen=True)
class Growth:
    """What items 1 to 3 are judged by. `base_period`: whether the bureau had a key account a year before."""

    numbers: Numbers
    revenue: Revenue
    base_period: bool


@dataclass(frozen=True)
class Files:
    """Key accounts at the quarter's end, and the events of those whose file is not where it has to be."""

    customers: int
    not_filed: tuple[UUID, ...]
    not_with_province: tuple[UUID, ...]


@dataclass(frozen=True)
class Analysed:
    """Key accounts not analysed, by month that is over; `ever`: whether the bureau has filed any analysis yet."""

    customers: int
    missing: Mapping[str, int]
    without_kpi_report: Mapping[str, int]
    events: tuple[UUID, ...]
    ever: bool


@dataclass(frozen=True)
class Duty:
    """A frequency whose part of the year has ended: by whom, to which classes, how often in which days."""

    by: str
    levels: tuple[str, ...]
    classes: tuple[int, ...]
    first: date
    last: date
    needed: int


@dataclass(frozen=True)
class Visited:
    """What became of a duty: customers it was owed to, visits missing."""

    duty: Duty
    owed: int
    missing: int


@dataclass(frozen=True)
class Visits:
    """Visits as owed; `ever`: whether the bureau has recorded any visit yet."""

    duties: tuple[Visited, ...]
    events: tuple[UUID, ...]
    ever: bool


@dataclass(frozen=True)
class Meetings:
    """Symposia held in parts of the year that have ended; `ever`: whether the bureau has held any yet."""

    needed: int
    missing: int
    held: int
    events: tuple[UUID, ...]
    ever: bool


@dataclass(frozen=True)
class Accuracy:
    """What was reported of the quarter, and how often it was found wrong against the systems."""

    reports: int
    inaccuracies: int
    wrong_rows: int
    files_missing: int
    files_late: int
    events: tuple[UUID, ...]
