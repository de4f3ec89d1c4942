"""Who sees and writes which layer of a file, how complete it is, and with whom it is filed (hubei, art. 17, 18)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from contracts.refusals import InvalidValue
from registry.commands.asking import Asker
from registry.model.customers import Customer, CustomerState
from registry.model.files import Confidentiality, Content, CustomerFile, Fields, Layer
from registry.model.staff import Role
from regulations.calendars import add_months
from regulations.provisions import Because, Decision, Provision
from regulations.topics.registration import (
    FileConfidentiality,
    FileLayer,
    FileLayers,
    FileReporting,
    MandatoryFile,
)

Levels = Mapping[Layer, Confidentiality]


@dataclass(frozen=True)
class Standing:
    """What somebody who has a customer in sight is to it."""

    manager: bool
    unit_head: bool
    officer_above: bool
    director_above: bool
    inspector: bool

    @property
    def writes(self) -> bool:
        """Tell whether the file is this person's to keep."""
        return self.manager or self.unit_head or self.officer_above or self.director_above

    def reads(self, level: Confidentiality) -> bool:
        """Tell whether a layer of a level is shown to this person."""
        if level is Confidentiality.OPEN:
            return True
        narrow = self.manager or self.unit_head or self.director_above or self.inspector
        return narrow or (level is Confidentiality.INTERNAL and self.officer_above)


def standing(asker: Asker, customer: Customer, orgpath: str) -> Standing:
    """Say what the asker is to a customer whose unit stands at `orgpath`; before registration the unit's managers keep it."""
    covers = asker.covers(orgpath)
    own = (
        asker.org_id == customer.org_id
        if customer.manager_id is None
        else asker.staff_id == customer.manager_id
    )
    return Standing(
        manager=own and asker.may(Role.ACCOUNT_MANAGER),
        unit_head=covers and asker.may(Role.UNIT_HEAD),
        officer_above=covers and asker.may(Role.CENTER_OFFICER),
        director_above=covers and asker.may(Role.CENTER_DIRECTOR),
        inspector=covers and asker.may(Role.INSPECTOR),
    )


def levels(raised: Levels, law: Provision[FileConfidentiality]) -> dict[Layer, Confidentiality]:
    """Give each layer's level: the law's, or the higher one that the customer was given."""
    return {
        layer: max(
            Confidentiality(law.value.by_layer[layer.value].level),
            raised.get(layer, Confidentiality.OPEN),
            key=lambda level: level.rank,
        )
        for layer in Layer
    }


def check_raised(wanted: Levels, law: Provision[FileConfidentiality]) -> None:
    """Refuse a level below the law's own: a layer is raised, never lowered."""
    for layer, level in wanted.items():
        least = Confidentiality(law.value.by_layer[layer.value].level)
        if level.rank < least.rank:
            raise InvalidValue(
                f"该层次的密级不得低于 {least}",
                f"the layer is {least} at least",
                pointer=f"/confidentiality/{layer.member}",
                because=Because.of(law.cite(layer=layer, level=level)).to_json(),
            )


def whole(file: CustomerFile, customer: Customer) -> dict[Layer, Content]:
    """Give the file's layers, the basic one with what the customer itself knows."""
    known = {
        "name": customer.name,
        "customer_code": customer.customer_code,
        "address": customer.address,
        "industry": customer.industry,
    }
    basic = {**file.basic, **{name: value for name, value in known.items() if value is not None}}
    return {**{layer: file.layer(layer) for layer in Layer}, Layer.BASIC: basic}


def completeness(
    contents: Mapping[Layer, Content], law: Provision[FileLayers], step: Decimal
) -> dict[str, str]:
    """Give each layer's share of filled fields, rounded to `step`; of several entries the fullest counts."""
    return {
        layer.code: str(_filled(contents[Layer(layer.code)], layer).quantize(step, ROUND_HALF_UP))
        for layer in law.value.layers
    }


def _filled(content: Content, layer: FileLayer) -> Decimal:
    entries: Sequence[Fields] = [content] if isinstance(content, Mapping) else content
    names = [field.code.replace("-", "_") for field in layer.fields]
    most = max((sum(_is_filled(entry.get(name)) for name in names) for entry in entries), default=0)
    return Decimal(most) / len(names)


def _is_filled(value: Any) -> bool:
    return value is not None and value != ""


def goes_to_province(cls: int | None, law: Provision[FileReporting]) -> Decision[bool]:
    """Say whether the city passes a file on: from a class upward (a lower number)."""
    due = cls is not None and cls <= law.value.passed_on_from_class
    inputs: dict[str, Any] = {"class": cls}
    return Decision(
        due,
        Because.of(
            law.cite(**inputs),
            zh="由市州中心报省中心" if due else "不需报省中心",
            en="the city passes the file on to the province"
            if due
            else "the file need not go to the province",
        ),
    )


@dataclass(frozen=True)
class UseSoFar:
    """Since when a customer is one, and what it brings a month, as far as the registry knows, on a day."""

    since: date | None
    monthly_average: Decimal | None
    today: date


def must_have_file(
    state: CustomerState,
    use: UseSoFar,
    reporting: Provision[FileReporting],
    law: Provision[MandatoryFile] | None,
) -> Decision[bool]:
    """Say whether a file is a duty: of every registered customer, and where a unit's own rule says so."""
    due = state is CustomerState.REGISTERED or (law is not None and _used_enough(use, law))
    reasons = [reporting.cite(state=state)]
    if law is not None:
        reasons.append(law.cite(used_since=use.since, monthly_average=use.monthly_average))
    return Decision(
        due,
        Because.of(
            *reasons,
            zh="必须建立档案" if due else "不强制建立档案",
            en="a file is mandatory" if due else "a file is not mandatory",
        ),
    )


def _used_enough(use: UseSoFar, law: Provision[MandatoryFile]) -> bool:
    months = law.value.used_for.months
    long = use.since is not None and months is not None and add_months(use.since, months) <= use.today
    much = use.monthly_average is not None and use.monthly_average >= law.value.monthly_average
    return long or much
