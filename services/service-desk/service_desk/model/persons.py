"""Requests of persons about what is kept of them: erasure and correction."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Self
from uuid import UUID

from contracts.refusals import Refusal


class ErasureState(StrEnum):
    """Where a request for erasure stands: asked for by one person, executed or refused by another."""

    REQUESTED = "requested"
    EXECUTED = "executed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Erasure:
    """A request for erasure; `phone_keys` are kept only until it is decided."""

    id: UUID
    state: ErasureState
    version: int
    org_id: str
    orgpath: str
    phone_keys: tuple[str, ...]
    case_nos: tuple[str, ...]
    requested_by: str


class NothingToErase(Refusal):
    """No case in scope has this person."""

    code: ClassVar[str] = "nothing-to-erase"

    @classmethod
    def of(cls) -> Self:
        """Say so."""
        return cls(
            "本单位范围内没有该人的案件。", "No case within this unit's area holds anything of this person."
        )


class ErasureDecided(Refusal):
    """A request that was executed or refused before."""

    code: ClassVar[str] = "already-decided"

    @classmethod
    def of(cls, state: str) -> Self:
        """Say how."""
        zh = {"executed": "已执行", "refused": "已驳回"}[state]
        return cls(f"该删除申请{zh}。", f"This request for erasure was {state}.", extra={"state": state})


class PersonErased(Refusal):
    """A case of which nothing about a person is left to be corrected."""

    code: ClassVar[str] = "person-erased"

    @classmethod
    def of(cls, case_no: str) -> Self:
        """Name the case."""
        return cls(
            f"案件{case_no}的个人信息已删除，不能更正。",
            f"The personal data of case {case_no} are erased; there is nothing to correct.",
        )
