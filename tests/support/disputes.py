"""Disputes as parties and centers take them through the API."""

from typing import Any

from support.declarations import FORM, customer, declaration
from support.registry import RIVAL, expect
from support.service import (
    ADMINISTRATOR,
    DIRECTOR,
    HEAD,
    MANAGER,
    OFFICER,
    Client,
    Person,
)

RIVAL_HEAD = Person("420107", "unit-head", "秦局长", "42010703")
NATION = Person("CN", "center-director", "全主任", "10000002")
OTHER_DIRECTOR = Person("420100", "center-director", "尤主任", "42010009")
FAR_DIRECTOR = Person("420500", "center-director", "沈主任", "42050009")
ADDED = (RIVAL_HEAD, NATION, OTHER_DIRECTOR, FAR_DIRECTOR)
LINE = "domestic-express"
TERRITORY = "hubei.territory"


async def add_people(client: Client, *people: Person) -> None:
    """Bring the judges and advocates in."""
    items = [
        {
            "staff_id": str(one.staff_id),
            "staff_no": one.staff_no,
            "name": one.name,
            "org_id": one.org_id,
            "roles": [one.role],
        }
        for one in people or ADDED
    ]
    answer = await client.post(ADMINISTRATOR, "/staff/import", {"items": items})
    # Several modules share one registry: whoever comes second finds them there.
    assert answer.status_code in (201, 409), answer.text


async def registered(client: Client, *lines: str, by: Person = MANAGER, **facts: Any) -> dict[str, Any]:
    """Declare a customer with annex 1 and have it registered; gives the customer as declared beside the answer."""
    known = customer(**facts)
    body = {
        "customer": known,
        "lines": list(lines or (LINE,)),
        "annex_1": {**FORM, "estimated_yearly_fees": "100.00"},
    }
    filed = await expect(client.post(by, "/declarations", body), 201)
    path = f"/declarations/{filed['id']}/approve"
    answer: dict[str, Any] = await expect(client.post(OFFICER, path, {"manager_id": str(by.staff_id)}), 200)
    return {**answer, "customer": known}


async def prospect(client: Client, *lines: str, by: Person = MANAGER) -> dict[str, Any]:
    """Declare a customer; gives the customer as declared beside the answer."""
    body = declaration(*(lines or (LINE,)))
    answer: dict[str, Any] = await expect(client.post(by, "/declarations", body), 201)
    return {**answer, "customer": body["customer"]}


async def contested(client: Client, known: dict[str, Any], by: Person = RIVAL, **more: Any) -> dict[str, Any]:
    """Let another team declare the same customer, be refused, and open a dispute over it."""
    body = {"customer": known["customer"], "lines": known["lines"]}
    refused = await expect(client.post(by, "/declarations", body), 201)
    assert refused["state"] == "refused"
    answer: dict[str, Any] = await expect(
        client.post(by, "/disputes", {"declaration_id": refused["id"], **more}), 201
    )
    return answer


async def heard(client: Client, dispute_id: str, *heads: Person) -> None:
    """Let each party file its evidence."""
    for head in heads or (HEAD, RIVAL_HEAD):
        body = {"text": f"{head.org_id} 的证据"}
        await expect(client.post(head, f"/disputes/{dispute_id}/evidence", body), 201)


def ruling(*shares: tuple[str, str], lead: str | None = None, **more: Any) -> dict[str, Any]:
    """Give an award as a director sends it."""
    body = {
        "award": [{"org_id": org_id, "share": share} for org_id, share in shares],
        "reason": "综合考虑",
        "cites": [TERRITORY],
        **more,
    }
    return body if lead is None else {**body, "lead": lead}


async def ruled(
    client: Client, dispute_id: str, *shares: tuple[str, str], by: Person = DIRECTOR, **more: Any
) -> dict[str, Any]:
    """Rule, and give the answer."""
    answer: dict[str, Any] = await expect(
        client.post(by, f"/disputes/{dispute_id}/rule", ruling(*shares, **more)), 200
    )
    return answer


async def claims_of(client: Client, customer_id: str, by: Person) -> dict[str, str]:
    """Give who holds which line of a customer."""
    answer = await expect(client.get(by, "/claims", customer_id=customer_id, state="live"), 200)
    return {one["line"]: one["org_id"] for one in answer["items"]}
