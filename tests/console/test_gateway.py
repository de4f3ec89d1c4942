"""The one origin passes requests on as they are, and answers for a service that is down."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

BODY = "大客户" * 100


async def test_method_path_query_body_and_token_reach_the_service_byte_for_byte(origin: Any) -> None:
    path = "/api/pricing/v1/customers/4201%2F00/%E6%AD%A6?q=%20a&q=b%26c"
    answer = await origin.client.request(
        "PATCH", path, content=BODY.encode(), headers={"Authorization": "Bearer t", "If-Match": '"3"'}
    )
    told = answer.json()
    headers = dict(told["headers"])
    assert (told["method"], told["target"], told["query"]) == (
        "PATCH",
        "/v1/customers/4201%2F00/%E6%AD%A6",
        "q=%20a&q=b%26c",
    )
    assert told["sha256"] == hashlib.sha256(BODY.encode()).hexdigest()
    assert headers["authorization"] == "Bearer t"
    assert headers["if-match"] == '"3"'
    assert headers["content-length"] == str(len(BODY.encode()))


async def test_the_chain_of_a_request_goes_on_into_the_service_and_comes_back_once(origin: Any) -> None:
    given = {"X-Correlation-ID": "call-20260301-7", "traceparent": f"00-{'a' * 32}-{'b' * 16}-01"}
    answer = await origin.client.get("/api/pricing/v1/x", headers=given)
    headers = dict(answer.json()["headers"])
    assert headers["x-correlation-id"] == "call-20260301-7"
    assert headers["traceparent"] == given["traceparent"]
    assert answer.headers.get_list("x-correlation-id") == ["call-20260301-7"]


async def test_a_request_without_a_chain_begins_one(origin: Any) -> None:
    answer = await origin.client.get("/api/pricing/v1/x")
    assert dict(answer.json()["headers"])["x-correlation-id"] == answer.headers["x-correlation-id"]


async def test_headers_of_one_connection_and_claims_about_the_client_stay_outside(origin: Any) -> None:
    sent = {
        "Connection": "keep-alive, X-Mine",
        "X-Mine": "1",
        "Keep-Alive": "timeout=9",
        "TE": "trailers",
        "Proxy-Authorization": "Basic x",
        "Forwarded": "for=203.0.113.7",
        "Cookie": "keypost_session=x",
        "X-Kept": "1",
    }
    told = dict((await origin.client.get("/api/pricing/v1/x", headers=sent)).json()["headers"])
    assert told["x-kept"] == "1"
    assert told["x-forwarded-for"] == "127.0.0.1"
    assert told["x-forwarded-host"] == origin.base.removeprefix("http://")
    assert not {"x-mine", "keep-alive", "te", "proxy-authorization", "forwarded", "cookie"} & set(told)


async def test_status_and_repeated_headers_of_the_answer_come_through_and_hop_by_hop_ones_do_not(
    origin: Any,
) -> None:
    answer = await origin.client.get("/api/pricing/v1/many-headers")
    assert answer.status_code == 412
    assert answer.headers["etag"] == '"7"'
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers.get_list("set-cookie") == ["a=1", "b=2"]
    assert "x-private" not in answer.headers
    assert len(answer.headers.get_list("date")) == 1
    assert answer.content == b"made"


async def test_an_answer_in_pieces_is_passed_on_piece_by_piece(origin: Any) -> None:
    async with origin.client.stream("GET", "/api/pricing/v1/drip") as answer:
        pieces = answer.aiter_raw()
        assert await anext(pieces) == b"0\n"
        assert origin.upstream.pieces_sent == 1
        origin.upstream.may_go_on = True
        assert b"".join([piece async for piece in pieces]) == b"1\n2\n3\n4\n5\n6\n7\n8\n9\n"


async def test_a_body_in_pieces_of_unknown_length_is_passed_on(origin: Any) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * 50_000

    answer = await origin.client.post("/api/pricing/v1/x", content=pieces())
    assert answer.status_code == 201
    assert answer.json()["size"] == 1_000_000
    assert dict(answer.json()["headers"])["transfer-encoding"] == "chunked"


@pytest.mark.parametrize("declared", [True, False])
async def test_a_body_above_the_limit_is_refused(origin: Any, declared: bool) -> None:
    size = 2 * 1024 * 1024

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(size // 65_536):
            yield b"x" * 65_536
        yield b"x"

    content: Any = b"x" * (size + 1) if declared else pieces()
    try:
        answer = await origin.client.post("/api/pricing/v1/x", content=content)
    except httpx.WriteError:
        return  # refused and cut off before the rest was sent
    assert answer.status_code == 413
    assert answer.json()["code"] == "body-too-large"


async def test_a_body_at_the_limit_passes(origin: Any) -> None:
    answer = await origin.client.post("/api/pricing/v1/x", content=b"x" * (2 * 1024 * 1024))
    assert answer.status_code == 201


@pytest.mark.parametrize("method", ["HEAD", "GET", "DELETE", "OPTIONS", "PUT"])
async def test_every_method_passes(origin: Any, method: str) -> None:
    answer = await origin.client.request(method, "/api/pricing/v1/x")
    assert answer.status_code == 200
    assert answer.content == b"" if method == "HEAD" else answer.json()["method"] == method


@pytest.mark.parametrize(
    "path",
    [
        "/api/nobody/v1/x",
        "/api/pricing",
        "/api/pricing/",
        "/api/pricing/healthz",
        "/api/pricing/metrics",
        "/api/pricing/v1/../metrics",
        "/api/pricing/v1/%2e%2e/metrics",
        "/api/pricing/v1/..%2fmetrics",
        "/api/pricing/v1x/metrics",
        "/api//v1/x",
        "/api/PRICING/v1/x",
    ],
)
async def test_what_is_no_resource_of_a_known_service_is_unknown(origin: Any, path: str) -> None:
    host, _, port = origin.base.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    answer = (await reader.read()).decode()
    writer.close()
    assert answer.startswith("HTTP/1.1 404")
    assert "application/problem+json" in answer


async def test_a_service_that_is_down_is_a_problem_in_both_languages_and_back_again_it_serves(
    origin: Any,
) -> None:
    headers = await origin.headers()
    origin.instance.stop("scoring")
    try:
        answer = await origin.client.get("/api/scoring/v1/deadlines", headers=headers)
        ready = await origin.client.get("/readyz")
        alive = await origin.client.get("/healthz")
    finally:
        origin.instance.start("scoring")
        await asyncio.to_thread(origin.instance.wait_for, "scoring")
    problem = answer.json()
    assert answer.status_code == 503
    assert problem["code"] == "service-unavailable"
    assert problem["service"] == "scoring"
    assert "scoring" in problem["zh"]["detail"]
    assert "scoring" in problem["en"]["detail"]
    assert ready.status_code == 503
    assert ready.json()["services"]["scoring"]["ready"] is False
    assert ready.json()["services"]["tiering"]["ready"] is True
    assert alive.status_code == 200
    again = await origin.client.get("/api/scoring/v1/deadlines", headers=headers)
    assert again.status_code == 200


async def test_the_console_is_ready_only_when_every_service_says_so(origin: Any) -> None:
    assert (await origin.client.get("/readyz")).status_code == 200
    origin.upstream.ready = False
    try:
        answer = await origin.client.get("/readyz")
    finally:
        origin.upstream.ready = True
    assert answer.status_code == 503
    assert answer.json()["services"]["pricing"]["ready"] is False
    assert (await origin.client.get("/readyz")).status_code == 200
