"""The table `organisation`."""

from dataclasses import asdict
from datetime import date
from typing import Any

from registry.handlers import facts
from registry.model.organisations import AdoptedPack, Kind, Organisation
from registry.tables.shapes import Stored, from_json, to_json


def organisation_of(row: Stored) -> Organisation:
    """Read a node from its row."""
    return Organisation(
        **{name: row[name] for name in _PLAIN},
        kind=Kind(row["kind"]),
        adoptions=tuple(
            AdoptedPack(
                pack=item["pack"],
                topics=None if item["topics"] is None else tuple(item["topics"]),
                from_=date.fromisoformat(item["from"]),
                until=date.fromisoformat(item["until"]) if item["until"] else None,
            )
            for item in from_json(row["adoptions"])
        ),
    )


_PLAIN = (
    "org_id",
    "parent_id",
    "name",
    "name_en",
    "division",
    "place_class",
    "orgpath",
    "successor_id",
    "valid_from",
    "valid_to",
    "version",
)


def organisation_row(node: Organisation) -> dict[str, Any]:
    """Give the row of a node."""
    told = facts.organisation(node).model_dump(mode="json")
    return asdict(node) | {"kind": str(node.kind), "adoptions": to_json(told["adoptions"])}
