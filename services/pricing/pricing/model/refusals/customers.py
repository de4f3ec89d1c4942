"""Customers and lines that are not there, or not to be priced."""

from datetime import date
from typing import ClassVar, Self
from uuid import UUID

from contracts.refusals import Forbidden, NotFound, Refusal


def no_such(zh: str, en: str, key: UUID) -> NotFound:
    """Give the refusal of a record that is not there, or not in scope."""
    return NotFound(f"没有{zh}{key}。", f"There is no {en} {key}.")


class CustomerGone(Refusal):
    """A closed, dropped or merged customer is priced no more."""

    code: ClassVar[str] = "customer-gone"

    @classmethod
    def of(cls, name: str, pointer: str = "/customer") -> Self:
        """Name it."""
        return cls(f"客户{name}已销户或合并。", f"The customer {name} is closed or merged.", pointer=pointer)


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
