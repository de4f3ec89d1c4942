"""A running instance where something of every kind has happened, over HTTP, as its people would do it."""

from datetime import date, timedelta

from deploy.story.cast import PROVINCE, person_at
from support.busy_desk import DIVISION, serve
from support.players import REGISTRY, Customer, Players, done, eventually, once_heard

TIERING, PRICING, SCORING = "/api/tiering/v1", "/api/pricing/v1", "/api/scoring/v1"
NATION = "CN"
LINE = "domestic-express"
RULE = "hubei.symposia"
LONG_OVERDUE = timedelta(days=120)
FAR_DAY, FAR_YEAR = "2033-01-01", 2034
CSV = "客户编码,业务种类,收入(元),件数,重量(公斤)\n{code},国内异地速递,1234.56,12,8.5\n00000000000000,国内异地速递,1.00,1,1\n"


async def live(people: Players) -> Customer:
    """Let a customer be registered and dealt with by every service; gives it."""
    cast = people.cast
    now = (await cast.officer.house.clock())[0]
    today = now.date()
    customer = await people.register()
    await serve(people, customer, now)
    await _merge(people, customer)
    await _group(people, customer)
    await _dispute(people)
    await _law(people)
    await _care(people, customer, today)
    await _tariff(people, customer)
    await _agree_and_bill(people, customer, today)
    await _use(people, customer, today)
    await _review(people, customer, today.year - 1)
    await _publish_scores(people, today)
    return customer


async def _merge(people: Players, customer: Customer) -> None:
    """Another file turned out to be the same customer's."""
    other = await people.register()
    why = {"reason": "同一客户建了两份档案", "evidence": [{"text": "营业执照一致"}]}
    path = f"{REGISTRY}/customers/{customer.code}/merge"
    await done(people.cast.officer.post(path, {"merged": other.code, **why}))


async def _group(people: Players, customer: Customer) -> None:
    """The customer turned out to be one of a market's."""
    body = {
        "kind": "computer-malls",
        "name": f"{customer.firm.name}电脑城",
        "division": customer.firm.division,
    }
    group = await done(people.cast.officer.post(f"{REGISTRY}/groups", body))
    path = f"{REGISTRY}/groups/{group['id']}/join"
    await done(people.cast.officer.post(path, {"customer": customer.code}))


async def _dispute(people: Players) -> None:
    """A second team wants a customer: it is refused, both sides say why it is theirs, and the city divides the revenue."""
    cast = people.cast
    wanted = await people.register()
    refused = await people.declare(wanted.firm, cast.second_team)
    dispute = await done(cast.second_team.post(f"{REGISTRY}/disputes", {"declaration_id": refused["id"]}))
    path = f"{REGISTRY}/disputes/{dispute['id']}"
    for team in (cast.first_team, cast.second_team):
        head = await person_at(cast.officer.house, team.org_id[:DIVISION], "unit-head")
        await done(head.post(f"{path}/evidence", {"text": "我方先行走访"}))
    award = [
        {"org_id": cast.first_team.org_id, "share": "0.6"},
        {"org_id": cast.second_team.org_id, "share": "0.4"},
    ]
    ruling = {
        "award": award,
        "lead": cast.first_team.org_id,
        "reason": "综合考虑",
        "cites": ["hubei.territory"],
    }
    ruled = await done(cast.director.post(f"{path}/rule", ruling))
    assert ruled["state"] == "ruled", ruled


async def _law(people: Players) -> None:
    """A wording and a calendar of a year that no test comes to."""
    house = people.cast.officer.house
    officer = await person_at(house, PROVINCE, "center-officer")
    draft = await done(
        officer.post(
            f"{REGISTRY}/rules/drafts",
            {
                "rule": RULE,
                "in_force": FAR_DAY,
                "value": {"per": "year", "at_least": 2},
                "citation": {"act": "hubei", "article": "30(6)"},
                "assumption": True,
            },
        )
    )
    await done(people.cast.province.post(f"{REGISTRY}/rules/drafts/{draft['id']}/publish", {}))
    day = {"day": f"{FAR_YEAR}-01-01", "workday": False, "note": "元旦"}
    notice = {"year": FAR_YEAR, "source": "放假安排的通知", "days": [day]}
    await done((await person_at(house, NATION, "administrator")).post(f"{REGISTRY}/calendars", notice))


async def _care(people: Players, customer: Customer, today: date) -> None:
    visit = {
        "customer": customer.code,
        "visited_on": today.isoformat(),
        "kind": "routine",
        "record": "听取意见",
    }
    await done(people.cast.first_team.post(f"{REGISTRY}/visits", visit))
    symposium = {"held_on": today.isoformat(), "title": "大客户座谈会", "customers": [customer.code]}
    await done(people.cast.officer.post(f"{REGISTRY}/symposia", symposium))
    case = await done(
        people.cast.first_team.post(
            f"{REGISTRY}/development-cases", {"customer_key": customer.code, "lines": [LINE]}
        )
    )
    await done(people.cast.first_team.post(f"{REGISTRY}/development-cases/{case['id']}/file", {}))


