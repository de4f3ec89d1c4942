"""Personal and confidential text at rest: sealed with a key from the environment."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12


class NotOurs(ValueError):
    """Sealed with another key, or damaged."""


class Vault:
    """AES-256-GCM; every sealing has a nonce of its own."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, text: str) -> bytes:
        """Give the sealed form."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, text.encode(), None)

    def open(self, sealed: bytes) -> str:
        """Give the text; raises NotOurs."""
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None).decode()
        except (InvalidTag, ValueError) as error:
            raise NotOurs("sealed with another key, or damaged") from error
