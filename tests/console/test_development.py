"""The development issuer and clock; and that a production console has neither."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from chassis.clock import SHANGHAI
from deploy.probes import answers, wait_until
from support.instance import free_base_port

START_SECONDS = 120
DEVELOPMENT_PATHS = ["/dev/accounts", "/dev/token", "/dev/clock", "/dev/jwks.json"]


@pytest.fixture
def real_time_afterwards(origin: Any) -> Iterator[None]:
    yield
    httpx.post(f"{origin.base}/dev/clock", json={"real": True}, trust_env=False, timeout=30)


async def test_the_accounts_are_the_active_staff_and_the_built_in_administrator(origin: Any) -> None:
    found = {one["account"]: one for one in (await origin.client.get("/dev/accounts")).json()["items"]}
    assert set(found) == {"bootstrap", "10000001", "10000002", "10000003", "10000004"}
    assert found["10000003"] == {
        "account": "10000003",
        "name": "丙洪山",
        "organisation": {"org_id": "420111", "name": "洪山区分公司"},
        "roles": ["account-manager"],
    }
    assert found["bootstrap"]["roles"] == ["administrator"]
    assert found["bootstrap"]["organisation"]["org_id"] == "CN"


async def test_a_token_carries_the_post_and_verifies_against_the_published_keys(origin: Any) -> None:
    answer = (await origin.client.post("/dev/token", json={"account": "10000003"})).json()
    keys = KeySet.import_key_set((await origin.client.get("/dev/jwks.json")).json())
    token = jwt.decode(answer["access_token"], keys, algorithms=["ES256", "RS256"])
    assert answer["token_type"] == "Bearer"
    assert answer["expires_in"] == 43_200
    assert token.claims["exp"] - token.claims["iat"] == 43_200
    assert token.claims["aud"] == "keypost"
    assert token.claims["orgpath"] == "CN.420000.420100.420111"
    assert token.claims["roles"] == ["account-manager"]
    assert token.claims["name"] == "丙洪山"
    assert all("d" not in key for key in (await origin.client.get("/dev/jwks.json")).json()["keys"])


@pytest.mark.parametrize("account", ["10000005", "99999999", "10000003 x", "丙洪山"])
async def test_no_token_for_who_is_gone_or_unknown(origin: Any, account: str) -> None:
    answer = await origin.client.post("/dev/token", json={"account": account})
    assert answer.status_code == 404
    assert answer.json()["pointer"] == "/account"


@pytest.mark.parametrize(
    "body", [{}, {"account": ""}, {"account": 1}, {"account": "bootstrap", "roles": ["finance"]}, []]
)
async def test_a_token_request_holds_an_account_and_nothing_else(origin: Any, body: Any) -> None:
    assert (await origin.client.post("/dev/token", json=body)).status_code == 422


async def test_setting_the_clock_moves_every_service_before_it_answers(
    origin: Any, real_time_afterwards: None
) -> None:
    before = (await origin.client.get("/dev/clock")).json()
    answer = await origin.client.post("/dev/clock", json={"set": "2026-03-01T09:00:00+08:00"})
    told = answer.json()
    assert answer.status_code == 200
    assert told["revision"] == before["revision"] + 1
    for service in ("console", "tiering", "scoring"):
        health = httpx.get(f"{origin.instance.layout.url(service)}/healthz", trust_env=False).json()
        assert health["clock_revision"] == told["revision"]
        passed = datetime.fromisoformat(health["now"]) - datetime(2026, 3, 1, 9, tzinfo=SHANGHAI)
        assert timedelta(0) <= passed < timedelta(minutes=1)


async def test_advancing_adds_and_real_returns_to_real_time(origin: Any, real_time_afterwards: None) -> None:
    start = (await origin.client.post("/dev/clock", json={"set": "2026-12-31T23:00:00+08:00"})).json()
    later = (await origin.client.post("/dev/clock", json={"advance": "P2D"})).json()
    assert later["offset"] - start["offset"] == pytest.approx(172_800, abs=0.01)
    assert later["now"].startswith("2027-01-02T23:00")
    real = (await origin.client.post("/dev/clock", json={"real": True})).json()
    assert real["offset"] == 0
    assert real["revision"] == later["revision"] + 1


async def test_the_clock_goes_back_too(origin: Any, real_time_afterwards: None) -> None:
    await origin.client.post("/dev/clock", json={"set": "2027-01-01T00:00:00+08:00"})
    back = (await origin.client.post("/dev/clock", json={"set": "2026-01-01T00:00:00+08:00"})).json()
    assert back["now"].startswith("2026-01-01T00:00")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"set": "2026-03-01T09:00:00"},
        {"set": "2026-03-01T09:00:00+08:00", "real": True},
        {"advance": "-P1D"},
        {"advance": "P0D"},
        {"advance": "P99999Y"},
        {"advance": "P2D", "set": "2026-03-01T09:00:00+08:00"},
        {"real": False},
        {"advance": 2},
        {"set": "1999-12-31T23:59:59+08:00"},
        {"set": "2101-01-01T00:00:00+08:00"},
        {"set": "9999-12-31T23:59:59-12:00"},
        {"set": "0001-01-01T00:00:00+14:00"},
        {"to": "2026-03-01T09:00:00+08:00"},
    ],
)
async def test_a_clock_request_that_says_nothing_clear_changes_nothing(
    origin: Any, body: dict[str, Any]
) -> None:
    before = (await origin.client.get("/dev/clock")).json()
    answer = await origin.client.post("/dev/clock", json=body)
    after = (await origin.client.get("/dev/clock")).json()
    assert answer.status_code == 422
    assert (before["offset"], before["revision"]) == (after["offset"], after["revision"])


@pytest.mark.parametrize("moment", ["2000-01-01T00:00:00+08:00", "2100-12-31T23:59:59+08:00"])
async def test_the_clock_reaches_its_first_and_last_year(
    origin: Any, real_time_afterwards: None, moment: str
) -> None:
    assert (await origin.client.post("/dev/clock", json={"set": moment})).status_code == 200


async def test_who_does_not_follow_the_clock_is_named(origin: Any, real_time_afterwards: None) -> None:
    origin.upstream.clock_revision = -1
    try:
        answer = await origin.client.post("/dev/clock", json={"advance": "PT1S"})
    finally:
        origin.upstream.clock_revision = 10**9
    assert answer.status_code == 503
    assert answer.json()["code"] == "clock-not-followed"
    assert answer.json()["services"] == ["pricing"]


async def test_changes_of_the_clock_at_once_all_count(origin: Any, real_time_afterwards: None) -> None:
    before = (await origin.client.get("/dev/clock")).json()
    moves = [origin.client.post("/dev/clock", json={"advance": "PT1H"}) for _ in range(5)]
    assert [one.status_code for one in await asyncio.gather(*moves)] == [200] * 5
    after = (await origin.client.get("/dev/clock")).json()
    assert after["revision"] == before["revision"] + 5
    assert after["offset"] - before["offset"] == pytest.approx(5 * 3_600, abs=0.01)


def production(origin: Any, **settings: str) -> dict[str, str]:
    environment = dict(origin.instance.environment("console"))
    for name in ("KEYPOST_CLOCK_FILE", "KEYPOST_ISSUER_KEY"):
        environment.pop(name)
    return {**environment, "KEYPOST_PROFILE": "production", **settings}


async def test_a_production_console_has_no_development_paths_and_a_cookie_for_https_only(origin: Any) -> None:
    port = free_base_port()
    command = [sys.executable, "-m", "uvicorn", "console.app:create", "--factory", "--port", str(port)]
    with subprocess.Popen(command, env=production(origin), stdout=subprocess.DEVNULL) as process:
        try:
            base = f"http://127.0.0.1:{port}"
            await asyncio.to_thread(
                wait_until, lambda: answers(f"{base}/healthz"), START_SECONDS, "a production console"
            )
            async with httpx.AsyncClient(base_url=base, trust_env=False) as client:
                for path in DEVELOPMENT_PATHS:
                    assert (await client.get(path)).status_code == 404
                    assert (await client.post(path, json={"account": "bootstrap"})).status_code == 404
                opened = await client.post("/v1/session", json={"token": await origin.token()})
                assert "secure" in opened.headers["set-cookie"].lower()
                assert opened.json()["development"] is False
        finally:
            process.terminate()


@pytest.mark.parametrize("name", ["KEYPOST_CLOCK_FILE", "KEYPOST_ISSUER_KEY"])
def test_a_production_console_refuses_to_start_with_a_development_part(origin: Any, name: str) -> None:
    value = origin.instance.environment("console")[name]
    refused = subprocess.run(
        [sys.executable, "-c", "from console.app import create; create()"],
        env=production(origin, **{name: value}),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert refused.returncode != 0
    assert name in refused.stderr


async def test_a_reader_never_sees_half_a_clock_file(origin: Any, real_time_afterwards: None) -> None:
    file = origin.instance.layout.clock
    done = asyncio.Event()

    async def move() -> None:
        for _ in range(10):
            await origin.client.post("/dev/clock", json={"advance": "PT1S"})
        done.set()

    async def look() -> int:
        seen = 0
        while not done.is_set():
            json.loads(file.read_text())
            seen += 1
            await asyncio.sleep(0)
        return seen

    _, seen = await asyncio.gather(move(), look())
    assert seen > 0
    assert [one.name for one in file.parent.iterdir() if one.name.startswith(file.name)] == [file.name]
