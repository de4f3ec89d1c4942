"""Tokens: whatever is not signed by the issuer, for us, and still good, is nobody's."""

import asyncio
import base64
import hmac
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

from chassis import auth
from chassis.auth import Authenticator, Unauthenticated
from support.backbone import caller, settings_of
from support.edge import claims_of, new_key, token_of, write_jwks
from support.instance import FreshDatabase

HEAD = caller("420106", "unit-head", "account-manager")
KEY = new_key("one")
RSA = RSAKey.generate_key(2048, {"kid": "two"}, private=True)


@pytest.fixture
def authenticator(fresh: FreshDatabase, tmp_path: Path) -> Authenticator:
    return Authenticator(settings_of(fresh, jwks=str(write_jwks(tmp_path / "jwks.json", KEY, RSA))))


async def refused(authenticator: Authenticator, token: str) -> bool:
    try:
        await authenticator.caller(token)
    except Unauthenticated as error:
        assert token not in str(error) or not token
        return True
    return False


def part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


async def test_a_sound_token_names_its_caller(authenticator: Authenticator) -> None:
    assert await authenticator.caller(token_of(KEY, HEAD)) == HEAD
    token = jwt.encode({"alg": "RS256", "kid": "two"}, claims_of(HEAD), RSA, algorithms=["RS256"])
    found = await authenticator.caller(token)
    assert (found.org_id, found.actor) == ("420106", HEAD.staff_id)
    assert found.may("unit-head")
    assert not found.may("administrator", "inspector")


def test_a_scope_is_a_subtree_by_whole_labels() -> None:
    county = caller("4201")
    assert county.covers("CN.4201")
    assert county.covers("CN.4201.1")
    assert not county.covers("CN.420100")
    assert not county.covers("CN")


async def test_a_token_without_a_signature_is_refused(authenticator: Authenticator) -> None:
    for algorithm in ("none", "None", "NONE", ""):
        assert await refused(
            authenticator, f"{part({'alg': algorithm, 'kid': 'one'})}.{part(claims_of(HEAD))}."
        )
    assert await refused(authenticator, f"{part({'kid': 'one'})}.{part(claims_of(HEAD))}.")


async def test_a_public_key_is_no_secret_to_sign_with(authenticator: Authenticator) -> None:
    for key in (KEY, RSA):
        for public in (key.as_pem(private=False), json.dumps(key.as_dict(private=False)).encode()):
            for kid in ({"kid": key.kid}, {}):
                signed = f"{part({'alg': 'HS256', **kid})}.{part(claims_of(HEAD))}"
                digest = hmac.digest(public, signed.encode(), "sha256")
                signature = base64.urlsafe_b64encode(digest).decode().rstrip("=")
                assert await refused(authenticator, f"{signed}.{signature}")


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": "another"},
        {"aud": ["another"]},
        {"aud": None},
        {"iss": "another-issuer"},
        {"iss": None},
        {"exp": int(time.time()) - 1},
        {"exp": "never"},
        {"exp": None},
        {"nbf": int(time.time()) + 10 * 86_400},
        {"sub": None},
        {"roles": None},
        {"roles": "administrator"},
        {"orgpath": None},
        {"orgpath": ""},
        {"orgpath": ["CN"]},
    ],
)
async def test_a_token_that_is_not_for_us_not_now_or_of_no_post_is_refused(
    authenticator: Authenticator, changed: dict[str, Any]
) -> None:
    assert await refused(authenticator, token_of(KEY, HEAD, **changed))


async def test_another_issuers_key_is_refused_whatever_it_calls_itself(authenticator: Authenticator) -> None:
    assert await refused(authenticator, token_of(new_key("three"), HEAD))
    assert await refused(authenticator, token_of(new_key("one"), HEAD))


async def test_a_changed_token_is_refused(authenticator: Authenticator) -> None:
    header, body, signature = token_of(KEY, HEAD).split(".")
    more = part(claims_of(HEAD, roles=["administrator"]))
    assert await refused(authenticator, f"{header}.{more}.{signature}")
    assert await refused(authenticator, f"{header}.{body}.{signature[:-4]}AAAA")
    assert await refused(authenticator, f"{header}.{body}")


