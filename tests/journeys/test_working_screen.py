"""Working on records at the page, with the forms that the services' own documents give: every step, and what is refused."""

import asyncio
import csv
import re

from playwright.sync_api import Locator, Page, expect

from deploy.instance import Instance
from deploy.story.calling import Json
from deploy.story.cast import person_at
from support.players import REGISTRY, Players, done, eventually, once_heard, players
from support.screens import PATIENCE_MS, at_the_page

DESK = "/api/service-desk/v1"
TIERING = "/api/tiering/v1"
WORKS = "#views [data-view=works]"


def opened(page: Page, a_list: str) -> None:
    """Open a list from among everything that there is to work with."""
    page.locator(WORKS).click()
    page.locator(f"[data-list={a_list}]").press("Enter")
    expect(page.locator("#detail")).to_be_visible()


def form_of(page: Page, operation: str) -> Locator:
    page.locator(f"[data-operation={operation}]").press("Enter")
    return page.locator("form.act")


def filled(form: Locator, **values: str) -> None:
    """Fill fields in by name: text is written, a choice is chosen."""
    for name, value in values.items():
        field = form.locator(f"[name={name}]").first
        if field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


def worked(page: Page, operation: str, **values: str) -> None:
    """Open an operation's form, fill it in and send it."""
    filled(form_of(page, operation), **values)
    done_at(page, operation)


def done_at(page: Page, operation: str) -> None:
    page.keyboard.press("Control+Enter")
    expect(page.locator(f"[data-done={operation}]")).to_be_visible(timeout=PATIENCE_MS)


async def compensation(people: Players, case_no: str) -> Json:
    return await done(people.cast.officer.get(f"{DESK}/compensations/{case_no}"))


async def test_a_complaint_is_worked_to_its_end(services: Instance) -> None:
    async with players(services) as people:
        customer = await people.register()
        case_no: str = (await people.complain(customer.firm.phone))["case_no"]

        def works(page: Page) -> None:
            opened(page, "list_complaints")
            page.locator("#detail").get_by_role("button", name=case_no).press("Enter")
            form = form_of(page, "close_complaint")
            filled(form, satisfaction="5", follow_up="满意")
            page.keyboard.press("Control+Enter")
            expect(form.locator(".answer.bad")).to_contain_text("须在“已解决”之后", timeout=PATIENCE_MS)
            expect(form.locator(".cite")).not_to_have_count(0)
            worked(page, "answer_complaint", answer="已致歉,正在追查", by="phone", next_steps="明日回电")
            worked(
                page,
                "record_investigation",
                cause="transit-delay",
                link="transport",
                responsibility="中转积压",
            )
            worked(page, "resolve_complaint", result="邮件已投递", reply="已电话答复客户")
            worked(page, "close_complaint", satisfaction="5", follow_up="满意")

            page.locator("[data-part=get_complaint_timeline]").press("Enter")
            expect(page.locator("#detail-body table").first).to_contain_text("满意", timeout=PATIENCE_MS)
            page.locator("#detail-back").press("Enter")
            expect(page.locator("#detail-title")).to_have_text(case_no)

        await at_the_page(people.cast.officer, WORKS, works)
        shown = await done(people.cast.officer.get(f"{DESK}/complaints/{case_no}"))
        assert (shown["state"], shown["satisfaction"]) == ("closed", 5)


