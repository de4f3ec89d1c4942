"""A person at the page: signs in, goes through the lists and opens what stands there."""

from playwright.sync_api import Page, expect

from support.browser import browsing, page_of

LISTS = ("tiers", "usage", "tariffs", "scores")


def through_the_lists(base: str, account: str) -> list[str]:
    """Open the first row of every list and the first event behind a score; give what the page complained of."""
    with browsing() as browser, page_of(browser, base) as (page, complaints):
        page.goto("/")
        page.locator("#account-search").fill(account)
        page.locator(f"[data-account='{account}']").press("Enter")
        expect(page.locator("#connection")).to_have_attribute("data-state", "live")
        for name in LISTS:
            _open_first(page, name)
            page.keyboard.press("Escape")
        _open_evidence(page)
        return complaints


def _open_first(page: Page, name: str) -> None:
    page.locator(f"#views [data-view={name}]").click()
    expect(page.locator(f"#views [data-view={name}]")).to_have_attribute("aria-current", "page")
    page.locator("#list-rows .open").first.press("Enter")
    expect(page.locator("#detail-body dl").first).to_be_visible()


def _open_evidence(page: Page) -> None:
    _open_first(page, "scores")
    expect(page.locator("#detail .score-line")).to_have_count(8)
    expect(page.locator("#detail")).to_contain_text("第35条")
    page.locator("#detail .evidence button").first.press("Enter")
    expect(page.locator("#detail pre")).to_contain_text("orgpath")
