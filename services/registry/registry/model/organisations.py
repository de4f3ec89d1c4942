"""Nodes of the tree: what their ids look like and which node stands under which."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from registry.model.refusals import WrongOrganisation


class Kind(StrEnum):
    """The kinds of node; a center is none, it is the staff with center roles at one."""

    NATIONAL = "national"
    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    BUREAU = "bureau"
    TEAM = "team"


NATION = "CN"
_PROVINCE = re.compile(r"[1-9][0-9]0000")
_CITY = re.compile(r"[1-9][0-9]{3}00")
_COUNTY = re.compile(r"[1-9][0-9]{5}")
_TOWN = re.compile(r"[1-9][0-9]{8}")
_UNIT = re.compile(r"(CN|[1-9][0-9]{5}|[1-9][0-9]{8})-(?P<mark>[ST])([0-9]{2})")
_FIRST_PAIR = re.compile(r"^(..).*$")
_SIX_DIGITS = re.compile(r"^[1-9][0-9]{5}")
_PARENTS: Mapping[Kind, frozenset[Kind]] = {
    Kind.NATIONAL: frozenset(),
    Kind.PROVINCE: frozenset({Kind.NATIONAL}),
    Kind.CITY: frozenset({Kind.PROVINCE}),
    Kind.COUNTY: frozenset({Kind.PROVINCE, Kind.CITY, Kind.COUNTY}),
    Kind.BUREAU: frozenset({Kind.NATIONAL, Kind.PROVINCE, Kind.CITY, Kind.COUNTY}),
    Kind.TEAM: frozenset({Kind.PROVINCE, Kind.CITY, Kind.COUNTY, Kind.BUREAU}),
}
_LETTERS = {Kind.BUREAU: "S", Kind.TEAM: "T"}


@dataclass(frozen=True)
class AdoptedPack:
    """A pack in force at a node from a day, up to but without `until`; no topics means all of them."""

    pack: str
    topics: tuple[str, ...] | None
    from_: date
    until: date | None

    def lives(self, pack: str, topic: str, day: date) -> bool:
        """Tell whether it gives a pack's topic on a day or later."""
        named = self.pack == pack and (self.topics is None or topic in self.topics)
        return named and (self.until is None or self.until > day)


@dataclass(frozen=True)
class Organisation:
    """A node of the tree. `division` is the place it stands for, `orgpath` follows from its parents."""

    org_id: str
    parent_id: str | None
    kind: Kind
    name: str
    name_en: str | None
    division: str | None
    place_class: str | None
    orgpath: str
    adoptions: tuple[AdoptedPack, ...]
    successor_id: str | None
    valid_from: date
    valid_to: date | None
    version: int

    @property
    def dissolved(self) -> bool:
        """Whether its life has an end."""
        return self.valid_to is not None


def check_form(org_id: str, kind: Kind) -> None:
    """Refuse an org_id that is no code of its kind."""
    if not _has_form(org_id, kind):
        raise WrongOrganisation(
            f"{org_id} 不是{_NAMES[kind]}的机构代码",
            f"{org_id} is no code of a {kind}",
            pointer="/org_id",
        )


def check_parent(org_id: str, kind: Kind, parent: Organisation | None) -> None:
    """Refuse a node under a parent where its kind or code does not belong; only the nation has no parent."""
    if parent is None:
        if kind is not Kind.NATIONAL:
            raise _misplaced(org_id, "无上级", "without a parent")
        return
    if parent.kind not in _PARENTS[kind] or not _under(org_id, kind, parent):
        raise _misplaced(org_id, f"不能设在 {parent.org_id} 之下", f"does not stand under {parent.org_id}")


def division_of(org_id: str) -> str | None:
    """Give the division of a node whose own is not told: the place in its code, a town's county; the nation has none."""
    digits = _SIX_DIGITS.match(org_id)
    return digits.group() if digits else None


def _has_form(org_id: str, kind: Kind) -> bool:
    if kind is Kind.NATIONAL:
        return org_id == NATION
    if kind is Kind.PROVINCE:
        return bool(_PROVINCE.fullmatch(org_id))
    if kind is Kind.CITY:
        return bool(_COUNTY.fullmatch(org_id)) and not _PROVINCE.fullmatch(org_id)
    if kind is Kind.COUNTY:
        return bool(_TOWN.fullmatch(org_id)) or bool(
            _COUNTY.fullmatch(org_id) and not _CITY.fullmatch(org_id) and not _PROVINCE.fullmatch(org_id)
        )
    unit = _UNIT.fullmatch(org_id)
    return unit is not None and unit["mark"] == _LETTERS[kind]


def _under(org_id: str, kind: Kind, parent: Organisation) -> bool:
    # Codes are kept when a node moves: below a province only the province of the code must agree.
    if kind in _LETTERS:
        return _same_province(org_id, parent.org_id)
    if kind is Kind.PROVINCE:
        return True
    if _TOWN.fullmatch(org_id):
        return parent.kind is Kind.COUNTY and org_id.startswith(parent.org_id)
    return _same_province(org_id, parent.org_id) and len(parent.org_id) == len(org_id)


def _same_province(org_id: str, other: str) -> bool:
    return _province(org_id) == _province(other)


def _province(org_id: str) -> str:
    return _FIRST_PAIR.sub(r"\1", org_id)


def _misplaced(org_id: str, zh: str, en: str) -> WrongOrganisation:
    return WrongOrganisation(f"{org_id} {zh}", f"{org_id} {en}", pointer="/parent_id")


_NAMES = {
    Kind.NATIONAL: "全国",
    Kind.PROVINCE: "省局",
    Kind.CITY: "市州局",
    Kind.COUNTY: "县市区局",
    Kind.BUREAU: "专业局",
    Kind.TEAM: "班组",
}
