"""What tiering refuses, each with a sentence in both languages."""

from typing import ClassVar, Self

from contracts.refusals import Refusal, UnknownCustomer


def not_of_the_unit(pointer: str) -> UnknownCustomer:
    """Give the refusal of a customer never heard of here, or outside the unit that reports it."""
    return UnknownCustomer(
        "该单位名下没有这个客户，请核对客户编码。",
        "The unit has no such customer; check the code.",
        pointer=pointer,
    )


class WrongUnit(Refusal):
    """An organisation that files no usage."""

    code: ClassVar[str] = "wrong-unit"

    @classmethod
    def of(cls, name: str) -> Self:
        """Name the organisation."""
        return cls(
            f"{name}不是填报单位：用邮信息由省、市州、县市局和专业局填报。",
            f"{name} files no usage: provinces, cities, counties and specialty bureaus do.",
            pointer="/org_id",
        )


class MonthToCome(Refusal):
    """A month that has not begun."""

    code: ClassVar[str] = "month-to-come"

    @classmethod
    def of(cls, month: str, pointer: str = "/month") -> Self:
        """Name the month."""
        return cls(f"{month}尚未开始，不能填报。", f"The month {month} has not begun.", pointer=pointer)


class MonthTooOld(Refusal):
    """A month that is no longer taken."""

    code: ClassVar[str] = "month-too-old"

    @classmethod
    def of(cls, month: str, oldest: str) -> Self:
        """Give the oldest month that is."""
        return cls(
            f"{month}过早：只接收{oldest}及以后月份的数据。",
            f"The month {month} is too old; {oldest} is the first that is taken.",
            pointer="/month",
        )


class UnreadableMonth(Refusal):
    """A text that is no month."""

    code: ClassVar[str] = "invalid-month"

    @classmethod
    def of(cls) -> Self:
        """Show what a month looks like."""
        return cls("月份应写作 2026-03。", "A month is written 2026-03.", pointer="/month")


class RepeatedRow(Refusal):
    """A customer's line twice in one request."""

    code: ClassVar[str] = "repeated-row"

    @classmethod
    def of(cls, pointer: str) -> Self:
        """Point at the second."""
        return cls(
            "同一客户的同一业务种类在一次请求中只能出现一次。",
            "A customer's line appears once in a request.",
            pointer=pointer,
        )


class NothingToCorrect(Refusal):
    """A correction of a figure that was never reported."""

    code: ClassVar[str] = "nothing-to-correct"

    @classmethod
    def of(cls, pointer: str) -> Self:
        """Point at the row."""
        return cls(
            "该客户该业务种类当月没有已登记的数据，无从更正；补报请用 late。",
            "Nothing is on record for this customer, line and month; what comes late has the reason late.",
            pointer=pointer,
        )


class NotAUsageFile(Refusal):
    """A file whose name says neither .csv nor .xlsx, or that is empty or too large."""

    code: ClassVar[str] = "not-a-usage-file"

    @classmethod
    def of(cls, zh: str, en: str) -> Self:
        """Say what is wrong with it."""
        return cls(zh, en, pointer="/file")


class FormTooLarge(Refusal):
    """A form of more rows than a sheet is given."""

    code: ClassVar[str] = "form-too-large"

    @classmethod
    def of(cls, most: int) -> Self:
        """Say how many rows there may be."""
        return cls(
            f"该单位客户超过{most}行，请按下级单位分别导出。",
            f"The unit has more than {most} rows; ask for the units below it.",
            pointer="?org_id",
        )
