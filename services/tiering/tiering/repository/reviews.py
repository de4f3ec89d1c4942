"""Reviews, their lines and the classes that they publish, as rows and events."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import orjson

from chassis.transaction import Transaction
from contracts.refusals import NotFound
from contracts.tiering import ReviewPublished, TierChanged
from contracts.values import code_and_id
from tiering.model.reviews import Line, Review
from tiering.policies.law import ClassLaw, pinned
from tiering.ports.reviews import NewReview, ToldLine
from tiering.repository.tiers import aggregate_of
from tiering.tables.review_lines import REVIEW_COLUMNS, laws_of, line_of, review_of

PROPOSED = """
INSERT INTO review (id, org_id, year, state, valid_from, as_of, proposed_by, proposed_at, law)
VALUES ($1, $2, $3, 'proposed', $4, $5, $6, $7, $8::json)
"""
COUNTED = f"""
UPDATE review r SET customers = l.customers, changed = l.changed FROM propose_lines($1, $2::jsonb) l WHERE r.id = $1
RETURNING {", ".join(f"r.{column.strip()}" for column in REVIEW_COLUMNS.split(","))}
"""  # noqa: S608 - a constant
OVERRIDDEN = """
UPDATE review_line SET class = $3, tier = $4, scheme = $5, changed = $6, override_reason = $7, overridden_by = $8,
  overridden_at = $9
WHERE review_id = $1 AND customer_id = $2
"""
RECOUNTED = "UPDATE review SET changed = changed + $2, overridden = overridden + $3, version = version + 1 WHERE id = $1"
SUPERSEDED = """
UPDATE review SET state = 'superseded', superseded_by = $1, version = version + 1
WHERE org_id = $2 AND year = $3 AND state = 'published'
"""
PUBLISHED = """
UPDATE review SET state = 'published', published_by = $2, published_at = $3, version = version + 1 WHERE id = $1
"""
CHANGES = """
SELECT l.*, t.version AS tier_version, t.org_id AS present_org_id
FROM review_line l JOIN tier t USING (customer_id, valid_from, review_id)
WHERE l.review_id = $1 AND l.changed ORDER BY l.customer_id
"""
LINE = """
SELECT l.* FROM review_line l JOIN customer c USING (customer_id)
WHERE l.review_id = $1 AND (c.code = $2 OR c.customer_id = $3)
"""


class ReviewRows:
    """Reviews as the province's center writes them."""

    def __init__(self, tx: Transaction, portion: int, timeout_ms: int) -> None:
        self._tx = tx
        self._portion = portion
        self._timeout_ms = timeout_ms

    async def open_at(self, org_id: str) -> Review | None:
        """Give the proposed review of an organisation, if there is one."""
        row = await self._tx.fetchrow(
            f"SELECT {REVIEW_COLUMNS} FROM review WHERE org_id = $1 AND state = 'proposed'",  # noqa: S608
            org_id,
        )
        return review_of(row) if row else None

    async def latest_published(self, org_id: str) -> int | None:
        """Give the latest year whose review is published."""
        latest: int | None = await self._tx.fetchval(
            "SELECT max(year) FROM review WHERE org_id = $1 AND state = 'published'", org_id
        )
        return latest

    async def propose(self, new: NewReview) -> Review:
        """Write a review with all its lines."""
        law = {str(number): pinned(law) for number, law in new.laws.items()}
        day = self._tx.now.date()
        await self._take_time()
        await self._tx.execute(
            PROPOSED,
            new.id,
            new.org_id,
            new.year,
            new.valid_from,
            day,
            new.proposed_by,
            new.proposed_at,
            orjson.dumps(law).decode(),
        )
        row = await self._tx.fetchrow(COUNTED, new.id, orjson.dumps(new.sheet).decode())
        if row is None:
            raise LookupError("a review that was just written is not there")
        return review_of(row)

    async def get(self, review_id: UUID) -> Review:
        """Give a review and hold it until the transaction ends; raises NotFound."""
        row = await self._tx.fetchrow(
            f"SELECT {REVIEW_COLUMNS} FROM review WHERE id = $1 FOR UPDATE",  # noqa: S608
            review_id,
        )
        if row is None:
            raise NotFound("没有这次年度评定。", "There is no such review.")
        return review_of(row)

    async def laws(self, review_id: UUID) -> Mapping[int, ClassLaw]:
        """Give the law that a review was decided by."""
        return laws_of(await self._tx.fetchval("SELECT law FROM review WHERE id = $1", review_id))

    async def line(self, review: Review, customer: str) -> Line:
        """Give the line of a customer, by code or id; raises NotFound."""
        row = await self._tx.fetchrow(LINE, review.id, *code_and_id(customer))
        if row is None:
            raise NotFound("该次评定中没有这个客户。", "The review has no such customer.")
        return line_of(row, review.year)

    async def manager_of(self, customer_id: UUID) -> str | None:
        """Give the staff_id of a customer's manager."""
        manager = await self._tx.fetchval(
            "SELECT manager_id FROM customer WHERE customer_id = $1", customer_id
        )
        return str(manager) if manager else None

    async def save(self, review: Review, before: Line, after: Line) -> None:
        """Write an override, and what it changes in the review's counts."""
        override = after.override
        if override is None:
            raise ValueError("a line is saved with its override")
        await self._tx.execute(
            OVERRIDDEN,
            review.id,
            after.customer_id,
            after.tier.cls,
            after.tier.tier,
            after.tier.scheme,
            after.changed,
            override.reason,
            override.by,
            override.at,
        )
        await self._tx.execute(
            RECOUNTED, review.id, after.changed - before.changed, int(before.override is None)
        )

    async def publish(self, review: Review, published_by: str, at: datetime) -> None:
        """Let the classes hold; the published review of the same year is superseded."""
        await self._take_time()
        await self._tx.execute(SUPERSEDED, review.id, review.org_id, review.year)
        await self._tx.execute(PUBLISHED, review.id, published_by, at)
        await self._tx.fetchval("SELECT publish_lines($1, $2)", review.id, at)

    async def changes(self, review: Review) -> AsyncIterator[Sequence[ToldLine]]:
        """Give the lines that change a class, in portions; only after publishing."""
        cursor = await self._tx.connection.cursor(CHANGES, review.id)
        while rows := await cursor.fetch(self._portion):
            yield [
                ToldLine(line_of(row, review.year), row["tier_version"], row["present_org_id"])
                for row in rows
            ]

    async def tell_classes(self, told: Sequence[tuple[TierChanged, ToldLine, str]]) -> None:
        """Announce classes, each with its line and the path of the customer's unit."""
        await self._tx.announce(
            [
                self._tx.event(
                    fact,
                    aggregate=aggregate_of(fact.customer_id),
                    version=line.version,
                    subject=str(fact.customer_id),
                    orgpath=orgpath,
                )
                for fact, line, orgpath in told
            ]
        )

    async def tell_published(self, fact: ReviewPublished, orgpath: str) -> None:
        """Announce that the review holds."""
        event = self._tx.event(
            fact, aggregate=f"review:{fact.review_id}", version=1, subject=fact.org_id, orgpath=orgpath
        )
        await self._tx.announce([event])

    async def _take_time(self) -> None:
        """Let statements over a whole province run longer than those of one customer."""
        await self._tx.fetchval("SELECT set_config('statement_timeout', $1, true)", str(self._timeout_ms))
