"""What may be asked of development cases and their projects."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from registry.commands.asking import Asker
from registry.model.development import CaseState, Grade, Step, Target
from regulations.topics.registration import DemandKind


@dataclass(frozen=True)
class OpenCase:
    """Begin to develop a prospect: a customer of the scope by its key, or a firm that no file is about yet."""

    asker: Asker
    org_id: str
    customer: str | None
    target: Target | None
    lines: tuple[str, ...]
    demand: DemandKind | None


@dataclass(frozen=True)
class ChangeCase:
    """Write down what was found out (by step; None takes out), or change lines, demand or who works on it."""

    asker: Asker
    case_id: UUID
    version: int
    facts: Mapping[str, Any]
    written: Mapping[Step, Mapping[str, str | None]]


@dataclass(frozen=True)
class MoveCase:
    """Take a case to another step; back only with a reason."""

    asker: Asker
    case_id: UUID
    to: Step
    reason: str | None


@dataclass(frozen=True)
class GradeCase:
    """Grade a prospect by every aspect."""

    asker: Asker
    case_id: UUID
    grades: Mapping[str, Grade]


@dataclass(frozen=True)
class EndCase:
    """End a case as lost or dropped; won it is by the registration alone."""

    asker: Asker
    case_id: UUID
    state: CaseState
    reason: str


@dataclass(frozen=True)
class OneCase:
    """File a case with the center."""

    asker: Asker
    case_id: UUID


@dataclass(frozen=True)
class FileProject:
    """File a selling project with the center."""

    asker: Asker
    case_id: UUID
    title: str
    plan: str


@dataclass(frozen=True)
class SayOfProject:
    """Approve or refuse a project, watch it, or assess it, each with what is said of it."""

    asker: Asker
    case_id: UUID
    text: str
