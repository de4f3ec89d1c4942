"""The answer of an intake, as it is kept under its idempotency key: the reason apart from the rest."""

from dataclasses import dataclass

import orjson

from service_desk.ports.desk import Explanation


@dataclass(frozen=True, slots=True)
class Written:
    """The answer as it goes, or had gone, out: its body and what belongs in its headers."""

    body: bytes
    etag: int
    location: str


def written(body: bytes, because: bytes, etag: int, location: str) -> Written:
    """Join an answer and its reason, which is kept apart; `body` is a JSON object that is not empty."""
    return Written(body[:-1] + b',"because":' + because + b"}", etag, location)


@dataclass(frozen=True, slots=True)
class Draft:
    """The answer of a case that is about to be written: its body without the reason, and the reason."""

    body: bytes
    etag: int
    location: str
    explained: Explanation

    def headers(self) -> str:
        """Give what is kept beside the body, as JSON."""
        kept = {"etag": self.etag, "location": self.location, "ground": self.explained.digest.hex()}
        return orjson.dumps(kept).decode()

    def written(self) -> Written:
        """Give the whole answer."""
        return written(self.body, self.explained.encoded, self.etag, self.location)
