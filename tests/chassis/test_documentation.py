"""What the document says of an operation: who may ask, every problem by its code; an answer beyond it fails a test."""

from typing import Annotated, ClassVar

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI

from chassis.auth import Caller
from chassis.http.bodies import Body
from chassis.http.documentation import READS, Refusals, document
from chassis.http.edge import may
from chassis.http.problems import problems
from contracts.refusals import Refusal
from support.documented import must_be_documented


class Closed(Refusal):
    """The shop is closed."""

    code: ClassVar[str] = "closed"


class Order(Body):
    """What is ordered."""

    what: str


Buyer = Annotated[Caller, Depends(may("buyer", "agent"))]


def shop(refusals: Refusals, *statuses: int) -> FastAPI:
    """Give an app whose refusals are documented: one operation changes something, the others read."""
    router = APIRouter()

    @router.post("/v1/orders", operation_id="order", responses=problems(401, *statuses))
    async def order(body: Order, _caller: Buyer) -> str:
        return body.what

    @router.post("/v1/orders/find", operation_id="find", responses=problems(400), openapi_extra=READS)
    async def find(body: Order) -> str:
        return body.what

    @router.get(
        "/readyz", operation_id="ready", responses={503: {"description": "not ready, and no problem either"}}
    )
    async def ready() -> str:
        return "ready"

    @router.get("/v1/orders/{order_id}", operation_id="get_order", responses=problems(401, 404, 422))
    async def get_order(order_id: str) -> str:
        return order_id

    app = FastAPI()
    app.include_router(router)
    document(app, [router], refusals, {Closed: 423})
    return app


def answer(method: str, path: str, status: int, code: str) -> httpx.Response:
    """Give a problem as a service answers it."""
    return httpx.Response(
        status,
        headers={"content-type": "application/problem+json"},
        json={"code": code},
        request=httpx.Request(method, f"http://shop{path}"),
    )


def test_an_operation_names_its_own_refusals_by_status_beside_those_of_any() -> None:
    said = shop({"order": (Closed, (409, "sold-out"))}, 409, 423).openapi()["paths"]["/v1/orders"]["post"]
    assert said["x-roles"] == ["agent", "buyer"]
    assert said["x-problems"]["423"] == ["closed"]
    assert {"sold-out", "no-law", "changed-meanwhile"} <= set(said["x-problems"]["409"])
    assert "idempotency-key-missing" in said["x-problems"]["400"]


def test_a_change_may_meet_another_whatever_its_route_declares_and_a_look_may_not() -> None:
    paths = shop({}).openapi()["paths"]
    assert "request-in-progress" in paths["/v1/orders"]["post"]["x-problems"]["409"]
    looked = paths["/v1/orders/{order_id}"]["get"]["x-problems"]
    assert set(looked) == {"401", "404", "422", "503"}


def test_what_is_asked_by_a_post_that_changes_nothing_needs_no_key_and_meets_nobody() -> None:
    asked = shop({}).openapi()["paths"]["/v1/orders/find"]["post"]["x-problems"]
    assert asked["400"] == ["bad-request", "malformed-json"]
    assert "409" not in asked


def test_an_answer_that_is_no_problem_names_none() -> None:
    assert shop({}).openapi()["paths"]["/readyz"]["get"]["x-problems"] == {}


def test_a_refusal_whose_status_the_route_does_not_declare_stops_the_document() -> None:
    with pytest.raises(LookupError, match=r"order refuses with \[423\]"):
        shop({"order": (Closed,)}, 409).openapi()


async def test_an_answer_that_the_document_does_not_name_fails_who_met_it() -> None:
    app = shop({"order": (Closed,)}, 423)
    await must_be_documented(app, answer("POST", "/v1/orders", 423, "closed"))
    await must_be_documented(app, answer("GET", "/v1/orders/7", 404, "not-found"))
    for met in (("POST", "/v1/orders", 409, "closed"), ("GET", "/v1/orders/7", 404, "closed")):
        with pytest.raises(AssertionError, match="does not name"):
            await must_be_documented(app, answer(*met))
