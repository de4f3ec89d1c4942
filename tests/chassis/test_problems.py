"""Bad input: a problem with a code, a pointer and both languages; never a 500, never more than it should say."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Literal

import pytest
import pytest_asyncio
from pydantic import BaseModel, ValidationError

from chassis.http.problems import MEDIA_TYPE
from chassis.http.words import field_error
from support.backbone import caller, superuser
from support.edge import AppUnderTest, chunks, is_problem, running_app
from support.instance import FreshDatabase

HEAD = caller("420106", "unit-head")
DIRECTOR = caller("420100", "center-director")
MAX_BODY = 20_000


@pytest_asyncio.fixture(scope="module")
async def app(fresh: FreshDatabase, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[AppUnderTest]:
    folder: Path = tmp_path_factory.mktemp("problems")
    async with running_app(fresh, folder, max_body_bytes=MAX_BODY) as running:
        yield running


async def post(app: AppUnderTest, body: Any, **headers: str) -> Any:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    sent = {**app.headers(HEAD), "Content-Type": "application/json", **headers}
    return await app.http.post("/v1/notes", content=content, headers=sent)


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "/text", "missing"),
        ({"text": "x", "surprise": 1}, "/surprise", "extra-forbidden"),
        ({"text": "x", "a/b~c": 1}, "/a~1b~0c", "extra-forbidden"),
        ({"text": 5}, "/text", "string-type"),
        ({"text": ""}, "/text", "string-too-short"),
        ({"text": "   "}, "/text", "string-too-short"),
        ({"text": "x" * 201}, "/text", "string-too-long"),
        (
            {"text": "x", "lines": [{"word": "y"}, {"word": "z", "more": 1}]},
            "/lines/1/more",
            "extra-forbidden",
        ),
        ({"text": "x", "lines": {"word": "y"}}, "/lines", "list-type"),
        ({"text": "x", "amount": "１２"}, "/amount", "string-pattern-mismatch"),
        ({"text": "x", "amount": "-1"}, "/amount", "string-pattern-mismatch"),
        ({"text": "x", "amount": "1.234"}, "/amount", "string-pattern-mismatch"),
        ({"text": "x", "number": 1.5}, "/number", "int-from-float"),
        ({"text": "x", "on": "yesterday"}, "/on", "datetime-from-date-parsing"),
        ([], "", "model-attributes-type"),
    ],
)
async def test_what_a_body_may_not_hold_is_pointed_at(
    app: AppUnderTest, body: object, pointer: str, code: str
) -> None:
    found = is_problem(await post(app, body), 422, "invalid-request")
    assert found["pointer"] == pointer
    assert found["errors"][0]["code"] == code
    assert found["errors"][0]["zh"]
    assert found["errors"][0]["en"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"text": "a\x00b"}, "/text"),
        ({"text": "x", "lines": [{"word": "a\x00b"}]}, "/lines/0/word"),
        ({"text": "x", "words": ["a", "b\x00"]}, "/words"),
        ({"text": "x", "pairs": {"a": "\x00"}}, "/pairs"),
        ({"text": "x", "pairs": {"\x00": "a"}}, "/pairs"),
        ({"text": "a\ud800b"}, "/text"),
        ({"text": "x", "words": ["\udfff"]}, "/words/0"),
        ({"text": "x", "\ud800": 1}, ""),
        ({"text": "x", "pairs": {"\ud800": "a"}}, "/pairs/\ufffd\ufffd\ufffd/[key]"),
        ({"text": "x", "a\x00": 1}, "/a\x00"),
    ],
)
async def test_characters_that_cannot_be_kept_are_pointed_at(
    app: AppUnderTest, body: object, pointer: str
) -> None:
    assert is_problem(await post(app, body), 422, "invalid-request")["pointer"] == pointer


@pytest.mark.parametrize("body", [b"{", b'{"text": ', b"{'text': 1}", b'{"text": "x",}', b"nul"])
async def test_what_is_no_json_is_a_bad_request(app: AppUnderTest, body: bytes) -> None:
    is_problem(await post(app, body), 400, "malformed-json")


@pytest.mark.parametrize("body", [b"\xff\xfe", b"[" * 15_000, b'{"text": "\xff"}'])
async def test_what_cannot_even_be_read_is_a_bad_request(app: AppUnderTest, body: bytes) -> None:
    answer = await post(app, body)
    is_problem(answer, 400, answer.json()["code"])


async def test_numbers_that_are_none_are_refused(app: AppUnderTest) -> None:
    for number in (b"NaN", b"Infinity", b"-Infinity", b"1e999"):
        answer = await post(app, b'{"text": "x", "number": ' + number + b"}")
        is_problem(answer, answer.status_code, answer.json()["code"])
        assert answer.status_code in (400, 422)


def test_what_may_be_chosen_is_listed_in_either_language() -> None:
    class Asked(BaseModel):
        sort: Literal["name", "-name", "state"]

    with pytest.raises(ValidationError) as refused:
        Asked.model_validate({"sort": "size"})
    told = field_error(refused.value.errors()[0])
    assert told["zh"] == "应为下列之一：'name'、'-name'、'state'"
    assert told["en"] == "Input should be 'name', '-name' or 'state'"


async def test_no_body_at_all_is_pointed_at(app: AppUnderTest) -> None:
    is_problem(await post(app, b""), 422, "invalid-request")


async def test_a_body_is_refused_above_its_limit_and_taken_at_it(app: AppUnderTest) -> None:
    frame = len(json.dumps({"text": "x", "surprise": ""}).encode())
    at_it = {"text": "x", "surprise": "y" * (MAX_BODY - frame)}
    is_problem(await post(app, at_it), 422, "invalid-request")
    above = {"text": "x", "surprise": "y" * (MAX_BODY - frame + 1)}
    answer = await post(app, above)
    is_problem(answer, 413, "body-too-large")
    assert f"{MAX_BODY} 字节" in answer.json()["zh"]["detail"]
    assert f"{MAX_BODY} bytes" in answer.json()["en"]["detail"]


async def test_a_body_without_a_length_is_refused_above_the_limit_too(app: AppUnderTest) -> None:
    async def sent() -> AsyncIterator[bytes]:
        for chunk in chunks(b'{"text": "' + b"x" * MAX_BODY + b'"}', 1_000):
            yield chunk

    headers = {**app.headers(HEAD), "Content-Type": "application/json"}
    answer = await app.http.post("/v1/notes", content=sent(), headers=headers)
    is_problem(answer, 413, "body-too-large")


@pytest.mark.parametrize(
    ("languages", "chinese"),
    [
        (None, True),
        ("zh-CN,zh;q=0.9", True),
        ("en-US,en;q=0.9", False),
        ("fr, en;q=0.5", False),
        ("en;q=0.3, zh;q=0.8", True),
        ("*", True),
        ("en;q=nonsense", True),
    ],
)
async def test_title_and_detail_are_in_the_language_asked_for(
    app: AppUnderTest, languages: str | None, chinese: bool
) -> None:
    headers = {} if languages is None else {"Accept-Language": languages}
    found = is_problem(await post(app, b"{", **headers), 400, "malformed-json")
    assert (found["title"], found["detail"]) == tuple(found["zh" if chinese else "en"].values())


async def test_an_unforeseen_failure_says_nothing_of_itself(app: AppUnderTest) -> None:
    answer = await app.http.get("/v1/trouble/unforeseen", headers=app.headers(DIRECTOR))
    is_problem(answer, 500, "fault")
    for word in ("13800138000", "RuntimeError", "Traceback", ".py"):
        assert word not in answer.text


async def test_a_value_the_driver_cannot_send_is_the_requests_fault(app: AppUnderTest) -> None:
    answer = await app.http.get("/v1/trouble/cannot-send", headers=app.headers(DIRECTOR))
    is_problem(answer, 422, "not-storable")


async def test_who_may_not_is_told_which_roles_may(app: AppUnderTest) -> None:
    answer = await app.http.get("/v1/trouble/none", headers=app.headers(HEAD))
    assert is_problem(answer, 403, "forbidden")["needs_one_of"] == ["center-director"]
    answer = await app.http.get("/v1/trouble/forbidden", headers=app.headers(DIRECTOR))
    is_problem(answer, 403, "forbidden")


async def test_routes_and_methods_that_are_not_there_are_problems_too(app: AppUnderTest) -> None:
    is_problem(await app.http.get("/v1/nothing", headers=app.headers(HEAD)), 404, "not-found")
    answer = await app.http.put("/v1/notes", headers=app.headers(HEAD))
    is_problem(answer, 405, "method-not-allowed")
    assert answer.headers["allow"]


@pytest.mark.parametrize("note_id", ["%00", "%ED%A0%80", "%FF", "a" * 5_000, "..%2f..%2fetc"])
async def test_strange_paths_are_answered_soundly(app: AppUnderTest, note_id: str) -> None:
    answer = await app.http.get(f"/v1/notes/{note_id}", headers=app.headers(HEAD))
    assert answer.status_code in (404, 422)
    is_problem(answer, answer.status_code, answer.json()["code"])


@pytest.mark.parametrize(
    "query",
    [
        "limit=0", "limit=201", "limit=x", "cursor=%FF", "cursor=abc", "cursor=W10", "cursor=WzEsMl0",
        "cursor=WyIwMDAxLTAxLTAxVDAwOjAwOjAwKzA4OjAwIiwiMDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDAwIl0",
        "holder=you", "state=%00", "subject=%00", "kind=" + "k" * 41,
    ],
)  # fmt: skip
async def test_strange_parameters_of_a_list_are_refused(app: AppUnderTest, query: str) -> None:
    answer = await app.http.get(f"/v1/deadlines?{query}", headers=app.headers(HEAD))
    is_problem(answer, 422, answer.json().get("code", ""))


async def test_every_operation_that_may_refuse_documents_that_the_database_may_be_away(
    app: AppUnderTest,
) -> None:
    document = (await app.http.get("/v1/openapi.json")).json()
    operations = [
        operation
        for path in document["paths"].values()
        for operation in path.values()
        if "401" in operation["responses"]
    ]
    assert operations
    for operation in operations:
        assert MEDIA_TYPE in operation["responses"]["503"]["content"], operation["operationId"]


async def test_a_write_whose_event_no_broker_takes_is_refused_and_changes_nothing(
    app: AppUnderTest, fresh: FreshDatabase
) -> None:
    reply = await post(app, {"text": "tell much of it"})
    body = is_problem(reply, 413, "event-too-large")
    assert "4 MiB" in body["zh"]["detail"]
    assert "4 MiB" in body["en"]["detail"]
    async with superuser(fresh) as root:
        assert not await root.fetchval("SELECT count(*) FROM note WHERE text = 'tell much of it'")
        assert not await root.fetchval("SELECT count(*) FROM outbox WHERE key = 'tell much of it'")
