"""Bad input: a problem with code, pointer and both languages; never a 500, never a partial write."""

import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from support.service import Person, ServiceUnderTest

AGENT = Person("420100", "hotline-agent")
OFFICER = Person("420100", "center-officer")
COMPLAINT = {"channel": "hotline", "category": "delay", "content": "迟"}
CLAIM = {"channel": "hotline", "cause": "loss", "mail_no": "EA123456789CN", "amount_claimed": "100"}
TABLES = ("complaint", "compensation", "deadline", "outbox", "idempotency", "complaint_step")


@pytest_asyncio.fixture(autouse=True)
async def nothing_is_written(desk: ServiceUnderTest) -> AsyncIterator[None]:
    counted = " UNION ALL ".join(f"SELECT '{table}', count(*) FROM {table}" for table in TABLES)
    before = await desk.rows(counted)
    yield
    assert await desk.rows(counted) == before


async def refused(
    desk: ServiceUnderTest, path: str, body: object, status: int, pointer: str | None
) -> dict[str, Any]:
    answer = await desk.post(AGENT, path, body)
    problem: dict[str, Any] = answer.json()
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["code"] and problem["zh"]["detail"] and problem["en"]["detail"]
    assert problem.get("pointer") == pointer
    return problem


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"surprise": 1}, "/surprise"),
        ({"state": "closed"}, "/state"),
        ({"channel": "fax"}, "/channel"),
        ({"channel": 7}, "/channel"),
        ({"channel": None}, "/channel"),
        ({"category": "Delay"}, "/category"),
        ({"content": ""}, "/content"),
        ({"content": "   "}, "/content"),
        ({"content": 5}, "/content"),
        ({"content": ["迟"]}, "/content"),
        ({"content": "x" * 20_001}, "/content"),
        ({"content": "空\x00字符"}, "/content"),
        ({"place": "空\x00"}, "/place"),
        ({"caller": "13800000000"}, "/caller"),
        ({"caller": {"phone": "not a phone"}}, "/caller/phone"),
        ({"caller": {"phone": 13800000000}}, "/caller/phone"),
        ({"caller": {"phone": "13800000000\x00"}}, "/caller/phone"),
        ({"caller": {"name": "名\x00"}}, "/caller/name"),
        ({"caller": {"nickname": "x"}}, "/caller/nickname"),
        ({"caller": {"customer_id": "42"}}, "/caller/customer_id"),
        ({"caller": {"customer_code": "1", "customer_id": str(uuid4())}}, "/caller"),
        ({"mail_no": "EA-1"}, "/mail_no"),
        ({"mail_no": "邮件号一二三四五六"}, "/mail_no"),
        ({"language": "fr"}, "/language"),
        ({"received_at": "2026-03-01T09:00:00"}, "/received_at"),
        ({"received_at": 1_700_000_000}, "/received_at"),
        ({"received_at": "yesterday"}, "/received_at"),
        ({"received_at": "2030-01-01T00:00:00+08:00"}, "/received_at"),
        ({"city": "420106"}, "/city"),
        ({"city": "999999"}, "/city"),
        ({"city": "420000"}, "/city"),
    ],
)
async def test_a_complaint_with_a_wrong_field_is_refused_at_its_place(
    desk: ServiceUnderTest, change: dict[str, Any], pointer: str
) -> None:
    await refused(desk, "/complaints", {**COMPLAINT, **change}, 422, pointer)


@pytest.mark.parametrize("missing", ["channel", "category", "content"])
async def test_a_complaint_without_what_it_needs_is_refused(desk: ServiceUnderTest, missing: str) -> None:
    body = {name: value for name, value in COMPLAINT.items() if name != missing}
    await refused(desk, "/complaints", body, 422, f"/{missing}")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"amount_claimed": 100}, "/amount_claimed"),
        ({"amount_claimed": 100.5}, "/amount_claimed"),
        ({"amount_claimed": "100.005"}, "/amount_claimed"),
        ({"amount_claimed": "-1"}, "/amount_claimed"),
        ({"amount_claimed": "1e3"}, "/amount_claimed"),
        ({"amount_claimed": "NaN"}, "/amount_claimed"),
        ({"amount_claimed": "1" * 16}, "/amount_claimed"),
        ({"amount_claimed": "0.00"}, "/amount_claimed"),
        ({"amount_claimed": "0"}, "/amount_claimed"),
        ({"cause": "grief"}, "/cause"),
        ({"mail_no": None}, "/mail_no"),
        ({"complaint": "260302000999990"}, "/complaint"),
        ({"complaint": "\x00"}, "/complaint"),
    ],
)
async def test_a_compensation_with_a_wrong_field_is_refused_at_its_place(
    desk: ServiceUnderTest, change: dict[str, Any], pointer: str
) -> None:
    await refused(desk, "/compensations", {**CLAIM, **change}, 422, pointer)