async def _tariff(people: Players, customer: Customer) -> None:
    """Beyond the city's standard, so that it stays open with the province; pricing hears of the customer by events."""
    body = {"customer": customer.code, "lines": [LINE], "discount": "0.37", "reason": "业务量大"}
    path = f"{PRICING}/tariff-requests"
    await once_heard(lambda: people.cast.first_team.post(path, body))


async def _agree_and_bill(people: Players, customer: Customer, today: date) -> None:
    agreement = {
        "customer": customer.code,
        "lines": [LINE],
        "settlement_days": 30,
        "starts_on": today.isoformat(),
        "signed_on": today.isoformat(),
    }
    await done(people.cast.province.post(f"{PRICING}/agreements/import", {"items": [agreement]}))
    finance = await person_at(people.cast.officer.house, PROVINCE, "finance")
    due_on = today - LONG_OVERDUE
    bill = {"customer": customer.code, "month": f"{due_on:%Y-%m}", "amount": "900.00"}
    owed = {**bill, "due_on": due_on.isoformat()}
    await done(finance.post(f"{PRICING}/receivables", {"items": [owed]}))
    paid = {**bill, "amount": "400.00", "paid_on": today.isoformat()}
    await done(finance.post(f"{PRICING}/settlements", {"items": [paid]}))


async def _use(people: Players, customer: Customer, today: date) -> None:
    """A month recorded and then corrected, another one filed, and an analysis of it."""
    officer = people.cast.officer
    december, november = f"{today.year - 1}-12", f"{today.year - 1}-11"
    row = {
        "customer": customer.code,
        "line": LINE,
        "revenue": "2000000.01",
        "pieces": 5,
        "weight_kg": "3.250",
    }
    await once_heard(lambda: officer.post(f"{TIERING}/usage", {"month": december, "rows": [row]}))
    corrected = {"month": december, "reason": "source", "rows": [{**row, "revenue": "2000000.02"}]}
    await done(officer.post(f"{TIERING}/usage/corrections", corrected))
    content = CSV.format(code=customer.code).encode()
    sent = await done(
        officer.upload(f"{TIERING}/usage-files", f"{november}.csv", content, {"month": november})
    )
    loaded = await eventually(
        lambda: done(officer.get(f"{TIERING}/usage-files/{sent['id']}")),
        lambda shown: shown["state"] in ("loaded", "rejected"),
    )
    assert loaded["loaded_rows"] == 1, loaded
    report = {"kind": "monthly-analysis", "month": november, "customers": [customer.code]}
    await done(officer.post(f"{TIERING}/reports", report))


async def _review(people: Players, customer: Customer, year: int) -> None:
    """The officer gives neither the class that holds nor the one of the figures, so that the review changes one."""
    director = people.cast.province
    officer = await person_at(people.cast.officer.house, PROVINCE, "center-officer")
    proposed = await done(officer.post(f"{TIERING}/reviews", {"year": year}))
    path = f"{TIERING}/reviews/{proposed['id']}"
    line = await done(director.get(f"{path}/lines/{customer.code}"))
    other = ({2, 3, 4} - {line["class"], line["former"]["class"]}).pop()
    await done(officer.post(f"{path}/lines/{customer.code}", {"class": other, "reason": "用邮前景有限"}))
    published = await done(director.post(f"{path}/publish", {}))
    assert published["changed"] > 0, published
    await _correct(people, customer, path)


async def _correct(people: Players, customer: Customer, review: str) -> None:
    """A month of the published review was wrong; looked at again, the class of the figures holds."""
    director = people.cast.province
    officer = await person_at(people.cast.officer.house, PROVINCE, "center-officer")
    shown = await done(officer.get(review))
    row = {
        "customer": customer.code,
        "line": LINE,
        "revenue": "2000000.03",
        "pieces": 5,
        "weight_kg": "3.250",
    }
    december = {"month": f"{shown['year']}-12", "reason": "inaccuracy", "rows": [row]}
    await done(people.cast.officer.post(f"{TIERING}/usage/corrections", december))
    proposed = await done(officer.post(f"{review}/corrections", {"reason": "核对系统数据"}))
    path = f"{TIERING}/corrections/{proposed['id']}"
    await done(officer.post(f"{path}/lines/{customer.code}", {"keep_override": False}))
    approved = await done(director.post(f"{path}/approve", {}))
    assert approved["changed"] == 1, approved


async def _publish_scores(people: Players, today: date) -> None:
    """The last quarter of the year before is over."""
    await done(people.cast.province.post(f"{SCORING}/scores/publish", {"period": f"{today.year - 1}Q4"}))
