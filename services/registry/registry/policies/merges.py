"""What two customers become when they are one: whose claims go on, whose file counts, and what stands against it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from contracts.refusals import Refusal
from registry.model.claims import Claim
from registry.model.customers import Customer, CustomerState, Support
from registry.model.files import Content, CustomerFile, Layer, amended
from registry.model.merge_refusals import DisputeOpen, LinesClash, WrongSurvivor
from registry.model.merges import Taken

OF_CUSTOMER = ("address", "industry")


@dataclass(frozen=True)
class Side:
    """One of the two: the customer, its live claims, its file, and whether a dispute over it lives."""

    customer: Customer
    claims: Sequence[Claim]
    file: CustomerFile
    disputed: bool


def objections(merged: Side, survivor: Side) -> list[Refusal]:
    """Name everything in the two files that stands against a merge."""
    found: list[Refusal] = []
    state = survivor.customer.state
    if state not in (CustomerState.PROSPECT, CustomerState.REGISTERED):
        found.append(WrongSurvivor(f"客户现为 {state},不能并入", f"a {state} customer survives nothing"))
    if state is CustomerState.PROSPECT and merged.customer.customer_code is not None:
        found.append(
            WrongSurvivor(
                "已注册客户不能并入未注册客户,请反向合并",
                "a registered customer is not merged into a prospect",
            )
        )
    found.extend(DisputeOpen.of(side.customer.customer_id) for side in (merged, survivor) if side.disputed)
    clashing = clashes(merged.claims, survivor.claims)
    if clashing:
        found.append(
            LinesClash(
                f"业务 {'、'.join(clashing)} 由两个单位分别持有,先行裁决",
                f"two units hold {', '.join(clashing)}: that is ruled on first",
                extra={"lines": list(clashing)},
            )
        )
    return found


def clashes(merged: Sequence[Claim], survivor: Sequence[Claim]) -> tuple[str, ...]:
    """Give the lines that different units hold of the two."""
    held = {claim.line: claim.org_id for claim in survivor}
    return tuple(sorted(claim.line for claim in merged if held.get(claim.line, claim.org_id) != claim.org_id))


def joins(claim: Claim, survivor: Sequence[Claim]) -> bool:
    """Tell whether the claim's own unit holds its line of the survivor already."""
    return claim.line in {other.line for other in survivor}


def supported_with(
    supports: tuple[Support, ...], claims: Sequence[Claim], responsible: str
) -> tuple[Support, ...]:
    """Give the supporting units with those whose claims came; the responsible unit is none."""
    came = [Support(claim.line, claim.org_id) for claim in claims if claim.org_id != responsible]
    return tuple(dict.fromkeys([*supports, *came]))


def supported_without(supports: tuple[Support, ...], claims: Sequence[Claim]) -> tuple[Support, ...]:
    """Give the supporting units without those whose claims went."""
    gone = {Support(claim.line, claim.org_id) for claim in claims}
    return tuple(unit for unit in supports if unit not in gone)


def taken_over(survivor: Side, merged: Side) -> Taken:
    """Give what the survivor takes over: of sets of fields what it has not, of lists the entries that it has not."""
    fields: dict[Layer, Mapping[str, Any]] = {}
    entries: dict[Layer, Sequence[Mapping[str, Any]]] = {}
    for layer in Layer:
        own, other = survivor.file.layer(layer), merged.file.layer(layer)
        if isinstance(own, Mapping) and isinstance(other, Mapping):
            lacking = {name: value for name, value in other.items() if name not in own}
            fields |= {layer: lacking} if lacking else {}
        elif not isinstance(own, Mapping) and not isinstance(other, Mapping):
            known = [_entry(one) for one in own]
            added = [one for one in other if _entry(one) not in known]
            entries |= {layer: added} if added else {}
    of_customer = {
        name: getattr(merged.customer, name)
        for name in OF_CUSTOMER
        if getattr(survivor.customer, name) is None and getattr(merged.customer, name) is not None
    }
    return Taken(fields, entries, of_customer)


def differing(survivor: CustomerFile, merged: CustomerFile) -> dict[Layer, list[str]]:
    """Name the fields that both have and that differ: the survivor's value goes on, the other stays with its own file."""
    found: dict[Layer, list[str]] = {}
    for layer in Layer:
        own, other = survivor.layer(layer), merged.layer(layer)
        if isinstance(own, Mapping) and isinstance(other, Mapping):
            names = sorted(name for name in own if name in other and own[name] != other[name])
            found |= {layer: names} if names else {}
    return found


def with_taken(file: CustomerFile, taken: Taken) -> dict[Layer, Content]:
    """Give the layers with what is taken over."""
    layers: dict[Layer, Content] = {}
    for layer, facts in taken.fields.items():
        current = file.layer(layer)
        layers[layer] = {**(current if isinstance(current, Mapping) else {}), **facts}
    for layer, added in taken.entries.items():
        current = file.layer(layer)
        layers[layer] = (*(current if not isinstance(current, Mapping) else ()), *added)
    return layers


def without_taken(file: CustomerFile, taken: Taken) -> dict[Layer, Content]:
    """Give the layers without what had been taken over and is still as it came; what was changed since stays."""
    layers: dict[Layer, Content] = {}
    for layer, facts in taken.fields.items():
        current = file.layer(layer)
        if isinstance(current, Mapping):
            back = {name: None for name, value in facts.items() if current.get(name) == value}
            layers[layer] = amended(current, back)
    for layer, added in taken.entries.items():
        current = file.layer(layer)
        if not isinstance(current, Mapping):
            layers[layer] = tuple(one for one in current if one not in added)
    return layers


def returned(customer: Customer, taken: Taken) -> Customer:
    """Give the survivor without the facts that it had taken over and that are still as they came."""
    back: dict[str, Any] = {
        name: None for name, value in taken.of_customer.items() if getattr(customer, name) == value
    }
    return replace(customer, **back) if back else customer


def _entry(one: Any) -> str:
    """Give by what an entry of a list is known: the person's or competitor's name."""
    return str(one.get("name", sorted(one.items()))) if isinstance(one, Mapping) else str(one)
