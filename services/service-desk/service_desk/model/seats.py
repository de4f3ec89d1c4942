"""Seats that work without a network: a number given to one person, the calls made under it, and what is refused."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar, Self
from uuid import UUID

from contracts.refusals import Refusal


class SeatState(StrEnum):
    """A seat is given to a person, enrolled by the one device that counts its serials, and revoked at last."""

    GIVEN = "given"
    ENROLLED = "enrolled"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat as it stands; `org_id` is the post of its person when it was given."""

    id: UUID
    number: int
    staff_id: UUID
    org_id: str
    orgpath: str
    state: SeatState
    given_at: datetime
    given_by: str
    version: int
    device: str | None = None
    enrolled_at: datetime | None = None
    revoked_at: datetime | None = None
    revoked_by: str | None = None


@dataclass(frozen=True, slots=True)
class CaseNumber:
    """A case number taken apart; `day` is that of the call in Shanghai."""

    day: date
    seat: int
    serial: int


class CaseNumberInvalid(Refusal):
    """A case number that no seat can have made for this call."""

    code: ClassVar[str] = "case-number-invalid"

    @classmethod
    def of(cls, case_no: str, zh: str, en: str) -> Self:
        """Repeat it and say what is wrong with it."""
        return cls(f"案件编号{case_no}{zh}。", f"Case number {case_no} {en}.", pointer="/case_no")


class CaseNumberTaken(Refusal):
    """A case number that came before with another content."""

    code: ClassVar[str] = "case-number-taken"

    @classmethod
    def of(cls, case_no: str) -> Self:
        """Point to the case that has it."""
        return cls(
            f"案件编号{case_no}已用于内容不同的另一次来电。",
            f"Case number {case_no} came before with another content.",
            pointer="/case_no",
            extra={"location": f"/v1/complaints/{case_no}"},
        )


class SeatNotYours(Refusal):
    """A case number of a seat that was not the sender's on the day of the call."""

    code: ClassVar[str] = "seat-not-yours"

    @classmethod
    def of(cls, seat: int, day: date) -> Self:
        """Name the seat and the day."""
        return cls(
            f"{day.isoformat()}席位{seat}未发给您。",
            f"Seat {seat} was not yours on {day.isoformat()}.",
            pointer="/case_no",
        )


class NotASeat(Refusal):
    """A number outside those that are given to people."""

    code: ClassVar[str] = "not-a-seat"

    @classmethod
    def of(cls, number: int, first: int, last: int) -> Self:
        """Give the bounds."""
        return cls(
            f"席位号{number}不在{first}至{last}之内。",
            f"Seat {number} is not between {first} and {last}.",
            pointer="/number",
        )


class SeatTaken(Refusal):
    """A number that somebody holds, or held until today: its calls of today carry it."""

    code: ClassVar[str] = "seat-taken"

    @classmethod
    def of(cls, number: int) -> Self:
        """Name the number."""
        return cls(
            f"席位号{number}已有人使用，或今天刚收回，次日起方可另发。",
            f"Seat {number} is held, or was until today; it is free from the day after its revocation.",
            pointer="/number",
        )


class NoSeatLeft(Refusal):
    """Every number is held."""

    code: ClassVar[str] = "no-seat-left"

    @classmethod
    def of(cls) -> Self:
        """Say so."""
        return cls(
            "席位号已发完，请先收回不用的席位。", "Every seat is held; revoke one that is not used first."
        )


class UnknownPerson(Refusal):
    """Nobody of the caller's scope who could take calls."""

    code: ClassVar[str] = "unknown-staff"

    @classmethod
    def of(cls, staff_no: str) -> Self:
        """Repeat the staff number."""
        return cls(
            f"范围内没有可受理来电的员工{staff_no}。",
            f"There is nobody {staff_no} in your scope who may take calls.",
            pointer="/staff_no",
        )


class SeatOver(Refusal):
    """A revoked seat."""

    code: ClassVar[str] = "seat-revoked"

    @classmethod
    def of(cls, number: int) -> Self:
        """Name the number."""
        return cls(f"席位{number}已收回。", f"Seat {number} has been revoked.")


class SeatEnrolled(Refusal):
    """A second device for a seat: it would count the same serials again."""

    code: ClassVar[str] = "seat-enrolled"

    @classmethod
    def of(cls, number: int) -> Self:
        """Say what to do instead."""
        return cls(
            f"席位{number}已在另一台设备上启用，编号会重复；请收回后另发新席位。",
            f"Seat {number} is enrolled on another device, and its numbers would repeat: revoke it and give a new one.",
            pointer="/device",
        )
