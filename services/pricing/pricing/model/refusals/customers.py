"""Customers and lines that are not there, or not to be priced."""

from collections.abc import Sequence
from datetime import date
from typing import ClassVar, Self
from uuid import UUID

from contracts.refusals import Forbidden, NotFound, Refusal


def no_such(zh: str, en: str, key: UUID) -> NotFound:
    """Give the refusal of a record that is not there, or not in scope."""
    return NotFound(f"没有{zh}{key}。", f"There is no {en} {key}.")


class UnknownCustomer(Refusal):
    """A customer that has not been heard of, or lies outside the caller's scope: the two are not told apart."""

    code: ClassVar[str] = "unknown-customer"

    @classmethod
    def of(cls, reference: str, pointer: str | None = "/customer") -> Self:
        """Name it as the caller did."""
        return cls(f"没有客户{reference}。", f"There is no customer {reference}.", pointer=pointer)


class CustomerGone(Refusal):
    """A closed, dropped or merged customer is priced no more."""

    code: ClassVar[str] = "customer-gone"

    @classmethod
    def of(cls, name: str, pointer: str = "/customer") -> Self:
        """Name it."""
        return cls(f"客户{name}已销户或合并。", f"The customer {name} is closed or merged.", pointer=pointer)


class UnknownLine(Refusal):
    """A line of business that the law of the unit does not know."""

    code: ClassVar[str] = "unknown-line"

    @classmethod
    def of(cls, line: str, pointer: str, known: Sequence[str]) -> Self:
        """Name it, and those there are."""
        zh, en = f"没有业务种类{line}。", f"{line} is no line of business."
        return cls(zh, en, pointer=pointer, extra={"known": list(known)})


class InFuture(Refusal):
    """A day that is put on record before it has come."""

    code: ClassVar[str] = "in-future"

    @classmethod
    def of(cls, day: date, pointer: str) -> Self:
        """Name the day."""
        return cls(f"日期{day}尚未到。", f"{day} has not come yet.", pointer=pointer)


def only_supported(pointer: str | None) -> Forbidden:
    """Give the refusal of agreements and bills of a customer that the asker's unit supports, but does not answer for."""
    return Forbidden(
        "协议与账务由客户的责任单位及其上级办理；配合单位只能查看该客户。",
        "Agreements and bills are for the unit that answers for the customer and those above; others only see it.",
        pointer=pointer,
    )


class MakerIsChecker(Refusal):
    """Nobody decides what they submitted, nor for a customer they manage."""

    code: ClassVar[str] = "maker-is-checker"

    @classmethod
    def of(cls) -> Self:
        """Say so."""
        return cls(
            "不能审批本人提交的事项，也不能审批本人所管客户的事项。",
            "Nobody decides what they submitted, nor for a customer they manage.",
        )
