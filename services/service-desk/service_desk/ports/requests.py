"""What service requests and the desk's rounds need from outside."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from chassis.deadlines import Deadline
from regulations.provisions import Because
from service_desk.commands import DeclareEmergency, HoldMeeting
from service_desk.model.cases import Caller
from service_desk.model.requests import Asker, RequestMove, ServiceRequest


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

    async def start(self, customer: Untracked, tracking_id: UUID, clock: Deadline) -> bool:
        """Start the clock of a day; tells whether it did, for another process may have started it."""
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
        self,
        command: DeclareEmergency,
        org_id: str,
        orgpath: str,
        request: ServiceRequest | None,
        because: Because,
    ) -> UUID:
        """Write an emergency with its event."""
        ...

    async def knows_case(self, case_no: str, customer_id: UUID) -> bool:
        """Tell whether a customer has a complaint, compensation or request of that number."""
        ...

    async def hold(self, command: HoldMeeting, asker: Asker, because: Because) -> UUID:
        """Write a contact meeting with its event."""
        ...
