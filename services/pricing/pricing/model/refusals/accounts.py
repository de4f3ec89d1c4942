"""What is refused of bills and settlements."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar, Self

from contracts.refusals import Refusal


class BillExists(Refusal):
    """The month has been billed with other figures."""

    code: ClassVar[str] = "bill-exists"

    @classmethod
    def of(cls, month: str, pointer: str) -> Self:
        """Name the month."""
        return cls(
            f"该客户{month}的账单已登记，金额或期限不同。",
            f"The bill of {month} is on record with another amount or due date.",
            pointer=pointer,
        )


class BillTwice(Refusal):
    """One batch holds two bills of one customer and month."""

    code: ClassVar[str] = "bill-twice"

    @classmethod
    def of(cls, month: str, pointer: str) -> Self:
        """Name the month."""
        return cls(f"同一客户{month}的账单重复。", f"The bill of {month} stands here twice.", pointer=pointer)


class NoDueDate(Refusal):
    """Neither the bill nor an agreement says when it is to be settled."""

    code: ClassVar[str] = "no-due-date"

    @classmethod
    def of(cls, month: str, pointer: str, because: Mapping[str, Any]) -> Self:
        """Name the month."""
        return cls(
            f"该客户{month}没有在执行的协议，须写明应结日期。",
            f"No agreement covers {month}: the bill must say when it is due.",
            pointer=pointer,
            because=because,
        )


class DueTooEarly(Refusal):
    """A bill that was to be settled before its month began."""

    code: ClassVar[str] = "due-too-early"

    @classmethod
    def of(cls, month: str, pointer: str) -> Self:
        """Name the month."""
        return cls(
            f"应结日期早于账单月份{month}。",
            f"A bill of {month} is not due before that month.",
            pointer=pointer,
        )


class NoBill(Refusal):
    """A settlement of a month that was never billed."""

    code: ClassVar[str] = "no-bill"

    @classmethod
    def of(cls, month: str, pointer: str) -> Self:
        """Name the month."""
        return cls(f"该客户没有{month}的账单。", f"There is no bill of {month}.", pointer=pointer)


class Overpaid(Refusal):
    """More is settled than is open."""

    code: ClassVar[str] = "overpaid"

    @classmethod
    def of(cls, open_amount: Decimal, pointer: str) -> Self:
        """Name what is open."""
        return cls(
            f"结算金额超过未结金额{open_amount}元。",
            f"Only {open_amount} yuan of it is open.",
            pointer=pointer,
        )
