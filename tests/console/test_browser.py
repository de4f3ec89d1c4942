"""The page in a real browser: a person signs in, sees events as they happen, and moves the clock."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, TypeVar

import pytest
from playwright.sync_api import Page, expect

from chassis.clock import SHANGHAI
from chassis.ids import uuid7
from contracts.envelope import Event
from support.browser import browsing, page_of

HONGSHAN, YICHANG = "CN.420000.420100.420111", "CN.420000.420500"
RETURN_MS = 60_000
CLAIM = "registry.claim.granted.v1"
REASON = {
    "text": {"zh": "依据办法第七条，保护期三十天。", "en": "Article 7: protected for thirty days."},
    "reasons": [],
}
Fact = Callable[..., Event]
T = TypeVar("T")


class Browser:
    """Runs a person's steps in a thread of their own, while the test goes on telling events."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1)
        self._open = browsing()
        self.browser = self._thread.submit(self._open.__enter__).result()

    async def does(self, steps: Callable[..., T], *arguments: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, steps, *arguments)

    def close(self) -> None:
        self._thread.submit(self._open.__exit__, None, None, None).result()
        self._thread.shutdown()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    found = Browser()
    yield found
    found.close()


@contextmanager
def opened(browser: Browser, base: str, **size: int) -> Iterator[tuple[Page, list[str]]]:
    manager = page_of(browser.browser, base, **size)
    try:
        yield browser._thread.submit(manager.__enter__).result()
    finally:
        browser._thread.submit(manager.__exit__, None, None, None).result()


def sign_in(page: Page, account: str) -> None:
    page.goto("/")
    page.locator("#account-search").fill(account)
    page.locator(f"[data-account='{account}']").press("Enter")
    expect(page.locator("#connection")).to_have_attribute("data-state", "live")


async def test_a_person_sees_an_event_as_it_happens_and_why(
    origin: Any, fact: Fact, browser: Browser
) -> None:
    with opened(browser, origin.base) as (page, complaints):
        await browser.does(sign_in, page, "10000003")
        told = fact(CLAIM, HONGSHAN, {"line": "domestic-express", "state": "live", "because": REASON})
        elsewhere = fact(CLAIM, YICHANG, {})
        await origin.tell([elsewhere, told])

        def looks() -> None:
            first = page.locator("#rows tr").first
            expect(first).to_contain_text("开发权已授予")
            expect(first).to_contain_text("洪山区分公司")
            expect(first).to_contain_text("国内速递")
            expect(page.locator("#rows")).not_to_contain_text("宜昌市分公司")
            first.locator("button").focus()
            page.keyboard.press("Enter")
            expect(page.locator("#detail")).to_contain_text("保护期三十天")
            expect(page.locator("#detail pre")).to_contain_text(str(told.id))
            page.keyboard.press("Escape")
            expect(page.locator("#detail")).to_be_hidden()
            page.locator("#language").click()
            expect(first).to_contain_text("Claim granted")
            expect(page.locator("html")).to_have_attribute("lang", "en")

        await browser.does(looks)
    assert complaints == []


async def test_the_page_comes_back_after_the_console_was_away_and_has_missed_nothing(
    origin: Any, fact: Fact, browser: Browser
) -> None:
    with opened(browser, origin.base) as (page, _):
        await browser.does(sign_in, page, "10000001")
        origin.instance.stop("console")
        await browser.does(
            lambda: expect(page.locator("#connection")).not_to_have_attribute("data-state", "live")
        )
        missed = [fact(CLAIM, HONGSHAN, {"reason": f"第{number}件"}) for number in range(3)]
        await origin.tell(missed)
        origin.instance.start("console")
        await asyncio.to_thread(origin.instance.wait_for, "console")

        def looks() -> None:
            expect(page.locator("#connection")).to_have_attribute("data-state", "live", timeout=RETURN_MS)
            for number in range(3):
                expect(page.locator("#rows", has_text=f"第{number}件")).to_have_count(1, timeout=RETURN_MS)

        await browser.does(looks)


async def test_paused_the_list_stands_still_and_counts_and_then_shows_all(
    origin: Any, fact: Fact, browser: Browser
) -> None:
    with opened(browser, origin.base) as (page, _):
        await browser.does(sign_in, page, "10000003")
        await browser.does(lambda: page.locator("#pause").click())
        await origin.told([fact(CLAIM, HONGSHAN, {"reason": "暂停时"}) for _ in range(2)])

        def looks() -> None:
            expect(page.locator("#pause")).to_contain_text("2")
            expect(page.locator("#rows")).not_to_contain_text("暂停时")
            page.locator("#pause").click()
            expect(page.locator("#rows tr", has_text="暂停时")).to_have_count(2)

        await browser.does(looks)


async def test_a_kind_of_events_can_be_chosen(origin: Any, fact: Fact, browser: Browser) -> None:
    with opened(browser, origin.base) as (page, _):
        await browser.does(sign_in, page, "10000003")
        await browser.does(lambda: page.locator("[data-kind=complaint]").click())
        await browser.does(
            lambda: expect(page.locator("#connection")).to_have_attribute("data-state", "live")
        )
        await origin.told(
            [
                fact(CLAIM, HONGSHAN, {}),
                fact("service-desk.complaint.received.v1", HONGSHAN, {"case_no": "260301001000017"}),
            ]
        )

        def looks() -> None:
            expect(page.locator("#rows tr").first).to_contain_text("260301001000017")
            expect(page.locator("#rows")).not_to_contain_text("开发权")

        await browser.does(looks)


