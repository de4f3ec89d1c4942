"""Complaints: who answers, by when, how often, and what a repeated one is (hubei art. 30, 31)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from regulations.calendars import Duration
from regulations.provisions import Topic
from regulations.reading import CustomerClass
from regulations.topics.words import Channel, ListTopic, Named, codes_once


@dataclass(frozen=True)
class FirstResponder(Topic):
    """The duty of who receives a complaint first: what it ends with, no passing on, up what is unsolved."""

    topic: ClassVar[str] = "first-responder"
    must_give: tuple[Literal["result", "reply"], ...]
    sideways: Literal["refused"]
    unsolved: Literal["up-at-once"]


@dataclass(frozen=True)
class ResponderRule:
    """Who is first responder: for a known customer, and in turn for a caller that is not known."""

    known: Literal["city-above-responsible-unit", "receiving-unit"]
    unknown: tuple[Literal["city-named", "own-unit", "receiving-unit"], ...]


@dataclass(frozen=True)
class FirstResponderChannels(Topic):
    """The first responder for each channel."""

    topic: ClassVar[str] = "first-responder-channels"
    root: ClassVar[str | None] = "by_channel"
    by_channel: Mapping[Channel, ResponderRule]


@dataclass(frozen=True)
class ComplaintTimes:
    """The time for the first answer and for the resolution, both from receipt."""

    answer: Duration
    resolve: Duration


@dataclass(frozen=True)
class ComplaintClocks(Topic):
    """The times of a complaint; a pack may give a class or a channel times of its own, and a class goes first."""

    topic: ClassVar[str] = "complaint-clocks"
    answer: Duration
    resolve: Duration
    by_class: Mapping[CustomerClass, ComplaintTimes] | None = None
    by_channel: Mapping[Channel, ComplaintTimes] | None = None

    def times(self, service_class: int | None, channel: str | None) -> ComplaintTimes:
        """Give the times for a customer's class and a channel, either of which may be unknown."""
        told_apart = [times for key, times in (self.by_class or {}).items() if key == service_class]
        told_apart += [times for key, times in (self.by_channel or {}).items() if key == channel]
        return told_apart[0] if told_apart else ComplaintTimes(self.answer, self.resolve)


@dataclass(frozen=True)
class RepeatedComplaint(Topic):
    """Complaints that agree in these facts within this time are linked as repeated."""

    topic: ClassVar[str] = "repeated-complaint"
    within: Duration
    same: tuple[Literal["customer", "category"], ...]


@dataclass(frozen=True)
class FollowUp(Topic):
    """The time to ask after a resolved complaint, and how often the customer is tried."""

    topic: ClassVar[str] = "follow-up"
    within: Duration
    tries: int


@dataclass(frozen=True)
class CaseNumberFormat(Topic):
    """How a case number is made: date, seat, serial, check digit; the server's seats and people's own."""

    topic: ClassVar[str] = "case-number-format"
    date_digits: int
    seat_digits: int
    serial_digits: int
    check: Literal["iso7064-mod11-10"]
    server_seats_to: int
    own_seats_from: int
    own_seats_to: int


@dataclass(frozen=True)
class Channels(Topic):
    """Channels by which a customer reaches the post, and what each is for."""

    topic: ClassVar[str] = "channels"
    root: ClassVar[str | None] = "channels"
    channels: tuple[Named, ...]


@dataclass(frozen=True)
class EmergencyService(Topic):
    """The situations in which unusual transport is allowed."""

    topic: ClassVar[str] = "emergency-service"
    unusual_transport: tuple[Named, ...]
    vip_requests: tuple[Named, ...]


@dataclass(frozen=True)
class OpinionSurvey(Topic):
    """What every bureau asks its customers for of its own accord."""

    topic: ClassVar[str] = "opinion-survey"
    every: Literal["regularly"]
    asks: tuple[Named, ...]


@dataclass(frozen=True)
class ComplaintChannels(ListTopic):
    """Channels by which complaints are received."""

    topic: ClassVar[str] = "complaint-channels"


@dataclass(frozen=True)
class ComplaintStep(Named):
    """A step of handling a complaint, with what it has to do or to record."""

    does: tuple[Named, ...]


@dataclass(frozen=True)
class ComplaintSteps(Topic):
    """The steps, in order."""

    topic: ClassVar[str] = "complaint-steps"
    root: ClassVar[str | None] = "steps"
    steps: tuple[ComplaintStep, ...]

    def __post_init__(self) -> None:
        codes_once(self.steps)


@dataclass(frozen=True)
class ComplaintStepsOrder(Topic):
    """Whether a step may be left out."""

    topic: ClassVar[str] = "complaint-steps-order"
    skipping: Literal["refused"]
