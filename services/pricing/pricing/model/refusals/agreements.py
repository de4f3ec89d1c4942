"""What is refused of agreements."""

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar, Self

from contracts.refusals import Refusal


class AgreementMoved(Refusal):
    """A move that an agreement in this state does not make."""

    code: ClassVar[str] = "agreement-state"

    @classmethod
    def of(cls, state: str) -> Self:
        """Name its state."""
        return cls("协议的当前状态不允许此操作。", f"An agreement that is {state} does not make this move.")


class TermMissing(Refusal):
    """An agreement does not state what the regulation asks it to."""

    code: ClassVar[str] = "term-missing"

    @classmethod
    def of(cls, zh: str, en: str, because: Mapping[str, Any]) -> Self:
        """Name the term in both languages."""
        return cls(f"协议未明确：{zh}。", f"The agreement does not state: {en}.", because=because)


class DiscountNotApproved(Refusal):
    """An agreement promises a discount that nobody approved."""

    code: ClassVar[str] = "discount-not-approved"

    @classmethod
    def of(cls, line: str, because: Mapping[str, Any]) -> Self:
        """Name the line, not the rate."""
        return cls(
            f"业务{line}的优惠未经批准，不能签订。",
            f"The discount on {line} has not been approved.",
            pointer="/discounts",
            because=because,
            extra={"line": line},
        )


class TermReversed(Refusal):
    """An agreement that would end before it starts, or be signed after it has ended."""

    code: ClassVar[str] = "term-reversed"

    @classmethod
    def of(cls, ends_on: date, pointer: str) -> Self:
        """Name its end."""
        return cls(
            f"协议于{ends_on}到期，起始或签订日期不能晚于该日。",
            f"The agreement ends on {ends_on}: it neither starts nor is signed after that day.",
            pointer=pointer,
        )
