"""The development issuer: accounts from the staff's projection, tokens signed with a key made for this instance."""

import json
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

from chassis.clock import technical_now
from chassis.settings import Settings
from contracts.refusals import NotFound

BOOTSTRAP = "bootstrap"
BOOTSTRAP_STAFF_ID = "00000000-0000-7000-8000-000000000001"
NATION = "CN"

Account = dict[str, Any]


class Issuer:
    """Signs tokens of development accounts."""

    def __init__(self, settings: Settings, key_file: Path, seconds: int) -> None:
        self._settings = settings
        self._seconds = seconds
        document = json.loads(key_file.read_text(encoding="utf-8"))
        self._key = ECKey.import_key(document) if document["kty"] == "EC" else RSAKey.import_key(document)
        self._algorithm = document.get("alg") or ("ES256" if document["kty"] == "EC" else "RS256")

    @property
    def key_set(self) -> dict[str, Any]:
        """The public keys, as a JWKS document."""
        return dict(KeySet([self._key]).as_dict(private=False))

    def token(self, staff_id: str, name: str, orgpath: str, roles: list[str]) -> dict[str, Any]:
        """Give a bearer token for a post, as RFC 6749 answers it."""
        now = int(technical_now().timestamp())
        claims = {
            "iss": self._settings.issuer,
            "aud": self._settings.audience,
            "sub": staff_id,
            "name": name,
            "orgpath": orgpath,
            "roles": roles,
            "iat": now,
            "exp": now + self._seconds,
        }
        header = {"alg": self._algorithm, "kid": self._key.kid}
        text = jwt.encode(header, claims, self._key, algorithms=[self._algorithm])
        return {"access_token": text, "token_type": "Bearer", "expires_in": self._seconds}


def unknown_account(account: str) -> NotFound:
    """Say that there is no such development account."""
    return NotFound(
        f"没有开发账号“{account}”;GET /dev/accounts 列出全部账号。",
        f"There is no development account “{account}”; GET /dev/accounts lists all.",
        pointer="/account",
    )
