"""The directory's snapshot as the handlers' tree, and the tree's rows for change."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from chassis.directory import Snapshot, UnknownOrganisation
from chassis.transaction import Transaction
from contracts.refusals import NotFound
from registry.handlers import facts
from registry.model.organisations import Kind, Organisation
from registry.repository.rows import insert, update
from registry.tables.organisations import organisation_of, organisation_row


class KnownTree:
    """The organisations as this process knows them."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def path(self, org_id: str) -> str:
        """Give the orgpath; raises NotFound."""
        try:
            return self._snapshot.path(org_id)
        except UnknownOrganisation as unknown:
            raise NotFound(f"没有机构 {org_id}", f"no organisation {org_id}") from unknown

    def city_above(self, org_id: str) -> str:
        """Give the nearest city upward; a unit above every city is its own center."""
        self.path(org_id)
        city = self._snapshot.city_above(org_id)
        return city.org_id if city else org_id

    def kind(self, org_id: str) -> Kind:
        """Give what kind of node it is; raises NotFound."""
        self.path(org_id)
        return Kind(self._snapshot.organisation(org_id).kind)

    def name(self, org_id: str) -> str:
        """Give the name, or the id of an unknown one."""
        node = self._snapshot.organisations.get(org_id)
        return node.name if node else org_id

    def serving(self, division: str) -> str | None:
        """Give the living county or city of a division, the nearest to it, or None."""
        found = [
            node
            for node in self._snapshot.organisations.values()
            if node.division == division and node.kind in (Kind.COUNTY, Kind.CITY) and node.valid_to is None
        ]
        return max(found, key=lambda node: len(node.path)).org_id if found else None

    def dissolved(self, org_id: str, day: date) -> bool:
        """Tell whether the node is no more on the day."""
        ends = self._snapshot.organisation(org_id).valid_to
        return ends is not None and ends <= day


class OrganisationRows:
    """The nodes of the tree in the database; a change of them wakes the directory."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def find(self, org_id: str) -> Organisation | None:
        """Give a node, locked for change, or None."""
        row = await self._tx.fetchrow("SELECT * FROM organisation WHERE org_id = $1 FOR UPDATE", org_id)
        return organisation_of(row) if row else None

    async def existing(self, org_ids: Sequence[str]) -> dict[str, Organisation]:
        """Give those of the nodes that exist."""
        rows = await self._tx.fetch(
            "SELECT * FROM organisation WHERE org_id = ANY ($1) ORDER BY org_id FOR SHARE", list(org_ids)
        )
        return {row["org_id"]: organisation_of(row) for row in rows}

    async def below(self, orgpath: str) -> list[Organisation]:
        """Give every node strictly below, parents first, locked for change."""
        rows = await self._tx.fetch(
            "SELECT * FROM organisation WHERE orgpath ^@ $1 ORDER BY orgpath FOR UPDATE", f"{orgpath}."
        )
        return [organisation_of(row) for row in rows]

    async def in_use(self, org_id: str) -> bool:
        """Tell whether the node has living nodes below it, active staff, customers or live claims."""
        used: bool = await self._tx.fetchval(
            "SELECT EXISTS (SELECT FROM organisation WHERE parent_id = $1 AND valid_to IS NULL)"
            " OR EXISTS (SELECT FROM staff WHERE org_id = $1 AND active)"
            " OR EXISTS (SELECT FROM claim WHERE org_id = $1 AND state = 'live')"
            " OR EXISTS (SELECT FROM assignment WHERE org_id = $1 AND valid_to IS NULL)"
            " OR EXISTS (SELECT FROM declaration WHERE org_id = $1 AND state IN ('held', 'filed'))"
            " OR EXISTS (SELECT FROM dispute WHERE $1 = ANY (parties) AND state IN ('open', 'ruled', 'appealed'))",
            org_id,
        )
        return used

    async def add(self, nodes: Sequence[Organisation]) -> None:
        """Write new nodes and tell of each."""
        for node in nodes:
            await insert(self._tx, "organisation", organisation_row(node), [self._event(node)])
        self._tx.wakes_directory = True

    async def save(self, nodes: Sequence[Organisation]) -> None:
        """Write the next versions and tell of each; raises StaleVersion."""
        for node in nodes:
            await update(self._tx, "organisation", "org_id", organisation_row(node), [self._event(node)])
        self._tx.wakes_directory = True

    def _event(self, node: Organisation) -> Any:
        return self._tx.event(
            facts.organisation(node),
            aggregate=f"organisation:{node.org_id}",
            version=node.version,
            subject=node.org_id,
            orgpath=node.orgpath,
        )
