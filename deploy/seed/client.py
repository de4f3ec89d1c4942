"""The public HTTP API as the sample's people use it: tokens, idempotency keys, patience, clear failures."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx

from deploy.seed.identifiers import idempotency_key

REGISTRY, TIERING, PRICING = "registry", "tiering", "pricing"
BOOTSTRAP = "bootstrap"
PAGE = 200
TIMEOUT_SECONDS = 60.0
CONCURRENCY = 8
CONFLICT = 409
# Somebody else is at work on the same record.
IN_PROGRESS = b'"request-in-progress"'
BOUNDARY = "keypost-sample-form"
TRIES = 6
FIRST_PAUSE_SECONDS = 0.2
ACCOUNT_PATIENCE_SECONDS = 30.0
# A new person's account exists once the console has heard of it.
NOT_YET = frozenset({404, 422})
TRANSIENT = frozenset({429, 502, 503, 504})


class CallFailedError(Exception):
    """A call that the sample cannot do without was refused or got no answer."""

    def __init__(self, words: str, status: int | None = None) -> None:
        super().__init__(words)
        self.status = status


@dataclass(frozen=True)
class Upload:
    """A file with the fields of its form."""

    name: str
    content: bytes
    fields: Mapping[str, str]

    def encoded(self) -> bytes:
        """The multipart body; the same upload always gives the same bytes."""
        parts = [
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
            for key, value in self.fields.items()
        ]
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{self.name}"\r\n'
        kind = "Content-Type: application/octet-stream\r\n\r\n"
        return b"".join(
            [*parts, head.encode(), kind.encode(), self.content, f"\r\n--{BOUNDARY}--\r\n".encode()]
        )


class Client:
    """One connection pool for all accounts; a token is fetched at an account's first call."""

    def __init__(self, base: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        # The installation is near: a proxy of the environment would only stand in the way.
        self._http = httpx.AsyncClient(
            base_url=base, timeout=TIMEOUT_SECONDS, transport=transport, trust_env=False
        )
        self._tokens: dict[str, asyncio.Task[str]] = {}
        self._gate = asyncio.Semaphore(CONCURRENCY)

    async def __aenter__(self) -> "Client":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def get(self, account: str, path: str, service: str = REGISTRY) -> Any:
        return await self._call(account, "GET", f"/api/{service}/v1{path}")

    async def knows(self, account: str, path: str, service: str) -> bool:
        """Whether there is such a thing."""
        try:
            await self.get(account, path, service)
        except CallFailedError as failure:
            if failure.status != httpx.codes.NOT_FOUND:
                raise
            return False
        return True

    async def accounts(self) -> set[str]:
        """Give the accounts that the console has heard of."""
        return {str(item["account"]) for item in (await self._development("GET", "/dev/accounts"))["items"]}

    async def clock(self, **moved: object) -> Any:
        """Give business time, after moving it where that is asked for: `set` a moment, or `real`."""
        return await self._development("POST" if moved else "GET", "/dev/clock", moved)

    async def post(self, account: str, path: str, body: object, service: str = REGISTRY) -> Any:
        """Send once for all: the key follows from account, path and body."""
        content = json.dumps(body, sort_keys=True).encode()
        return await self._call(account, "POST", f"/api/{service}/v1{path}", content)

    async def upload(self, account: str, path: str, upload: Upload, service: str = REGISTRY) -> Any:
        """Send a file with the fields of its form, once for all as well."""
        kind = f"multipart/form-data; boundary={BOUNDARY}"
        return await self._call(account, "POST", f"/api/{service}/v1{path}", upload.encoded(), kind)

    async def each(
        self, account: str, path: str, service: str = REGISTRY, **query: str
    ) -> AsyncIterator[dict[str, Any]]:
        """Every item of a list, page after page."""
        query = {**query, "limit": str(PAGE)}
        while True:
            page = await self.get(account, f"{path}?{urlencode(query)}", service)
            for item in page["items"]:
                yield item
            if page.get("next_cursor") is None:
                return
            query["cursor"] = page["next_cursor"]

    async def _call(
        self, account: str, method: str, path: str, body: bytes = b"", kind: str = "application/json"
    ) -> Any:
        headers = {"Authorization": f"Bearer {await self._token(account)}"}
        if method == "POST":
            headers["Content-Type"] = kind
            headers["Idempotency-Key"] = idempotency_key(account, path, body)
        async with self._gate:
            response = await self._send(method, path, body, headers)
        if response.is_success:
            return response.json()
        raise CallFailedError(f"{account}: {method} {path} → {explain(response)}", response.status_code)

    async def _development(self, method: str, path: str, body: object = None) -> Any:
        content = json.dumps(body).encode() if method == "POST" else b""
        response = await self._send(method, path, content, {"Content-Type": "application/json"})
        if not response.is_success:
            raise CallFailedError(f"{method} {path} → {explain(response)}", response.status_code)
        return response.json()

    async def _token(self, account: str) -> str:
        if account not in self._tokens:
            self._tokens[account] = asyncio.create_task(self._fetch_token(account))
        return await self._tokens[account]

    async def _fetch_token(self, account: str) -> str:
        body = json.dumps({"account": account}).encode()
        waited, pause = 0.0, FIRST_PAUSE_SECONDS
        while True:
            response = await self._send("POST", "/dev/token", body, {"Content-Type": "application/json"})
            if response.is_success:
                return str(response.json()["access_token"])
            if response.status_code not in NOT_YET or waited >= ACCOUNT_PATIENCE_SECONDS:
                raise CallFailedError(f"no token for account {account}: {explain(response)}")
            await asyncio.sleep(pause)
            waited += pause

    async def _send(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> httpx.Response:
        pause = FIRST_PAUSE_SECONDS
        for left in reversed(range(TRIES)):
            try:
                response = await self._http.request(method, path, content=body, headers=headers)
            except httpx.TransportError as error:
                if not left:
                    raise CallFailedError(
                        f"{self._http.base_url}{path} does not answer: {error!r}"
                    ) from error
            else:
                if not left or not _passes(response):
                    return response
            await asyncio.sleep(pause)
            pause *= 2
        raise AssertionError("the last try returns or raises")


def _passes(response: httpx.Response) -> bool:
    """Whether the same request may be answered better a moment later."""
    held = response.status_code == CONFLICT and IN_PROGRESS in response.content
    return held or response.status_code in TRANSIENT


def explain(response: httpx.Response) -> str:
    """Status, code and words of a problem, or the beginning of whatever else was answered."""
    try:
        problem = response.json()
    except ValueError:
        problem = None
    if not isinstance(problem, dict):
        return f"{response.status_code} {response.text[:200]}"
    texts = (problem.get(language) for language in ("en", "zh"))
    told = [text["detail"] for text in texts if isinstance(text, dict) and text.get("detail")]
    facts = [str(problem[key]) for key in ("code", "pointer") if problem.get(key)]
    return " | ".join([str(response.status_code), *facts, *(told or [str(problem.get("detail", ""))])])
