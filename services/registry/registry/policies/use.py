"""Use it or lose it: from when a claim idles, and what earns its one renewal (platform; jiangxi, part 3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from registry.model.claims import Claim
from regulations.calendars import TICK, day_of, days_before, due
from regulations.provisions import Because, Decision, Provision
from regulations.topics.claims import ClaimIdle, ClaimWindow

Progress = Literal["visit", "plan-step"]


class EvidenceKind(StrEnum):
    """What shows that a customer was developed."""

    VISIT = "visit"
    PLAN_STEP = "plan-step"
    ATTACHMENT = "attachment"


@dataclass(frozen=True)
class Named:
    """Evidence as a request names it, with the place where it does."""

    kind: EvidenceKind
    ref: UUID
    place: str


@dataclass(frozen=True)
class Evidence:
    """Evidence of progress; `at` is when it came about, None where the holder has none of that kind and id."""

    named: Named
    at: datetime | None


class Bar(StrEnum):
    """Why a claim is not renewed."""

    OVER = "over"
    USED_UP = "used-up"
    NO_PROGRESS = "no-progress"


@dataclass(frozen=True)
class Renewal:
    """The end that a claim has from now on, or what bars it; `place` is where the request named what does not count."""

    until: datetime | None = None
    bar: Bar | None = None
    place: str | None = None


def idle_from(
    claim: Claim,
    returned_at: datetime | None,
    progress: Mapping[Progress, datetime | None],
    law: Provision[ClaimIdle],
) -> datetime:
    """Give since when a claim idles: its grant, annex 1 given back, or the latest progress that the law knows."""
    known = [progress[kind] for kind in law.value.progress if kind in progress]
    return max(at for at in (claim.since, returned_at, *known) if at is not None)


def idles_out(idle_since: datetime, law: Provision[ClaimIdle]) -> Decision[datetime]:
    """Give the first instant without the claim if nothing is done from then on."""
    end = due(idle_since, law.value.after).due_at
    return Decision(end, Because.of(law.cite()))


def warned_at(end: datetime, law: Provision[ClaimIdle]) -> datetime:
    """Give when the holder is warned that a claim idles out."""
    return days_before(end, law.value.warned_days_before)


def lost_by_idling(idle_since: datetime, law: Provision[ClaimIdle]) -> Because:
    """Say why a claim ended that nobody used."""
    return Because.of(
        law.cite(idle_since=idle_since, ended_at=due(idle_since, law.value.after).due_at),
        zh=f"自{day_of(idle_since)}起没有走访或开发进展，开发权终止",
        en=f"no visit and no step of development since {day_of(idle_since)}: the claim ended",
    )


def lost_by_time(claim: Claim, window: Provision[ClaimWindow]) -> Because:
    """Say why a claim ended whose window is over."""
    return Because.of(
        window.cite(since=claim.since, until=claim.until, renewals=claim.renewals),
        zh="保护期届满，未注册",
        en="its window is over and the customer not registered",
    )


def renewal(
    claim: Claim, evidence: Sequence[Evidence], now: datetime, window: Provision[ClaimWindow]
) -> Decision[Renewal]:
    """Renew a claim by the days of the law where each piece of evidence lies within its window; as often as it says."""
    if claim.until is None:
        raise ValueError("a standing claim has no end to renew")
    inputs: dict[str, Any] = {
        "since": claim.since,
        "until": claim.until,
        "renewals": claim.renewals,
        "evidence": tuple(f"{one.named.kind}:{one.named.ref}" for one in evidence),
    }
    if now >= claim.until:
        return _barred(
            Renewal(bar=Bar.OVER),
            window,
            inputs,
            "保护期已满，不能续期",
            "the claim has ended: nothing to renew",
        )
    if claim.renewals >= window.value.renewals:
        return _barred(
            Renewal(bar=Bar.USED_UP), window, inputs, "已续期，不能再续", "the claim was renewed already"
        )
    strange = next((one for one in evidence if not _within(one, claim, now)), None)
    if strange is not None or not evidence:
        barred = Renewal(bar=Bar.NO_PROGRESS, place=strange.named.place if strange else "/evidence")
        return _barred(
            barred,
            window,
            inputs,
            "须有保护期内本单位的进展依据，方可续期",
            "only progress of the unit's own within the window earns a renewal",
        )
    until = due(claim.until - TICK, window.value.renewal).due_at
    return Decision(
        Renewal(until),
        Because.of(
            window.cite(**inputs, renewed_until=until),
            zh="有保护期内的进展，续期一次",
            en="renewed on progress within the window",
        ),
    )


def _within(one: Evidence, claim: Claim, now: datetime) -> bool:
    return one.at is not None and day_of(claim.since) <= day_of(one.at) <= day_of(now)


def _barred(
    bar: Renewal, window: Provision[ClaimWindow], inputs: Mapping[str, Any], zh: str, en: str
) -> Decision[Renewal]:
    return Decision(bar, Because.of(window.cite(**inputs), zh=zh, en=en))
