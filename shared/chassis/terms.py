"""What a deadline is planned from: who holds it, what it is about, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from regulations.calendars import Duration
from regulations.provisions import Reason

CENTER_KINDS = ("national", "province", "city")


@dataclass(frozen=True)
class Holder:
    """Who has to act: a role at an organisation, and the person where one is named."""

    org_id: str
    role: str
    staff_id: str | None = None

    def to_json(self) -> dict[str, str | None]:
        """Give `{org_id, role, staff_id}`."""
        return {"org_id": self.org_id, "role": self.role, "staff_id": self.staff_id}


@dataclass(frozen=True)
class Term:
    """What a deadline is about, from when, for how long, and by which provisions (their reasons as JSON)."""

    kind: str
    subject: tuple[str, str]
    org_id: str
    holder: Holder
    started_at: datetime
    duration: Duration
    because: Sequence[Reason]
    customer_id: str | None = None


@dataclass
class Ground:
    """Why deadlines of one sort run. The database keeps it once; `kept` says that it is known to."""

    because: dict[str, Any]
    digest: str
    kept: bool = False