async def test_a_firm_is_declared_filed_and_approved(services: Instance) -> None:
    async with players(services) as people:
        firm = people.firm()

        def declares(page: Page) -> None:
            opened(page, "list_declarations")
            form = form_of(page, "submit_declaration")
            asked = form.locator("fieldset").first
            for name in ("name", "credit_code", "division", "address"):
                asked.locator(f"[name={name}]").fill(firm.declaration()["customer"][name])
            asked.locator("[name=phones]").fill(f"{firm.phone}\n027-87650021")
            asked.locator("[name=nature]").select_option("organisation")
            form.locator("input[value=domestic-express]").first.check()
            done_at(page, "submit_declaration")
            expect(page.locator(".said")).to_contain_text("受保护")

            page.locator("#detail").get_by_role("button", name=firm.name).press("Enter")
            form = form_of(page, "file_annex_1")
            annex_1 = firm.form("经办人", "120000.00")
            form.locator(f"input[value={annex_1.pop('lines')[0]}]").check()
            filled(form, **annex_1)
            done_at(page, "file_annex_1")

        def approves(page: Page) -> None:
            opened(page, "list_declarations")
            page.locator("#detail").get_by_role("button", name=firm.name).press("Enter")
            worked(page, "approve_declaration", override_reason="人手不足")
            expect(page.locator("#detail dl").first).to_contain_text("已批准")

        await at_the_page(people.cast.first_team, WORKS, declares)
        await at_the_page(people.cast.director, WORKS, approves)
        known = await eventually(lambda: people.look_up(firm.phone), lambda answer: answer["match"] == "one")
        assert known["cards"][0]["customer"]["name"] == firm.name
        assert known["cards"][0]["customer"]["code"]


async def test_money_is_claimed_granted_paid_and_charged_each_by_whom_it_is_for(services: Instance) -> None:
    async with players(services) as people:
        numbers: list[str] = []
        mail_no = f"EA{people.rng.randrange(10**9):09}CN"

        def asks(page: Page) -> None:
            opened(page, "list_compensations")
            form = form_of(page, "file_compensation")
            filled(form, channel="hotline", cause="damage", mail_no="short", amount_claimed="300.00")
            form.locator("[name=phone]").fill(people.firm().phone)
            page.keyboard.press("Control+Enter")
            expect(form.locator(".answer.bad")).not_to_be_empty(timeout=PATIENCE_MS)
            expect(form.locator("[name=mail_no]")).to_be_focused()
            form.locator("[name=mail_no]").fill(mail_no)
            done_at(page, "file_compensation")
            expect(page.locator(".said")).to_contain_text("24时前")
            numbers.extend(re.findall(r"\b\d{15}\b", page.locator(".said").inner_text()))
            expect(page.locator("[data-operation=pay_compensation]")).to_have_count(0)

        await at_the_page(people.cast.agent, WORKS, asks)
        [case_no] = set(numbers)
        assert (await compensation(people, case_no))["mail_no"] == mail_no

        def grants(page: Page) -> None:
            opened(page, "list_compensations")
            page.locator("#detail").get_by_role("button", name=case_no).press("Enter")
            worked(page, "handle_compensation", amount="280.00", reason="外包装破损属实")

        await at_the_page(people.cast.officer, WORKS, grants)
        assert (await compensation(people, case_no))["state"] == "handled"

        def pays(page: Page) -> None:
            opened(page, "list_compensations")
            page.locator("#detail").get_by_role("button", name=case_no).press("Enter")
            worked(page, "pay_compensation", amount="280.00", reference="付字第1号")

        finance = await person_at(people.cast.officer.house, people.cast.officer.org_id, "finance")
        await at_the_page(finance, WORKS, pays)
        assert (await compensation(people, case_no))["state"] == "paid"

        def charges(page: Page) -> None:
            opened(page, "list_compensations")
            page.locator("#detail").get_by_role("button", name=case_no).press("Enter")
            form = form_of(page, "assign_liability")
            filled(form, link="transport", org_id=people.cast.officer.org_id, share="1", reason="中转破损")
            done_at(page, "assign_liability")

        await at_the_page(people.cast.officer, WORKS, charges)
        liability = await done(people.cast.officer.get(f"{DESK}/compensations/{case_no}/liability"))
        assert liability["state"] == "assigned"


