"""The event stream: nothing missing, nothing twice, and to each only what is theirs."""

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from contracts.envelope import Event
from support.sse import subscribed

WUHAN, HONGSHAN, YICHANG = "CN.420000.420100", "CN.420000.420100.420111", "CN.420000.420500"
CLAIM, COMPLAINT = "registry.claim.granted.v1", "service-desk.complaint.received.v1"
Fact = Callable[..., Event]
DIRECTOR, SMALL = "10000001", 4_096


def ids(events: list[dict[str, Any]]) -> list[str]:
    return [one["id"] for one in events]


async def test_an_event_is_seen_live_as_a_cloudevent_with_its_position(origin: Any, fact: Fact) -> None:
    told = fact(CLAIM, HONGSHAN, {"line": "domestic-express", "because": {"text": {"zh": "依据第七条"}}})
    async with subscribed(origin.base, await origin.token(DIRECTOR)) as stream:
        [position] = await origin.told([told])
        seen = await stream.next()
    assert seen["position"] == position
    assert seen["data"] == told.data
    assert {
        name: seen[name] for name in ("id", "type", "source", "subject", "orgpath", "actor", "aggregate")
    } == {
        "id": str(told.id),
        "type": CLAIM,
        "source": "/keypost/registry",
        "subject": told.subject,
        "orgpath": HONGSHAN,
        "actor": told.actor,
        "aggregate": told.aggregate,
    }
    assert seen["correlationid"] == told.correlation_id
    assert seen["time"].endswith("+08:00")


async def test_the_stream_says_how_to_come_back_and_is_not_buffered(origin: Any) -> None:
    async with subscribed(origin.base, await origin.token()) as stream:
        assert stream.last_id == await origin.last()
        assert 2_000 <= (stream.retry or 0) <= 2_500
        headers = stream.response.headers
    assert headers["content-type"] == "text/event-stream; charset=utf-8"
    assert headers["x-accel-buffering"] == "no"
    assert headers["cache-control"] == "no-store"


async def test_a_reader_killed_again_and_again_gets_everything_once_and_in_order(
    origin: Any, fact: Fact
) -> None:
    told = [fact(CLAIM, HONGSHAN, {"n": number}) for number in range(600)]
    position = await origin.last()
    seen: list[dict[str, Any]] = []

    async def read() -> None:
        nonlocal position
        token = await origin.token(DIRECTOR)
        while len(seen) < len(told):
            async with subscribed(origin.base, token, last_event_id=position) as stream:
                for _ in range(min(37, len(told) - len(seen))):
                    seen.append(await stream.next())
                    position = seen[-1]["position"]

    async def write() -> None:
        for start in range(0, len(told), 20):
            await origin.tell(told[start : start + 20])
            await asyncio.sleep(0.01)

    async with asyncio.timeout(180):
        await asyncio.gather(read(), write())
    assert sorted(ids(seen)) == sorted(str(one.id) for one in told)
    assert [one["position"] for one in seen] == sorted(one["position"] for one in seen)


async def test_a_position_older_than_memory_resumes_from_the_log(origin: Any, fact: Fact) -> None:
    before = await origin.last()
    await origin.told([fact(CLAIM, HONGSHAN, {"n": number}) for number in range(30)])
    origin.instance.stop("console")  # the memory of the process is gone, the log is not
    origin.instance.start("console")
    await asyncio.to_thread(origin.instance.wait_for, "console")
    async with subscribed(origin.base, await origin.token(DIRECTOR), last_event_id=before) as stream:
        old = await stream.take(30)
        live = fact(CLAIM, HONGSHAN, {"n": 30})
        await origin.told([live])
        old.append(await stream.next())
    assert [one["data"]["n"] for one in old] == list(range(31))


async def test_after_in_the_query_resumes_too_and_the_header_wins(origin: Any, fact: Fact) -> None:
    before = await origin.last()
    first, second = await origin.told([fact(CLAIM, HONGSHAN, {}), fact(CLAIM, HONGSHAN, {})])
    token = await origin.token()
    async with subscribed(origin.base, token, {"after": str(before)}) as stream:
        assert (await stream.next())["position"] == first
    async with subscribed(origin.base, token, {"after": str(before)}, last_event_id=first) as stream:
        assert (await stream.next())["position"] == second


