"""The API as the story's people use it: patient through any restart, and never doing anything twice."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

import httpx

from deploy.story.telling import StoryBroken

PATIENCE_SECONDS = 120.0
TIMEOUT_SECONDS = 20.0
PAUSE_SECONDS = 0.3
AWAY = frozenset({502, 503, 504})
WRITES = frozenset({"POST", "PATCH"})
IN_PROGRESS = "request-in-progress"
Json = dict[str, Any]
File = tuple[str, bytes]


@dataclass(frozen=True)
class Reply:
    """What was answered."""

    status: int
    body: Json
    etag: str

    @property
    def code(self) -> str:
        """The code of a problem."""
        return str(self.body.get("code", ""))


class House:
    """The one origin, where everybody calls."""

    def __init__(self, base: str, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self.base = base
        self._patience_seconds = patience_seconds
        self._http = httpx.AsyncClient(base_url=base, timeout=TIMEOUT_SECONDS, trust_env=False)

    async def close(self) -> None:
        """Hang up."""
        await self._http.aclose()

    async def call(
        self, method: str, path: str, body: Json | None = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Call until somebody answers, always with the same key; raises StoryBroken when patience ends."""
        key = {"Idempotency-Key": str(uuid4())} if method in WRITES else {}
        return await self.send(method, path, body, {**(headers or {}), **key})

    async def send(self, method: str, path: str, body: Json | None, headers: Mapping[str, str]) -> Reply:
        """Send one request as it is until somebody answers; raises StoryBroken when patience ends."""
        return await self._insist(method, path, headers, json=body)

    async def upload(self, path: str, file: File, fields: Json, headers: Mapping[str, str]) -> Reply:
        """Send a file with the fields of its form, always with the same key."""
        key = {"Idempotency-Key": str(uuid4())}
        return await self._insist("POST", path, {**headers, **key}, data=fields, files={"file": file})

    async def _insist(self, method: str, path: str, headers: Mapping[str, str], **content: Any) -> Reply:
        end = time.monotonic() + self._patience_seconds
        while True:
            try:
                answer = await self._http.request(method, path, headers=headers, **content)
                reply = _reply(answer)
                if answer.status_code not in AWAY and reply.code != IN_PROGRESS:
                    return reply
                trouble = f"{answer.status_code} {reply.code}"
            except httpx.TransportError as error:
                trouble = repr(error)
            if time.monotonic() > end:
                raise StoryBroken(
                    f"{method} {path}: no answer within {self._patience_seconds:g} s ({trouble})"
                )
            await asyncio.sleep(PAUSE_SECONDS)

    async def page(self, path: str) -> str:
        """Give the text of a page."""
        end = time.monotonic() + self._patience_seconds
        while True:
            try:
                answer = await self._http.get(path)
                if answer.is_success:
                    return answer.text
            except httpx.TransportError:
                pass
            if time.monotonic() > end:
                raise StoryBroken(f"GET {path}: no page within {self._patience_seconds:g} s")
            await asyncio.sleep(PAUSE_SECONDS)

    async def clock(self) -> tuple[datetime, float]:
        """Give business time, and by how many seconds it is ahead of real time."""
        reply = await self.call("GET", "/dev/clock")
        return datetime.fromisoformat(reply.body["now"]), float(reply.body["offset"])

    async def set_clock(self, moment: datetime) -> None:
        """Set business time; an absolute time can be set again when somebody was away."""
        await self._move({"set": moment.isoformat()})

    async def real_clock(self) -> None:
        """Go back to real time."""
        await self._move({"real": True})

    async def _move(self, body: Json) -> None:
        reply = await self.call("POST", "/dev/clock", body)
        if reply.status != 200:
            raise StoryBroken(f"POST /dev/clock {body}: {reply.status} {reply.body}")


@dataclass(frozen=True)
class Person:
    """Somebody with a post."""

    house: House
    account: str
    name: str
    org_id: str
    org_name: str
    token: str

    def __str__(self) -> str:
        return f"{self.org_name}{self.name}"

    async def get(self, path: str) -> Reply:
        """Read."""
        return await self.house.call("GET", path, headers=self._headers)

    async def post(self, path: str, body: Json, *, etag: str | None = None) -> Reply:
        """Do something once."""
        match = {"If-Match": etag} if etag else {}
        return await self.house.call("POST", path, body, {**self._headers, **match})

    async def upload(self, path: str, name: str, content: bytes, fields: Json) -> Reply:
        """Hand in a file once."""
        return await self.house.upload(path, (name, content), fields, self._headers)

    async def patch(self, path: str, body: Json, *, etag: str) -> Reply:
        """Change something once."""
        return await self.house.call("PATCH", path, body, {**self._headers, "If-Match": etag})

    @property
    def authorization(self) -> str:
        """The header that says who it is."""
        return f"Bearer {self.token}"

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": self.authorization}


def _reply(answer: httpx.Response) -> Reply:
    try:
        body = answer.json()
    except ValueError:
        body = {"code": "no-json", "text": answer.text[:500]}
    return Reply(answer.status_code, body, answer.headers.get("etag", ""))
