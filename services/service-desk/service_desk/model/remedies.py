"""What is refused about compensations, liability and settlements, each with a sentence in both languages."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar, Self

from contracts.refusals import Forbidden, InvalidValue, Refusal
from service_desk.model.instants import SHANGHAI, instant_en, instant_zh

STATE_ZH = {
    "filed": "已受理",
    "handled": "已处理",
    "reported": "已报省",
    "approved": "已批准",
    "paid": "已赔付",
    "refused": "已拒赔",
    "pending": "待定责",
    "assigned": "已定责",
    "appealed": "申诉中",
    "settled": "已结算",
}
ACT_ZH = {
    "handle": "处理",
    "refuse": "拒赔",
    "report": "上报",
    "approve": "批准",
    "pay": "赔付",
    "assign-liability": "定责",
    "appeal-liability": "申诉",
    "decide-appeal": "裁定申诉",
    "settle": "结算",
}


class OutOfTurn(Refusal):
    """An act that does not follow from where the compensation stands."""

    code: ClassVar[str] = "out-of-turn"

    @classmethod
    def of(
        cls, act: str, needed: str, state: str, because: Mapping[str, Any] | None = None, *, above: bool
    ) -> Self:
        """Say which state it follows from, on this side of the limit."""
        side_zh, side_en = ("超过限额", "above the limit") if above else ("限额以内", "within the limit")
        return cls(
            f"索赔（{side_zh}）现为“{STATE_ZH[state]}”，须为“{STATE_ZH[needed]}”才能{ACT_ZH[act]}。",
            f"The claim ({side_en}) is {state}; {act} follows only from {needed}.",
            because=because,
            extra={"state": state, "needed": needed, "above_limit": above},
        )

    @classmethod
    def nothing_to_report(cls, state: str, because: Mapping[str, Any] | None = None) -> Self:
        """Say that what is granted within the limit is paid without the level above."""
        return cls(
            "核定金额在限额以内，无须上报，可直接赔付。",
            "What was granted is within the limit: there is nothing to report, it may be paid.",
            because=because,
            extra={"state": state, "above_limit": False},
        )


class CompensationEnded(Refusal):
    """It is paid or refused: nothing more is done with the money."""

    code: ClassVar[str] = "case-ended"

    @classmethod
    def of(cls, case_no: str, state: str) -> Self:
        """Name the case and how it ended."""
        return cls(
            f"索赔{case_no}{STATE_ZH[state]}，不能再办理。",
            f"Compensation {case_no} is {state}; nothing more can be done with it.",
            extra={"state": state},
        )


class AlreadyPaid(Refusal):
    """The item was compensated for this cause before."""

    code: ClassVar[str] = "already-paid"

    @classmethod
    def of(cls, mail_no: str, case_no: str | None) -> Self:
        """Name the item, and the case where the asker may see it."""
        return cls(
            f"邮件{mail_no}已因同一原因赔付，不得重复赔付。",
            f"Item {mail_no} was compensated for the same cause already; nothing is paid twice.",
            extra={"paid_in": case_no} if case_no else None,
        )


class AmountDiffers(InvalidValue):
    """What is to be paid is not what was granted."""

    code: ClassVar[str] = "amount-differs"

    @classmethod
    def of(cls, granted: Decimal) -> Self:
        """Give the amount granted."""
        return cls(
            f"赔付金额须等于核定金额{granted}元。",
            f"What is paid is what was granted: {granted} yuan.",
            pointer="/amount",
        )


class NotTheirMoney(Forbidden):
    """An act that belongs to another organisation or role."""

    code: ClassVar[str] = "not-the-handler"

    @classmethod
    def of(cls, act: str, whose: str, because: Mapping[str, Any] | None = None) -> Self:
        """Name the act and whose it is."""
        return cls(
            f"{ACT_ZH[act]}由{whose}的相应岗位办理。",
            f"To {act.replace('-', ' ')} is for that post at {whose}.",
            because=because,
            extra={"whose": whose},
        )


class NothingAboveThem(Refusal):
    """There is no organisation above that could decide."""

    code: ClassVar[str] = "nothing-above"

    @classmethod
    def of(cls, act: str) -> Self:
        """Name the act."""
        return cls(
            f"没有可以{ACT_ZH[act]}的上级单位。",
            f"There is no organisation above to {act.replace('-', ' ')}.",
        )


class SharesNotWhole(InvalidValue):
    """Shares that do not sum to 1, or name one unit twice for a link, or an unknown unit."""

    code: ClassVar[str] = "shares-not-whole"

    @classmethod
    def sum_is(cls, total: Decimal) -> Self:
        """Give the sum found."""
        return cls(
            f"责任比例之和须恰为1，现为{total}。",
            f"Shares sum to exactly 1; these sum to {total}.",
            pointer="/shares",
        )

    @classmethod
    def twice(cls, place: int) -> Self:
        """Name the place of the second."""
        return cls(
            "同一环节的同一单位只能列一次。",
            "A unit stands once for a link of the chain.",
            pointer=f"/shares/{place}",
        )

    @classmethod
    def unknown_unit(cls, org_id: str, place: int) -> Self:
        """Name the unit that is none, or no more."""
        return cls(
            f"没有现行单位{org_id}。",
            f"There is no organisation {org_id} in being.",
            pointer=f"/shares/{place}/org_id",
        )


class LiabilityNotThere(Refusal):
    """An act about liability that does not follow from where it stands."""

    code: ClassVar[str] = "out-of-turn"

    @classmethod
    def of(cls, act: str, state: str, because: Mapping[str, Any] | None = None, *, decided: bool) -> Self:
        """Say where it stands."""
        zh, en = ("（申诉已裁定）", " and the appeal is decided") if decided else ("", "")
        return cls(
            f"责任认定现为“{STATE_ZH[state]}”{zh}，不能{ACT_ZH[act]}。",
            f"Liability is {state}{en}; {act.replace('-', ' ')} does not follow.",
            because=because,
            extra={"state": state},
        )


class AppealTooLate(Refusal):
    """The days to appeal are over."""

    code: ClassVar[str] = "appeal-too-late"

    @classmethod
    def of(cls, until: datetime, because: Mapping[str, Any]) -> Self:
        """Give the first instant that is too late."""
        return cls(
            f"申诉期已于{instant_zh(until)}届满。",
            f"The time to appeal ended at {instant_en(until)}.",
            because=because,
            extra={"appeal_until": until.astimezone(SHANGHAI).isoformat()},
        )


class NotYetSettled(Refusal):
    """Liability that may still change is not settled."""

    code: ClassVar[str] = "not-final"

    @classmethod
    def appealed(cls, case_no: str, because: Mapping[str, Any] | None = None) -> Self:
        """The appeal is not decided."""
        return cls(
            f"索赔{case_no}的责任申诉尚未裁定，不能结算。",
            f"The appeal about case {case_no} is not decided; it cannot be settled.",
            because=because,
        )

    @classmethod
    def open_to_appeal(cls, case_no: str, until: datetime, because: Mapping[str, Any] | None = None) -> Self:
        """The days to appeal run."""
        return cls(
            f"索赔{case_no}的责任申诉期至{instant_zh(until)}，届满后才能结算。",
            f"Case {case_no} is open to appeal until {instant_en(until)}; it is settled after that.",
            because=because,
            extra={"appeal_until": until.astimezone(SHANGHAI).isoformat()},
        )


class MoreThanOwed(InvalidValue):
    """A payment between units above what is owed."""

    code: ClassVar[str] = "more-than-owed"

    @classmethod
    def of(cls, owed: Decimal) -> Self:
        """Give what is owed."""
        return cls(
            f"支付金额超过欠款{owed}元。", f"That is more than the {owed} yuan owed.", pointer="/amount"
        )


class AlreadyCorrected(Refusal):
    """An entry that was taken back before, or takes one back itself."""

    code: ClassVar[str] = "already-corrected"

    @classmethod
    def of(cls) -> Self:
        """Say so."""
        return cls(
            "该分录已更正或本身即为更正，不能再更正。",
            "The entry is corrected already, or is a correction itself.",
        )
