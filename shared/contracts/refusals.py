"""The base of every refusal: a domain word with a stable code and its sentence in both languages.

Here are also those that several services give alike.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self


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


class UnknownCustomer(InvalidValue):
    """A customer that was never heard of, or lies outside the caller's scope: the two are not told apart."""

    code = "unknown-customer"

    @classmethod
    def of(cls, reference: str, pointer: str | None = "/customer") -> Self:
        """Name it as the caller did."""
        return cls(f"没有客户{reference}。", f"There is no customer {reference}.", pointer=pointer)


class UnknownLine(InvalidValue):
    """A line of business that the law in force does not know."""

    code = "unknown-line"

    @classmethod
    def of(
        cls, line: str, pointer: str, known: Sequence[str], because: Mapping[str, Any] | None = None
    ) -> Self:
        """Name it, and those there are; cite the law that names them where one refuses."""
        zh, en = f"没有业务种类{line}。", f"{line} is no line of business."
        return cls(zh, en, pointer=pointer, because=because, extra={"known": list(known)})


class MakerIsChecker(Forbidden):
    """Nobody decides what they submitted, nor for a customer they manage."""

    code = "maker-is-checker"

    @classmethod
    def of(cls) -> Self:
        """Say so."""
        return cls(
            "不能审批本人提交的事项，也不能审批本人所管客户的事项。",
            "Nobody decides what they submitted, nor for a customer they manage.",
        )
