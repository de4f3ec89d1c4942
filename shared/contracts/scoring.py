"""What scoring tells: published scores of bureaus, with the events behind every line."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class _Fact(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class ScoreLineFact(_Fact):
    """One item: points out of `base`, not counted where `assessed` is false.

    `evidence` are ids of events, sorted, at most as many as scoring names; `evidence_total` is how many there are.
    """

    item: str
    zh: str
    en: str
    base: str
    points: str
    assessed: bool
    figures: dict[str, Any]
    evidence: list[UUID]
    evidence_total: int
    because: dict[str, Any]


class ScoreFact(_Fact):
    """An organisation's score of a period; `share` is total over what was assessed.

    `seal` is the SHA-256 of the JSON of org_id, period, lines, total, assessed and share, keys sorted, no blanks.
    """

    TYPE: ClassVar[str]
    score_id: UUID
    org_id: str
    period: str
    score_version: int
    lines: list[ScoreLineFact]
    total: str
    assessed: str
    share: str | None
    rank: int | None
    seal: str
    published_at: datetime
    published_by: UUID
    reason: str | None
    because: dict[str, Any] | None


class ScorePublished(ScoreFact):
    """The province froze a period's score."""

    TYPE: ClassVar[str] = "scoring.score.published.v1"


class ScoreCorrected(ScoreFact):
    """A published score has a new version, with its reason."""

    TYPE: ClassVar[str] = "scoring.score.corrected.v1"


class NoticePublished(_Fact):
    """The ranking of a period was circulated."""

    TYPE: ClassVar[str] = "scoring.notice.published.v1"
    notice_id: UUID
    org_id: str
    period: str
    published_at: datetime
    published_by: UUID
    scores: list[UUID]
