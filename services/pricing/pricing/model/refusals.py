"""What pricing refuses, in its own words."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Self
from uuid import UUID

from contracts.refusals import NotFound, Refusal


def no_such(zh: str, en: str, key: UUID) -> NotFound:
    """Give the refusal of a record that is not there, or not in scope."""
    return NotFound(f"没有{zh}{key}。", f"There is no {en} {key}.")


class UnknownCustomer(Refusal):
    """A customer that has not been heard of, or lies outside the caller's scope: the two are not told apart."""

    code: ClassVar[str] = "unknown-customer"

    @classmethod
    def of(cls, reference: str, pointer: str = "/customer") -> Self:
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


class NoDiscountStandard(Refusal):
    """No standard says what a customer of this class, or without one, may get."""

    code: ClassVar[str] = "no-discount-standard"

    @classmethod
    def of(cls, name: str, because: Mapping[str, Any]) -> Self:
        """Name the customer."""
        return cls(
            f"客户{name}没有级别，优惠标准只按级别规定；须先评定级别，或由本局另定办法。",
            f"{name} has no class, and discounts are given by class: it is to be rated first.",
            pointer="/customer",
            because=because,
        )


class TariffRequestOpen(Refusal):
    """The customer has an open request for this line; only the unit is named."""

    code: ClassVar[str] = "tariff-request-open"

    @classmethod
    def of(cls, org_id: str, name: str, lines: Sequence[str]) -> Self:
        """Name the unit that has asked and the lines."""
        return cls(
            f"{name}已就该客户的同一业务申请优惠，正在审批。",
            f"{name} has an open request for this customer on the same line.",
            pointer="/lines",
            extra={"org_id": org_id, "org_name": name, "lines": list(lines)},
        )


class TariffRequestClosed(Refusal):
    """A request that has been answered or withdrawn moves no more."""

    code: ClassVar[str] = "tariff-request-closed"

    @classmethod
    def of(cls, state: str) -> Self:
        """Name its state."""
        return cls("该申请已办结，不能再办理。", f"The request is {state}; nothing more is done to it.")


class NotTheDecider(Refusal):
    """Only who holds the level at which the request lies answers it."""

    code: ClassVar[str] = "not-the-decider"

    @classmethod
    def of(cls, org_id: str, role: str) -> Self:
        """Name who does."""
        return cls(
            "该申请由当前审批级别的负责人答复。",
            "The request is answered by whoever holds its present level.",
            extra={"deciding_org_id": org_id, "needs_role": role},
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


class NotTheAsker(Refusal):
    """Only the unit that asked takes a request back."""

    code: ClassVar[str] = "not-the-asker"

    @classmethod
    def of(cls) -> Self:
        """Say so."""
        return cls(
            "只有申请人或其单位负责人可以撤回。", "Only who asked, or the head of that unit, withdraws it."
        )


class BeyondAuthority(Refusal):
    """The discount is more than this level may approve; it goes up."""

    code: ClassVar[str] = "beyond-authority"

    @classmethod
    def of(cls, level: str, needed: str, because: Mapping[str, Any]) -> Self:
        """Name the level that may."""
        return cls(
            "所请优惠超出本级审批权限，请上报上级审批。",
            f"The discount is beyond the authority of the {level}; send it up.",
            because=because,
            extra={"hint": "send-up", "needs_level": needed},
        )


class NothingAbove(Refusal):
    """There is no level above that could decide."""

    code: ClassVar[str] = "nothing-above"

    @classmethod
    def of(cls, level: str) -> Self:
        """Name the level sought, or the last one."""
        return cls("上面没有可以审批的级别。", f"There is no deciding level at or above the {level}.")


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


class InFuture(Refusal):
    """A day that is put on record before it has come."""

    code: ClassVar[str] = "in-future"

    @classmethod
    def of(cls, day: date, pointer: str) -> Self:
        """Name the day."""
        return cls(f"日期{day}尚未到。", f"{day} has not come yet.", pointer=pointer)
