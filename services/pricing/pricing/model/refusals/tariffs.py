"""What is refused of tariff requests."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

from contracts.refusals import Refusal


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
