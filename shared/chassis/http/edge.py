"""Where requests become transactions: idempotency, scope, and what is woken after the commit."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any

import orjson
from fastapi import Depends, Request
from fastapi.responses import Response

from chassis import points
from chassis.auth import Caller, Unauthenticated
from chassis.doorbell import Doorbell
from chassis.encoding import dumps
from chassis.http.problems import RequestRefused
from chassis.http.workbooks import export
from chassis.runtime import Runtime
from chassis.spreadsheets.exporting import Exported
from chassis.transaction import Moment, Transaction, scoped
from chassis.vault import Vault
from contracts.refusals import Forbidden, StaleVersion

LONGEST_KEY = 200


@dataclass(frozen=True)
class Answer:
    """What a command answers; `body` is JSON-ready, or already encoded."""

    status: int
    body: Any
    etag: int | None = None
    location: str | None = None

    def encoded(self) -> bytes:
        """Give the body's bytes."""
        return self.body if isinstance(self.body, bytes) else dumps(self.body)

    def headers(self) -> dict[str, str]:
        """Give the headers that belong to the answer."""
        headers = {}
        if self.etag is not None:
            headers["ETag"] = f'"{self.etag}"'
        if self.location is not None:
            headers["Location"] = self.location
        return headers

    def response(self) -> Response:
        """Give the HTTP answer."""
        return Response(self.encoded(), self.status, self.headers(), media_type="application/json")


Command = Callable[[Transaction], Awaitable[Answer]]


class Edge:
    """Runs commands and queries of one service in transactions of their caller."""

    def __init__(self, runtime: Runtime, bells: tuple[Doorbell, ...]) -> None:
        self._service = runtime.settings.service
        self._database = runtime.database
        self._clock = runtime.clock
        self._directory = runtime.directory
        self._vault = runtime.vault
        self._workbooks = runtime.workbooks
        self._bells = bells

    async def write(
        self,
        request: Request,
        caller: Caller,
        run: Command,
        *,
        content: bytes | None = None,
        as_worker: bool = False,
    ) -> Response:
        """Run a command once for its idempotency key, and answer as the first time when it comes again.

        `content` stands for the body where that was read as a form: a form's own bytes differ each time. The answer
        that is kept is sealed: answers hold names, phones and prices. `as_worker` lets the command do what consumers
        do, past row-level security, in the one transaction that keeps its answer.
        """
        key = idempotency_key(request)
        moment = self.moment(request, caller)
        async with scoped(self._database.worker if as_worker else self._database.app, moment) as tx:
            if key is None:
                answer = await run(tx)
            else:
                once = Once(key, await fingerprint(request, content), self._vault)
                answer = await self._once(tx, once, run)
            points.reach("write.before-commit")
        points.reach("write.after-commit")
        await self.committed(directory_too=tx.wakes_directory)
        return await self._answered(request, answer)

    async def read(self, request: Request, caller: Caller, run: Command) -> Response:
        """Run a query in the caller's scope."""
        async with scoped(self._database.app, self.moment(request, caller), readonly=True) as tx:
            answer = await run(tx)
        return await self._answered(request, answer)

    async def committed(self, *, directory_too: bool = False, clocks_too: bool = True) -> None:
        """Wake the relay and the sweeper; bring the directory up to date where its rows were written.

        `clocks_too=False` where no clock was started that is due before the sweeper looks of its own accord.
        """
        for bell in self._bells if clocks_too else self._bells[:1]:
            bell.ring()
        if directory_too:
            await self._directory.refresh()

    def moment(self, request: Request, caller: Caller) -> Moment:
        """Give the moment of a request."""
        return Moment(
            service=self._service,
            now=self._clock.now(),
            actor=caller.actor,
            correlation_id=request.scope["state"]["correlation_id"],
            causation_id=None,
            caller=caller,
        )

    async def _answered(self, request: Request, answer: Answer) -> Response:
        """Give the HTTP answer; a list that is exported is drawn beside the event loop."""
        if not isinstance(answer.body, Exported):
            return answer.response()
        name = request.url.path.rpartition("/")[2]
        return export(await self._workbooks.write(answer.body.draw), name, answer.body.format)

    async def _once(self, tx: Transaction, once: "Once", run: Command) -> Answer:
        entered = await tx.fetchval(
            "INSERT INTO idempotency (actor, key, fingerprint) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING true",
            tx.moment.actor,
            once.key,
            once.fingerprint,
        )
        if not entered:
            return await self._first_answer(tx, once)
        answer = await run(tx)
        await tx.execute(
            "UPDATE idempotency SET status = $3, headers = $4::jsonb, body = $5 WHERE actor = $1 AND key = $2",
            tx.moment.actor,
            once.key,
            answer.status,
            orjson.dumps({"etag": answer.etag, "location": answer.location}).decode(),
            once.kept(answer.encoded()),
        )
        return answer

    async def _first_answer(self, tx: Transaction, once: "Once") -> Answer:
        row = await tx.fetchrow(
            "SELECT fingerprint, status, headers, body FROM idempotency WHERE actor = $1 AND key = $2",
            tx.moment.actor,
            once.key,
        )
        if row is None or row["fingerprint"] != once.fingerprint:
            raise key_reused()
        return Answer(row["status"], once.answered(row["body"]), **orjson.loads(row["headers"]))


