"""The customer's file in four layers (hubei, annex 2), its changes and its filing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

Fields = Mapping[str, Any]
Content = Fields | tuple[Fields, ...]
CONFIDENTIALITY = "confidentiality"


class Layer(StrEnum):
    """A layer of the file; two hold one set of fields, two a list of them."""

    BASIC = "basic"
    EXTENDED = "extended"
    KEY_PERSONS = "key-persons"
    COMPETITORS = "competitors"

    @property
    def member(self) -> str:
        """The layer's name in bodies and columns."""
        return self.replace("-", "_")


class Confidentiality(StrEnum):
    """How widely a layer is seen, from wide to narrow."""

    OPEN = "open"
    INTERNAL = "internal"
    RESTRICTED = "restricted"

    @property
    def rank(self) -> int:
        """Its place in the order."""
        return list(Confidentiality).index(self)


class FiledWith(StrEnum):
    """Whose center a file was filed with."""

    CITY = "city"
    PROVINCE = "province"


class Source(StrEnum):
    """How a change came in."""

    PERSON = "person"
    FORM = "form"
    MERGE = "merge"
    UNMERGE = "unmerge"


@dataclass(frozen=True)
class CustomerFile:
    """A file as it now is; version 0 is one that nobody has begun. `raised` are levels above the law's own."""

    customer_id: UUID
    basic: Fields = field(default_factory=dict)
    extended: Fields = field(default_factory=dict)
    key_persons: tuple[Fields, ...] = ()
    competitors: tuple[Fields, ...] = ()
    raised: Mapping[Layer, Confidentiality] = field(default_factory=dict)
    version: int = 0

    def layer(self, layer: Layer) -> Content:
        """Give what a layer holds."""
        content: Content = getattr(self, layer.member)
        return content

    def with_layers(self, layers: Mapping[Layer, Content]) -> "CustomerFile":
        """Give the next version with some layers replaced."""
        members: dict[str, Any] = {layer.member: content for layer, content in layers.items()}
        return replace(self, **members, version=self.version + 1)

    @property
    def empty(self) -> bool:
        """Tell whether nothing has been written in any layer."""
        return not any(self.layer(layer) for layer in Layer)


@dataclass(frozen=True)
class LayerChange:
    """What a change replaced in one layer: the fields, and their values before it."""

    layer: Layer
    fields: tuple[str, ...]
    former: Any


@dataclass(frozen=True)
class Filing:
    """That a version of the file was filed with a center; filings are only added."""

    filing_id: UUID
    customer_id: UUID
    filed_with: FiledWith
    filed_on: date
    file_version: int
    staff_id: UUID
    org_id: str
    at: datetime


def amended(current: Fields, facts: Fields) -> Fields:
    """Give a set of fields with some replaced; None takes a field out."""
    return {name: value for name, value in {**current, **facts}.items() if value is not None}


def changes(before: CustomerFile, after: Mapping[Layer, Content]) -> list[LayerChange]:
    """Give what differs, layer by layer, with the former values."""
    compared = [_compare(layer, before.layer(layer), content) for layer, content in after.items()]
    return [change for change in compared if change.fields]


def raises(before: CustomerFile, raised: Mapping[Layer, Confidentiality]) -> list[LayerChange]:
    """Give the layers whose level differs, with the former one where there was one."""
    return [
        LayerChange(layer, (CONFIDENTIALITY,), {CONFIDENTIALITY: before.raised.get(layer)})
        for layer in Layer
        if before.raised.get(layer) != raised.get(layer)
    ]


def _compare(layer: Layer, before: Content, after: Content) -> LayerChange:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        names = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
        return LayerChange(layer, tuple(names), {name: before.get(name) for name in names})
    # A list is kept whole: its entries have no names of their own.
    return LayerChange(layer, () if list(before) == list(after) else (layer.member,), list(before))


def with_person(persons: Sequence[Fields], brought: Fields) -> tuple[Fields, ...]:
    """Give the key persons with one renewed, by the same name, or added."""
    same = [place for place, one in enumerate(persons) if one["name"] == brought["name"]]
    if not same:
        return (*persons, brought)
    renewed = list(persons)
    renewed[same[0]] = amended(persons[same[0]], brought)
    return tuple(renewed)
