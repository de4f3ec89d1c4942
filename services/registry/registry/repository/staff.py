"""People of the staff in the database."""

from collections.abc import Sequence
from uuid import UUID

from chassis.transaction import Transaction
from contracts.envelope import Event
from registry.handlers import facts
from registry.model.staff import Person, Role
from registry.repository.rows import insert, update
from registry.tables.staff import person_of, person_row

LOAD = """
    SELECT initial_class, sum(customers)::int AS customers FROM (
      SELECT min(c.initial_class) AS initial_class, CASE WHEN c.group_id IS NULL THEN 1 ELSE $2::int END AS customers
      FROM assignment a JOIN customer c USING (customer_id)
      WHERE a.manager_id = $1 AND c.initial_class IS NOT NULL AND c.state = 'registered'
      GROUP BY COALESCE(c.group_id, c.customer_id), c.group_id) counted
    GROUP BY initial_class
"""


class StaffRows:
    """People of the staff; a change of them wakes the directory."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def find(self, staff_id: UUID) -> Person | None:
        """Give a person, locked for change, or None."""
        row = await self._tx.fetchrow("SELECT * FROM staff WHERE staff_id = $1 FOR UPDATE", staff_id)
        return person_of(row) if row else None

    async def taken(self, people: Sequence[Person]) -> Person | None:
        """Give one whose id or staff number somebody has already."""
        rows = await self._tx.fetch(
            "SELECT staff_id, staff_no FROM staff WHERE staff_id = ANY ($1) OR staff_no = ANY ($2)",
            [person.staff_id for person in people],
            [person.staff_no for person in people],
        )
        known = {row["staff_id"] for row in rows} | {row["staff_no"] for row in rows}
        return next((one for one in people if one.staff_id in known or one.staff_no in known), None)

    async def deputies(self) -> dict[UUID, UUID | None]:
        """Give who stands in for whom; nobody else changes it until the commit."""
        await self._tx.execute("SELECT pg_advisory_xact_lock(hashtext('registry.deputies'))")
        rows = await self._tx.fetch("SELECT staff_id, deputy_id FROM staff WHERE active")
        return {row["staff_id"]: row["deputy_id"] for row in rows}

    async def add(self, people: Sequence[Person]) -> None:
        """Write new people and tell of each."""
        for person in people:
            event = await self._event(person)
            await insert(self._tx, "staff", person_row(person) | {"event_key": person.key}, [event])
        self._tx.wakes_directory = True

    async def save(self, who: Person) -> None:
        """Write a person's next version and tell it; raises StaleVersion."""
        await update(self._tx, "staff", "staff_id", person_row(who), [await self._event(who)])
        self._tx.wakes_directory = True

    async def managers_at(self, org_id: str) -> list[UUID]:
        """Give the active account managers of a node, the one with fewest customers first."""
        rows = await self._tx.fetch(
            "SELECT s.staff_id FROM staff s WHERE s.org_id = $1 AND s.active AND $2 = ANY (s.roles)"
            " ORDER BY (SELECT count(*) FROM assignment a WHERE a.manager_id = s.staff_id AND a.valid_to IS NULL),"
            " s.staff_no",
            org_id,
            str(Role.ACCOUNT_MANAGER),
        )
        return [row["staff_id"] for row in rows]

    async def load_of(self, staff_id: UUID, group_counts_as: int) -> dict[int, int]:
        """Give how many customers of each class a manager has; the manager is locked until the commit.

        The members of one target market count together, in the best of their classes.
        """
        await self._tx.execute("SELECT 1 FROM staff WHERE staff_id = $1 FOR UPDATE", staff_id)
        rows = await self._tx.fetch(
            LOAD,
            staff_id,
            group_counts_as,
        )
        return {row["initial_class"]: row["customers"] for row in rows}

    async def _event(self, who: Person) -> Event:
        return self._tx.event(
            facts.person(who),
            aggregate=f"staff:{who.staff_id}",
            version=who.version,
            subject=who.key,
            orgpath=await self._tx.fetchval("SELECT path_of($1)", who.org_id),
        )
