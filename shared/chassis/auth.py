"""Who is asking: bearer tokens, their keys, and the organisation scope they carry."""

import asyncio
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from chassis.settings import Settings
from chassis.telemetry import describe, log

ALGORITHMS = ["ES256", "RS256"]
LONGEST_TOKEN = 8_192
VERIFIED_TOKENS_KEPT = 10_000
KEYS_FETCHED_AT_MOST_EVERY_SECONDS = 30.0
UNTRUSTED: tuple[type[Exception], ...] = (JoseError, ValueError, TypeError, LookupError, AttributeError)
"""What a token or key set that is none of ours makes the library raise."""
NOT_FETCHED: tuple[type[Exception], ...] = (httpx.HTTPError, httpx.InvalidURL, *UNTRUSTED)


class Unauthenticated(Exception):
    """No token, or one that is not to be trusted; says why, without repeating the token."""


@dataclass(frozen=True)
class Caller:
    """A person or system with one post."""

    staff_id: str
    name: str
    orgpath: str
    roles: frozenset[str]

    @property
    def org_id(self) -> str:
        """The organisation of the post."""
        return self.orgpath.rpartition(".")[2]

    @property
    def actor(self) -> str:
        """How events and the audit name this caller."""
        return self.staff_id

    def may(self, *roles: str) -> bool:
        """Tell whether the caller has one of these roles."""
        return not self.roles.isdisjoint(roles)

    def covers(self, orgpath: str) -> bool:
        """Tell whether an organisation is in the caller's subtree, by whole labels."""
        return orgpath == self.orgpath or orgpath.startswith(self.orgpath + ".")


class Authenticator:
    """Verifies tokens; a verified one is remembered until it expires."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._claims = jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": settings.issuer},
            aud={"essential": True, "value": settings.audience},
            exp={"essential": True},
            sub={"essential": True},
        )
        document = settings.jwks_document()
        self._keys: KeySet | None = KeySet.import_key_set(document) if document else None  # type: ignore[arg-type]
        self._fetched_at = float("-inf")
        self._fetching = asyncio.Lock()
        self._verified: OrderedDict[str, tuple[float, Caller]] = OrderedDict()

    async def caller(self, token: str) -> Caller:
        """Give the caller of a bearer token; raises Unauthenticated."""
        known = self._verified.get(token)
        if known is not None:
            if known[0] > time.time():
                return known[1]
            del self._verified[token]
        if len(token) > LONGEST_TOKEN:
            raise Unauthenticated("the token is too long")
        claims = await self._claims_of(token)
        caller = _caller_of(claims)
        self._verified[token] = (float(claims["exp"]), caller)
        if len(self._verified) > VERIFIED_TOKENS_KEPT:
            self._verified.popitem(last=False)
        return caller

    async def _claims_of(self, token: str) -> dict[str, Any]:
        keys = self._keys or await self._newer_keys(None)
        try:
            return self._decode(token, keys)
        except UNTRUSTED as error:
            newer = await self._newer_keys(keys)
            if newer is keys:
                raise Unauthenticated(f"the token is not sound ({type(error).__name__})") from error
        try:
            return self._decode(token, newer)
        except UNTRUSTED as error:
            raise Unauthenticated(f"the token is not sound ({type(error).__name__})") from error

    def _decode(self, token: str, keys: KeySet) -> dict[str, Any]:
        decoded = jwt.decode(token, keys, algorithms=ALGORITHMS)
        self._claims.validate(decoded.claims)
        return decoded.claims

    async def _newer_keys(self, known: KeySet | None) -> KeySet:
        """Give the issuer's keys, fetched again at most once in a while: unknown key ids make no storm."""
        async with self._fetching:
            since = time.monotonic() - self._fetched_at
            asked_lately = since < KEYS_FETCHED_AT_MOST_EVERY_SECONDS
            if self._keys is known and self._settings.jwks.startswith("http") and not asked_lately:
                self._fetched_at = time.monotonic()
                self._keys = await self._fetched() or self._keys
            if self._keys is None:
                raise Unauthenticated("the issuer's keys are not available")
            return self._keys

    async def _fetched(self) -> KeySet | None:
        try:
            async with httpx.AsyncClient(timeout=5.0) as client:
                answer = await client.get(self._settings.jwks)
                answer.raise_for_status()
            return KeySet.import_key_set(answer.json())
        except NOT_FETCHED as error:
            log().warning("auth.keys", error=describe(error))
            return None


def _caller_of(claims: dict[str, Any]) -> Caller:
    orgpath, roles = claims.get("orgpath"), claims.get("roles")
    if not isinstance(orgpath, str) or not orgpath or not isinstance(roles, list):
        raise Unauthenticated("the token names no post: orgpath and roles are missing")
    return Caller(str(claims["sub"]), str(claims.get("name", "")), orgpath, frozenset(map(str, roles)))
