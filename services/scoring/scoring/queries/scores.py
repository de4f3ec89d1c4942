"""Scores as they are read: published ones as they were frozen, others as they stand, ranked beside each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import chain
from typing import Any, Literal

from chassis.auth import Caller
from chassis.directory import Snapshot
from chassis.runtime import Runtime
from chassis.transaction import Transaction
from contracts.refusals import NotFound
from scoring.handlers.leagues import League, leagues_around
from scoring.handlers.publishing import ranked
from scoring.handlers.scoring import Asked
from scoring.model.periods import Quarter
from scoring.model.refusals import QuarterNotBegun
from scoring.model.sheets import plain_number, ranks, seal, shown
from scoring.queries.published import Published, newest
from scoring.queries.sheets import Sheets, steady

Version = Literal["provisional", "published"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One bureau's score: what was frozen or worked out, its share exactly, and what is said beside it."""

    org_id: str
    share: Fraction | None
    rank: int | None
    body: Mapping[str, Any]
    beside: Mapping[str, Any]

    def to_json(self, law: Snapshot) -> dict[str, Any]:
        """Give it as it is answered."""
        name = law.organisation(self.org_id).name
        return {"org_id": self.org_id, "name": name, **self.beside, **self.body, "rank": self.rank}


@dataclass(frozen=True, slots=True)
class Board:
    """What a caller reads scores with: their own rows through `tx`, everybody's where ranks are worked out.

    `version` None: what was published, or else what is provisional.
    """

    runtime: Runtime
    sheets: Sheets
    caller: Caller
    tx: Transaction
    version: Version | None

    @property
    def law(self) -> Snapshot:
        """The directory as it now is."""
        return self.runtime.directory.current

    async def of(self, quarters: Sequence[Quarter], period: str) -> list[Entry]:
        """Give the scores of a quarter, or of a year's quarters together; raises QuarterNotBegun."""
        today = self.tx.now.date()
        begun = [quarter for quarter in quarters if quarter.first <= today]
        if not begun:
            raise QuarterNotBegun.of(period)
        each = [await self._of_quarter(quarter) for quarter in begun]
        return each[0] if len(quarters) == 1 else together(period, each, len(quarters))

    async def one(self, org_id: str, quarters: Sequence[Quarter], period: str) -> Entry:
        """Give one bureau's score; raises NotFound where it is none, or outside the caller's scope."""
        for entry in await self.of(quarters, period):
            if entry.org_id == org_id:
                return entry
        raise NotFound(f"没有{org_id}的考评。", f"There is no score of {org_id}.")

    async def _of_quarter(self, quarter: Quarter) -> list[Entry]:
        found = []
        for league in leagues_around(self.law, self.caller.orgpath, quarter):
            visible = [org_id for org_id in league.bureaus if self.caller.covers(self.law.path(org_id))]
            frozen = {} if self.version == "provisional" else await newest(self.tx, str(quarter), visible)
            found += [_frozen(org_id, one) for org_id, one in frozen.items()]
            if visible and not frozen and self.version != "published":
                live = await self._live(league, quarter)
                found += [entry for entry in live if entry.org_id in visible]
        return sorted(found, key=by_rank)

    async def _live(self, league: League, quarter: Quarter) -> list[Entry]:
        over = self.tx.now.date() > quarter.last
        asked = [Asked(org_id, quarter, over) for org_id in league.bureaus]
        async with steady(self.runtime, self.tx.moment) as reading:
            sheets = await self.sheets.of(reading, self.law, asked)
        beside = {"state": "provisional", "version": None, "over": over}
        return [
            Entry(
                one.sheet.org_id,
                one.sheet.share,
                one.rank,
                one.sheet.to_json(),
                {**beside, "seal": seal(one.sheet.canonical())},
            )
            for one in ranked(sheets)
        ]


def by_rank(entry: Entry) -> tuple[bool, int, str]:
    """Give the place in a ranking: those without a rank last, those of one rank by org_id."""
    return entry.rank is None, entry.rank or 0, entry.org_id


def together(period: str, quarters: Sequence[Sequence[Entry]], in_all: int) -> list[Entry]:
    """Give the year's scores: the mean of the quarters that have begun, ranked by total over what was assessed."""
    by_org: dict[str, list[Entry]] = {}
    for entry in chain.from_iterable(quarters):
        by_org.setdefault(entry.org_id, []).append(entry)
    sums = {org_id: _sums(entries) for org_id, entries in sorted(by_org.items())}
    shares = {
        org_id: Fraction(total) / Fraction(assessed) if assessed else None
        for org_id, (total, assessed) in sums.items()
    }
    placed = dict(zip(shares, ranks(list(shares.values())), strict=True))
    return sorted(
        (_of_year(period, by_org[org_id], shares[org_id], placed[org_id], in_all) for org_id in shares),
        key=by_rank,
    )


def _of_year(
    period: str, quarters: Sequence[Entry], share: Fraction | None, rank: int | None, in_all: int
) -> Entry:
    total, assessed = _sums(quarters)
    published = len(quarters) == in_all and all(one.beside["state"] == "published" for one in quarters)
    body = {
        "period": period,
        "quarters": [
            {
                **{name: one.body[name] for name in ("period", "total", "assessed", "share")},
                "state": one.beside["state"],
                "rank": one.rank,
            }
            for one in quarters
        ],
        "total": plain_number(total / len(quarters)),
        "assessed": plain_number(assessed / len(quarters)),
        "share": None if share is None else shown(share),
    }
    beside = {"state": "published" if published else "provisional", "version": None}
    return Entry(quarters[0].org_id, share, rank, body, beside)


def _sums(entries: Sequence[Entry]) -> tuple[Decimal, Decimal]:
    total = sum((Decimal(entry.body["total"]) for entry in entries), Decimal())
    return total, sum((Decimal(entry.body["assessed"]) for entry in entries), Decimal())


def _frozen(org_id: str, one: Published) -> Entry:
    beside = {
        "state": "published",
        "version": one.version,
        "over": True,
        "seal": one.seal,
        "published_at": one.published_at,
        "published_by": one.published_by,
    }
    return Entry(org_id, one.share, one.rank, one.body, beside)
