"""Bad input is answered with a problem in both languages, changes nothing, and never breaks the service."""

import asyncio
import json
from typing import Any
from uuid import uuid4

import pytest

from support.declarations import FORM, declaration, declared
from support.registry import FAR, expect
from support.service import ADMINISTRATOR, MANAGER, OFFICER, ServiceUnderTest

ASK = declaration()


def changed(path: str, value: object) -> dict[str, Any]:
    """Give a good declaration with one member replaced."""
    body: dict[str, Any] = json.loads(json.dumps(declaration(annex_1=FORM)))
    *parents, last = path.strip("/").split("/")
    place = body
    for name in parents:
        place = place[name]
    place[last] = value
    return body


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("/surprise", 1, "invalid-request"),
        ("/customer/surprise", 1, "invalid-request"),
        ("/customer/name", 7, "invalid-request"),
        ("/customer/name", "", "invalid-request"),
        ("/customer/name", "   ", "invalid-request"),
        ("/customer/name", "长" * 201, "invalid-request"),
        ("/customer/name", "武汉\x00公司", "invalid-request"),
        ("/customer/nature", "alien", "invalid-request"),
        ("/customer/division", "４２０１０６", "invalid-request"),
        ("/customer/division", "42010", "invalid-request"),
        ("/customer/division", "420106ab", "invalid-request"),
        ("/customer/phones", "13800000000", "invalid-request"),
        ("/customer/phones", ["1380000000" + str(n) for n in range(11)], "invalid-request"),
        ("/customer/phones", ["电话没有"], "invalid-value"),
        ("/customer/credit_code", "914201000000000000", "invalid-value"),
        ("/customer/credit_code", "没有代码", "invalid-value"),
        ("/lines", [], "invalid-request"),
        ("/lines", "domestic-express", "invalid-request"),
        ("/lines", ["teleportation"], "unknown-line"),
        ("/lines", ["ceremonial", "ceremonial"], "invalid-value"),
        ("/org_id", "420106; DROP TABLE customer", "invalid-request"),
        ("/annex_1/kind", "gang", "invalid-request"),
        ("/annex_1/estimated_yearly_fees", 120000, "invalid-request"),
        ("/annex_1/estimated_yearly_fees", "-1", "invalid-request"),
        ("/annex_1/estimated_yearly_fees", "１２０００", "invalid-request"),
        ("/annex_1/estimated_yearly_fees", "1.001", "invalid-request"),
        ("/annex_1/filed_on", "2026-02-30", "invalid-request"),
        ("/annex_1/importance_level", "galaxy", "invalid-request"),
        ("/annex_1", [], "invalid-request"),
        ("/customer", None, "invalid-request"),
    ],
)
async def test_a_wrong_member_is_named_and_refused(
    registry: ServiceUnderTest, path: str, value: object, code: str
) -> None:
    before = await registry.rows("SELECT count(*) AS n FROM declaration")
    answer = await registry.post(MANAGER, "/declarations", changed(path, value))
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["pointer"].startswith(path)
    assert problem["zh"]["detail"]
    assert problem["en"]["detail"]
    assert await registry.rows("SELECT count(*) AS n FROM declaration") == before


async def test_foreign_organisations_are_not_there(registry: ServiceUnderTest) -> None:
    for org_id in ("420107", "420525", "999999"):
        answer = await registry.post(MANAGER, "/declarations", {**declaration(), "org_id": org_id})
        assert (answer.status_code, answer.json()["pointer"]) == (404, "/org_id")


async def test_an_idempotency_key_gives_the_first_answer_and_is_never_reused(
    registry: ServiceUnderTest,
) -> None:
    body, key = declaration(), str(uuid4())
    answers = await asyncio.gather(
        *(registry.post(MANAGER, "/declarations", body, key=key) for _ in range(10))
    )
    done = [answer for answer in answers if answer.status_code == 201]
    assert {answer.json()["id"] for answer in done} == {done[0].json()["id"]}
    again = await registry.post(MANAGER, "/declarations", body, key=key)
    assert (again.status_code, again.content) == (201, done[0].content)
    other = await registry.post(MANAGER, "/declarations", declaration(), key=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
    missing = await registry.http.post("/v1/declarations", json=body, headers=registry.headers(MANAGER))
    assert (missing.status_code, missing.json()["code"]) == (400, "idempotency-key-missing")


async def test_malformed_bodies_and_paths_are_problems(registry: ServiceUnderTest) -> None:
    headers = {
        **registry.headers(MANAGER),
        "Idempotency-Key": str(uuid4()),
        "Content-Type": "application/json",
    }
    for content in (b"{", b"", b"[]", b'"x"', b"\xff\xfe", b'{"customer": NaN}'):
        answer = await registry.http.post("/v1/declarations", content=content, headers=headers)
        assert answer.status_code in (400, 422), content
        assert answer.json()["zh"]
    for path in ("/declarations/nonsense", "/claims/1", "/customers/%00", "/staff/x", "/customers/１２３"):
        assert (await registry.get(MANAGER, path)).status_code in (404, 422), path


async def test_oversize_bodies_are_refused(registry: ServiceUnderTest) -> None:
    body = {**declaration(), "padding": "x" * (3 * 1024 * 1024)}
    assert (await registry.post(MANAGER, "/declarations", body)).status_code == 413


async def test_without_a_token_nothing_is_answered(registry: ServiceUnderTest) -> None:
    for path in ("/v1/customers", "/v1/declarations", "/v1/organisations"):
        answer = await registry.http.get(path)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


async def test_a_token_of_no_person_declares_nothing(registry: ServiceUnderTest) -> None:
    answer = await registry.post(ADMINISTRATOR, "/declarations", declaration())
    assert answer.status_code == 403


async def test_an_empty_reason_decides_nothing(registry: ServiceUnderTest) -> None:
    filed = await declared(registry, MANAGER, declaration(annex_1=FORM))
    for body in ({}, {"reason": ""}, {"reason": "  "}, {"reason": 1}, {"reason": "好", "force": True}):
        answer = await registry.post(OFFICER, f"/declarations/{filed['id']}/refuse", body)
        assert answer.status_code == 422
    assert (await expect(registry.get(OFFICER, f"/declarations/{filed['id']}"), 200))["state"] == "filed"


async def test_a_refusal_inside_a_transaction_leaves_nothing_behind(registry: ServiceUnderTest) -> None:
    tables = ("customer", "declaration", "claim", "identity_key", "deadline", "outbox")
    counted = " UNION ALL ".join(f"SELECT '{table}' AS t, count(*) FROM {table}" for table in tables)
    before = await registry.rows(counted)
    body = declaration(division="990000")
    answer = await registry.post(FAR, "/declarations", {**body, "lines": ["ceremonial", "ceremonial"]})
    assert answer.status_code == 422
    assert await registry.rows(counted) == before