async def test_a_position_that_the_log_has_not_reached_is_refused_aloud(origin: Any) -> None:
    last = await origin.last()
    answer = await origin.client.get(
        "/v1/stream", headers={**await origin.headers(), "Last-Event-ID": str(last + 1)}
    )
    assert answer.status_code == 409
    assert answer.json()["code"] == "unknown-position"
    assert answer.json()["last_position"] == last


@pytest.mark.parametrize("position", ["", "x", "-1", "1.5", "１", "9" * 19])
async def test_a_malformed_position_is_refused(origin: Any, position: str) -> None:
    headers = {**await origin.headers(), "Last-Event-ID": position}
    answer = await origin.client.get("/v1/stream", headers={k: v.encode() for k, v in headers.items()})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("account", "sees"),
    [
        ("bootstrap", {"wuhan", "hongshan", "yichang", "province"}),
        ("10000001", {"wuhan", "hongshan", "yichang", "province"}),
        ("10000002", {"wuhan", "hongshan"}),
        ("10000003", {"hongshan"}),
        ("10000004", {"yichang"}),
    ],
)
async def test_each_sees_the_events_of_its_own_subtree_live_and_from_the_log(
    origin: Any, fact: Fact, account: str, sees: set[str]
) -> None:
    paths = {"province": "CN.420000", "wuhan": WUHAN, "hongshan": HONGSHAN, "yichang": YICHANG}
    token = await origin.token(account)
    before = await origin.last()
    async with subscribed(origin.base, token) as stream:
        facts = {name: fact(CLAIM, path, {}) for name, path in paths.items()}
        await origin.told(list(facts.values()))
        live = [(await stream.next())["id"] for _ in sees]
        with pytest.raises(TimeoutError):
            await stream.next(0.3)
    assert set(live) == {str(facts[name].id) for name in sees}
    page = await origin.client.get(
        "/v1/events", params={"after": before}, headers={"Authorization": f"Bearer {token}"}
    )
    assert ids(page.json()["items"]) == live


async def test_events_without_an_organisation_are_nobodys(origin: Any, fact: Fact) -> None:
    before = await origin.last()
    await origin.told([fact(CLAIM, "", {}, of="customer:1")])
    page = await origin.client.get("/v1/events", params={"after": before}, headers=await origin.headers())
    assert page.json()["items"] == []


async def test_types_and_organisation_narrow_the_stream(origin: Any, fact: Fact) -> None:
    token = await origin.token()
    facts = [
        fact(CLAIM, HONGSHAN, {}),
        fact(COMPLAINT, HONGSHAN, {}),
        fact(COMPLAINT, YICHANG, {}),
        fact("service-desk.complaint.closed.v1", WUHAN, {}),
    ]
    wanted = {"types": "service-desk.complaint.*", "organisation": "420100"}
    before = await origin.last()
    async with subscribed(origin.base, token, wanted) as stream:
        await origin.told(facts)
        live = await stream.take(2)
    assert set(ids(live)) == {str(facts[1].id), str(facts[3].id)}
    async with subscribed(origin.base, token, wanted, last_event_id=before) as stream:
        assert ids(await stream.take(2)) == ids(live)
    page = await origin.client.get(
        "/v1/events", params={**wanted, "after": before}, headers={"Authorization": f"Bearer {token}"}
    )
    assert ids(page.json()["items"]) == ids(live)


@pytest.mark.parametrize("path", ["/v1/stream", "/v1/events"])
@pytest.mark.parametrize("organisation", ["420500", "420000", "CN", "999999", "", "420111 "])
async def test_the_organisation_filter_tells_nothing_of_what_is_outside(
    origin: Any, path: str, organisation: str
) -> None:
    answers = [
        await origin.client.get(path, params={"organisation": one}, headers=await origin.headers("10000003"))
        for one in (organisation, "000000")
    ]
    problems = [{**one.json(), "trace_id": None} for one in answers]
    assert [one.status_code for one in answers] == [404, 404]
    assert problems[0] == problems[1]


