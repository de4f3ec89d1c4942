"""Corrections of reviews, their lines and the classes that they change, as rows and events."""

from collections.abc import Mapping, Set
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from asyncpg import Record

from chassis.transaction import Transaction
from contracts.refusals import NotFound
from contracts.tiering import ReviewCorrected, TierChanged
from contracts.values import code_and_id
from tiering.model.corrections import Correction, CorrectionState
from tiering.model.reviews import Review
from tiering.policies.law import ClassLaw
from tiering.ports.corrections import NewCorrection, StandingOverride
from tiering.repository.reviews import FOLLOWED, ReviewRows
from tiering.tables.review_lines import laws_of

COLUMNS = """c.id, c.review_id, c.org_id, r.year, c.number, c.state, c.reason, r.valid_from, c.proposed_by, c.proposed_at,
c.customers, c.changed, c.overridden, c.version"""
FROM = "review_correction c JOIN review r ON r.id = c.review_id"
PROPOSED = """
INSERT INTO review_correction (id, review_id, org_id, number, reason, proposed_by, proposed_at, law, rewordings)
SELECT $1, $2, $3, (SELECT COALESCE(max(c.number), 0) + 1 FROM review_correction c WHERE c.review_id = $2), $4, $5, $6,
  $7::json, $8::jsonb
"""
COUNTED = """
UPDATE review_correction c SET customers = l.customers, changed = l.changed, overridden = l.overridden
FROM propose_correction($1, $2::jsonb) l WHERE c.id = $1
"""
LAWS = """
SELECT id, law FROM review WHERE id = $1
UNION ALL SELECT id, law FROM review_correction WHERE review_id = $1 AND state = 'approved'
"""
DECIDED_BY = "SELECT DISTINCT source, org_id, profile FROM standing_lines($1)"
LINE = """
SELECT l.customer_id, l.overridden_at, l.override_kept FROM review_correction_line l JOIN customer c USING (customer_id)
WHERE l.correction_id = $1 AND (c.code = $2 OR c.customer_id = $3)
"""
KEPT = """
WITH before AS (
  SELECT changed FROM review_correction_line WHERE correction_id = $1 AND customer_id = $2),
after AS (
  UPDATE review_correction_line l SET override_kept = $3, choice_by = $4,
    class = CASE WHEN $3 THEN l.override_class ELSE l.suggested_class END,
    tier = CASE WHEN $3 THEN l.override_tier ELSE l.rated_tier END,
    changed = is_change(CASE WHEN $3 THEN l.override_class ELSE l.suggested_class END, l.scheme,
      CASE WHEN $3 THEN l.override_tier ELSE l.rated_tier END, l.former_class, l.former_scheme, l.former_tier)
  WHERE l.correction_id = $1 AND l.customer_id = $2 RETURNING changed)
UPDATE review_correction c SET overridden = c.overridden + CASE WHEN $3 THEN 1 ELSE -1 END, version = c.version + 1,
  changed = c.changed + (SELECT a.changed::integer - b.changed::integer FROM after a, before b)
WHERE c.id = $1
"""
CHOSEN_BY = "SELECT EXISTS (SELECT FROM review_correction_line WHERE correction_id = $1 AND choice_by = $2)"
DECIDED = """
UPDATE review_correction SET state = $2, decided_by = $3, decided_at = $4, dismissed_because = $5, version = version + 1
WHERE id = $1
"""
FOLLOWING = "SELECT id FROM review WHERE org_id = $1 AND state IN ('proposing', 'proposed') FOR UPDATE"


