"""What the desk has to do beside complaints, over HTTP as its people would do it: money, requests, emergencies, seats."""

from datetime import date, datetime, timedelta

from deploy.story.calling import Json, Person
from deploy.story.cast import PROVINCE, person_at
from support.players import DESK, Customer, Players, done, eventually

ABOVE_THE_LIMIT = "5000.01"
AN_HOUR = timedelta(hours=1)
DIVISION = 6


async def serve(people: Players, customer: Customer, now: datetime) -> None:
    """Let the desk of a city do something of every kind for a customer that it knows."""
    await eventually(lambda: people.look_up(customer.firm.phone), lambda found: found["match"] == "one")
    await _complain_again(people, customer)
    await _compensate(people, customer)
    await _request(people, customer, now)
    await _meet(people, customer, now.date())
    seat = {"staff_no": people.cast.agent.account}
    await done(people.cast.officer.post(f"{DESK}/seats", seat))


async def _complain_again(people: Players, customer: Customer) -> None:
    """Of the same kind within the time in which the desk links the later complaint to the earlier one."""
    await people.complain(customer.firm.phone)
    again = await people.complain(customer.firm.phone)
    path = f"{DESK}/complaints/{again['case_no']}"
    linked = await eventually(
        lambda: done(people.cast.officer.get(path)), lambda shown: bool(shown["repeats"])
    )
    assert linked["repeats"], linked


async def _compensate(people: Players, customer: Customer) -> None:
    """More than the city may grant: reported and approved above, paid, its liability appealed against and settled."""
    cast = people.cast
    house = cast.officer.house
    claim = await _claim(people, customer)
    claim = await _step(cast.officer, claim, "handle", {"amount": ABOVE_THE_LIMIT, "reason": "属实"})
    claim = await _step(cast.director, claim, "report", {"reason": "超出限额"})
    claim = await _step(cast.province, claim, "approve", {"reason": "同意"})
    finance = await person_at(house, cast.officer.org_id, "finance")
    claim = await _step(finance, claim, "pay", {"amount": ABOVE_THE_LIMIT, "reference": "付字1号"})
    first, second = (team.org_id[:DIVISION] for team in (cast.first_team, cast.second_team))
    shares = [
        {"link": "transport", "org_id": first, "share": "0.5"},
        {"link": "delivery", "org_id": second, "share": "0.5"},
    ]
    liability = {**claim, "version": 0}
    charged = await person_at(house, second, "unit-head")
    above = await person_at(house, PROVINCE, "center-officer")
    for person, step, body in (
        (cast.officer, "assign-liability", {"shares": shares}),
        (charged, "appeal-liability", {}),
        (above, "decide-appeal", {}),
        (finance, "settle", {}),
    ):
        liability |= await _step(person, liability, step, {"reason": "查实", **body})
    assert liability["state"] == "settled", liability


async def _claim(people: Players, customer: Customer) -> Json:
    body = {
        "channel": "hotline",
        "cause": "loss",
        "mail_no": "EX000000000001CN",
        "amount_claimed": ABOVE_THE_LIMIT,
        "caller": {"customer_id": customer.customer_id, "phone": customer.firm.phone},
    }
    return await done(people.cast.agent.post(f"{DESK}/compensations", body))


async def _request(people: Players, customer: Customer, now: datetime) -> None:
    """A customer's urgent request, done, and an emergency that is over before its time."""
    cast = people.cast
    body = {
        "channel": "hotline",
        "kind": "urgent",
        "content": "下午派车揽收",
        "caller": {"customer_id": customer.customer_id, "phone": customer.firm.phone},
    }
    request = await done(cast.agent.post(f"{DESK}/service-requests", body))
    path = f"{DESK}/service-requests/{request['case_no']}"
    await done(cast.officer.post(f"{path}/accept", {"text": "派车"}, etag='"1"'))
    await done(cast.officer.post(f"{path}/done", {"text": "已揽收"}, etag='"2"'))
    emergency = {
        "situation": "route-break",
        "from": now.isoformat(),
        "until": (now + AN_HOUR).isoformat(),
        "transport": "改走汽运",
        "reason": "邮路中断",
    }
    declared = await done(cast.director.post(f"{DESK}/emergencies", emergency))
    await done(cast.director.post(f"{DESK}/emergencies/{declared['id']}/end", {}, etag='"1"'))


async def _meet(people: Players, customer: Customer, today: date) -> None:
    meeting = {
        "customer": customer.customer_id,
        "occasion": "price-change",
        "held_on": today.isoformat(),
        "participants": [{"name": "钱总监", "side": "customer"}],
        "minutes": "客户对调价有意见",
        "outcome": "维持原协议至年底",
    }
    await done(people.cast.first_team.post(f"{DESK}/contact-meetings", meeting))


async def _step(person: Person, claim: Json, step: str, body: Json) -> Json:
    path = f"{DESK}/compensations/{claim['case_no']}/{step}"
    return await done(person.post(path, body, etag=f'"{claim["version"]}"'))
