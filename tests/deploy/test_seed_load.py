"""Loading the sample: each request once, interrupted loads go on, failures are told."""

import io
import json
from collections import Counter
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from deploy.seed.client import CallFailedError, Client, explain
from deploy.seed.load import load
from deploy.seed.plan import Plan, build
from deploy.seed.progress import Progress

BASE = "http://sample.test"
REGISTRY = "/api/registry/v1"
PAGE = 200
NOT_NOW = {"code": "wrong-state", "en": {"detail": "not now"}, "zh": {"detail": "现在不行"}}


class Registry(httpx.AsyncBaseTransport):
    """The least registry that keeps what it is told: lists in pages, imports, declarations, approvals."""

    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, Any]]] = {"organisations": [], "staff": [], "adoptions": []}
        self.declarations: dict[str, dict[str, Any]] = {}
        self.answers: dict[str, httpx.Response] = {}
        self.posts: Counter[str] = Counter()
        self.adopted_at: dict[str, int] = {}
        self.refuse_after: int | None = None
        self.unavailable = 0
        self.unheard_for = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.unavailable:
            self.unavailable -= 1
            return httpx.Response(503, json={"code": "starting", "en": "not ready"})
        if request.url.path == "/dev/accounts":
            return self._accounts()
        if request.url.path == "/dev/token":
            return self._token(json.loads(request.content)["account"])
        path = request.url.path.removeprefix(REGISTRY)
        if request.method == "GET":
            return self._list(path, parse_qs(request.url.query.decode()))
        key = request.headers["Idempotency-Key"]
        if key not in self.answers:
            self.answers[key] = self._post(path, json.loads(request.content), request)
        return self.answers[key]

    def _accounts(self) -> httpx.Response:
        people = self.rows["staff"] if not self.unheard_for else []
        self.unheard_for = max(0, self.unheard_for - 1)
        items = [{"account": "bootstrap"}, *({"account": row["staff_no"]} for row in people)]
        return httpx.Response(200, json={"items": items, "next_cursor": None, "total": len(items)})

    def _token(self, account: str) -> httpx.Response:
        known = {"bootstrap", *(row["staff_no"] for row in self.rows["staff"])}
        if account not in known:
            return httpx.Response(404, json={"code": "unknown-account", "en": account})
        return httpx.Response(200, json={"access_token": account})

    def _list(self, path: str, query: dict[str, list[str]]) -> httpx.Response:
        name = path.strip("/")
        rows = list(self.declarations.values()) if name == "declarations" else self.rows[name]
        if "org_id" in query:
            rows = [row for row in rows if row["org_id"] in query["org_id"]]
        start = int(query.get("cursor", ["0"])[0])
        end = start + int(query.get("limit", [str(PAGE)])[0])
        cursor = str(end) if end < len(rows) else None
        return httpx.Response(200, json={"items": rows[start:end], "next_cursor": cursor, "total": len(rows)})

    def _post(self, path: str, body: dict[str, Any], request: httpx.Request) -> httpx.Response:
        if self.refuse_after is not None and sum(self.posts.values()) >= self.refuse_after:
            return httpx.Response(409, json=NOT_NOW)
        first, *rest = path.strip("/").split("/")
        self.posts[rest[-1] if rest else first] += 1
        if rest == ["import"]:
            self.rows[first].extend(body["items"])
            return httpx.Response(201, json={"created": len(body["items"])})
        if first == "adoptions":
            self.rows["adoptions"].append(body)
            self.adopted_at[body["org_id"]] = len(self.rows["organisations"])
            return httpx.Response(201, json=body)
        return self._approve(rest[0]) if rest else self._declare(body, request)

    def _declare(self, body: dict[str, Any], request: httpx.Request) -> httpx.Response:
        account = request.headers["Authorization"].removeprefix("Bearer ")
        made = {"id": f"d{len(self.declarations)}", "by": account, "customer": body["customer"]}
        made["state"] = "filed" if "annex_1" in body else "protected"
        self.declarations[made["id"]] = made
        return httpx.Response(201, json=dict(made))

    def _approve(self, declaration: str) -> httpx.Response:
        self.declarations[declaration]["state"] = "approved"
        return httpx.Response(200, json=dict(self.declarations[declaration]))


@pytest.fixture
def plan() -> Plan:
    return build(150)


