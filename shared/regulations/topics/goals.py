"""Yearly goals and plans (center-goals, marketing-plan, jiangxi)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from regulations.provisions import Topic
from regulations.topics.words import ListTopic, Named, codes_once


@dataclass(frozen=True)
class Goal(Named):
    """A goal, and whether its figure is the rise or the level reached."""

    figure: Literal["rise", "level"]


@dataclass(frozen=True)
class CenterGoals(Topic):
    """Goals whose figures a center sets for itself."""

    topic: ClassVar[str] = "center-goals"
    per: Literal["year"]
    figures_set_by: Literal["center"]
    goals: tuple[Goal, ...]

    def __post_init__(self) -> None:
        codes_once(self.goals)


@dataclass(frozen=True)
class ProjectSelling(ListTopic):
    """The stages that a selling project passes."""

    topic: ClassVar[str] = "project-selling"


@dataclass(frozen=True)
class CompanyApproach(Named):
    """How a kind of companies is approached; so many persons to each, where told."""

    kind: Literal["new-larger-company", "company-supported-by-city"]
    persons_each: int | None = None


@dataclass(frozen=True)
class CompanyApproaches(Topic):
    """Companies to which a center goes of its own accord."""

    topic: ClassVar[str] = "company-approaches"
    root: ClassVar[str | None] = "approaches"
    approaches: tuple[CompanyApproach, ...]

    def __post_init__(self) -> None:
        codes_once(self.approaches)


@dataclass(frozen=True)
class SellingCoordination(Topic):
    """Kinds of selling that are coordinated, what that avoids, and what is done where staff lack."""

    topic: ClassVar[str] = "selling-coordination"
    kinds: tuple[Named, ...]
    avoids: tuple[Named, ...]
    where_staff_lack: tuple[Named, ...]


@dataclass(frozen=True)
class TargetPlan(Topic):
    """The yearly list of targets: its columns, and how many accounts the first one had."""

    topic: ClassVar[str] = "target-plan"
    per: Literal["year"]
    columns: tuple[Named, ...]
    example_accounts: int

    def __post_init__(self) -> None:
        codes_once(self.columns)


@dataclass(frozen=True)
class PlanPart(Named):
    """A part of a plan with what it lists."""

    lists: tuple[Named, ...]

    def __post_init__(self) -> None:
        codes_once(self.lists)


@dataclass(frozen=True)
class MarketingPlan(Topic):
    """The template of a yearly plan, part by part."""

    topic: ClassVar[str] = "marketing-plan"
    root: ClassVar[str | None] = "parts"
    parts: tuple[PlanPart, ...]

    def __post_init__(self) -> None:
        codes_once(self.parts)