@pytest.mark.parametrize("path", ["/v1/complaints", "/v1/compensations"])
@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b'{"content": "\\ud800"}'])
async def test_what_is_no_json_object_is_refused(desk: ServiceUnderTest, path: str, raw: bytes) -> None:
    headers = {
        "Authorization": f"Bearer {desk.token(AGENT)}", "Idempotency-Key": "k", "Content-Type": "application/json",
    }  # fmt: skip
    answer = await desk.http.post(path, content=raw, headers=headers)
    assert answer.status_code in (400, 422)
    assert answer.json()["code"]


async def test_a_lone_surrogate_is_refused_at_its_place(desk: ServiceUnderTest) -> None:
    body = json.dumps({**COMPLAINT, "content": "X"}).replace('"X"', '"\\ud800"')
    headers = {
        "Authorization": f"Bearer {desk.token(AGENT)}", "Idempotency-Key": "k", "Content-Type": "application/json",
    }  # fmt: skip
    answer = await desk.http.post("/v1/complaints", content=body, headers=headers)
    assert (answer.status_code, answer.json()["pointer"]) == (422, "/content")


async def test_a_body_over_the_limit_is_refused(desk: ServiceUnderTest) -> None:
    problem = await refused(desk, "/complaints", {**COMPLAINT, "content": "x" * 3_000_000}, 413, None)
    assert problem["code"] == "body-too-large"


async def test_a_post_without_an_idempotency_key_is_refused(desk: ServiceUnderTest) -> None:
    headers = {"Authorization": f"Bearer {desk.token(AGENT)}"}
    answer = await desk.http.post("/v1/complaints", json=COMPLAINT, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency-key-missing")


@pytest.mark.parametrize(
    "path", ["/v1/complaints", "/v1/callers?phone=13800000000", "/v1/compensations/1", "/v1/deadlines"]
)
async def test_without_a_token_nothing_is_told(desk: ServiceUnderTest, path: str) -> None:
    answer = await desk.http.get(path)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


@pytest.mark.parametrize(
    "reference", ["999999999999999", "x", "%00", "a" * 41, "…", "01a1ffc8-4bd4-7740-85a0-751c0389cb88"]
)
@pytest.mark.parametrize("kind", ["complaints", "compensations"])
async def test_a_case_that_is_not_there_is_not_found(
    desk: ServiceUnderTest, kind: str, reference: str
) -> None:
    answer = await desk.get(OFFICER, f"/{kind}/{reference}")
    assert answer.status_code in (404, 422)
    assert answer.json()["zh"]


@pytest.mark.parametrize(
    "query", ["state=nonsense", "limit=0", "limit=201", "limit=x", "cursor=!!", "cursor=W10", "cursor=WzEsMl0",
              "customer_id=1", "open=perhaps", "surprise=1", "first_responder=" + "1" * 41, "handler=%00"],
)  # fmt: skip
async def test_a_list_asked_for_wrongly_is_refused(desk: ServiceUnderTest, query: str) -> None:
    answer = await desk.get(OFFICER, f"/complaints?{query}")
    assert answer.status_code == 422, answer.text
    assert answer.json()["zh"]


REQUEST = {
    "channel": "hotline",
    "kind": "urgent",
    "content": "x",
    "caller": {"customer_code": "42010000000118"},
}
EMERGENCY = {
    "situation": "x", "transport": "x", "reason": "x",
    "from": "2026-03-02T09:00:00+08:00", "until": "2026-03-03T09:00:00+08:00",
}  # fmt: skip
ENDS = ("0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-08:00", "1899-12-31T23:59:59+08:00")


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize(
    ("path", "body", "member"),
    [
        ("/complaints", COMPLAINT, "received_at"),
        ("/compensations", CLAIM, "received_at"),
        ("/service-requests", REQUEST, "received_at"),
        ("/service-requests", REQUEST, "wanted_by"),
    ],
)
async def test_a_time_at_an_end_of_the_calendar_is_refused_with_its_pointer(
    desk: ServiceUnderTest, path: str, body: dict[str, Any], member: str, end: str
) -> None:
    await refused(desk, path, {**body, member: end}, 422, f"/{member}")


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("member", ["from", "until"])
async def test_no_emergency_begins_or_ends_at_an_end_of_the_calendar(
    desk: ServiceUnderTest, member: str, end: str
) -> None:
    answer = await desk.post(Person("420100", "center-director"), "/emergencies", {**EMERGENCY, member: end})
    assert (answer.status_code, answer.json()["pointer"]) == (422, f"/{member}")
