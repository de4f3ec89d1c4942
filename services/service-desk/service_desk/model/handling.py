"""Pauses of a complaint's clocks: their reasons, and why one is refused."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Self

from contracts.refusals import Forbidden, InvalidValue, Refusal


class PauseReason(StrEnum):
    """Why a clock stands still; what else there is to say is sealed."""

    CUSTOMER_ASKED = "customer-asked"
    WAITING_FOR_CUSTOMER = "waiting-for-customer"
    WAITING_FOR_EVIDENCE = "waiting-for-evidence"
    FORCE_MAJEURE = "force-majeure"


class PauseRefused(Refusal):
    """The pauses of the cycle are used up."""

    code: ClassVar[str] = "pause-budget-used"

    @classmethod
    def of(cls, pauses: int, most: int, because: Mapping[str, Any]) -> Self:
        """Name what has been used."""
        return cls(
            f"本周期已中止{pauses}次，次数(最多{most}次)或合计时间已用完，不能再中止计时。",
            f"The clocks have been paused {pauses} times in this cycle; the {most} pauses, or the time they may take, "
            "are used up.",
            because=because,
        )


class LevelAboveOnly(Forbidden):
    """After so many warnings only the level above may pause."""

    code: ClassVar[str] = "level-above-only"

    @classmethod
    def of(cls, warnings: int, because: Mapping[str, Any]) -> Self:
        """Name the warnings."""
        return cls(
            f"已预警{warnings}次，仅上一级可以中止计时。",
            f"After {warnings} warnings only the level above may pause the clocks.",
            because=because,
        )


class NoClockRuns(Refusal):
    """There is nothing to pause, or nothing to resume."""

    code: ClassVar[str] = "no-such-clock"

    @classmethod
    def of(cls, case_no: str, *, paused: bool) -> Self:
        """Say what was looked for."""
        zh, en = ("中止中", "paused") if paused else ("运行中", "running")
        return cls(f"投诉{case_no}没有{zh}的时限。", f"Complaint {case_no} has no {en} clock.")


class PauseOver(InvalidValue):
    """A pause that is to end when it begins, or before."""

    @classmethod
    def of(cls, until: datetime, now: datetime) -> Self:
        """Give both times."""
        return cls(
            f"中止至{until.isoformat()}，须晚于现在{now.isoformat()}。",
            f"The pause is to last until {until.isoformat()}, which is not later than now, {now.isoformat()}.",
            pointer="/until",
        )


class UnknownAsker(InvalidValue):
    """A pause asked for by nobody who handles the case."""

    code: ClassVar[str] = "unknown-asker"

    @classmethod
    def of(cls, staff_no: str) -> Self:
        """Repeat the number."""
        return cls(
            f"首问单位和承办单位没有工号{staff_no}的在岗人员。",
            f"Nobody with the number {staff_no} works at the first responder or the handler.",
            pointer="/asked_by",
        )
