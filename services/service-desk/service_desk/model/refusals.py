"""What the desk refuses, each with a sentence in both languages."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Self

from contracts.refusals import Refusal

STATE_ZH = {
    "received": "已接收",
    "recorded": "已记录",
    "answered": "已回应",
    "investigated": "已调查",
    "resolved": "已解决",
    "closed": "已办结",
    "withdrawn": "已撤回",
}
MOVE_ZH = {
    "answer": "回应",
    "investigate": "调查",
    "resolve": "解决",
    "close": "办结回访",
    "escalate": "上报",
    "withdraw": "撤回",
    "transfer": "转办",
    "add": "补充",
    "reopen": "重新受理",
    "pause": "中止计时",
    "resume": "恢复计时",
}


class StepSkipped(Refusal):
    """A move that does not follow from where the complaint stands."""

    code: ClassVar[str] = "step-skipped"

    @classmethod
    def of(cls, move: str, needed: str, state: str, because: Mapping[str, Any] | None = None) -> Self:
        """Say which step comes first."""
        return cls(
            f"投诉现为“{STATE_ZH[state]}”，须在“{STATE_ZH[needed]}”之后才能{MOVE_ZH[move]}；六个步骤不得跳过。",
            f"The complaint is {state}; {move} follows only after {needed}. No step is skipped.",
            because=because,
            extra={"state": state, "needed": needed},
        )

    @classmethod
    def too_late(cls, move: str, state: str, because: Mapping[str, Any] | None = None) -> Self:
        """Say that it was to come before the resolution."""
        return cls(
            f"投诉现为“{STATE_ZH[state]}”，只有在解决之前才能{MOVE_ZH[move]}。",
            f"The complaint is {state}; {move} is possible only before it is resolved.",
            because=because,
            extra={"state": state, "before": "resolved"},
        )


class CaseEnded(Refusal):
    """The complaint is closed or withdrawn: nothing more is done with it."""

    code: ClassVar[str] = "case-ended"

    @classmethod
    def of(cls, case_no: str, state: str) -> Self:
        """Name the case and how it ended."""
        return cls(
            f"投诉{case_no}{STATE_ZH[state]}，不能再办理。",
            f"Complaint {case_no} is {state}; nothing more can be done with it.",
            extra={"state": state},
        )


class TransferRefused(Refusal):
    """The first responder passes nothing on sideways."""

    code: ClassVar[str] = "transfer-refused"

    @classmethod
    def of(cls, first_responder: str, because: Mapping[str, Any]) -> Self:
        """Name who stays responsible, with the article."""
        return cls(
            f"首问负责：{first_responder}须负责到底，不得转给其他单位；本单位不能解决的，请上报上级。",
            f"First responder rule: {first_responder} carries the case through and passes it to nobody beside it; "
            "what it cannot solve it escalates upward.",
            because=because,
        )


class NothingAbove(Refusal):
    """An escalation at the top of the tree."""

    code: ClassVar[str] = "nothing-above"

    @classmethod
    def of(cls, handler: str) -> Self:
        """Name the handler that has nobody above it."""
        return cls(
            f"{handler}之上没有可上报的单位。", f"There is no organisation above {handler} to escalate to."
        )


class UnknownCity(Refusal):
    """The city named in the call is none, or none that this desk serves."""

    code: ClassVar[str] = "unknown-city"

    @classmethod
    def of(cls, city: str) -> Self:
        """Repeat what was given."""
        return cls(
            f"“{city}”不是本席位服务范围内的市州局。",
            f"{city!r} is no city that this desk serves.",
            pointer="/city",
        )


class UnknownComplaint(Refusal):
    """A compensation that names a complaint which is none of the caller's."""

    code: ClassVar[str] = "unknown-complaint"

    @classmethod
    def of(cls, case_no: str) -> Self:
        """Repeat the number given."""
        return cls(f"没有投诉{case_no}。", f"There is no complaint {case_no}.", pointer="/complaint")