@dataclass(frozen=True)
class Once:
    """The idempotency key of a request, what must be equal for it to be the same, and how its answer is kept."""

    key: str
    fingerprint: bytes
    vault: Vault

    def kept(self, body: bytes) -> bytes:
        """Give a body as it is kept."""
        return self.vault.seal(body.decode())

    def answered(self, kept: bytes) -> bytes:
        """Give a kept body as it was answered."""
        return self.vault.open(kept).encode()


def key_reused() -> RequestRefused:
    """The refusal of a key that came with another request before."""
    return RequestRefused(
        422,
        "idempotency-key-reused",
        "该 Idempotency-Key 已用于另一个请求",
        "This Idempotency-Key came with another request before",
        pointer="header:Idempotency-Key",
    )


def idempotency_key(request: Request) -> str | None:
    """Give the key of a request; every POST must carry one (400). A look is taken anew each time, whatever it carries."""
    if request.scope["method"] == "GET":
        return None
    key = _header(request, b"idempotency-key")
    if key is None and request.scope["method"] == "POST":
        raise RequestRefused(
            400,
            "idempotency-key-missing",
            "每个 POST 请求都要带 Idempotency-Key",
            "Every POST carries an Idempotency-Key",
            pointer="header:Idempotency-Key",
        )
    if key is not None and not (0 < len(key) <= LONGEST_KEY and key.isprintable() and key.isascii()):
        raise RequestRefused(
            400,
            "idempotency-key-invalid",
            f"Idempotency-Key 应为 1 至 {LONGEST_KEY} 个可见 ASCII 字符",
            f"An Idempotency-Key has 1 to {LONGEST_KEY} visible ASCII characters",
            pointer="header:Idempotency-Key",
        )
    return key


def _header(request: Request, name: bytes) -> str | None:
    """Give a header; hot requests ask for two, for which the framework would take all of them apart."""
    for key, value in request.scope["headers"]:
        if key == name:
            given: str = value.decode("latin-1")
            return given
    return None


async def fingerprint(request: Request, content: bytes | None = None) -> bytes:
    """Give what must be equal for two requests to be the same."""
    body = await request.body() if content is None else content
    method, path = request.scope["method"], request.scope["path"]
    return hashlib.sha256(b"\x00".join((method.encode(), path.encode(), body))).digest()


def if_match(request: Request) -> int:
    """Give the version that the caller has seen: 428 where it is missing, 412 where it is no version."""
    value = request.headers.get("if-match")
    if value is None:
        raise RequestRefused(
            428,
            "if-match-missing",
            "更改记录要带 If-Match（先前读到的 ETag）",
            "A change carries If-Match with the ETag that was read",
            pointer="header:If-Match",
        )
    text = value.removeprefix("W/").strip('"')
    if not (text.isascii() and text.isdigit()) or len(text) > 18:
        raise StaleVersion("If-Match 不是本记录的版本", "If-Match is no version of this record")
    return int(text)


async def authenticated(request: Request) -> Caller:
    """Give who asks; raises Unauthenticated (401)."""
    scheme, _, token = (_header(request, b"authorization") or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("a bearer token is missing")
    caller: Caller = await request.app.state.authenticator.caller(token.strip())
    return caller


class May:
    """The dependency that lets only these roles through (403)."""

    def __init__(self, *roles: str) -> None:
        self.roles = roles

    async def __call__(self, request: Request) -> Caller:
        """Give the caller, who has one of the roles."""
        caller = await authenticated(request)
        if not caller.may(*self.roles):
            raise Forbidden(
                "您的角色无权进行此操作",
                "Your role may not do this",
                extra={"needs_one_of": sorted(self.roles)},
            )
        return caller


def may(*roles: str) -> May:
    """Give the dependency that lets only these roles through."""
    return May(*roles)


async def edge_of(request: Request) -> Edge:
    """Give the service's edge; async, for FastAPI runs plain functions in a thread."""
    edge: Edge = request.app.state.edge
    return edge


Authenticated = Annotated[Caller, Depends(authenticated)]
AtTheEdge = Annotated[Edge, Depends(edge_of)]