@pytest.mark.parametrize(
    "token",
    ["", ".", "..", "...", "a.b.c", "令牌", "e30.e30.e30", f"{part([])}.{part([])}.x", f"{part(5)}.{part(None)}.",
     f"{part({'alg': ['ES256']})}.{part({})}.AA", f"{part({'alg': 'ES256', 'kid': 5})}.{part([])}.AA",
     f"{part({'alg': 'ES256', 'crit': ['b64'], 'b64': False})}.{part({})}.AA", "\x00.\x00.\x00"],
)  # fmt: skip
async def test_what_is_no_token_is_refused(authenticator: Authenticator, token: str) -> None:
    assert await refused(authenticator, token)


async def test_a_token_of_64_kilobytes_is_refused_even_if_it_is_signed(authenticator: Authenticator) -> None:
    long = token_of(KEY, HEAD, name="名" * 16_000)
    assert len(long) > 64_000
    assert await refused(authenticator, long)
    assert not authenticator._verified


async def test_a_verified_token_is_remembered_until_it_expires(authenticator: Authenticator) -> None:
    token = token_of(KEY, HEAD, exp=int(time.time()) + 5)
    assert await authenticator.caller(token) == HEAD
    authenticator._keys = KeySet([new_key("other")])
    assert await authenticator.caller(token) == HEAD
    await asyncio.sleep(5.1)
    assert await refused(authenticator, token)


async def test_only_so_many_tokens_are_remembered(
    authenticator: Authenticator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auth, "VERIFIED_TOKENS_KEPT", 3)
    for _ in range(5):
        await authenticator.caller(token_of(KEY, caller("420106")))
    assert len(authenticator._verified) == 3


class _Issuer(BaseHTTPRequestHandler):
    answers: list[bytes]
    asked = 0

    def do_GET(self) -> None:
        type(self).asked += 1
        body = self.answers[min(self.asked, len(self.answers)) - 1]
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


def published(*keys: ECKey) -> bytes:
    return json.dumps(KeySet(list(keys)).as_dict(private=False)).encode()


@asynccontextmanager
async def trusting(
    fresh: FreshDatabase, *answers: bytes
) -> AsyncIterator[tuple[Authenticator, type[_Issuer]]]:
    handler = type("Issuer", (_Issuer,), {"answers": list(answers)})
    server = HTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield Authenticator(settings_of(fresh, jwks=f"http://127.0.0.1:{server.server_port}/jwks")), handler
    finally:
        server.shutdown()
        server.server_close()


async def test_keys_are_fetched_once_for_all_who_ask_at_once(fresh: FreshDatabase) -> None:
    async with trusting(fresh, published(KEY)) as (authenticator, issuer):
        found = await asyncio.gather(
            *(authenticator.caller(token_of(KEY, HEAD, name=str(n))) for n in range(20))
        )
        assert len(found) == 20
        assert issuer.asked == 1


async def test_a_new_key_is_looked_for_but_unknown_ones_make_no_storm(
    fresh: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = new_key("new")
    async with trusting(fresh, published(KEY), published(KEY, new)) as (authenticator, issuer):
        await authenticator.caller(token_of(KEY, HEAD))
        assert await refused(authenticator, token_of(new, HEAD))
        monkeypatch.setattr(auth, "KEYS_FETCHED_AT_MOST_EVERY_SECONDS", 0.0)
        assert await authenticator.caller(token_of(new, HEAD)) == HEAD
        monkeypatch.setattr(auth, "KEYS_FETCHED_AT_MOST_EVERY_SECONDS", 30.0)
        for _ in range(20):
            assert await refused(authenticator, token_of(new_key("unknown"), HEAD))
        assert issuer.asked == 2


@pytest.mark.parametrize("answer", [b"not json", b"[]", b'{"keys": [{}]}', b'{"keys": 5}', b"{}"])
async def test_an_issuer_that_answers_nonsense_lets_nobody_in(fresh: FreshDatabase, answer: bytes) -> None:
    async with trusting(fresh, answer) as (authenticator, _):
        assert await refused(authenticator, token_of(KEY, HEAD))
