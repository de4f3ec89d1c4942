"""The hotline's screen in a real browser, by keyboard: who is calling, the complaint, what to tell them, the next call."""

from playwright.sync_api import Page, expect

from deploy.instance import Instance
from support.players import Customer, Players, done, eventually, players
from support.screens import PATIENCE_MS, at_the_page

SCREEN = "#caller-wanted"


async def a_customer(people: Players) -> Customer:
    """Register a customer, and wait until the desk knows the phone."""
    customer = await people.register()
    await eventually(lambda: people.look_up(customer.firm.phone), lambda answer: answer["match"] == "one")
    return customer


def looked_up(page: Page, words: str) -> None:
    page.locator("#caller-wanted").fill(words)
    page.keyboard.press("Enter")


def taken_down(page: Page, words: str, mail_no: str = "") -> None:
    """Take a complaint down as hands that stay on the keyboard do: category, tab, mail number, tab, text, Ctrl+Enter."""
    expect(page.locator("#intake-category")).to_be_focused(timeout=PATIENCE_MS)
    page.locator("#intake-category").select_option("delay")
    page.keyboard.press("Tab")
    page.keyboard.type(mail_no)
    page.keyboard.press("Tab")
    page.keyboard.type(words)
    page.keyboard.press("Control+Enter")


def receipt(page: Page) -> str:
    """Give the number that the caller is told; the next call is a key away."""
    expect(page.locator("#receipt-next")).to_be_focused(timeout=PATIENCE_MS)
    return page.locator("#receipt-number").inner_text()


async def test_a_call_is_taken_and_the_next_about_it_is_added_to_it(services: Instance) -> None:
    async with players(services) as people:
        customer = await a_customer(people)
        phone = customer.firm.phone
        numbers: list[str] = []

        def works(page: Page) -> None:
            looked_up(page, f"+86 {phone.removeprefix('0').replace('-', ' ')}")
            card = page.locator("#caller-cards .card")
            expect(card).to_contain_text(customer.firm.name, timeout=PATIENCE_MS)
            expect(card).to_have_attribute("data-chosen", "true")
            taken_down(page, "纸样迟了三天还没有到", "ea100000000019cn")
            numbers.append(receipt(page))
            expect(page.locator("#receipt-words")).to_contain_text("24时前")
            expect(page.locator("#receipt-clocks li")).to_have_count(2)
            expect(page.locator("#receipt-clocks")).to_contain_text("首问责任")
            page.keyboard.press("Enter")
            expect(page.locator("#caller-wanted")).to_be_focused()
            expect(page.locator("#caller-cards .card")).to_have_count(0)

            looked_up(page, customer.code)
            expect(card).to_contain_text(numbers[0], timeout=PATIENCE_MS)
            expect(card.locator("[data-due]").first).to_contain_text("剩")
            taken_down(page, "收件人明天就要用", "EA100000000019CN")
            expect(page.locator("#similar")).to_contain_text(numbers[0], timeout=PATIENCE_MS)
            expect(page.locator("#similar")).to_contain_text("邮件号")
            expect(page.locator("#intake-answer")).to_contain_text("可能已在办", timeout=PATIENCE_MS)
            page.locator("#similar").get_by_role("button", name="补充到此案").press("Enter")
            assert receipt(page) == numbers[0]

        await at_the_page(people.cast.agent, SCREEN, works)
        reply = await people.cast.agent.get(f"/api/service-desk/v1/complaints/{numbers[0]}")
        assert reply.body["mail_no"] == "EA100000000019CN"
        assert [one["content"] for one in reply.body["additions"]] == ["收件人明天就要用"]
        listed = await people.cast.agent.get(
            f"/api/service-desk/v1/complaints?customer_id={customer.customer_id}"
        )
        assert [one["case_no"] for one in listed.body["items"]] == numbers


async def test_another_matter_is_taken_when_the_agent_insists(services: Instance) -> None:
    async with players(services) as people:
        customer = await a_customer(people)
        first = await people.complain(customer.firm.phone)

        def works(page: Page) -> None:
            page.goto(f"/api/service-desk/v1/callers/pop-up?phone={customer.firm.phone}")
            expect(page.locator("#caller-cards")).to_contain_text(first["case_no"], timeout=PATIENCE_MS)
            assert customer.firm.phone not in page.url
            taken_down(page, "另一件邮件也迟了")
            expect(page.locator("#intake-answer")).to_contain_text("再按一次", timeout=PATIENCE_MS)
            expect(page.locator("#intake-take")).to_be_focused()
            page.keyboard.press("Enter")
            assert receipt(page) not in ("", first["case_no"])
            page.locator("#views [data-view=complaints]").click()
            expect(page.locator("#list-rows tr")).not_to_have_count(0, timeout=PATIENCE_MS)
            page.locator("#list-rows .open").first.press("Enter")
            expect(page.locator("#detail-body dl").first).to_be_visible(timeout=PATIENCE_MS)
            expect(page.locator("#detail .case-clocks li")).to_have_count(2)
            expect(page.locator("#detail-body")).to_contain_text("24时前")

        await at_the_page(people.cast.agent, SCREEN, works)


async def test_a_caller_whom_nobody_knows_and_what_cannot_be_taken(services: Instance) -> None:
    async with players(services) as people:
        stranger = people.firm().phone

        def works(page: Page) -> None:
            looked_up(page, stranger)
            expect(page.locator("#caller-answer")).to_contain_text("没有这样的客户", timeout=PATIENCE_MS)
            expect(page.locator("#intake-phone")).to_have_value(stranger)
            taken_down(page, "无人上门揽收", "短")
            expect(page.locator("#intake-answer")).not_to_be_empty(timeout=PATIENCE_MS)
            expect(page.locator("#intake-mail_no")).to_be_focused()
            page.locator("#intake-mail_no").fill("")
            page.locator("#intake-take").press("Enter")
            assert receipt(page)
            page.locator("#language").click()
            expect(page.locator("#receipt-next")).to_have_text("Next call")

        await at_the_page(people.cast.agent, SCREEN, works)


async def test_a_service_request_stands_among_the_open_cases_and_opens(services: Instance) -> None:
    async with players(services) as people:
        customer = await a_customer(people)
        asked = {
            "channel": "hotline",
            "kind": "urgent",
            "content": "今晚派车",
            "wanted_by": "2099-01-05T15:00:00+08:00",
            "caller": {"customer_id": customer.customer_id},
        }
        request = await done(people.cast.agent.post("/api/service-desk/v1/service-requests", asked))

        def works(page: Page) -> None:
            looked_up(page, customer.firm.phone)
            line = page.locator("#caller-cards .card li").filter(has_text=request["case_no"])
            expect(line).to_contain_text("服务请求 · 紧急", timeout=PATIENCE_MS)
            expect(line).to_contain_text("要求完成时间 2099-01-05 15:00")
            expect(line.locator("[data-due]")).to_contain_text("剩")
            line.locator(".open").press("Enter")
            expect(page.locator("#detail-body")).to_contain_text("今晚派车", timeout=PATIENCE_MS)

        await at_the_page(people.cast.agent, SCREEN, works)
