"""People of the staff: roles, absences and who stands in for whom."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from contracts.refusals import InvalidValue
from registry.model.refusals import DeputyLoop

_STAFF_NO = re.compile(r"[0-9]{8}")


class Role(StrEnum):
    """What a person may do; the table of roles says what each means."""

    ACCOUNT_MANAGER = "account-manager"
    UNIT_HEAD = "unit-head"
    CENTER_OFFICER = "center-officer"
    CENTER_DIRECTOR = "center-director"
    HOTLINE_AGENT = "hotline-agent"
    FINANCE = "finance"
    INSPECTOR = "inspector"
    ADMINISTRATOR = "administrator"
    OBSERVER = "observer"
    SYSTEM = "system"


@dataclass(frozen=True)
class Absence:
    """Days, both included, on which the deputy acts."""

    from_: date
    until: date
    reason: str | None = None


@dataclass(frozen=True)
class Person:
    """One of the staff; `staff_no` is the 工号 that people see. `key` orders the person's events for good."""

    staff_id: UUID
    staff_no: str
    name: str
    org_id: str
    roles: tuple[Role, ...]
    deputy_id: UUID | None
    absences: tuple[Absence, ...]
    active: bool
    key: str
    version: int


def check_staff_no(staff_no: str) -> None:
    """Refuse a staff number that is not eight digits."""
    if not _STAFF_NO.fullmatch(staff_no):
        raise InvalidValue("工号为 8 位数字", "a staff number has eight digits", pointer="/staff_no")


def check_absence(absence: Absence) -> None:
    """Refuse an absence that ends before it begins."""
    if absence.until < absence.from_:
        raise InvalidValue("缺勤的结束日早于开始日", "the absence ends before it begins", pointer="/until")


def check_deputies(staff_id: UUID, deputies: Mapping[UUID, UUID | None], hops: int) -> None:
    """Refuse a chain of deputies from this person that comes back to anybody on it, or takes more than `hops`."""
    seen = [staff_id]
    following = deputies.get(staff_id)
    while following is not None:
        if following in seen:
            raise DeputyLoop("代理关系成环", "the deputies lead back in a loop", pointer="/deputy_id")
        seen.append(following)
        if len(seen) > hops + 1:
            raise DeputyLoop(f"代理最多 {hops} 级", f"at most {hops} deputies in a row", pointer="/deputy_id")
        following = deputies.get(following)
