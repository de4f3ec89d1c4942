"""From the first declaration to the file and the code (hubei art. 11-13, 17-20, annexes; others)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from regulations.calendars import Duration
from regulations.provisions import Topic
from regulations.reading import CustomerClass, Money
from regulations.topics.words import Confidentiality, Layer, Named, OrgKind, codes_once

DemandKind = Literal["integrated", "single-line", "small", "single-service"]


@dataclass(frozen=True)
class DevelopmentStep(Named):
    """One of the four steps, with what it has to bring to light."""

    brings: tuple[Named, ...]


@dataclass(frozen=True)
class DevelopmentSteps(Topic):
    """The steps of a development case, in order."""

    topic: ClassVar[str] = "development-steps"
    root: ClassVar[str | None] = "steps"
    steps: tuple[DevelopmentStep, ...]

    def __post_init__(self) -> None:
        codes_once(self.steps)


@dataclass(frozen=True)
class DemandRouting(Topic):
    """Who develops which kind of demand."""

    topic: ClassVar[str] = "demand-routing"
    root: ClassVar[str | None] = "by_kind"
    by_kind: Mapping[
        Literal["integrated", "single-line", "small", "single-service"], Literal["center", "team"]
    ]


@dataclass(frozen=True)
class DeclarationDuty(Topic):
    """Declare to the center first; others may then in principle not develop; the center may reappoint."""

    topic: ClassVar[str] = "declaration"
    declared_to: Literal["own-center"]
    before_developing: bool
    others_excluded: Literal["in-principle"]
    center_may_reappoint: bool


@dataclass(frozen=True)
class RegistrationDecide(Topic):
    """The time to decide a registration or a held declaration."""

    topic: ClassVar[str] = "registration-decide"
    within: Duration


@dataclass(frozen=True)
class RegistrationForm(Topic):
    """Annex 1: what is filed, the choices it offers, and what the level above confirms."""

    topic: ClassVar[str] = "registration-form"
    fields: tuple[Named, ...]
    kinds: tuple[Named, ...]
    businesses: tuple[Named, ...]
    natures: tuple[Named, ...]
    lines: tuple[str, ...]
    confirmation: tuple[Named, ...]
    outcomes: tuple[Named, ...]

    def __post_init__(self) -> None:
        for elements in (self.fields, self.kinds, self.businesses, self.natures, self.confirmation):
            codes_once(elements)


@dataclass(frozen=True)
class CustomerCode(Topic):
    """Who gives the code, when, and how often."""

    topic: ClassVar[str] = "customer-code"
    issued_by: OrgKind
    issued_on: Literal["approval"]
    unique: bool
    changes: Literal["not-as-a-rule"]


@dataclass(frozen=True)
class CustomerCodeFormat(Topic):
    """How a customer code is made: the city's code, a serial, a check digit."""

    topic: ClassVar[str] = "customer-code-format"
    city_digits: int
    serial_digits: int
    check: Literal["iso7064-mod11-10"]


@dataclass(frozen=True)
class FileLayer(Named):
    """A layer of the customer's file with its fields."""

    code: Layer
    fields: tuple[Named, ...]

    def __post_init__(self) -> None:
        codes_once(self.fields)


@dataclass(frozen=True)
class FileLayers(Topic):
    """Annex 2, layer by layer."""

    topic: ClassVar[str] = "file-layers"
    root: ClassVar[str | None] = "layers"
    layers: tuple[FileLayer, ...]

    def __post_init__(self) -> None:
        codes_once(self.layers)

    def layer(self, code: Layer) -> FileLayer:
        """Give one layer; raises KeyError."""
        return {layer.code: layer for layer in self.layers}[code]


@dataclass(frozen=True)
class LayerConfidentiality:
    """The level a layer has unless the customer raises it, and whether its fields may stay empty."""

    level: Confidentiality
    optional: bool


@dataclass(frozen=True)
class FileConfidentiality(Topic):
    """Confidentiality of each layer of the file."""

    topic: ClassVar[str] = "file-confidentiality"
    root: ClassVar[str | None] = "by_layer"
    by_layer: Mapping[Layer, LayerConfidentiality]


@dataclass(frozen=True)
class FileReporting(Topic):
    """Where files are registered, and from which class up they and their changes go to the province."""

    topic: ClassVar[str] = "file-reporting"
    registered_with: OrgKind
    passed_on_to: OrgKind
    passed_on_from_class: CustomerClass
    changes_in_writing: bool


@dataclass(frozen=True)
class VolumeLedger(Topic):
    """Which ledger each speciality keeps, and how often it is analysed."""

    topic: ClassVar[str] = "volume-ledger"
    express: Literal["volume-ledger"]
    logistics: Literal["annex-3"]
    every: Duration


@dataclass(frozen=True)
class ProcessStep(Named):
    """A step of the management of customers: who takes it, and by what."""

    by: Literal["unit", "marketing-center", "responsible-unit"]
    considers: tuple[Named, ...] = ()


@dataclass(frozen=True)
class ManagementProcess(Topic):
    """From the users of an area to a responsible unit, and by what others may still sell."""

    topic: ClassVar[str] = "management-process"
    steps: tuple[ProcessStep, ...]
    others: Literal["under-bureau-rules"]

    def __post_init__(self) -> None:
        codes_once(self.steps)


@dataclass(frozen=True)
class MandatoryFile(Topic):
    """A file is a duty for users of this long, or from this average of yuan a month, both included."""

    topic: ClassVar[str] = "mandatory-file"
    used_for: Duration
    monthly_average: Money


@dataclass(frozen=True)
class MaintenanceForm(Topic):
    """The form of a customer's particulars and care, and how complete it is."""

    topic: ClassVar[str] = "maintenance-form"
    fields: tuple[Named, ...]
    complete: Literal["as-far-as-possible"]

    def __post_init__(self) -> None:
        codes_once(self.fields)


@dataclass(frozen=True)
class MaintenanceFile(Topic):
    """Who fills in a customer's file of care, and for how many kinds of customers it has a form, if told."""

    topic: ClassVar[str] = "maintenance-file"
    filled_by: Literal["every-post"]
    kinds: int | None = None


@dataclass(frozen=True)
class FileInventory(Topic):
    """The first inventory of key accounts, and what their files have to be."""

    topic: ClassVar[str] = "file-inventory"
    first_with: Literal["finance"]
    qualities: tuple[Named, ...]
    renewed: Literal["regularly"]

    def __post_init__(self) -> None:
        codes_once(self.qualities)
