"""What is refused about reviews, each with a sentence in both languages."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from contracts.refusals import Forbidden, Refusal

STATE_ZH = {
    "proposing": "正在提出",
    "proposed": "待发布",
    "withdrawn": "已撤回",
    "published": "已发布",
    "superseded": "已被取代",
}


class ReviewOpen(Refusal):
    """A review waits to be published; there is one at a time."""

    code: ClassVar[str] = "review-open"

    @classmethod
    def of(cls, year: int, review_id: str) -> Self:
        """Name the one that is open."""
        return cls(
            f"{year}年度评定尚未发布，先发布或撤回后才能再次提出。",
            f"The review of {year} is not published yet; publish or withdraw it before proposing another.",
            extra={"review_id": review_id},
        )


class ReviewNotOpen(Refusal):
    """The review is not there yet, or is published, superseded or withdrawn: it stands as it is."""

    code: ClassVar[str] = "review-not-open"

    @classmethod
    def of(cls, year: int, state: str) -> Self:
        """Say how it stands; what is being proposed is soon done."""
        later = "，请稍后再试" if state == "proposing" else ""
        return cls(
            f"{year}年度评定{STATE_ZH[state]}，现在不能更改、发布或撤回{later}。",
            f"The review of {year} is {state}; it cannot be changed, published or withdrawn now.",
            extra={"state": state},
        )


class YearNotOver(Refusal):
    """Fees of a year are counted when it is over."""

    code: ClassVar[str] = "year-not-over"

    @classmethod
    def of(cls, year: int) -> Self:
        """Name the year."""
        return cls(
            f"{year}年尚未结束，不能评定全年结算费用。",
            f"{year} is not over; the fees of the whole year are rated.",
            pointer="/year",
        )


class LaterReview(Refusal):
    """A later year was published already, and classes follow from that."""

    code: ClassVar[str] = "later-review-published"

    @classmethod
    def of(cls, year: int, later: int) -> Self:
        """Name both years."""
        return cls(
            f"{later}年度评定已发布，不能再评定{year}年。",
            f"The review of {later} is published; {year} can no longer be reviewed.",
            pointer="/year",
            extra={"published": later},
        )


class OwnReview(Forbidden):
    """Nobody publishes what they proposed."""

    code: ClassVar[str] = "own-review"

    @classmethod
    def of(cls, year: int, because: Mapping[str, Any]) -> Self:
        """Name the year, and cite who decides."""
        return cls(
            f"{year}年度评定由您提出，须由另一位主任发布。",
            f"You proposed the review of {year}; another director publishes it.",
            because=because,
        )


class OwnOverride(Forbidden):
    """Nobody publishes a class that they put."""

    code: ClassVar[str] = "own-override"

    @classmethod
    def of(cls, year: int, because: Mapping[str, Any]) -> Self:
        """Name the year, and cite who decides."""
        return cls(
            f"{year}年度评定中有您改定的级别，须由另一位主任发布。",
            f"Classes in the review of {year} were overridden by you; another director publishes it.",
            because=because,
        )


class NotTheReviewer(Forbidden):
    """Reviews are for the people whom the regulation names."""

    code: ClassVar[str] = "not-the-reviewer"

    @classmethod
    def of(cls, because: Mapping[str, Any]) -> Self:
        """Cite who does it."""
        return cls(
            "年度评定由省中心提出和发布。",
            "A yearly review is proposed and published by the province's center.",
            because=because,
        )


class OwnCustomer(Forbidden):
    """Nobody decides for a customer they manage."""

    code: ClassVar[str] = "own-customer"

    @classmethod
    def of(cls) -> Self:
        """Say so."""
        return cls(
            "您是该客户的客户经理，不能改定其级别。", "You manage this customer; another reviewer decides."
        )


class LineUnchanged(Refusal):
    """An override to the class that the line already proposes."""

    code: ClassVar[str] = "line-unchanged"

    @classmethod
    def of(cls, current: int | None) -> Self:
        """Repeat the class."""
        return cls(
            f"该客户的拟定级别已是{current or '不定级'}。",
            f"The line proposes {current or 'no class'} already.",
            pointer="/class",
        )


class NoSuchTier(Refusal):
    """A class that the customer's scheme has no tier for."""

    code: ClassVar[str] = "no-such-tier"

    @classmethod
    def of(cls, wanted: int, scheme: str, known: list[int]) -> Self:
        """Name scheme and the classes it has."""
        return cls(
            f"{scheme} 没有相当于{wanted}类的级别。",
            f"{scheme} has no tier that is class {wanted}.",
            pointer="/class",
            extra={"known": known},
        )
