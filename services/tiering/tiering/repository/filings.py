"""Who has filed which month: clocks that run from the end of a month, and what is told where nobody filed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from chassis import deadlines
from chassis.deadlines import Holder, Term
from chassis.directory import Snapshot
from chassis.transaction import Transaction
from contracts.tiering import UsageFileMissing
from tiering.model.months import month_text
from tiering.policies.filing import FilingTerm

USAGE_FILING = "usage-filing"
SUBJECT = "usage-month"
HOLDER = "center-officer"
FILED = """
    INSERT INTO usage_month (org_id, month, filed_at) VALUES ($1, $2, $3)
    ON CONFLICT (org_id, month) DO UPDATE SET filed_at = COALESCE(usage_month.filed_at, excluded.filed_at)
"""
MISSING = """
    UPDATE usage_month SET missing_told_at = $3
    WHERE org_id = $1 AND month = $2 AND planned AND missing_told_at IS NULL AND filed_at IS NULL RETURNING true
"""
PLANNED = """
    INSERT INTO usage_month (org_id, month, planned) VALUES ($1, $2, true)
    ON CONFLICT (org_id, month) DO UPDATE SET planned = true
    WHERE NOT usage_month.planned AND usage_month.filed_at IS NULL RETURNING true
"""
FILERS = """
    SELECT m.org_id, min(m.month) AS first_month, min(m.filed_at) AS first_filed_at FROM usage_month m
    JOIN organisation o USING (org_id)
    WHERE m.filed_at IS NOT NULL AND o.kind = 'city' AND (o.valid_to IS NULL OR o.valid_to > $1) GROUP BY m.org_id
"""
SETTLED_MONTHS = (
    "SELECT org_id, month FROM usage_month WHERE (planned OR filed_at IS NOT NULL) AND month >= $1"
)
# Counting stops at the least number that is asked for.
REPORTED = """
    SELECT count(*) FROM (SELECT DISTINCT customer_id FROM usage WHERE month = $2 AND org_id = $1 AND current LIMIT $3) x
"""
KNOWN = """
    SELECT count(*) FROM (SELECT FROM customer c JOIN organisation o ON o.org_id = c.responsible_org_id
      WHERE (o.orgpath = $1 OR o.orgpath ^@ ($1 || '.')) AND c.code IS NOT NULL AND c.state = 'registered' LIMIT $2) x
"""
UNDER_WAY = """
    SELECT EXISTS (SELECT FROM usage_file WHERE org_id = $1 AND month = $2 AND NOT late
                   AND state IN ('received', 'checking'))
"""


@dataclass(frozen=True, slots=True)
class Filer:
    """A city that files: since which month, and when it began to."""

    org_id: str
    first_month: date
    first_filed_at: datetime


class FilingsInTables:
    """Filings in one transaction."""

    def __init__(self, tx: Transaction, law: Snapshot) -> None:
        self._tx = tx
        self._law = law

    async def filed(self, org_id: str, month: date, at: datetime) -> None:
        """Note that a month was filed; its clock stops as of when the file came."""
        await self._tx.execute(FILED, org_id, month, at)
        await self._tx.fetchval(
            "SELECT settle_deadlines($1, $2, $3, $4, $5)", self._tx.moment.service, SUBJECT,
            subject_of(org_id, month), [USAGE_FILING], at,
        )  # fmt: skip

    async def plan(self, org_id: str, month: date, term: FilingTerm) -> None:
        """Start the clock of a city's month, once."""
        if not await self._tx.fetchval(PLANNED, org_id, month):
            return
        planned = deadlines.plan(
            Term(
                kind=USAGE_FILING,
                subject=(SUBJECT, subject_of(org_id, month)),
                org_id=org_id,
                holder=Holder(org_id, HOLDER),
                started_at=term.started_at,
                duration=term.duration,
                because=term.because.reasons,
            ),
            self._law,
        )
        await deadlines.start(self._tx, [planned])

    async def tell_missing(self, org_id: str, month: date, term: FilingTerm) -> None:
        """Tell, once, that a month was not filed in time; a file that came in time is waited for."""
        if await self._tx.fetchval(UNDER_WAY, org_id, month):
            return
        if not await self._tx.fetchval(MISSING, org_id, month, self._tx.now):
            return
        told = UsageFileMissing(
            org_id=org_id, month=month_text(month), due_on=term.due.due_on, because=term.because.to_json()
        )
        event = self._tx.event(
            told,
            aggregate=f"usage-filing:{org_id}:{month_text(month)}",
            version=1,
            subject=org_id,
            orgpath=self._law.path(org_id),
        )
        await self._tx.announce([event])

    async def covered(self, org_id: str, month: date, most: int) -> tuple[int, int]:
        """Give how many customers a unit has reported, and how many it has; counted up to `most`."""
        reported: int = await self._tx.fetchval(REPORTED, org_id, month, most)
        return reported, await self._known(org_id, most)

    async def has_customers(self, org_id: str) -> bool:
        """Tell whether a unit has customers to report."""
        return await self._known(org_id, 1) > 0

    async def filers(self, today: date) -> Sequence[Filer]:
        """Give the cities that have ever filed."""
        rows = await self._tx.fetch(FILERS, today)
        return [Filer(row["org_id"], row["first_month"], row["first_filed_at"]) for row in rows]

    async def settled_months(self, since: date) -> set[tuple[str, date]]:
        """Give the months that are filed, or have their clock already."""
        return {(row["org_id"], row["month"]) for row in await self._tx.fetch(SETTLED_MONTHS, since)}

    async def _known(self, org_id: str, most: int) -> int:
        known: int = await self._tx.fetchval(KNOWN, self._law.path(org_id), most)
        return known


def subject_of(org_id: str, month: date) -> str:
    """Give how a clock names a unit's month."""
    return f"{org_id}:{month_text(month)}"
