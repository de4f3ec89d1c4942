"""Blind checks: whether somebody has a customer, asked before it is declared."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from contracts.refusals import Refusal
from registry.model.declarations import Candidate, Holding, Prospect


class Finding(StrEnum):
    """What a blind check comes to: somebody has it, the center would have to compare, or nobody is known to have it."""

    TAKEN = "taken"
    SIMILAR = "similar"
    FREE = "free"


@dataclass(frozen=True)
class Found:
    """What the asker learns: of a taken customer what annex 1 says of it, and what their own center may see."""

    finding: Finding
    holding: Holding | None = None
    matched: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True)
class Check:
    """Who asked for whom when, and what came out."""

    check_id: UUID
    org_id: str
    asked_by: UUID
    asked_at: datetime
    asked: Prospect
    lines: tuple[str, ...]
    found: Found


@dataclass(frozen=True)
class Limits:
    """How many checks a person, and all persons of a unit, may ask for within a time."""

    person: int
    unit: int
    within: timedelta


class TooManyChecks(Refusal):
    """Blind checks are for single customers, not for finding out what others have."""

    code: ClassVar[str] = "too-many-checks"
