"""Wordings of the law as tests draft and publish them at run time."""

from typing import Any

import httpx

from support.registry import expect
from support.service import MANAGER, PROVINCE, Person, ServiceUnderTest

DRAFTER = Person("420000", "center-officer")
OTHER_DRAFTER = Person("420000", "center-officer")
NATION = Person("CN", "center-director")
TODAY, TOMORROW, YESTERDAY, SHIPPED = "2026-03-02", "2026-03-03", "2026-03-01", "2009-01-01"


def clocks(answer: object, resolve: object = 7) -> dict[str, Any]:
    """Give a value of the rule about the clocks of a complaint, right or wrong."""
    return {
        "answer": {"days": answer, "basis": "calendar"},
        "resolve": {"days": resolve, "basis": "calendar"},
    }


def draft_of(rule: str, value: object, **facts: Any) -> dict[str, Any]:
    """Give a draft as an officer would send it."""
    body = {
        "rule": rule,
        "in_force": TOMORROW,
        "value": value,
        "citation": {"act": "hubei", "article": "30(2)"},
        "assumption": False,
        **facts,
    }
    return {name: given for name, given in body.items() if given is not ...}


async def drafted(registry: ServiceUnderTest, rule: str, value: object, **facts: Any) -> dict[str, Any]:
    """Draft a wording, and give the answer."""
    answer = await expect(registry.post(DRAFTER, "/rules/drafts", draft_of(rule, value, **facts)), 201)
    return dict(answer)


async def published(registry: ServiceUnderTest, rule: str, value: object, **facts: Any) -> dict[str, Any]:
    """Draft a wording and have the province's director publish it; gives the answer."""
    draft = await drafted(registry, rule, value, **facts)
    return dict(await expect(publish(registry, PROVINCE, draft), 200))


async def publish(registry: ServiceUnderTest, who: Person, draft: dict[str, Any]) -> httpx.Response:
    """Ask for a draft to be published."""
    return await registry.post(who, f"/rules/drafts/{draft['id']}/publish", {})


async def wordings(registry: ServiceUnderTest, rule: str) -> list[dict[str, Any]]:
    """Give the wordings of a rule as they are shown."""
    return list((await expect(registry.get(MANAGER, f"/rules/{rule}"), 200))["wordings"])


async def rows_of(registry: ServiceUnderTest, rule: str) -> int:
    """Count the wordings of a rule that are on record; the shipped one is not."""
    [found] = await registry.rows("SELECT count(*) AS n FROM rule_wording WHERE rule = $1", rule)
    return int(found["n"])
