"""Development cases as tests take them: opened, written up, taken on."""

from typing import Any

from support.declarations import customer
from support.registry import expect
from support.service import MANAGER, Person, ServiceUnderTest

# What each step has to bring (hubei, art. 11 and 12), in the words of the pack.
STEPS = {
    "locate": ("contact", "information", "needs"),
    "analyse": ("need-profile", "trend", "entry-point"),
    "plan": (
        "needs",
        "cooperation-points",
        "competition",
        "long-term-prospects",
        "benefit-estimate",
        "resources",
        "schedule",
        "departments",
        "revenue-target",
    ),
    "link": ("means-of-whole-bureau", "shared-information"),
}
ORDER = tuple(STEPS)
Json = dict[str, Any]


def prospect(**facts: Any) -> Json:
    """Give a prospect as a case names it."""
    known = customer(**facts)
    return {name: known[name] for name in ("name", "division", "nature", "credit_code") if name in known}


async def opened(registry: ServiceUnderTest, who: Person = MANAGER, **facts: Any) -> Json:
    """Open a case, on a new prospect unless told otherwise."""
    body = {"lines": ["domestic-express"], **facts}
    if "customer_key" not in body:
        body.setdefault("customer", prospect())
    answer: Json = await expect(registry.post(who, "/development-cases", body), 201)
    return answer


async def written(registry: ServiceUnderTest, case: Json, step: str, who: Person = MANAGER) -> Json:
    """Write up everything that a step has to bring."""
    body = {"written": {step: dict.fromkeys(STEPS[step], "已了解")}}
    path = f"/development-cases/{case['id']}"
    answer: Json = await expect(registry.patch(who, path, body, case["version"]), 200)
    return answer


async def taken_to(registry: ServiceUnderTest, case: Json, step: str, who: Person = MANAGER) -> Json:
    """Write up the steps before one, and go there."""
    for here in ORDER[ORDER.index(case["step"]) : ORDER.index(step)]:
        case = await written(registry, case, here, who)
        there = ORDER[ORDER.index(here) + 1]
        case = await expect(registry.post(who, f"/development-cases/{case['id']}/step", {"to": there}), 200)
    return case


async def lead(registry: ServiceUnderTest, who: Person, **facts: Any) -> Json:
    """Open a case and file it with the center."""
    case = await opened(registry, who, **facts)
    answer: Json = await expect(registry.post(who, f"/development-cases/{case['id']}/file", {}), 200)
    return answer
