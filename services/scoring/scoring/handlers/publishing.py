"""Circulating a quarter: every bureau's score is frozen, ranked and told, once."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.directory import Snapshot
from contracts.refusals import Forbidden
from regulations.provisions import Because
from scoring.commands import PublishScores
from scoring.handlers.leagues import SCORER, League, league_of
from scoring.handlers.scoring import Asked
from scoring.model.refusals import AlreadyPublished, NobodyScored, QuarterNotOver
from scoring.model.sheets import Sheet, ranks
from scoring.ports import Circulated, Publications, Ranked

WorkOut = Callable[[Sequence[Asked]], Awaitable[Sequence[Sheet]]]


@dataclass(frozen=True, slots=True)
class Post:
    """Who publishes, from where and when."""

    org_id: str
    staff_id: UUID
    now: datetime


async def publish_scores(
    command: PublishScores, post: Post, law: Snapshot, work_out: WorkOut, publications: Publications
) -> Circulated:
    """Freeze and tell the scores of a quarter that is over; raises AlreadyPublished."""
    quarter = command.quarter
    league = _scored_by(post, law, command)
    if post.now.date() <= quarter.last:
        because = Because.of(league.law.cite(period=str(quarter), ends=quarter.last))
        raise QuarterNotOver.of(str(quarter), quarter.last, because.to_json())
    sheets = await work_out([Asked(org_id, quarter, over=True) for org_id in league.bureaus])
    circulated = Circulated(
        org_id=post.org_id,
        orgpath=league.scorer.orgpath,
        quarter=quarter,
        scores=ranked(sheets),
        published_by=post.staff_id,
        published_at=post.now,
        because=Because.of(league.law.cite(period=str(quarter), bureaus=len(sheets))),
    )
    if not await publications.freeze(circulated):
        raise AlreadyPublished.of(str(quarter))
    return circulated


def ranked(sheets: Sequence[Sheet]) -> list[Ranked]:
    """Give sheets with their ranks, the best first; those of one rank, and those without, by org_id."""
    placed = [
        Ranked(sheet, rank)
        for sheet, rank in zip(sheets, ranks([sheet.share for sheet in sheets]), strict=True)
    ]
    return sorted(placed, key=lambda one: (one.rank is None, one.rank or 0, one.sheet.org_id))


def _scored_by(post: Post, law: Snapshot, command: PublishScores) -> League:
    scorer = law.organisation(post.org_id)
    league = league_of(law, scorer, command.quarter)
    if league is not None:
        return league
    if scorer.kind != SCORER:
        raise Forbidden(
            "季度考评由省局通报，市州局及以下不能发布",
            "The province circulates the quarter's scores; no organisation below it does",
        )
    raise NobodyScored.of(post.org_id)
