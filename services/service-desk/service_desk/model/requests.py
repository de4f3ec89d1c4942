"""Service requests: the six priorities of the VIP channel, urgent and one-off requests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Self
from uuid import UUID

from contracts.refusals import Forbidden, InvalidValue, Refusal
from service_desk.model.instants import instant_en, instant_zh

PRIORITY = "priority"


class RequestState(StrEnum):
    """Where a request stands."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DONE = "done"
    DECLINED = "declined"


class RequestMove(StrEnum):
    """What may be done with a request."""

    ACCEPT = "accept"
    FINISH = "done"
    DECLINE = "decline"


STATE_ZH = {"open": "待受理", "accepted": "办理中", "done": "已完成", "declined": "已婉拒"}
MOVES = {
    (RequestMove.ACCEPT, RequestState.OPEN): RequestState.ACCEPTED,
    (RequestMove.FINISH, RequestState.ACCEPTED): RequestState.DONE,
    (RequestMove.DECLINE, RequestState.OPEN): RequestState.DECLINED,
    (RequestMove.DECLINE, RequestState.ACCEPTED): RequestState.DECLINED,
}
ENDED = frozenset({RequestState.DONE, RequestState.DECLINED})


class RequestOutOfTurn(Refusal):
    """A move that does not follow from where the request stands."""

    code: ClassVar[str] = "out-of-turn"

    @classmethod
    def of(cls, state: str, move: str) -> Self:
        """Say where it stands."""
        return cls(
            f"服务要求现为“{STATE_ZH[state]}”，不能进行此操作。",
            f"The service request is {state}; {move} does not follow.",
            extra={"state": state},
        )


class NotVip(Refusal):
    """The priorities are for the VIP channel alone."""

    code: ClassVar[str] = "not-vip"

    @classmethod
    def of(cls, because: Mapping[str, Any]) -> Self:
        """Cite who is VIP."""
        return cls(
            "该客户不在VIP绿色服务通道内。", "The customer does not have the VIP channel.", because=because
        )


class UnknownWord(InvalidValue):
    """A word that the pack in force does not list."""

    code: ClassVar[str] = "unknown-word"

    @classmethod
    def of(cls, word: str, known: Sequence[str], pointer: str) -> Self:
        """List what may be given."""
        return cls(
            f"“{word}”不在规定之列。",
            f"{word!r} is none of those in force: {', '.join(known)}.",
            pointer=pointer,
            extra={"known": list(known)},
        )


class NotItsSituation(InvalidValue):
    """An emergency of a VIP's request without the request, or any other one with a request."""

    @classmethod
    def of(cls, situation: str, because: Mapping[str, Any], *, of_request: bool) -> Self:
        """Say which of the two it is."""
        zh, en = (
            (
                "是VIP客户服务要求的情形，须给出该服务要求",
                "is of a VIP customer's request, which is to be named",
            )
            if of_request
            else ("不因某一服务要求而起，不得给出服务要求", "is not of a request, and names none")
        )
        return cls(
            f"“{situation}”{zh}。", f"{situation!r} {en}.", pointer="/service_request", because=because
        )


class NotTheirRequest(Forbidden):
    """A move that the unit concerned, or the center above it, makes."""

    code: ClassVar[str] = "not-the-handler"

    @classmethod
    def of(cls, unit: str) -> Self:
        """Name the unit."""
        return cls(f"该事项由{unit}或其上级中心办理。", f"This is for {unit}, or for the center above it.")


class EmergencyOver(Refusal):
    """Unusual transport outside the time for which the emergency was declared."""

    code: ClassVar[str] = "emergency-over"

    @classmethod
    def of(cls, since: datetime, until: datetime) -> Self:
        """Give the time for which it was declared."""
        return cls(
            f"应急状态自{instant_zh(since)}起至{instant_zh(until)}止，此时不得采取非常规运输。",
            f"The emergency lasts from {instant_en(since)} until {instant_en(until)}; unusual transport is not allowed now.",
        )


@dataclass(frozen=True, slots=True)
class Asker:
    """The customer of a request, as far as routing and priority need it."""

    customer_id: UUID
    name: str
    service_class: int | None
    vip: bool
    org_id: str
    orgpath: str
    manager_id: str | None


@dataclass(frozen=True, slots=True)
class ServiceRequest:
    """A request's public state; `priority` where it is one of the VIP channel's."""

    id: UUID
    case_no: str
    state: RequestState
    version: int
    kind: str
    priority: str | None
    channel: str
    subject: str
    org_id: str
    orgpath: str
    customer_id: UUID
    service_class: int | None
    vip: bool
    desk_org_id: str
    received_at: datetime
    wanted_by: datetime | None
    mail_no: str | None

    @property
    def ended(self) -> bool:
        """Tell whether nothing more is done with it."""
        return self.state in ENDED

    def after(self, move: RequestMove) -> RequestState:
        """Give the state a move leads to; raises RequestOutOfTurn."""
        reached = MOVES.get((move, self.state))
        if reached is None:
            raise RequestOutOfTurn.of(self.state, move)
        return reached