class LikelyDuplicate(Refusal):
    """A complaint that is likely on record already, refused because its sender asked for that."""

    code: ClassVar[str] = "likely-duplicate"

    @classmethod
    def of(cls, similar: Sequence[Mapping[str, Any]]) -> Self:
        """Show the open cases, the likeliest first."""
        first = similar[0]["case_no"]
        return cls(
            f"该来电可能已登记为{first}：可补充到原投诉（POST /v1/complaints/{first}/additions），"
            "或去掉 unless_similar 另行受理。",
            f"This may be {first}, which is open: add to it (POST /v1/complaints/{first}/additions), "
            "or take it all the same without unless_similar.",
            extra={"similar": list(similar)},
        )


class ReceivedInFuture(Refusal):
    """A call that is said to come later than now."""

    code: ClassVar[str] = "received-in-future"

    @classmethod
    def of(cls, received_at: datetime, now: datetime) -> Self:
        """Give both times."""
        return cls(
            f"接收时间{received_at.isoformat()}晚于现在{now.isoformat()}。",
            f"Received at {received_at.isoformat()}, which is later than now, {now.isoformat()}.",
            pointer="/received_at",
        )


class UnknownCause(Refusal):
    """A cause that the pack in force does not list."""

    code: ClassVar[str] = "unknown-cause"

    @classmethod
    def of(cls, cause: str, known: Sequence[str], because: Mapping[str, Any]) -> Self:
        """List what may be given, with the article."""
        return cls(
            f"“{cause}”不在规定的原因之内：{'、'.join(known)}。",
            f"{cause!r} is none of the causes in force: {', '.join(known)}.",
            pointer="/cause",
            because=because,
            extra={"known": list(known)},
        )


class TooFewTries(Refusal):
    """A customer given up as unreachable too soon."""

    code: ClassVar[str] = "too-few-tries"

    @classmethod
    def of(cls, tries: int, needed: int, because: Mapping[str, Any]) -> Self:
        """Give both numbers, with the provision."""
        return cls(
            f"回访仅尝试{tries}次，至少须{needed}次才能按联系不上办结。",
            f"The customer was tried {tries} times; {needed} are needed before closing as unreachable.",
            pointer="/tries",
            because=because,
        )


class NotYours(Refusal):
    """A step that only the first responder or the handler takes."""

    code: ClassVar[str] = "not-the-handler"

    @classmethod
    def of(cls, move: str, because: Mapping[str, Any]) -> Self:
        """Name the step, with the article."""
        return cls(
            f"只有首问单位或上报后的承办单位才能{MOVE_ZH[move]}。",
            f"Only the first responder, or the handler it was escalated to, may {move} this complaint.",
            because=because,
        )

    @classmethod
    def verdict(cls, above: str, because: Mapping[str, Any]) -> Self:
        """Name whose verdict a reopened complaint waits for, with the article."""
        return cls(
            f"重新受理的投诉由上一级{above}作出结论；本单位仍可回应和调查。",
            f"The verdict of a reopened complaint is a level up, at {above}; answering and investigating are open to "
            "whoever handles it.",
            because=because,
        )

    @classmethod
    def escalation(cls, handler: str, because: Mapping[str, Any]) -> Self:
        """Name the present handler, which alone escalates further, with the article."""
        return cls(
            f"已上报{handler}；是否继续上报由{handler}决定。",
            f"It has been escalated to {handler}, which alone escalates it further.",
            because=because,
        )


class UnknownPost(Refusal):
    """The organisation of the token has not been heard of here."""

    code: ClassVar[str] = "unknown-post"

    @classmethod
    def of(cls, org_id: str) -> Self:
        """Name the organisation."""
        return cls(
            f"本服务尚无单位{org_id}的资料。", f"This service has not heard of the organisation {org_id} yet."
        )