async def test_a_list_is_filtered_sorted_and_taken_away_as_a_sheet(services: Instance) -> None:
    async with players(services) as people:
        customer = await people.register()
        assert (
            await eventually(
                lambda: people.look_up(customer.firm.phone), lambda known: known["match"] == "one"
            )
        )["cards"]
        numbers = [(await people.complain(customer.firm.phone))["case_no"] for _ in range(2)]
        taken: list[str] = []

        def works(page: Page) -> None:
            opened(page, "list_complaints")
            page.locator("#detail .asking summary").press("Enter")
            asking = page.locator("#detail .asking form")
            filled(asking, customer_id=customer.customer_id, open="true", sort="received_at")
            asking.locator("[name=sort]").press("Enter")
            asking.locator("[type=submit]").press("Enter")
            rows = page.locator("#detail table.items tbody .open")
            expect(rows).to_have_text(numbers)
            with page.expect_download() as download:
                asking.locator("[data-sheet=csv]").press("Enter")
            taken.append(download.value.path().read_text(encoding="utf-8-sig"))
            filled(asking, open="false")
            asking.locator("[type=submit]").press("Enter")
            expect(rows).to_have_count(0)

        await at_the_page(people.cast.officer, WORKS, works)
        lines = list(csv.DictReader(taken[0].splitlines()))
        assert [line["case_no"] for line in lines] == numbers


async def test_who_changes_what_somebody_else_has_changed_is_told_and_shown_what_there_is_now(
    services: Instance,
) -> None:
    async with players(services) as people:
        customer = await people.register()
        path = f"{REGISTRY}/customers/{customer.customer_id}"
        officer = people.cast.officer

        async def moves() -> None:
            known = await officer.get(path)
            assert (await officer.patch(path, {"address": "别人改的路2号"}, etag=known.etag)).status == 200

        loop = asyncio.get_running_loop()

        def works(page: Page) -> None:
            page.evaluate(
                "async (path) => (await import('/assets/record.js')).showRecord('客户', path)", path
            )
            form = form_of(page, "change_customer")
            expect(form.locator("[name=name]")).to_have_value(customer.firm.name)
            asyncio.run_coroutine_threadsafe(moves(), loop).result()
            filled(form, address="自己改的路3号")
            page.keyboard.press("Control+Enter")
            expect(form.locator(".answer.bad")).to_contain_text("已被他人修改", timeout=PATIENCE_MS)
            form.locator("[data-reopen]").press("Enter")
            expect(form).to_have_count(0)
            form = form_of(page, "change_customer")
            expect(form.locator("[name=address]")).to_have_value("别人改的路2号")
            worked(page, "change_customer", address="自己改的路3号")

        await at_the_page(officer, WORKS, works)
        assert (await done(officer.get(path)))["address"] == "自己改的路3号"


async def test_a_month_s_file_goes_in(services: Instance) -> None:
    async with players(services) as people:
        customer = await people.register()
        await once_heard(lambda: people.cast.officer.get(f"{TIERING}/tiers/{customer.customer_id}"))
        row = f"{customer.code},国内异地速递,1000.00,10,5"
        content = f"客户编码,业务种类,收入(元),件数,重量(公斤)\n{row}\n".encode()

        def works(page: Page) -> None:
            opened(page, "list_usage_files")
            form = form_of(page, "upload_usage_file")
            form.locator("[name=month]").fill("2026-09")
            form.locator("[name=file]").set_input_files(
                {"name": "用邮.csv", "mimeType": "text/csv", "buffer": content}
            )
            form.locator("[type=submit]").press("Enter")
            expect(page.locator("[data-done=upload_usage_file]")).to_be_visible(timeout=PATIENCE_MS)

        await at_the_page(people.cast.officer, WORKS, works)
        path = f"{TIERING}/usage-files?month=2026-09"
        files = await eventually(
            lambda: done(people.cast.officer.get(path)),
            lambda page: page["items"][0]["state"] in ("loaded", "rejected"),
        )
        assert (files["items"][0]["state"], files["items"][0]["loaded_rows"]) == ("loaded", 1)
