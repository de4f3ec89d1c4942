"""Progress on a customer lets the idle clocks of its claims begin anew; progress taken back sets them back."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from registry.model.claims import Claim
from registry.model.refusals import ClaimOver
from registry.policies.use import idle_from, idles_out, warned_at
from registry.ports.use import IdleClock, Idling, UseDesk
from regulations.calendars import day_of
from regulations.topics.claims import ClaimIdle


async def reckon(customer_ids: Sequence[UUID], desk: UseDesk) -> None:
    """Let the idle clocks of customers' claims run from the latest progress that is on record.

    A clock that has run out is not saved by progress: its claim is over, whether or not the sweeper has come.
    """
    idling = await desk.uses.idling(tuple(dict.fromkeys(customer_ids)))
    moved = [(one, _since(one, desk)) for one in idling if one.ends_at > desk.now]
    await desk.uses.restart(
        [
            idle_clock(one.claim, since, one.holder_id, desk, earned=since > one.since)
            for one, since in moved
            if day_of(since) != day_of(one.since)
        ]
    )


def idle_clock(
    claim: Claim, since: datetime, holder_id: UUID, desk: UseDesk, *, earned: bool = False
) -> IdleClock:
    """Give the clock of a claim that idles from an instant on, by the law of today."""
    law = desk.law.find(ClaimIdle, org_id=claim.org_id, day=day_of(desk.now))
    end = idles_out(since, law)
    return IdleClock(
        claim=claim,
        since=since,
        after=law.value.after,
        warn_at=warned_at(end.outcome, law),
        holder_id=holder_id,
        because=end.because,
        earned=earned,
    )


async def must_not_be_over(claims: Sequence[Claim], desk: UseDesk) -> None:
    """Refuse to act on claims that have all ended by the clock, whether or not the sweeper has come."""
    idle = {
        one.claim.claim_id: one.ends_at for one in await desk.uses.idling([c.customer_id for c in claims])
    }
    ends = [
        [end for end in (claim.until, idle.get(claim.claim_id)) if end is not None and end <= desk.now]
        for claim in claims
    ]
    if ends and all(ends):
        raise ClaimOver("开发权保护期已终止", "the claim has ended")


def _since(one: Idling, desk: UseDesk) -> datetime:
    law = desk.law.find(ClaimIdle, org_id=one.claim.org_id, day=day_of(desk.now))
    return idle_from(one.claim, one.returned_at, {"visit": one.visited_at, "plan-step": one.stepped_at}, law)
