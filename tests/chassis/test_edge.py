"""The edge: one effect for one key, refusals that change nothing, versions that must match."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from chassis.database import Connection
from support.backbone import caller, superuser
from support.edge import AppUnderTest, is_problem, running_app
from support.instance import FreshDatabase

HEAD = caller("420106", "unit-head")


@pytest_asyncio.fixture(scope="module")
async def app(fresh: FreshDatabase, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[AppUnderTest]:
    folder: Path = tmp_path_factory.mktemp("edge")
    async with running_app(fresh, folder, lock_timeout_ms=700) as running:
        yield running


@pytest_asyncio.fixture(scope="module")
async def root(fresh: FreshDatabase, app: AppUnderTest) -> AsyncIterator[Connection]:
    async with superuser(fresh) as connection:
        yield connection


async def effects(root: Connection, text: str) -> int:
    return int(await root.fetchval("SELECT count(*) FROM effect WHERE text = $1", text))


async def test_fifty_equal_posts_at_once_have_one_effect_and_one_answer(
    app: AppUnderTest, root: Connection
) -> None:
    text, headers = str(uuid4()), app.headers(HEAD)
    answers = await asyncio.gather(
        *(app.http.post("/v1/notes", json={"text": text}, headers=headers) for _ in range(50))
    )
    assert await effects(root, text) == 1
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert len({(answer.headers["etag"], answer.headers["location"]) for answer in answers}) == 1


async def test_the_answer_that_is_kept_for_a_key_is_sealed(app: AppUnderTest, root: Connection) -> None:
    text, headers = str(uuid4()), app.headers(HEAD)
    answer = await app.http.post("/v1/notes", json={"text": text}, headers=headers)
    kept = await root.fetchval("SELECT body FROM idempotency WHERE key = $1", headers["Idempotency-Key"])
    assert text in answer.text and len(kept) > len(answer.content)
    assert text.encode() not in kept


async def test_a_key_with_another_body_or_path_is_refused(app: AppUnderTest, root: Connection) -> None:
    headers, first, second = app.headers(HEAD), str(uuid4()), str(uuid4())
    assert (await app.http.post("/v1/notes", json={"text": first}, headers=headers)).status_code == 201
    answer = await app.http.post("/v1/notes", json={"text": second}, headers=headers)
    assert is_problem(answer, 422, "idempotency-key-reused")["pointer"] == "header:Idempotency-Key"
    assert await effects(root, second) == 0
    same_key = {**headers, "If-Match": '"1"'}
    is_problem(
        await app.http.patch("/v1/notes", json={"text": first}, headers=same_key),
        422,
        "idempotency-key-reused",
    )


async def test_the_key_is_the_callers_own(app: AppUnderTest, root: Connection) -> None:
    key, first, second = str(uuid4()), str(uuid4()), str(uuid4())
    for who, text in ((HEAD, first), (caller("420107"), second)):
        headers = {**app.headers(who), "Idempotency-Key": key}
        assert (await app.http.post("/v1/notes", json={"text": text}, headers=headers)).status_code == 201
    assert (await effects(root, first), await effects(root, second)) == (1, 1)


async def test_a_recorded_look_is_recorded_each_time_whatever_key_it_carries(
    app: AppUnderTest, root: Connection
) -> None:
    text, headers = str(uuid4()), app.headers(HEAD)
    for _ in range(2):
        assert (await app.http.get(f"/v1/looks/{text}", headers=headers)).status_code == 200
    assert await effects(root, text) == 2


@pytest.mark.parametrize("key", [None, "", "a" * 201, "b\x7f", "ключ"])
async def test_a_post_without_a_sound_key_is_refused(app: AppUnderTest, key: str | None) -> None:
    sent = [
        (name.encode(), value.encode())
        for name, value in app.headers(HEAD).items()
        if name != "Idempotency-Key"
    ]
    if key is not None:
        sent.append((b"Idempotency-Key", key.encode()))
    answer = await app.http.post("/v1/notes", json={"text": "x"}, headers=sent)
    is_problem(answer, 400, f"idempotency-key-{'missing' if key is None else 'invalid'}")


async def test_a_refusal_keeps_nothing_not_even_its_key(app: AppUnderTest, root: Connection) -> None:
    text, headers = f"refused-{uuid4()}", app.headers(HEAD)
    for _ in range(2):
        body = is_problem(
            await app.http.post("/v1/notes", json={"text": text}, headers=headers), 409, "text-taken"
        )
        assert body["holder"] == "420106"
        assert (body["pointer"], body["errors"][0]["pointer"]) == ("/text", "/text")
    assert await effects(root, text) == 0
    assert not await root.fetchval(
        "SELECT count(*) FROM idempotency WHERE key = $1", headers["Idempotency-Key"]
    )


async def test_what_another_request_holds_for_too_long_is_a_conflict_to_be_tried_again(
    app: AppUnderTest, root: Connection
) -> None:
    text, headers = str(uuid4()), app.headers(HEAD)
    async with root.transaction():
        await root.execute(
            "INSERT INTO idempotency (actor, key, fingerprint) VALUES ($1, $2, '')",
            HEAD.staff_id, headers["Idempotency-Key"],
        )  # fmt: skip
        answer = await app.http.post("/v1/notes", json={"text": text}, headers=headers)
        is_problem(answer, 409, "request-in-progress")
        assert int(answer.headers["retry-after"]) > 0
    assert await effects(root, text) == 0


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        (None, 428, "if-match-missing"),
        ("*", 412, "stale-version"),
        ('"x"', 412, "stale-version"),
        ('"１"', 412, "stale-version"),
        ('"9999999999999999999"', 412, "stale-version"),
    ],
)
async def test_a_change_names_the_version_it_was_made_from(
    app: AppUnderTest, given: str | None, status: int, code: str
) -> None:
    headers: dict[str, Any] = app.headers(HEAD)
    if given is not None:
        headers["If-Match"] = given.encode()
    is_problem(await app.http.patch("/v1/notes", json={"text": "x"}, headers=headers), status, code)


@pytest.mark.parametrize("given", ['"7"', 'W/"7"', "7"])
async def test_a_version_may_be_written_as_any_etag(app: AppUnderTest, given: str) -> None:
    headers = app.headers(HEAD, **{"If-Match": given})
    answer = await app.http.patch("/v1/notes", json={"text": "x"}, headers=headers)
    assert (answer.status_code, answer.json(), answer.headers["etag"]) == (200, {"version": 7}, '"8"')


async def test_what_is_out_of_scope_is_not_found(app: AppUnderTest) -> None:
    text = str(uuid4())
    await app.http.post("/v1/notes", json={"text": text}, headers=app.headers(HEAD))
    for who, status in (
        (HEAD, 200),
        (caller("420100"), 200),
        (caller("CN"), 200),
        (caller("420106-T01"), 404),
        (caller("420107"), 404),
        (caller("4201"), 404),
    ):
        answer = await app.http.get(f"/v1/notes/{text}", headers=app.headers(who))
        assert answer.status_code == status, who.orgpath


async def test_a_read_cannot_write(app: AppUnderTest, root: Connection) -> None:
    before = await effects(root, "x")
    answer = await app.http.get(
        "/v1/trouble/write-in-a-read", headers=app.headers(caller("420100", "center-director"))
    )
    assert answer.status_code >= 400
    assert await effects(root, "x") == before


async def test_a_lost_connection_is_told_as_one_and_the_next_request_is_served(app: AppUnderTest) -> None:
    headers = app.headers(caller("420100", "center-director"))
    is_problem(
        await app.http.get("/v1/trouble/connection-lost", headers=headers), 503, "database-unavailable"
    )
    assert (await app.http.get("/v1/trouble/none", headers=headers)).status_code == 200


async def test_the_correlation_id_goes_along(app: AppUnderTest) -> None:
    given = app.headers(HEAD, **{"X-Correlation-Id": "a-chain-of-ours"})
    answer = await app.http.post("/v1/notes", json={"text": str(uuid4())}, headers=given)
    assert answer.headers["x-correlation-id"] == "a-chain-of-ours"
    bad = app.headers(HEAD, **{"X-Correlation-Id": "a b\tc"})
    answer = await app.http.post("/v1/notes", json={"text": str(uuid4())}, headers=bad)
    assert answer.headers["x-correlation-id"] != "a b\tc"


async def test_the_first_answer_is_kept_as_it_was(app: AppUnderTest, root: Connection) -> None:
    headers = app.headers(HEAD)
    body = {"text": f"改写 {uuid4()}"}
    first = await app.http.post("/v1/notes", json=body, headers=headers)
    await root.execute("DELETE FROM note WHERE text = $1", body["text"])
    again = await app.http.post(
        "/v1/notes", content=json.dumps(body, separators=(",", ":"), ensure_ascii=False), headers=headers
    )
    assert (again.status_code, again.content) in {(first.status_code, first.content), (422, again.content)}
    same = await app.http.post("/v1/notes", json=body, headers=headers)
    assert (same.status_code, same.content, same.headers["location"]) == (
        first.status_code,
        first.content,
        first.headers["location"],
    )
