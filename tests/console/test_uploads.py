"""Large files go through the one origin: as large as a service takes them, and never whole in the console's memory."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from chassis.ids import uuid7
from chassis.settings import Settings
from console.settings import ConsoleSettings
from tiering.settings import TieringSettings

MB = 1024 * 1024
GATEWAY = 136 * MB
FILE = 128 * MB
OWN = 12 * MB
PLAIN = 2 * MB
FORM = {"Content-Type": "multipart/form-data; boundary=keypost"}
PIECE = bytes(range(256)) * 256
HELD = 40 * MB
"""What the console may grow by while a file goes through: buffers of both connections, never the file."""


def pieces(size: int) -> Iterator[bytes]:
    for start in range(0, size, len(PIECE)):
        yield PIECE[: size - start]


async def sent(size: int) -> AsyncIterator[bytes]:
    for piece in pieces(size):
        yield piece


def memory(origin: Any, name: str) -> int:
    """Give a figure of the console's process as the kernel counts it, in bytes."""
    lines = Path(f"/proc/{origin.instance.pids()['console']}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) * 1024


async def refused(origin: Any, path: str, size: int, headers: dict[str, str]) -> dict[str, Any]:
    """Give how a body of a declared length is refused, before any of it is sent."""
    host, _, port = origin.base.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    lines = [f"POST {path} HTTP/1.1", "Host: x", f"Content-Length: {size}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    writer.write("\r\n".join([*lines, "", ""]).encode())
    answer = (await asyncio.wait_for(reader.read(), 20)).decode()
    writer.close()
    return {"head": answer.partition("\r\n")[0], "body": answer.partition("\r\n\r\n")[2]}


def test_the_gateway_takes_the_largest_file_of_a_service_and_the_form_around_it() -> None:
    most = ConsoleSettings.model_fields["gateway_upload"].default
    taken = [
        TieringSettings.model_fields["max_usage_file_bytes"].default,
        TieringSettings.model_fields["max_upload_bytes"].default,
        Settings.model_fields["max_upload_bytes"].default,
    ]
    assert most == GATEWAY
    assert most >= max(taken)


@pytest.mark.parametrize("size", [OWN + 1, 60 * MB, GATEWAY])
async def test_an_upload_up_to_the_limit_is_streamed_through_and_not_held(origin: Any, size: int) -> None:
    digest = hashlib.sha256()
    for piece in pieces(size):
        digest.update(piece)
    await origin.client.get("/api/pricing/v1/x")
    before = memory(origin, "VmRSS")
    answer = await origin.client.post(
        "/api/pricing/v1/x", content=sent(size), headers={**FORM, "Content-Length": str(size)}, timeout=120
    )
    told = answer.json()
    assert (answer.status_code, told["size"], told["sha256"]) == (201, size, digest.hexdigest())
    assert memory(origin, "VmHWM") - before < HELD


@pytest.mark.parametrize(
    ("path", "headers", "most"),
    [
        ("/api/tiering/v1/usage-files", FORM, GATEWAY),
        ("/api/tiering/v1/usage", {"Content-Type": "application/json"}, PLAIN),
        ("/v1/session", FORM, OWN),
        ("/v1/session", {"Content-Type": "application/json"}, PLAIN),
        ("/apis/tiering/v1/usage-files", FORM, OWN),
    ],
)
async def test_what_is_larger_is_refused_with_the_limit_in_both_languages(
    origin: Any, path: str, headers: dict[str, str], most: int
) -> None:
    answer = await refused(origin, path, most + 1, headers)
    assert answer["head"].startswith("HTTP/1.1 413")
    assert '"code":"body-too-large"' in answer["body"]
    assert f"请求体超过上限 {most // MB} MB" in answer["body"]
    assert f"The body is larger than {most // MB} MB" in answer["body"]


@pytest.mark.parametrize(("size", "pointer"), [(18 * MB, "/org_id"), (FILE, "/org_id"), (FILE + 1, "/file")])
async def test_a_months_file_of_a_province_reaches_tiering_which_judges_it(
    origin: Any, size: int, pointer: str
) -> None:
    """Tiering measures the file before it looks for the unit, which nobody has told it of here."""
    answer = await origin.client.post(
        "/api/tiering/v1/usage-files",
        headers={**await origin.headers("10000002"), "Idempotency-Key": str(uuid7())},
        data={"month": "2026-02", "org_id": "420100"},
        files={"file": ("2026-02.csv", b"".join(pieces(size)), "text/csv")},
        timeout=120,
    )
    assert answer.json()["pointer"] == pointer, answer.text
