"""What scoring refuses, each with a sentence in both languages."""

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar, Self

from contracts.refusals import Refusal


class InvalidPeriod(Refusal):
    """A period that is neither a quarter nor a year."""

    code: ClassVar[str] = "invalid-period"

    @classmethod
    def of(cls, text: str, pointer: str = "?period") -> Self:
        """Repeat what was given."""
        return cls(
            f"“{text}”不是考评期；季度写作2026Q3，年度写作2026。",
            f"{text!r} is no period; a quarter is written 2026Q3, a year 2026.",
            pointer=pointer,
        )


class QuarterNotOver(Refusal):
    """A score is published only after its quarter."""

    code: ClassVar[str] = "quarter-not-over"

    @classmethod
    def of(cls, period: str, last: date, because: Mapping[str, Any]) -> Self:
        """Say when it ends, with the article."""
        return cls(
            f"{period}季度至{last.isoformat()}为止，尚未结束，不能通报。",
            f"{period} runs until the end of {last.isoformat()}; it can be published only after that.",
            pointer="/period",
            because=because,
        )


class AlreadyPublished(Refusal):
    """A quarter is circulated once; what is found wrong later is a correction."""

    code: ClassVar[str] = "already-published"

    @classmethod
    def of(cls, period: str) -> Self:
        """Name the quarter."""
        return cls(
            f"{period}季度考评已经通报，不再重复通报。",
            f"The scores of {period} have been published already.",
            pointer="/period",
        )


class NobodyScored(Refusal):
    """No law in force makes the caller's organisation score anybody."""

    code: ClassVar[str] = "nobody-scored"

    @classmethod
    def of(cls, org_id: str) -> Self:
        """Name the organisation."""
        return cls(
            f"按该季度有效的规章，{org_id}没有应考评的市州局。",
            f"By the law in force in that quarter {org_id} has no bureaus to score.",
        )


class QuarterNotBegun(Refusal):
    """A period of which no day has come yet."""

    code: ClassVar[str] = "period-not-begun"

    @classmethod
    def of(cls, period: str) -> Self:
        """Name the period."""
        return cls(
            f"{period}尚未开始，还没有考评。",
            f"{period} has not begun; there is no score of it yet.",
            pointer="?period",
        )
