"""What handlers need from outside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol, TypeVar
from uuid import UUID

from chassis.deadlines import Deadline
from chassis.pausing import OpenClock
from regulations.provisions import Because
from service_desk.commands import (
    DeclareEmergency,
    FileCompensation,
    HoldMeeting,
    LinkCustomer,
    ReceiveComplaint,
)
from service_desk.model.cases import Caller, Compensation, Complaint, CustomerFacts, Move
from service_desk.model.compensations import Act, Claim, Liability, LiabilityAct
from service_desk.model.handling import PauseReason
from service_desk.model.ledger import Entry
from service_desk.model.requests import Asker, RequestMove, ServiceRequest
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


@dataclass(frozen=True, slots=True)
class Settled:
    """One act on a compensation: how it stood, how it stands, the amount it is about, why, and the sealed words."""

    act: Act
    before: Claim
    after: Claim
    words: Mapping[str, str]
    because: Because
    org_id: str
    amount: Decimal | None = None
    settles: tuple[str, ...] = ()
    cancels: tuple[str, ...] = ()
    starts: tuple[Deadline, ...] = ()
    payer_org_id: str | None = None


class Compensations(Protocol):
    """Compensations as handlers read and write them."""

    async def get(self, reference: str, version: int) -> Claim:
        """Give the compensation of a case number or id; raises NotFound and StaleVersion."""
        ...

    async def clocks(self, claim: Claim) -> frozenset[str]:
        """Give the kinds of its clocks that run, or ran out."""
        ...

    async def save(self, act: Settled) -> None:
        """Write state, step, clocks, payment and event together; raises StaleVersion and AlreadyPaid."""
        ...


@dataclass(frozen=True, slots=True)
class Assigned:
    """One act about liability: how it stood, how it stands, why, and the sealed words."""

    act: LiabilityAct
    before: Liability
    after: Liability
    words: Mapping[str, str]
    because: Because
    org_id: str
    settles: tuple[str, ...] = ()


class Ledger(Protocol):
    """The ledger between units: entries are added, never changed."""

    async def post(self, *entries: Entry) -> None:
        """Write entries with their two lines each; raises AlreadyCorrected."""
        ...

    async def get(self, entry_id: UUID) -> Entry:
        """Give an entry; raises NotFound."""
        ...

    async def owed(self, debtor: str, creditor: str) -> Decimal:
        """Give what one unit owes another; whoever else asks for these two at the same time waits."""
        ...


class Liabilities(Protocol):
    """Liability as handlers read and write it, with the ledger of the same transaction."""

    @property
    def ledger(self) -> Ledger:
        """Give the ledger between units."""
        ...

    async def get(self, reference: str, version: int) -> Liability:
        """Give the liability of a case number or id, in force; raises NotFound and StaleVersion."""
        ...

    async def save(self, act: Assigned) -> None:
        """Write state, shares, step, clock and event together; raises StaleVersion."""
        ...


@dataclass(frozen=True, slots=True)
class Alike:
    """Two complaints of one customer in one category, the later received at or after the earlier."""

    later_id: UUID
    earlier_id: UUID
    earlier_case_no: str
    later_received_at: datetime
    earlier_received_at: datetime
    org_id: str


class Repeats(Protocol):
    """Complaints not looked at yet for earlier ones like them."""

    async def alike(self) -> Sequence[Alike]:
        """Give the pairs among what was recorded since the last look; nobody else looks at the same time."""
        ...

    async def link(self, pair: Alike, because: Because) -> None:
        """Put a link on record and tell it, once."""
        ...


@dataclass(frozen=True, slots=True)
class Untracked:
    """A customer with an open case and no clock for its next feedback, which runs from `since`."""

    customer_id: UUID
    org_id: str
    manager_id: str | None
    service_class: int
    since: datetime


class Tracking(Protocol):
    """The daily clocks of customers with daily tracking."""

    async def without_clock(self, classes: Sequence[int]) -> Sequence[Untracked]:
        """Give customers of these classes that are owed feedback and have no clock for it."""
        ...

    async def start(self, customer: Untracked, tracking_id: UUID, clock: Deadline) -> None:
        """Start the clock of a day; nothing where another process has started it."""
        ...


class Requests(Protocol):
    """Service requests, emergencies and contact meetings as handlers read and write them."""

    async def asker(self, reference: str) -> Asker | None:
        """Give the customer of an id or code in the caller's scope, a merged one's survivor."""
        ...

    async def get(self, reference: str, version: int) -> ServiceRequest:
        """Give the request of a case number or id; raises NotFound and StaleVersion."""
        ...

    async def find(self, reference: str) -> ServiceRequest | None:
        """Give the request of a case number or id where there is one."""
        ...

    async def open(self, request: ServiceRequest, caller: Caller, content: str, because: Because) -> None:
        """Write a new request with its event in one statement."""
        ...

    async def move(self, move: RequestMove, after: ServiceRequest, text: str) -> None:
        """Write state, step and event in one statement; raises StaleVersion."""
        ...

    async def declare(
        self, command: DeclareEmergency, org_id: str, orgpath: str, request: ServiceRequest | None, because: Because
    ) -> UUID:
        """Write an emergency with its event."""
        ...

    async def knows_case(self, case_no: str, customer_id: UUID) -> bool:
        """Tell whether a customer has a complaint, compensation or request of that number."""
        ...

    async def hold(self, command: HoldMeeting, asker: Asker, because: Because) -> UUID:
        """Write a contact meeting with its event."""
        ...
