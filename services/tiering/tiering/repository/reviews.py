"""Reviews, their lines and the classes that they publish, as rows and events."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import orjson

from chassis.transaction import Transaction
from contracts.refusals import NotFound
from contracts.tiering import ReviewPublished, TierChanged
from contracts.values import code_and_id
from tiering.model.review_refusals import ReviewNotOpen
from tiering.model.reviews import Line, Review, ReviewState
from tiering.policies.law import ClassLaw
from tiering.ports.reviews import NewReview
from tiering.tables.review_lines import REVIEW_COLUMNS, laws_of, line_of, review_of

BEGUN = """
INSERT INTO review (id, org_id, year, state, valid_from, as_of, proposed_by, proposed_at, law, units)
VALUES ($1, $2, $3, 'proposing', $4, $5, $6, $7, $8::json, $9::jsonb)
"""
OPEN = f"SELECT {REVIEW_COLUMNS} FROM review WHERE org_id = $1 AND state IN ('proposing', 'proposed')"  # noqa: S608
HELD = f"SELECT {REVIEW_COLUMNS} FROM review WHERE id = $1 FOR UPDATE"  # noqa: S608
# Who corrects holds the published review, then the open one: whoever proposes or publishes comes in the same order.
STANDING = "SELECT id FROM review WHERE org_id = $1 AND state = 'published' ORDER BY id FOR UPDATE"
OVERRIDDEN = """
UPDATE review_line SET class = $3, tier = $4, scheme = $5, changed = $6, override_reason = $7, overridden_by = $8,
  overridden_at = $9
WHERE review_id = $1 AND customer_id = $2
"""
OVERRIDDEN_BY = "SELECT EXISTS (SELECT FROM review_line WHERE review_id = $1 AND overridden_by = $2)"
RECOUNTED = "UPDATE review SET changed = changed + $2, overridden = overridden + $3, version = version + 1 WHERE id = $1"
WITHDRAWN = """
UPDATE review SET state = 'withdrawn', withdrawn_by = $2, withdrawn_at = $3, withdrawn_reason = $4, version = version + 1
WHERE id = $1
"""
SUPERSEDED = """
UPDATE review SET state = 'superseded', superseded_by = $1, version = version + 1
WHERE org_id = $2 AND year = $3 AND state = 'published'
"""
PUBLISHED = """
UPDATE review SET state = 'published', published_by = $2, published_at = $3, version = version + 1 WHERE id = $1
"""
FOLLOWED = "SELECT follow_customers($1)"
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
        """Give the review of an organisation that is neither published nor withdrawn, if there is one."""
        row = await self._tx.fetchrow(OPEN, org_id)
        return review_of(row) if row else None

    async def latest_published(self, org_id: str) -> int | None:
        """Give the latest year whose review is published."""
        latest: int | None = await self._tx.fetchval(
            "SELECT max(year) FROM review WHERE org_id = $1 AND state = 'published'", org_id
        )
        return latest

    async def hold_published(self, org_id: str) -> None:
        """Wait for whoever corrects or publishes a review of the organisation, and hold the published ones."""
        await self._tx.take_time(self._timeout_ms)
        await self._tx.execute(STANDING, org_id)

    async def begin(self, new: NewReview) -> None:
        """Write a review whose lines are still to come."""
        await self._tx.execute(
            BEGUN,
            new.id,
            new.org_id,
            new.year,
            new.valid_from,
            self._tx.now.date(),
            new.proposed_by,
            new.proposed_at,
            orjson.dumps(new.sheet["laws"]).decode(),
            orjson.dumps(new.sheet["units"]).decode(),
        )

    async def get(self, review_id: UUID) -> Review:
        """Give a review and hold it until the transaction ends; raises NotFound, and ReviewNotOpen while it is proposed."""
        head = await self._tx.fetchrow("SELECT year, state FROM review WHERE id = $1", review_id)
        if head is None:
            raise NotFound("没有这次年度评定。", "There is no such review.")
        # Who proposes holds it for long: nobody waits for that.
        at_once = " SKIP LOCKED" if head["state"] == ReviewState.PROPOSING else ""
        row = await self._tx.fetchrow(HELD + at_once, review_id)
        if row is None:
            raise ReviewNotOpen.of(head["year"], head["state"])
        return review_of(row)

    async def laws(self, review_id: UUID) -> Mapping[int, ClassLaw]:
        """Give the law that a review was decided by."""
        return laws_of(await self._tx.fetchval("SELECT law FROM review WHERE id = $1", review_id))

    async def line(self, review: Review, customer: str) -> Line:
        """Give the line of a customer, by code or id; raises NotFound."""
        row = await self._tx.fetchrow(LINE, review.id, *code_and_id(customer))
        if row is None:
            raise NotFound("该次评定中没有这个客户。", "The review has no such customer.")
        return line_of(row)

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

    async def has_overrides_of(self, review: Review, staff_id: str) -> bool:
        """Tell whether a class in the review was put by this person."""
        if not review.overridden:
            return False
        found: bool = await self._tx.fetchval(OVERRIDDEN_BY, review.id, staff_id)
        return found

    async def withdraw(self, review: Review, by: str, reason: str) -> None:
        """Write that a review was taken back."""
        await self._tx.execute(WITHDRAWN, review.id, by, self._tx.now, reason)

    async def publish(self, review: Review, published_by: str, at: datetime) -> None:
        """Let the classes hold and tell every change; the published review of the same year is superseded."""
        await self._tx.take_time(self._timeout_ms)
        await self._tx.execute(SUPERSEDED, review.id, review.org_id, review.year)
        await self._tx.execute(PUBLISHED, review.id, published_by, at)
        await self._tx.fetchval("SELECT publish_lines($1, $2)", review.id, at)
        moment = orjson.dumps(self._moment()).decode()
        told = await self._told(review, None, moment)
        while told is not None:
            told = await self._told(review, told, moment)
        await self._tx.execute(FOLLOWED, review.id)

    async def tell_published(self, fact: ReviewPublished, orgpath: str) -> None:
        """Announce that the review holds."""
        event = self._tx.event(
            fact, aggregate=f"review:{fact.review_id}", version=1, subject=fact.org_id, orgpath=orgpath
        )
        await self._tx.announce([event])

    async def _told(self, review: Review, after: UUID | None, moment: str) -> UUID | None:
        """Tell a portion of the changes; gives its last customer, None where none was left."""
        last: UUID | None = await self._tx.fetchval(
            "SELECT tell_lines($1, $2, $3, $4::jsonb)", review.id, after, self._portion, moment
        )
        return last

    def _moment(self) -> dict[str, object]:
        """Give what all events of this transaction have in common."""
        moment = self._tx.moment
        return {
            "topic": f"keypost.{moment.service}",
            "type": TierChanged.TYPE,
            "actor": moment.actor,
            "correlation_id": moment.correlation_id,
            "time": moment.now,
        }
