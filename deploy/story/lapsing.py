"""Use it or lose it: a protected firm on which nobody called is free again after thirty days."""

import asyncio
import time

from deploy.story.calling import Json, Person
from deploy.story.day import REGISTRY, SECONDS_PATIENT, Day, articles, deadline_of, expect, moment

EXPIRED = "registry.claim.expired.v1"
LAPSED = "registry.declaration.lapsed.v1"
IDLE = "claim-idle"
CONVENTION = ("platform", "平台约定")


async def lapse(day: Day) -> None:
    """The claim ends by its clock; the other team may have the firm."""
    tell = day.tell
    loser: Person = day.records["loser"]
    winner: Person = day.records["winner"]
    claim, declared = day.records["idle_claim"], day.records["idle"]
    clock = await deadline_of(loser, REGISTRY, claim["id"], IDLE)
    end = moment(clock["due_at"])
    days = (end - moment(clock["started_at"])).days
    tell.chapter(f"{days}天无走访、无进展:开发权终止", f"{days} days without a visit: the claim ends")
    before = expect(await loser.get(f"{REGISTRY}/claims/{claim['id']}"), 200, "claim")
    tell.claim(
        before["state"] == "live" and moment(before["idle_until"]) == end < moment(before["until"]),
        f"此前开发权有效,但闲置将止于{clock['due_on']},早于保护期满",
        "until then the claim lives, and idleness would end it before its window does",
        before,
    )
    await day.until(end)
    expired = await day.told(EXPIRED, f"claim:{claim['id']}")
    lapsed = await day.told(LAPSED, f"declaration:{declared['id']}")
    shown = await _ended(loser, claim["id"])
    tell.claim(
        len(expired) == 1
        and shown["state"] == "expired"
        and (expired[0].data["reason"], CONVENTION in articles(expired[0].data["because"])) == ("idle", True),
        f"{clock['due_on']} 24时已过:无人走访的开发权终止,并附依据",
        "the claim that nobody used expires, once, with its reason",
        (shown, expired),
    )
    after = expect(await loser.get(f"{REGISTRY}/declarations/{declared['id']}"), 200, "declaration")
    tell.claim(
        after["state"] == "lapsed" and len(lapsed) == 1,
        "申报随之失效",
        "its declaration lapses with it",
        (after["state"], lapsed),
    )
    await _taken_by(day, winner)


async def _taken_by(day: Day, winner: Person) -> None:
    """The other team declares the firm that is free again."""
    tell, declared = day.tell, day.records["idle"]
    reply = await winner.post(f"{REGISTRY}/declarations", day.cast.idle.declaration())
    again = expect(reply, 201, "declare the free firm")
    tell.claim(
        again["state"] == "protected" and again["customer_id"] == declared["customer_id"],
        f"{winner.org_name}现在可以申报,客户编号不变",
        "the other team may have it now, under the same customer id",
        again,
    )
    live = expect(
        await day.cast.officer.get(f"{REGISTRY}/claims?customer_id={declared['customer_id']}&state=live"),
        200,
        "claims",
    )
    tell.claim(
        [one["org_id"] for one in live["items"]] == [winner.org_id],
        "仍然只有一个持有者",
        "there is still one holder only",
        live,
    )


async def _ended(person: Person, claim_id: str) -> Json:
    end = time.monotonic() + SECONDS_PATIENT
    while True:
        shown = expect(await person.get(f"{REGISTRY}/claims/{claim_id}"), 200, "claim")
        if shown["state"] != "live" or time.monotonic() > end:
            return shown
        await asyncio.sleep(0.1)
