"""Attachments: ten megabytes and no more, known by their content, seen only in the scope they were put in."""

import zipfile
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from chassis.auth import Caller
from support.backbone import caller
from support.edge import AppUnderTest, is_problem, running_app
from support.instance import FreshDatabase

HEAD = caller("420106", "unit-head")
TEN_MEGABYTES = 10 * 1024 * 1024
PDF = b"%PDF-1.7\n"


@pytest_asyncio.fixture(scope="module")
async def app(fresh: FreshDatabase, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[AppUnderTest]:
    folder: Path = tmp_path_factory.mktemp("attachments")
    async with running_app(fresh, folder) as running:
        yield running


async def attach(
    app: AppUnderTest, content: bytes, *, who: Caller = HEAD, key: str | None = None, **fields: str
) -> Any:
    headers = app.headers(who)
    if key:
        headers["Idempotency-Key"] = key
    name = fields.pop("name", "附件.pdf")
    return await app.http.post(
        "/v1/attachments", files={"file": (name, content)}, data=fields, headers=headers
    )


def zipped() -> bytes:
    held = BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    return held.getvalue()


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (PDF, "application/pdf"),
        (b"\x89PNG\r\n\x1a\n...", "image/png"),
        (b"\xff\xd8\xff\xe0...", "image/jpeg"),
        (zipped(), "application/zip"),
        ("证据:十月的账单".encode(), "text/plain; charset=utf-8"),
        (b"<html><script>alert(1)</script>", "text/plain; charset=utf-8"),
    ],
)
async def test_the_type_is_told_by_the_content_whatever_the_name_says(
    app: AppUnderTest, content: bytes, media_type: str
) -> None:
    answer = await attach(app, content, name="evil.html")
    assert answer.status_code == 201, answer.text
    assert answer.json()["media_type"] == media_type
    got = await app.http.get(answer.headers["location"], headers=app.headers(HEAD))
    assert (got.status_code, got.content) == (200, content)
    assert got.headers["content-type"] == media_type
    assert got.headers["content-disposition"] == "attachment"
    assert got.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "content", [b"", b"\x7fELF\x02\x01\x01\x00", b"MZ\x90\x00", b"\x00", b"GIF89a\xff\xfe", b"a\x00b"]
)
async def test_what_is_neither_a_document_nor_text_is_refused(app: AppUnderTest, content: bytes) -> None:
    assert is_problem(await attach(app, content), 415, "attachment-type")["pointer"] == "/file"


async def test_ten_megabytes_are_taken_and_one_byte_more_is_not(app: AppUnderTest) -> None:
    at_it = PDF + b"x" * (TEN_MEGABYTES - len(PDF))
    answer = await attach(app, at_it)
    assert (answer.status_code, answer.json()["size"]) == (201, TEN_MEGABYTES)
    is_problem(await attach(app, at_it + b"x"), 413, "attachment-too-large")


async def test_a_body_far_too_large_is_refused_before_it_is_read(app: AppUnderTest) -> None:
    is_problem(await attach(app, PDF + b"x" * 13 * 1024 * 1024), 413, "body-too-large")


async def test_it_is_found_in_its_scope_only(app: AppUnderTest) -> None:
    answer = await attach(app, PDF, subject="complaint-1")
    place = answer.headers["location"]
    for who, status in (
        (HEAD, 200),
        (caller("420100"), 200),
        (caller("420107"), 404),
        (caller("420106-T01"), 404),
        (caller("4201"), 404),
    ):
        got = await app.http.get(place, headers=app.headers(who))
        assert got.status_code == status, who.orgpath
    is_problem(await app.http.get(f"/v1/attachments/{uuid4()}", headers=app.headers(HEAD)), 404, "not-found")
    is_problem(await app.http.get("/v1/attachments/42", headers=app.headers(HEAD)), 422, "invalid-request")
    is_problem(await app.http.get(place), 401, "unauthenticated")


async def test_sent_again_it_is_kept_once_and_another_file_under_its_key_is_refused(
    app: AppUnderTest,
) -> None:
    key = str(uuid4())
    first, again = await attach(app, PDF, key=key), await attach(app, PDF, key=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    is_problem(await attach(app, PDF + b"more", key=key), 422, "idempotency-key-reused")
    is_problem(await attach(app, PDF, key=key, subject="another"), 422, "idempotency-key-reused")


async def test_odd_forms_are_refused(app: AppUnderTest) -> None:
    is_problem(await attach(app, PDF, subject="s" * 101), 422, "invalid-request")
    is_problem(await attach(app, PDF, subject="a\x00b"), 422, "not-storable")
    headers = app.headers(HEAD)
    is_problem(
        await app.http.post("/v1/attachments", data={"subject": "x"}, headers=headers), 422, "invalid-request"
    )
    broken = {**headers, "Content-Type": "multipart/form-data; boundary=x"}
    answer = await app.http.post("/v1/attachments", content=b"--y\r\n", headers=broken)
    assert answer.status_code in (400, 422)
    answer = await attach(app, PDF, name="a" * 1_000)
    assert len(answer.json()["name"]) == 200
