"""Compensations as tests take them: the people of the chain, and the steps to the money."""

from typing import Any

from chassis.ids import uuid7
from support.facts import customer_fact
from support.service import DIRECTOR, FINANCE, OFFICER, PROVINCE, Client, Person, ServiceUnderTest, expect

AGENT = Person("420100", "hotline-agent")
Json = dict[str, Any]


def item() -> str:
    """Give a mail number that no other test has."""
    return f"EX{uuid7().int % 10**12:012d}CN"


async def filed(desk: Client, amount: str, person: Person = AGENT, **facts: Any) -> Json:
    """File a claim for the loss of an item."""
    body = {"channel": "hotline", "cause": "loss", "mail_no": item(), "amount_claimed": amount, **facts}
    answer: Json = expect(await desk.post(person, "/compensations", body), 201)
    return answer


async def take(desk: Client, person: Person, claim: Json, step: str, **body: Any) -> Any:
    """Take a step as the claim was last read."""
    path = f"/compensations/{claim['case_no']}/{step}"
    return await desk.post(person, path, body or {"reason": "依规办理"}, version=claim["version"])


async def handled(desk: Client, amount: str, granted: str | None = None, **facts: Any) -> Json:
    """File a claim and grant an amount, all of it where none is named."""
    claim = await filed(desk, amount, **facts)
    answer: Json = expect(
        await take(desk, OFFICER, claim, "handle", amount=granted or amount, reason="属实"), 200
    )
    return answer


async def paid(desk: Client, amount: str, **facts: Any) -> Json:
    """Bring a claim to its money, by the province where it must be."""
    claim = await handled(desk, amount, **facts)
    if claim["above_limit"]:
        claim = expect(await take(desk, DIRECTOR, claim, "report"), 200)
        claim = expect(await take(desk, PROVINCE, claim, "approve"), 200)
    answer: Json = expect(
        await take(desk, FINANCE, claim, "pay", amount=claim["amount_granted"], reference="付字1号"), 200
    )
    return answer


async def a_customer(desk: ServiceUnderTest, **facts: Any) -> str:
    """Let the desk hear of a customer."""
    customer_id = uuid7()
    await desk.hear(customer_fact(customer_id, **facts))
    return str(customer_id)


async def clocks(desk: Client, claim: Json) -> dict[str, Json]:
    """Give the clocks of a case by their kinds."""
    listed = expect(await desk.get(PROVINCE, "/deadlines", subject=claim["id"]), 200)
    return {clock["kind"]: clock for clock in listed["items"]}
