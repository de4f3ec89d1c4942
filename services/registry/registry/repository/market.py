"""The blind check: what a declaration is matched against, whoever holds it."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from chassis.transaction import Transaction
from registry.model.customers import IdentityKey, Nature
from registry.model.declarations import Holding
from registry.model.groups import Market
from registry.policies.blocking import match_keys, name_key
from registry.policies.claims import Held
from registry.policies.match import NAME, Identity, Known
from registry.policies.names import normalised
from registry.tables.shapes import moment, moment_or_none

LOOK_ALONE = "SELECT pg_advisory_xact_lock(hashtext('registry.second-look'))"
# What leads to another customer is compared too, under that one's id.
LIKE = "SELECT * FROM customers_like($1, $2, $3, $4, $5) UNION ALL SELECT * FROM merged_like($1, $2, $3, $4)"
TAKE = """
    INSERT INTO identity_key (kind, value, customer_id)
    SELECT given.kind, given.value, $3 FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS given(kind, value, place)
    ORDER BY given.place ON CONFLICT (kind, value) DO NOTHING RETURNING kind, value
"""


class MarketRows:
    """All customers, through functions that see what the asker may not and tell little of it."""

    def __init__(self, tx: Transaction, most: int) -> None:
        self._tx = tx
        self._most = most
        self._alone = False

    async def alone(self) -> None:
        """Take the lock of the second look; whoever asks next waits for this transaction's end."""
        if not self._alone:
            await self._tx.execute(LOOK_ALONE)
            self._alone = True

    async def mark(self) -> int:
        """Give a mark behind all customers committed so far."""
        if self._alone:
            return 0
        mark: int = await self._tx.fetchval("SELECT last_customer()")
        return mark

    async def like(self, identity: Identity) -> list[Known]:
        """Give the customers that may be the declared one."""
        rows = await self._tx.fetch(
            LIKE,
            identity.credit_code,
            name_key(identity),
            match_keys(identity),
            sorted(identity.phone_keys),
            self._most,
        )
        return [_known(row) for row in rows]

    async def markets(self, identity: Identity, group_ids: Sequence[UUID]) -> list[Market]:
        """Give the target markets that name or address speak of, and those whose members resemble the customer."""
        texts = [identity.parts.full, normalised(identity.address or "")]
        rows = await self._tx.fetch(
            "SELECT * FROM groups_named($1, $2, $3, $4)", identity.place, texts, identity.street, group_ids
        )
        return [Market(row["group_id"], row["name"], row["kind"], tuple(row["reasons"])) for row in rows]

    async def since(self, mark: int) -> list[Known]:
        """Give those committed behind the mark; whoever asks next waits for this transaction's end.

        New customers are entered under this lock alone, so their numbers are in commit order and none is missed.
        Who had it before the first look has seen all: nobody entered any since.
        """
        if self._alone:
            return []
        await self._tx.execute(LOOK_ALONE)
        rows = await self._tx.fetch("SELECT * FROM customers_since($1)", mark)
        return [_known(row) for row in rows]

    async def hold(self, customer_id: UUID) -> Held:
        """Lock a customer, or the one that it leads to, and tell who holds it, as a whole and line by line."""
        customer_id = await self._tx.fetchval("SELECT hold_survivor($1)", customer_id)
        return await self._held(customer_id, "SELECT * FROM hold_customer($1)")

    async def look(self, customer_id: UUID) -> Held:
        """Tell who holds a customer, without waiting for anybody."""
        return await self._held(customer_id, "SELECT * FROM holders_of($1)")

    async def _held(self, customer_id: UUID, holders: str) -> Held:
        rows = await self._tx.fetch(holders, customer_id)
        holdings = [(row["line"], _holding(row)) for row in rows]
        whole = next((holding for line, holding in holdings if line is None), None)
        first = min((holding for _, holding in holdings), key=lambda holding: holding.since, default=None)
        lines = {line: holding for line, holding in holdings if line is not None}
        awaited = not holdings and await self.awaits_center(customer_id)
        return Held(customer_id, whole or first, lines, awaited)

    async def awaits_center(self, customer_id: UUID, but: UUID | None = None) -> bool:
        """Tell whether another declaration of the customer waits for its center."""
        awaits: bool = await self._tx.fetchval("SELECT awaits_center($1, $2)", customer_id, but)
        return awaits

    async def was_claimed(self, customer_id: UUID) -> bool:
        """Tell whether anybody ever had a claim on the customer."""
        claimed: bool = await self._tx.fetchval("SELECT was_claimed($1)", customer_id)
        return claimed

    async def disputed(self, customer_id: UUID) -> bool:
        """Tell whether a line of the customer is in a living dispute."""
        disputed: bool = await self._tx.fetchval("SELECT is_disputed($1)", customer_id)
        return disputed

    async def take(self, keys: Sequence[IdentityKey], customer_id: UUID) -> dict[str, UUID]:
        """Take identity keys in their order; where a certain one is another's, all are given back."""
        rows = await self._tx.fetch(
            TAKE, [key.kind for key in keys], [key.value for key in keys], customer_id
        )
        taken = {IdentityKey(row["kind"], row["value"]) for row in rows}
        owners = {key.kind: await self._owner(key) for key in keys if key not in taken}
        # The keys of those that were merged into it are its own.
        others = {kind: owner for kind, owner in owners.items() if owner != customer_id}
        if any(kind != NAME for kind in others):
            await self._tx.execute("DELETE FROM identity_key WHERE customer_id = $1", customer_id)
        return others

    async def _owner(self, key: IdentityKey) -> UUID:
        owner: UUID = await self._tx.fetchval(
            "SELECT survivor_of(customer_id) FROM identity_key WHERE kind = $1 AND value = $2",
            key.kind,
            key.value,
        )
        return owner


def _known(row: asyncpg.Record) -> Known:
    return Known(
        row["customer_id"],
        row["org_id"],
        Identity(
            row["name"],
            Nature(row["nature"]),
            row["credit_code"],
            frozenset(row["phone_keys"]),
            row["address"],
            row["division"],
        ),
        row["group_id"],
    )


def _holding(row: asyncpg.Record) -> Holding:
    return Holding(row["org_id"], row["org_name"], moment(row["since"]), moment_or_none(row["until"]))