@pytest.mark.parametrize("path", ["/v1/stream", "/v1/events", "/v1/session", "/v1/session/organisations"])
@pytest.mark.parametrize("header", [None, "Bearer", "Bearer x.y.z", "Basic abc", "Bearer " + "a" * 65_000])
async def test_nobody_reads_without_a_good_token(origin: Any, path: str, header: str | None) -> None:
    async with httpx.AsyncClient(base_url=origin.base, trust_env=False) as client:
        try:
            answer = await client.get(path, headers={"Authorization": header} if header else {})
        except httpx.RemoteProtocolError:
            return  # a header this long is cut off by the server itself
    assert answer.status_code in {400, 401, 431}


async def test_a_cookie_opens_the_stream_and_nothing_but_reading(origin: Any, fact: Fact) -> None:
    token = await origin.token("10000003")
    async with httpx.AsyncClient(base_url=origin.base, trust_env=False) as client:
        answer = await client.post("/v1/session", json={"token": token})
        assert answer.status_code == 201
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert (await client.get("/v1/session")).json()["organisation"] == {
            "org_id": "420111",
            "name": "洪山区分公司",
        }
        passed = await client.get("/api/pricing/v1/anything")
        assert "cookie" not in dict(passed.json()["headers"])
        assert (await client.delete("/v1/session")).status_code == 204
        assert (await client.get("/v1/session")).status_code == 401


async def test_history_pages_forward_and_backward_meet_without_gap_or_double(origin: Any, fact: Fact) -> None:
    before = await origin.last()
    told = await origin.told([fact(CLAIM, HONGSHAN, {}) for _ in range(25)])
    headers = await origin.headers("10000003")

    async def walk(order: str, key: str, start: int) -> list[int]:
        found: list[int] = []
        cursor: str | None = str(start)
        while cursor is not None:
            page = await origin.client.get(
                "/v1/events", params={"order": order, key: cursor, "limit": 7}, headers=headers
            )
            found += [one["position"] for one in page.json()["items"]]
            cursor = page.json()["next_cursor"]
        return found

    assert await walk("asc", "after", before) == told
    backward = await walk("desc", "before", told[-1] + 1)
    assert backward[: len(told)] == told[::-1]
    assert backward == sorted(set(backward), reverse=True)


async def test_a_page_says_where_the_stream_follows_on(origin: Any, fact: Fact) -> None:
    headers = await origin.headers("10000004")
    await origin.told([fact(CLAIM, HONGSHAN, {})])
    page = (
        await origin.client.get("/v1/events", params={"order": "desc", "limit": 1}, headers=headers)
    ).json()
    assert page["last_position"] == await origin.last()
    async with subscribed(
        origin.base, await origin.token("10000004"), last_event_id=page["last_position"]
    ) as stream:
        mine = fact(CLAIM, YICHANG, {})
        await origin.told([mine])
        assert (await stream.next())["id"] == str(mine.id)


async def test_a_reader_that_takes_nothing_is_cut_off_and_others_miss_nothing(
    origin: Any, fact: Fact
) -> None:
    token = await origin.token(DIRECTOR)
    stuck_reader, stuck_writer = await _reader_of_little(origin.base)
    stuck_writer.write(
        f"GET /v1/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    )
    await stuck_reader.readuntil(b"id: ")
    big = {"text": "字" * 20_000}
    told = [fact(CLAIM, HONGSHAN, {**big, "n": number}) for number in range(400)]
    async with subscribed(origin.base, token) as healthy:
        taking = asyncio.create_task(healthy.take(len(told), 120))
        for start in range(0, len(told), 10):
            await origin.tell(told[start : start + 10])
        seen = await taking
    assert sorted(ids(seen)) == sorted(str(one.id) for one in told)
    with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
        async with asyncio.timeout(60):
            while True:
                await stuck_reader.readexactly(65_536)
    stuck_writer.close()


async def _reader_of_little(base: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connect with a small buffer of fixed size: a machine with large ones would take the whole stream unread."""
    host, _, port = base.removeprefix("http://").partition(":")
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
    one.setblocking(False)
    await asyncio.get_running_loop().sock_connect(one, (host, int(port)))
    return await asyncio.open_connection(sock=one, limit=SMALL)


async def test_positions_have_no_gaps_and_every_event_has_one(origin: Any) -> None:
    row = await origin.log.fetchrow(
        "SELECT count(*) AS n, max(position) AS last, count(DISTINCT event_id) AS events FROM stream_log"
    )
    assert row["n"] == row["last"] == row["events"]
