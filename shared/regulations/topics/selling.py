"""Who sells to whom, in which form, with which people (jiangxi, center-goals, manager-duties, care-strategies)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from regulations.provisions import Topic
from regulations.reading import Money, Share
from regulations.topics.words import ListTopic, Named, codes_once


@dataclass(frozen=True)
class OneToOne(Topic):
    """Who sells to integrated and to specialised accounts, who helps or is told, and what that prevents."""

    topic: ClassVar[str] = "one-to-one"
    integrated: Literal["center"]
    integrated_supported_by: Literal["specialities"]
    specialised: Literal["speciality"]
    specialised_known_to: Literal["center"]
    windows: Literal["serve-and-inform"]
    windows_call_on_customers: Literal["not-as-a-rule"]
    prevents: tuple[Named, ...]


@dataclass(frozen=True)
class KeepBeforeDevelop(Topic):
    """What comes first, keeping customers or developing them."""

    topic: ClassVar[str] = "keep-before-develop"
    order: tuple[Literal["keep", "develop"], ...]


@dataclass(frozen=True)
class ServiceForms(ListTopic):
    """The forms of one-to-one service."""

    topic: ClassVar[str] = "service-forms"


@dataclass(frozen=True)
class LoyaltyMeasures(ListTopic):
    """By what the relation to customers is measured."""

    topic: ClassVar[str] = "loyalty-measures"


@dataclass(frozen=True)
class CombinedSelling(Topic):
    """One team of several lines sells one solution; a case of it with its revenue in yuan."""

    topic: ClassVar[str] = "combined-selling"
    led_by: Literal["center"]
    joined_by: Literal["lines-concerned"]
    brings: Literal["one-solution"]
    example: Money


@dataclass(frozen=True)
class PeerComparison(Topic):
    """Customers of one class and trade, compared by their yearly usage in yuan."""

    topic: ClassVar[str] = "peer-comparison"
    compared: tuple[Literal["class", "trade"], ...]
    example: tuple[Money, ...]


@dataclass(frozen=True)
class MarketingStaff(Topic):
    """The least share of all staff that sells."""

    topic: ClassVar[str] = "marketing-staff"
    at_least: Share


@dataclass(frozen=True)
class StaffIncentives(ListTopic):
    """What draws good people into selling and keeps them there."""

    topic: ClassVar[str] = "staff-incentives"


@dataclass(frozen=True)
class ManagerEquipment(ListTopic):
    """What account managers are provided with."""

    topic: ClassVar[str] = "manager-equipment"


@dataclass(frozen=True)
class DutyGroup(Named):
    """A part of a post with its duties."""

    duties: tuple[Named, ...]

    def __post_init__(self) -> None:
        codes_once(self.duties)


@dataclass(frozen=True)
class ManagerDuties(Topic):
    """What a key-account manager has to do."""

    topic: ClassVar[str] = "manager-duties"
    root: ClassVar[str | None] = "groups"
    groups: tuple[DutyGroup, ...]

    def __post_init__(self) -> None:
        codes_once(self.groups)


@dataclass(frozen=True)
class CareChannels(ListTopic):
    """Channels of contact with a customer."""

    topic: ClassVar[str] = "care-channels"


@dataclass(frozen=True)
class CareStage(Named):
    """A stage of the work on a customer with its means, and whom it looks at apart."""

    means: tuple[Named, ...]
    whom: tuple[Named, ...] = ()


@dataclass(frozen=True)
class CareCycle(Topic):
    """From winning a customer to keeping it."""

    topic: ClassVar[str] = "care-cycle"
    root: ClassVar[str | None] = "stages"
    stages: tuple[CareStage, ...]

    def __post_init__(self) -> None:
        codes_once(self.stages)


@dataclass(frozen=True)
class HighEndCare(ListTopic):
    """Care of high-end finance clients."""

    topic: ClassVar[str] = "high-end-care"


@dataclass(frozen=True)
class DiamondCare(Topic):
    """Care of the highest finance clients: who leads, assists and acts, and what is done."""

    topic: ClassVar[str] = "diamond-care"
    roles: Mapping[Literal["leads", "assists", "acts"], Named]
    measures: tuple[Named, ...]

    def __post_init__(self) -> None:
        codes_once(self.measures)