async def test_everything_is_loaded_and_ends_in_its_planned_stage(plan: Plan) -> None:
    registry = Registry()
    async with Client(BASE, registry) as client:
        made = await load(client, plan)
    assert [row["org_id"] for row in registry.rows["organisations"]] == [n.org_id for n in plan.organisations]
    assert {row["staff_no"] for row in registry.rows["staff"]} == {p.staff_no for p in plan.staff}
    adopted = [(row["org_id"], row["pack"]) for row in registry.rows["adoptions"]]
    assert adopted == [(given.org_id, given.pack) for given in plan.adoptions]
    planned = Counter(customer.assignment.stage for customer in plan.customers)
    assert Counter(row["state"] for row in registry.declarations.values()) == planned
    assert {stage: made[stage] for stage in planned} == planned
    by_name = {row["customer"]["name"]: row["by"] for row in registry.declarations.values()}
    assert by_name == {c.firm.name: c.assignment.manager_no for c in plan.customers}


async def test_the_law_is_adopted_before_it_is_asked_for() -> None:
    registry = Registry()
    async with Client(BASE, registry) as client:
        await load(client, build(0))
    province = registry.adopted_at.pop("420000")
    assert province == 2
    assert set(registry.adopted_at.values()) == {len(registry.rows["organisations"])}


async def test_a_load_ends_only_when_the_console_knows_everybody() -> None:
    registry = Registry()
    registry.unheard_for = 2
    async with Client(BASE, registry) as client:
        await load(client, build(0))
    assert registry.unheard_for == 0


async def test_a_console_that_hears_of_nobody_fails_the_load_with_their_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("deploy.seed.load.HEARING_SECONDS", 0.3)
    registry, plan = Registry(), build(0)
    registry.unheard_for = 1000
    async with Client(BASE, registry) as client:
        with pytest.raises(CallFailedError, match=f"has not heard of {len(plan.staff)} of {len(plan.staff)}"):
            await load(client, plan)


async def test_a_second_load_sends_nothing(plan: Plan) -> None:
    registry = Registry()
    async with Client(BASE, registry) as client:
        first = await load(client, plan)
    posts = registry.posts.copy()
    async with Client(BASE, registry) as client:
        second = await load(client, plan)
    assert registry.posts == posts
    assert second["organisations"] == second["staff"] == second["adoptions"] == 0
    assert second["approved"] == first["approved"]


async def test_an_interrupted_load_goes_on_where_it_stopped(plan: Plan) -> None:
    registry = Registry()
    registry.refuse_after = 60
    async with Client(BASE, registry) as client:
        with pytest.raises(ExceptionGroup):
            await load(client, plan)
    assert 0 < len(registry.declarations) < len(plan.customers)
    registry.refuse_after = None
    registry.answers.clear()
    async with Client(BASE, registry) as client:
        await load(client, plan)
    names = [row["customer"]["name"] for row in registry.declarations.values()]
    assert sorted(names) == sorted(customer.firm.name for customer in plan.customers)
    planned = Counter(customer.assignment.stage for customer in plan.customers)
    assert Counter(row["state"] for row in registry.declarations.values()) == planned


async def test_a_server_that_is_not_ready_is_asked_again() -> None:
    registry = Registry()
    registry.unavailable = 2
    async with Client(BASE, registry) as client:
        assert (await client.get("bootstrap", "/organisations"))["total"] == 0


async def test_a_refused_call_names_account_path_code_and_words() -> None:
    registry = Registry()
    registry.refuse_after = 0
    async with Client(BASE, registry) as client:
        with pytest.raises(
            CallFailedError, match=r"bootstrap: POST .*/adoptions.*409.*wrong-state.*not now.*现在不行"
        ):
            await client.post("bootstrap", "/adoptions", {})


def test_an_answer_that_is_no_problem_document_is_quoted() -> None:
    assert explain(httpx.Response(500, text="Internal Server Error")) == "500 Internal Server Error"


def test_progress_without_a_terminal_prints_a_line_at_every_fifth() -> None:
    out = io.StringIO()
    progress = Progress("customers", 10, out)
    for _ in range(10):
        progress.step()
    progress.close()
    assert out.getvalue().splitlines() == [f"customers: {count}/10" for count in (2, 4, 6, 8, 10)]