class CorrectionRows:
    """Corrections as the province's center writes them."""

    def __init__(self, tx: Transaction, portion: int, timeout_ms: int) -> None:
        self._tx = tx
        self._portion = portion
        self._timeout_ms = timeout_ms
        self._reviews = ReviewRows(tx, portion, timeout_ms)

    async def review(self, review_id: UUID) -> Review:
        """Give the review and hold it until the transaction ends; raises NotFound."""
        return await self._reviews.get(review_id)

    async def latest_published(self, org_id: str) -> int | None:
        """Give the latest year whose review is published."""
        return await self._reviews.latest_published(org_id)

    async def laws(self, review_id: UUID) -> Mapping[UUID, Mapping[int, ClassLaw]]:
        """Give every law that standing lines were decided by: the review's and its approved corrections', by their ids."""
        return {row["id"]: laws_of(row["law"]) for row in await self._tx.fetch(LAWS, review_id)}

    async def succeeded(self, review_id: UUID, units: Mapping[str, int]) -> Set[tuple[UUID, int, int]]:
        """Give which law standing lines of a unit were decided by, as source and number, and which of now succeeded it.

        `units` has the number of the law of now by unit.
        """
        await self._tx.take_time(self._timeout_ms)
        rows = await self._tx.fetch(DECIDED_BY, review_id)
        return {
            (row["source"], row["profile"], units[row["org_id"]]) for row in rows if row["org_id"] in units
        }

    async def open_of(self, review_id: UUID) -> Correction | None:
        """Give the correction of a review that waits for its decision, if there is one."""
        row = await self._tx.fetchrow(
            f"SELECT {COLUMNS} FROM {FROM} WHERE c.review_id = $1 AND c.state = 'proposed'",  # noqa: S608
            review_id,
        )
        return _correction(row) if row else None

    async def propose(self, new: NewCorrection) -> Correction:
        """Rate again, and write the lines of whom that touches."""
        await self._tx.take_time(self._timeout_ms)
        await self._tx.execute(
            PROPOSED,
            new.id,
            new.review.id,
            new.review.org_id,
            new.reason,
            new.proposed_by,
            new.proposed_at,
            orjson.dumps(new.sheet["laws"]).decode(),
            orjson.dumps(new.rewordings).decode(),
        )
        await self._tx.execute(COUNTED, new.id, orjson.dumps(new.sheet).decode())
        return await self._get(new.id)

    async def get(self, correction_id: UUID) -> Correction:
        """Give a correction and hold it and its review until the transaction ends; raises NotFound."""
        correction = await self._get(correction_id)
        await self._reviews.get(correction.review_id)
        return await self._get(correction_id, "FOR UPDATE OF c")

    async def hold_following(self, org_id: str) -> None:
        """Wait for whoever proposes or publishes the next review, and hold that until the transaction ends."""
        await self._tx.take_time(self._timeout_ms)
        await self._tx.execute(FOLLOWING, org_id)

    async def differing(self, correction: Correction, sheet: Mapping[str, Any]) -> int:
        """Count the customers of whom the dry run would say something else by now."""
        await self._tx.take_time(self._timeout_ms)
        differing: int = await self._tx.fetchval(
            "SELECT count_outdated($1, $2::jsonb)", correction.id, orjson.dumps(sheet).decode()
        )
        return differing

    async def override(self, correction: Correction, customer: str) -> StandingOverride | None:
        """Give the override of a customer's line, by code or id, if there is one; raises NotFound without a line."""
        row = await self._tx.fetchrow(LINE, correction.id, *code_and_id(customer))
        if row is None:
            raise NotFound("该次更正中没有这个客户。", "The correction has no such customer.")
        return StandingOverride(row["customer_id"], row["override_kept"]) if row["overridden_at"] else None

    async def manager_of(self, customer_id: UUID) -> str | None:
        """Give the staff_id of a customer's manager."""
        return await self._reviews.manager_of(customer_id)

    async def keep_override(self, correction: Correction, customer_id: UUID, by: str, *, keep: bool) -> None:
        """Let the overridden class hold, or the rated one."""
        await self._tx.execute(KEPT, correction.id, customer_id, keep, by)

    async def has_choices_of(self, correction: Correction, staff_id: str) -> bool:
        """Tell whether an override was kept or dropped by this person."""
        found: bool = await self._tx.fetchval(CHOSEN_BY, correction.id, staff_id)
        return found

    async def approve(self, correction: Correction, by: str, at: datetime) -> None:
        """Let the corrected classes hold and tell every change; what is proposed for the next year follows."""
        await self._tx.take_time(self._timeout_ms)
        await self._tx.execute(DECIDED, correction.id, CorrectionState.APPROVED, by, at, None)
        await self._tx.fetchval("SELECT approve_lines($1, $2)", correction.id, at)
        moment = orjson.dumps(self._moment()).decode()
        told = await self._told(correction, None, moment)
        while told is not None:
            told = await self._told(correction, told, moment)
        await self._tx.execute(FOLLOWED, correction.review_id)

    async def tell_corrected(self, fact: ReviewCorrected, orgpath: str) -> None:
        """Announce that the correction holds."""
        aggregate = f"review-correction:{fact.correction_id}"
        event = self._tx.event(fact, aggregate=aggregate, version=1, subject=fact.org_id, orgpath=orgpath)
        await self._tx.announce([event])

    async def dismiss(self, correction: Correction, by: str, at: datetime, reason: str) -> None:
        """Leave the review as it is."""
        await self._tx.execute(DECIDED, correction.id, CorrectionState.DISMISSED, by, at, reason)

    async def _get(self, correction_id: UUID, held: str = "") -> Correction:
        row = await self._tx.fetchrow(
            f"SELECT {COLUMNS} FROM {FROM} WHERE c.id = $1 {held}",  # noqa: S608
            correction_id,
        )
        if row is None:
            raise NotFound("没有这次更正。", "There is no such correction.")
        return _correction(row)

    async def _told(self, correction: Correction, after: UUID | None, moment: str) -> UUID | None:
        """Tell a portion of the changes behind a customer; gives the last one, None when none is left."""
        last: UUID | None = await self._tx.fetchval(
            "SELECT tell_corrected($1, $2, $3, $4::jsonb)", correction.id, after, self._portion, moment
        )
        return last

    def _moment(self) -> dict[str, Any]:
        moment = self._tx.moment
        return {
            "topic": f"keypost.{moment.service}",
            "type": TierChanged.TYPE,
            "actor": moment.actor,
            "correlation_id": moment.correlation_id,
            "time": moment.now,
        }


def _correction(row: Record) -> Correction:
    return Correction(**{**row, "state": CorrectionState(row["state"])})
