"""What intake, seats and the steps of complaints need from outside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol, TypeVar

from chassis.deadlines import Deadline
from chassis.pausing import OpenClock
from regulations.provisions import Because
from service_desk.commands import FileCompensation, LinkCustomer, ReceiveComplaint
from service_desk.model.cases import Caller, Compensation, Complaint, CustomerFacts, Move
from service_desk.model.handling import PauseReason
from service_desk.model.seats import Seat
from service_desk.policies.promises import Words

C_contra = TypeVar("C_contra", contravariant=True)


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why, as encoded JSON with its SHA-256: the same for many cases."""

    encoded: bytes
    digest: bytes


@dataclass(frozen=True, slots=True)
class Promise:
    """What the caller and the agent are told, the clocks that stand behind it, and why, as JSON."""

    deadlines: tuple[Deadline, ...]
    promised: Words
    next_action: str
    next_step: Words
    explained: Explanation


@dataclass(frozen=True, slots=True)
class ReceivedComplaint:
    """A complaint as decided at intake, not yet written."""

    command: ReceiveComplaint
    complaint: Complaint
    customer: CustomerFacts | None
    vip: bool
    recorded_at: datetime
    promise: Promise


@dataclass(frozen=True, slots=True)
class FiledCompensation:
    """A compensation as decided at intake, not yet written."""

    command: FileCompensation
    compensation: Compensation
    customer: CustomerFacts | None
    vip: bool
    recorded_at: datetime
    promise: Promise


@dataclass(frozen=True, slots=True)
class Changed:
    """The customer is not what was assumed; nothing was written. None: there is none that the desk may see."""

    facts: CustomerFacts | None


class Reception(Protocol[C_contra]):
    """Where one intake request is written, with its answer under its idempotency key."""

    def guess(self, caller: Caller) -> CustomerFacts | None:
        """Give what was last known of the customer a caller names; may be out of date."""
        ...

    async def record(self, case: C_contra) -> Changed | None:
        """Write case, clocks, event and answer in one statement; Changed where the guess was wrong."""
        ...


class Seats(Protocol):
    """Seats as handlers read and write them."""

    async def taken(self, day: date) -> frozenset[int]:
        """Give the numbers that cannot be given on a day; whoever gives one at the same time waits."""
        ...

    async def get(self, reference: str, version: int | None) -> Seat:
        """Give the seat of an id, or the one held under a number; raises NotFound and StaleVersion."""
        ...

    async def save(self, seat: Seat) -> None:
        """Write a seat with its event in one statement; raises StaleVersion."""
        ...


class Numbers(Protocol):
    """Running numbers for the cases of a day."""

    async def next(self, day: date) -> int:
        """Give a number that no other case of the day has."""
        ...


@dataclass(frozen=True, slots=True)
class Pause:
    """Until when clocks stand still at the latest, why, who asked and who approved."""

    until: datetime
    reason: PauseReason
    asked_by: str
    approver: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a complaint: how it stood, how it stands, why, and the words, which are sealed at rest."""

    move: Move
    before: Complaint
    after: Complaint
    words: Mapping[str, str | int | None]
    because: Because | None = None
    settles: tuple[str, ...] = ()
    cancels: tuple[str, ...] = ()
    starts: tuple[Deadline, ...] = ()
    pause: Pause | None = None
    resumes: bool = False


class Complaints(Protocol):
    """Complaints as handlers read and write them."""

    async def get(self, reference: str, version: int | None) -> Complaint:
        """Give the complaint of a case number or id; raises NotFound, and StaleVersion where it is not that version."""
        ...

    async def waiting_for(
        self, customers: Sequence[LinkCustomer]
    ) -> Sequence[tuple[Complaint, LinkCustomer]]:
        """Give the complaints that named one of these customers before it was known."""
        ...

    async def save(self, step: Step) -> None:
        """Write state, step, clocks and event in one transaction; raises StaleVersion."""
        ...

    async def open_clocks(self, complaint: Complaint) -> Sequence[OpenClock]:
        """Give the clocks before the resolution that run or stand still, what was due fired."""
        ...

    async def service_of(self, complaint: Complaint) -> tuple[int | None, bool]:
        """Give the class a complaint's customer is served by today, and whether it has the VIP flag."""
        ...

    async def link(self, complaint: Complaint) -> None:
        """Write the customer and unit of a complaint with the event that tells it; raises StaleVersion."""
        ...
