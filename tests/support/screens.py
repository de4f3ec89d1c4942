"""Somebody at the page of a running instance, with the browser's console listened to."""

import asyncio
from collections.abc import Callable

from playwright.sync_api import Page, expect

from deploy.story.calling import Person
from support.browser import browsing, page_of

PATIENCE_MS = 60_000


async def at_the_page(person: Person, ready: str, does: Callable[[Page], None]) -> None:
    """Sign somebody in, wait for what they work with, and let them; nothing may be complained of in the browser's console."""

    def work() -> list[str]:
        with browsing() as browser, page_of(browser, person.house.base) as (page, complaints):
            page.goto("/")
            page.locator("#account-search").fill(person.account)
            page.locator(f"[data-account='{person.account}']").press("Enter")
            expect(page.locator(ready)).to_be_visible(timeout=PATIENCE_MS)
            does(page)
            return complaints

    assert await asyncio.to_thread(work) == []
