"""What is refused about corrections of reviews, each with a sentence in both languages."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from contracts.refusals import Forbidden, Refusal

STATE_ZH = {"proposed": "待审批", "approved": "已批准", "dismissed": "已撤销"}


class NotCorrectable(Refusal):
    """A review that is not published, or no longer the one that classes follow from."""

    code: ClassVar[str] = "review-not-correctable"

    @classmethod
    def unpublished(cls, year: int, state: str) -> Self:
        """Say how the review stands."""
        return cls(
            f"{year}年度评定不是已发布状态，没有可更正的级别。",
            f"The review of {year} is {state}; only a published review is corrected.",
            extra={"state": state},
        )

    @classmethod
    def overtaken(cls, year: int, later: int) -> Self:
        """Name the review that classes follow from."""
        return cls(
            f"{later}年度评定已发布，{year}年度评定不再更正。",
            f"The review of {later} is published; that of {year} is no longer corrected.",
            extra={"published": later},
        )


class CorrectionOpen(Refusal):
    """A correction of the review waits for its decision; there is one at a time."""

    code: ClassVar[str] = "correction-open"

    @classmethod
    def of(cls, number: int, correction_id: str) -> Self:
        """Name the one that is open."""
        return cls(
            f"第{number}号更正尚未审批，先批准或撤销后才能再次提出。",
            f"Correction {number} is not decided yet; approve or dismiss it before proposing another.",
            extra={"correction_id": correction_id},
        )


class CorrectionNotOpen(Refusal):
    """The correction is approved or dismissed: it stands as it is."""

    code: ClassVar[str] = "correction-not-open"

    @classmethod
    def of(cls, number: int, state: str) -> Self:
        """Say how it stands."""
        return cls(
            f"第{number}号更正{STATE_ZH[state]}，不能再更改或审批。",
            f"Correction {number} is {state}; it can be neither changed nor decided.",
            extra={"state": state},
        )


class ReviewUpToDate(Refusal):
    """Neither figures nor law say anything else than the review did."""

    code: ClassVar[str] = "review-up-to-date"

    @classmethod
    def of(cls, year: int) -> Self:
        """Name the year."""
        return cls(
            f"{year}年度评定以来没有影响评定的数据或条款变化，无需更正。",
            f"No figure and no wording that the review of {year} rests on has changed; there is nothing to correct.",
        )


class CorrectionOutOfDate(Refusal):
    """Something changed after the dry run: what would be approved is not what was shown."""

    code: ClassVar[str] = "correction-out-of-date"

    @classmethod
    def of(cls, number: int, differing: int) -> Self:
        """Say how many lines would differ by now."""
        return cls(
            f"第{number}号更正试算之后数据或条款又有变化（{differing}户不同），请撤销后重新试算。",
            f"Figures or law changed after the dry run of correction {number} ({differing} customers differ); "
            "dismiss it and run it again.",
            extra={"differing": differing},
        )


class NothingOverridden(Refusal):
    """A line whose class was rated and not put there by a reviewer: there is no override to keep or drop."""

    code: ClassVar[str] = "nothing-overridden"

    @classmethod
    def of(cls) -> Self:
        """Say so."""
        return cls(
            "该客户的级别不是评定人改定的，没有可保留或取消的改定。",
            "The customer's class was not overridden; there is no override to keep or to drop.",
        )


class OwnChoice(Forbidden):
    """Nobody approves what they chose."""

    code: ClassVar[str] = "own-choice"

    @classmethod
    def of(cls, year: int, number: int, because: Mapping[str, Any]) -> Self:
        """Name review and correction, and cite who decides."""
        return cls(
            f"{year}年度评定第{number}号更正中有您决定保留或取消的改定，须由另一位主任批准。",
            f"In correction {number} of the review of {year} you kept or dropped an override; another director approves it.",
            because=because,
        )


class OwnCorrection(Forbidden):
    """Nobody approves what they proposed."""

    code: ClassVar[str] = "own-correction"

    @classmethod
    def of(cls, year: int, number: int, because: Mapping[str, Any]) -> Self:
        """Name review and correction, and cite who decides."""
        return cls(
            f"{year}年度评定第{number}号更正由您提出，须由另一位主任批准。",
            f"You proposed correction {number} of the review of {year}; another director approves it.",
            because=because,
        )
