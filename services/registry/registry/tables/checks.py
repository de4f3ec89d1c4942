"""The tables `blind_check`, `market_group` and `group_member`; what was asked blindly, and answered, is sealed."""

from typing import Any

from registry.model.checks import Check
from registry.model.groups import Group
from registry.policies.likeness import street_of
from registry.policies.names import normalised
from registry.ports.desk import Seal
from registry.tables.shapes import Stored, from_json, moment, to_json

_OF_GROUP = ("group_id", "org_id", "kind", "name", "division", "address", "made_by", "members", "version")


def check_row(check: Check, vault: Seal) -> dict[str, Any]:
    """Give the row of a check; of candidates only how many there were."""
    found = check.found
    asked = {**vars(check.asked), "lines": check.lines}
    answered = {
        "finding": found.finding,
        "holding": vars(found.holding) if found.holding else None,
        "matched": found.matched,
        "candidates": len(found.candidates),
    }
    return {
        "check_id": check.check_id,
        "org_id": check.org_id,
        "asked_by": check.asked_by,
        "asked_at": check.asked_at,
        "asked": vault.seal(to_json(asked)),
        "answered": vault.seal(to_json(answered)),
    }


def asked_of(row: Stored, vault: Seal) -> dict[str, Any]:
    """Read what was asked."""
    asked: dict[str, Any] = from_json(vault.open(row["asked"]))
    return asked


def answered_of(row: Stored, vault: Seal) -> dict[str, Any]:
    """Read what was answered."""
    answered: dict[str, Any] = from_json(vault.open(row["answered"]))
    return answered


def group_of(row: Stored) -> Group:
    """Read a group from its row."""
    return Group(**{column: row[column] for column in _OF_GROUP}, made_at=moment(row["made_at"]))


def group_row(group: Group) -> dict[str, Any]:
    """Give the row of a group, with what declarations find it by."""
    return {
        **{column: getattr(group, column) for column in _OF_GROUP},
        "made_at": group.made_at,
        "name_key": normalised(group.name),
        "street": street_of(group.address) if group.address else "",
    }