async def test_the_clock_is_moved_from_the_page(origin: Any, browser: Browser) -> None:
    with opened(browser, origin.base) as (page, _):
        await browser.does(sign_in, page, "10000001")

        def moves() -> None:
            page.locator("#clock-controls summary").click()
            page.locator("#clock-moment").fill("2026-03-01T09:00")
            page.locator("#clock-form [type=submit]").click()
            expect(page.locator("#clock-now")).to_contain_text("2026-03-01 09:00")
            expect(page.locator("#clock-answer")).to_contain_text("已跟随")
            page.locator("#clock-real").click()
            expect(page.locator("#clock-offset")).to_contain_text("真实时间")

        await browser.does(moves)


def deadline(kind: str, due_at: datetime, **more: Any) -> dict[str, Any]:
    return {
        "id": str(uuid7()),
        "kind": kind,
        "subject": {"type": "complaint", "id": str(uuid7())},
        "customer_id": None,
        "org_id": "420111",
        "started_at": (due_at - timedelta(days=2)).isoformat(),
        "due_at": due_at.isoformat(),
        "due_on": due_at.date().isoformat(),
        "state": "running",
        "paused": None,
        "warned_at": [],
        "holder": {"org_id": "420111", "role": "account-manager", "staff_id": None},
        "breached_by": None,
        "chain": [],
        "because": {},
        **more,
    }


async def test_deadlines_count_down_and_the_overdue_one_stands_first_in_words(
    origin: Any, browser: Browser
) -> None:
    now = datetime.now(SHANGHAI)
    origin.upstream.deadlines = [
        deadline("complaint-resolve", now + timedelta(days=3)),
        deadline("complaint-answer", now - timedelta(hours=1), state="breached"),
    ]
    try:
        with opened(browser, origin.base) as (page, complaints):
            await browser.does(sign_in, page, "10000003")

            def looks() -> None:
                expect(page.locator("#deadlines li")).to_have_count(2)
                first, second = page.locator("#deadlines li").first, page.locator("#deadlines li").last
                expect(first).to_contain_text("投诉答复")
                expect(first).to_contain_text("已超 01:0")
                expect(second).to_contain_text("投诉解决")
                expect(second).to_contain_text("剩 2 天 23:5")
                expect(second).to_contain_text("洪山区分公司 客户经理")
                before = second.locator(".left").inner_text()
                expect(second.locator(".left")).not_to_have_text(before)

            await browser.does(looks)
    finally:
        origin.upstream.deadlines = []
    assert complaints == []


async def test_evidence_that_is_not_to_be_seen_is_answered_in_words_and_a_count_in_the_pages_language(
    origin: Any, browser: Browser
) -> None:
    line = {"item": "visits", "zh": "走访", "assessed": True, "points": "5", "base": "5"}
    score = {"org_id": "420111", "lines": [{**line, "evidence": [str(uuid7())]}]}
    with opened(browser, origin.base) as (page, complaints):

        def looks() -> None:
            sign_in(page, "10000003")
            page.route("**/api/scoring/v1/scores/**", lambda route: route.fulfill(json=score))
            page.route(
                "**/api/scoring/v1/scores?**",
                lambda route: route.fulfill(json={"items": [score], "next_cursor": None, "total": 1}),
            )
            page.locator("#views [data-view=scores]").click()
            expect(page.locator("#list-count")).to_have_text("共 1 条")
            page.route("**/api/scoring/v1/openapi.json", lambda route: route.abort())
            page.locator("#list-rows .open").press("Enter")
            expect(page.locator("#detail")).to_contain_text("暂时不能办理")
            page.locator("#detail .evidence button").press("Enter")
            expect(page.locator("#detail .answer.bad")).to_have_text("您的角色无权进行此操作")
            page.keyboard.press("Escape")
            page.locator("#language").click()
            expect(page.locator("#list-count")).to_have_text("1 in all")

        await browser.does(looks)
    assert complaints == []


async def test_a_token_that_is_no_good_is_refused_with_words(origin: Any, browser: Browser) -> None:
    with opened(browser, origin.base) as (page, complaints):

        def tries() -> None:
            page.goto("/")
            page.locator("#token-part summary").click()
            page.locator("#token").fill("Bearer nonsense")
            page.locator("#token-form [type=submit]").click()
            expect(page.locator("#sign-in-answer")).to_contain_text("请先登录")

        await browser.does(tries)
    assert complaints == []


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
async def test_nothing_runs_out_of_the_window(
    origin: Any, fact: Fact, browser: Browser, width: int, height: int
) -> None:
    await origin.told(
        [fact(CLAIM, HONGSHAN, {"reason": "很长的原因" * 30, "lines": ["express-freight"] * 8})]
    )
    with opened(browser, origin.base, width=width, height=height) as (page, _):
        await browser.does(sign_in, page, "10000001")
        wide = await browser.does(lambda: page.evaluate("document.documentElement.scrollWidth"))
    assert wide <= width
