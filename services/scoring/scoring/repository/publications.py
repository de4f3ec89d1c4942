"""Published scores: frozen as bytes with their seal, told in the statement that keeps them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from chassis.directory import Snapshot
from chassis.encoding import dumps
from chassis.ids import uuid7
from chassis.transaction import Transaction
from contracts.envelope import Event
from contracts.scoring import NoticePublished, ScorePublished
from scoring.model.sheets import canonical, seal
from scoring.ports import Circulated, Ranked

FIRST_VERSION = 1
# What a sheet consists of (`Sheet.to_json`), and so what its seal covers.
SEALED = ("org_id", "period", "lines", "total", "assessed", "share")
# The notice's row decides between two who publish at once; where it was there before, nothing else is written.
FREEZE = """
WITH fresh AS (
  INSERT INTO notice SELECT * FROM jsonb_populate_record(NULL::notice, $1::jsonb) ON CONFLICT DO NOTHING RETURNING id),
frozen AS (
  INSERT INTO score (id, org_id, period, version, rank, body, seal, published_at, published_by)
  SELECT s.id, s.org_id, s.period, s.version, s.rank, convert_to(s.body, 'UTF8'), s.seal, s.published_at, s.published_by
  FROM jsonb_to_recordset($2::jsonb) AS s(id uuid, org_id text, period text, version integer, rank integer, body text,
    seal text, published_at timestamptz, published_by uuid) WHERE EXISTS (SELECT FROM fresh))
SELECT CASE WHEN EXISTS (SELECT FROM fresh) THEN announce($3::jsonb) END
"""

# What came back is known by its id: another one of the same quarter is no repetition, and fails.
SCORES_HEARD = """
INSERT INTO score (id, org_id, period, version, rank, body, seal, published_at, published_by)
SELECT s.id, s.org_id, s.period, s.version, s.rank, convert_to(s.body, 'UTF8'), s.seal, s.published_at, s.published_by
FROM jsonb_to_recordset($1::jsonb) AS s(id uuid, org_id text, period text, version integer, rank integer, body text,
  seal text, published_at timestamptz, published_by uuid) ORDER BY s.id
ON CONFLICT (id) DO NOTHING
"""
NOTICES_HEARD = """
INSERT INTO notice SELECT * FROM jsonb_populate_recordset(NULL::notice, $1::jsonb) ORDER BY id ON CONFLICT (id) DO NOTHING
"""


class BrokenSeal(ValueError):
    """A score as told is not the one that was sealed."""


class Restoring:
    """Takes back what was published from its own events; where it is still there, nothing changes."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def scores(self, told: Sequence[ScorePublished]) -> None:
        """Take back scores; raises BrokenSeal."""
        await self._tx.execute(SCORES_HEARD, dumps([_restored(fact) for fact in told]).decode())

    async def notices(self, told: Sequence[NoticePublished]) -> None:
        """Take back which quarters were circulated."""
        rows = [{**fact.model_dump(exclude={"notice_id", "scores"}), "id": fact.notice_id} for fact in told]
        await self._tx.execute(NOTICES_HEARD, dumps(rows).decode())


class Publishing:
    """Where the scores of a quarter are frozen and told."""

    def __init__(self, tx: Transaction, law: Snapshot) -> None:
        self._tx = tx
        self._law = law

    async def freeze(self, circulated: Circulated) -> bool:
        """Keep and tell the scores; False, with nothing changed, where the quarter was published before."""
        ids = {one.sheet.org_id: uuid7() for one in circulated.scores}
        notice_id = uuid7()
        events = [
            *(self._told(circulated, one, ids[one.sheet.org_id]) for one in circulated.scores),
            self._notice(circulated, notice_id, list(ids.values())),
        ]
        written = await self._tx.fetchval(
            FREEZE,
            dumps(_notice_row(circulated, notice_id)).decode(),
            dumps([_row(circulated, one, ids[one.sheet.org_id]) for one in circulated.scores]).decode(),
            self._tx.encoded(events),
        )
        return written is not None

    def _told(self, circulated: Circulated, one: Ranked, score_id: UUID) -> Event:
        fact = ScorePublished.model_validate(
            {
                **one.sheet.to_json(),
                "score_id": score_id,
                "score_version": FIRST_VERSION,
                "rank": one.rank,
                "seal": seal(one.sheet.canonical()),
                "published_at": circulated.published_at,
                "published_by": circulated.published_by,
                "reason": None,
                "because": circulated.because.to_json(),
            }
        )
        return self._tx.event(
            fact,
            aggregate=f"score:{score_id}",
            version=FIRST_VERSION,
            subject=fact.org_id,
            orgpath=self._law.path(fact.org_id),
        )

    def _notice(self, circulated: Circulated, notice_id: UUID, scores: list[UUID]) -> Event:
        fact = NoticePublished(
            notice_id=notice_id,
            org_id=circulated.org_id,
            period=str(circulated.quarter),
            published_at=circulated.published_at,
            published_by=circulated.published_by,
            scores=scores,
        )
        return self._tx.event(
            fact,
            aggregate=f"notice:{notice_id}",
            version=FIRST_VERSION,
            subject=fact.org_id,
            orgpath=circulated.orgpath,
        )


def _restored(fact: ScorePublished) -> dict[str, Any]:
    known = fact.model_dump(mode="json")
    body = canonical({name: known[name] for name in SEALED})
    if seal(body) != fact.seal:
        raise BrokenSeal(f"score {fact.score_id} does not have its seal")
    return {
        "id": fact.score_id,
        "org_id": fact.org_id,
        "period": fact.period,
        "version": fact.score_version,
        "rank": fact.rank,
        "body": body.decode(),
        "seal": fact.seal,
        "published_at": fact.published_at,
        "published_by": fact.published_by,
    }


def _notice_row(circulated: Circulated, notice_id: UUID) -> dict[str, Any]:
    return {
        "id": notice_id,
        "org_id": circulated.org_id,
        "period": str(circulated.quarter),
        "published_at": circulated.published_at,
        "published_by": circulated.published_by,
    }


def _row(circulated: Circulated, one: Ranked, score_id: UUID) -> dict[str, Any]:
    body = one.sheet.canonical()
    return {
        "id": score_id,
        "org_id": one.sheet.org_id,
        "period": one.sheet.period,
        "version": FIRST_VERSION,
        "rank": one.rank,
        "body": body.decode(),
        "seal": seal(body),
        "published_at": circulated.published_at,
        "published_by": circulated.published_by,
    }
