"""Visits and symposia in the database."""

import base64
from collections.abc import Sequence
from uuid import UUID

from chassis.transaction import Transaction
from contracts.envelope import Event
from contracts.refusals import NotFound
from registry.handlers import visits_told
from registry.model.codes import read_customer_key
from registry.model.visits import Symposium, Visit
from registry.policies.visits import Sight
from registry.ports.desk import Seal
from registry.ports.tree import Tree
from registry.repository.rows import insert, update
from registry.tables.shapes import from_json, to_json
from registry.tables.visits import symposium_row, visit_of, visit_row

# One statement for all visits of a request and what they tell; `encode` keeps what is sealed within JSON.
ADD = """
    WITH written AS (
      INSERT INTO visit (visit_id, customer_id, org_id, level, staff_id, kind, leader, visited_on, state, record,
                         recorded_at, cancelled, version)
      SELECT v.visit_id, v.customer_id, v.org_id, v.level, v.staff_id, v.kind, v.leader, v.visited_on, v.state,
             decode(v.record, 'base64'), v.recorded_at, v.cancelled, v.version
      FROM jsonb_to_recordset($1::jsonb) AS v(
        visit_id uuid, customer_id uuid, org_id text, level text, staff_id uuid, kind text, leader boolean,
        visited_on date, state text, record text, recorded_at timestamptz, cancelled jsonb, version bigint)
      RETURNING 1)
    SELECT announce($2::jsonb) FROM (SELECT count(*) FROM written) AS counted
"""
SEEN = """
    SELECT asked.id AS asked_id, asked.code AS asked_code, c.customer_id, c.customer_code, c.name, c.org_id, c.manager_id,
      c.supports
    FROM (SELECT one.id, NULL::text AS code, survivor_of(one.id) AS leads_to FROM unnest($1::uuid[]) AS one(id)
          UNION ALL SELECT NULL, one.code, survivor_by_code(one.code) FROM unnest($2::text[]) AS one(code)) asked
    JOIN customer c ON c.customer_id = asked.leads_to
"""


class VisitRows:
    """Visits."""

    def __init__(self, tx: Transaction, tree: Tree, vault: Seal) -> None:
        self._tx = tx
        self._tree = tree
        self._vault = vault

    async def customers(self, keys: Sequence[str]) -> list[Sight | None]:
        """Give the customers of the scope by code or id, in the order asked for; None where there is none."""
        read = [read_customer_key(key) for key in keys]
        rows = await self._tx.fetch(
            SEEN,
            [key for key in read if isinstance(key, UUID)],
            [key for key in read if isinstance(key, str)],
        )
        sights = {
            row["asked_id"] or row["asked_code"]: Sight(
                row["customer_id"],
                row["customer_code"],
                row["name"],
                row["org_id"],
                row["manager_id"],
                [unit["org_id"] for unit in from_json(row["supports"])],
            )
            for row in rows
        }
        return [sights.get(key) if key is not None else None for key in read]

    async def get(self, visit_id: UUID) -> Visit:
        """Give a visit; a later version of it refuses the change. Raises NotFound."""
        row = await self._tx.fetchrow("SELECT * FROM visit WHERE visit_id = $1", visit_id)
        if row is None:
            raise NotFound("没有该走访", "no such visit")
        return visit_of(row, self._vault)

    async def add(self, visits: Sequence[Visit]) -> None:
        """Write new visits and tell each, in one statement."""
        rows = [visit_row(visit, self._vault) for visit in visits]
        for row in rows:
            row["record"] = base64.b64encode(row["record"]).decode() if row["record"] else None
        await self._tx.fetchval(
            ADD, to_json(rows), self._tx.encoded([self._event(visit) for visit in visits])
        )

    async def save(self, visit: Visit) -> None:
        """Write a visit's next version and tell it; raises StaleVersion."""
        await update(self._tx, "visit", "visit_id", visit_row(visit, self._vault), [self._event(visit)])

    def _event(self, visit: Visit) -> Event:
        return self._tx.event(
            visits_told.visit(visit),
            aggregate=f"visit:{visit.visit_id}",
            version=visit.version,
            subject=str(visit.customer_id),
            orgpath=self._tree.path(visit.org_id),
        )


class SymposiumRows:
    """Symposia."""

    def __init__(self, tx: Transaction, tree: Tree, vault: Seal) -> None:
        self._tx = tx
        self._tree = tree
        self._vault = vault

    async def add(self, symposium: Symposium) -> None:
        """Write a symposium and tell it."""
        event = self._tx.event(
            visits_told.symposium(symposium),
            aggregate=f"symposium:{symposium.symposium_id}",
            version=symposium.version,
            subject=symposium.org_id,
            orgpath=self._tree.path(symposium.org_id),
        )
        await insert(self._tx, "symposium", symposium_row(symposium, self._vault), [event])
