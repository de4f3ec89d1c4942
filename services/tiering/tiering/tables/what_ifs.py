"""What-ifs and their drafts as rows."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Protocol

import orjson

from tiering.model.what_ifs import DraftedAdoption, DraftedEnding, DraftedWording, Drafts, WhatIf

HEAD = """id, center_org_id, org_id, name, year, valid_from, as_of, base_id, base_name, made_by, made_at, customers, moved,
revenue, revenue_affected"""
# Where a draft of the base no longer fits the law, it is the base that is to blame.
BASE = "/base"


class Row(Protocol):
    """What a row gives: its values by column."""

    def __getitem__(self, column: str, /) -> Any:
        """Give a value."""
        ...


def what_if_of(row: Row) -> WhatIf:
    """Read a what-if, with its layers of drafts."""
    return WhatIf(
        id=row["id"],
        center_org_id=row["center_org_id"],
        org_id=row["org_id"],
        name=row["name"],
        year=row["year"],
        made_by=row["made_by"],
        layers=tuple(_drafts(layer) for layer in orjson.loads(row["layers"])),
    )


def written(layers: Sequence[Drafts]) -> list[dict[str, Any]]:
    """Write layers of drafts down, as they are asked for."""
    return [
        {
            "drafts": [
                {"topic": one.topic, "org_id": one.org_id, "in_force": one.in_force, "value": one.value}
                for one in drafts.wordings
            ],
            "adoptions": [
                {"org_id": one.org_id, "pack": one.pack, "topics": one.topics} for one in drafts.adoptions
            ],
            "endings": [{"org_id": one.org_id, "pack": one.pack} for one in drafts.endings],
        }
        for drafts in layers
    ]


def _drafts(layer: Mapping[str, Any]) -> Drafts:
    return Drafts(
        tuple(
            DraftedWording(one["topic"], one["org_id"], one["value"], _day(one["in_force"]), BASE)
            for one in layer["drafts"]
        ),
        tuple(
            DraftedAdoption(one["org_id"], one["pack"], _topics(one["topics"]), BASE)
            for one in layer["adoptions"]
        ),
        tuple(DraftedEnding(one["org_id"], one["pack"], BASE) for one in layer["endings"]),
    )


def _topics(topics: list[str] | None) -> tuple[str, ...] | None:
    return None if topics is None else tuple(topics)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
