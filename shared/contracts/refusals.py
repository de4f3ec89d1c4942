"""The base of every refusal: a domain word with a stable code and its sentence in both languages."""

from collections.abc import Mapping
from typing import Any, ClassVar


class Refusal(Exception):
    """A request that the rules do not allow; nothing was changed. HTTP is added at the edge."""

    code: ClassVar[str] = "refused"

    def __init__(
        self,
        zh: str,
        en: str,
        *,
        pointer: str | None = None,
        because: Mapping[str, Any] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en
        self.pointer = pointer
        self.because = because
        self.extra = dict(extra or {})


class NotFound(Refusal):
    """Unknown, or outside the caller's scope: the two are not told apart."""

    code = "not-found"


class Forbidden(Refusal):
    """In scope, but not this person's to do."""

    code = "forbidden"


class StaleVersion(Refusal):
    """The record has changed since the caller read it."""

    code = "stale-version"


class InvalidValue(Refusal):
    """A value that is well-formed JSON but not what the field holds."""

    code = "invalid-value"
