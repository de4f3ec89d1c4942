"""Complaints taken through their steps over HTTP, as the desk and the centers do."""

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx

from support.intake import complaint
from support.service import MORNING, Person, ServiceUnderTest

AGENT = Person("420100", "hotline-agent")
CLERK = Person("420100", "center-officer", "陈专员")
CHIEF = Person("420100", "center-director")
ABOVE = Person("420000", "center-director")
ABOVE_CLERK = Person("420000", "center-officer")
STEPS: Mapping[str, dict[str, Any]] = {
    "answer": {"answer": "已致电致歉", "by": "phone", "next_steps": "两日内查明原因再来电"},
    "investigation": {"cause": "pickup-delivery-late", "link": "delivery", "responsibility": "投递班漏投"},
    "resolve": {"result": "已补投", "reply": "已电话告知客户"},
    "close": {"satisfaction": 4, "follow_up": "客户表示感谢"},
}


async def at_morning(desk: ServiceUnderTest) -> None:
    """Set the clock back to the morning; a sweep that looked at it before has then come to its end."""
    desk.set_clock(MORNING)
    await asyncio.sleep(0.3)


async def received(desk: ServiceUnderTest, *, by: Person = AGENT, **facts: Any) -> str:
    """Give the number of a new complaint."""
    answer = await desk.post(by, "/complaints", complaint(**facts))
    assert answer.status_code == 201, answer.text
    case_no: str = answer.json()["case_no"]
    return case_no


async def step(
    desk: ServiceUnderTest, case_no: str, name: str, body: object = None, *, by: Person = CLERK
) -> httpx.Response:
    """Ask for a step of a complaint as it stands."""
    version = (await seen(desk, case_no))["version"]
    return await desk.post(by, f"/complaints/{case_no}/{name}", body or STEPS[name], version=version)


async def taken(desk: ServiceUnderTest, case_no: str, *names: str, by: Person = CLERK) -> dict[str, Any]:
    """Take steps one after the other; gives the complaint after the last."""
    body: dict[str, Any] = {}
    for name in names:
        answer = await step(desk, case_no, name, by=by)
        assert answer.status_code == 200, answer.text
        body = answer.json()
    return body


async def brought_to(desk: ServiceUnderTest, last: str | None) -> tuple[str, int]:
    """Give a new complaint after a step and those before it, with its version."""
    case_no, version = await received(desk), 1
    names = list(STEPS)
    for name in names[: names.index(last) + 1 if last else 0]:
        answer = await desk.post(CLERK, f"/complaints/{case_no}/{name}", STEPS[name], version=version)
        assert answer.status_code == 200, answer.text
        version = answer.json()["version"]
    return case_no, version


async def seen(desk: ServiceUnderTest, case_no: str) -> dict[str, Any]:
    """Give a complaint as its province reads it."""
    body: dict[str, Any] = (await desk.get(ABOVE, f"/complaints/{case_no}")).json()
    return body


def clock(body: Mapping[str, Any], kind: str, cycle: int = 1) -> dict[str, Any]:
    """Give one clock of a complaint."""
    [found] = [one for one in body["deadlines"] if (one["kind"], one["cycle"]) == (kind, cycle)]
    return dict(found)


def refused(answer: httpx.Response) -> tuple[int, str]:
    """Give status and code of a refusal that says why in both languages."""
    body = answer.json()
    assert body["zh"]["detail"] and body["en"]["detail"]
    return answer.status_code, body["code"]
