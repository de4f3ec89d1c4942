"""Rows of tariff requests; the figures sealed."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson
from asyncpg import Record

from chassis.encoding import dumps
from chassis.vault import Vault
from pricing.model.tariffs import Figures, Late, Level, Outcome, Said, Sitting, State, TariffRequest
from pricing.tables.sealed import sealed


def request_row(request: TariffRequest, vault: Vault) -> dict[str, Any]:
    """Give the row of a request, its figures sealed."""
    return {
        "id": request.id,
        "version": request.version,
        "state": request.state,
        "customer_id": request.customer_id,
        "org_id": request.org_id,
        "lines": request.lines,
        "class": request.class_,
        "level": request.level,
        "deciding_org_id": request.sitting.org_id,
        "levels": [asdict(sitting) for sitting in request.sittings],
        "requested_by": request.requested_by,
        "requested_at": request.requested_at,
        "answered_by": request.answered_by,
        "answered_at": request.answered_at,
        "filed_with_province": request.filed_with_province,
        "because": request.because,
        "figures": sealed(vault.seal(dumps(asdict(request.figures)).decode())),
    }


def request_of(row: Record, vault: Vault) -> TariffRequest:
    """Read a request from its row, the figures opened."""
    return TariffRequest(
        id=row["id"],
        version=row["version"],
        state=State(row["state"]),
        customer_id=row["customer_id"],
        org_id=row["org_id"],
        lines=tuple(row["lines"]),
        class_=row["class"],
        sittings=sittings_of(row["levels"]),
        requested_by=row["requested_by"],
        requested_at=row["requested_at"],
        figures=figures_of(row["figures"], vault),
        because=orjson.loads(row["because"]),
        answered_by=row["answered_by"],
        answered_at=row["answered_at"],
        filed_with_province=row["filed_with_province"],
    )


def sittings_of(text: str) -> tuple[Sitting, ...]:
    """Read the levels that a request lay at."""
    return tuple(
        Sitting(
            level=Level(one["level"]),
            org_id=one["org_id"],
            since=datetime.fromisoformat(one["since"]),
            until=datetime.fromisoformat(one["until"]) if one["until"] else None,
            outcome=Outcome(one["outcome"]) if one["outcome"] else None,
            by=one["by"],
            late=_late(one["late"]) if one["late"] else None,
        )
        for one in orjson.loads(text)
    )


def figures_of(content: bytes, vault: Vault) -> Figures:
    """Open the figures."""
    one = orjson.loads(vault.open(content))
    return Figures(
        discount=Decimal(one["discount"]),
        standard=Decimal(one["standard"]),
        reason=one["reason"],
        because=one["because"],
        said=tuple(Said(Level(s["level"]), Outcome(s["outcome"]), s["text"]) for s in one["said"]),
    )


def _late(one: Mapping[str, Any]) -> Late:
    return Late(datetime.fromisoformat(one["due_at"]), one["org_id"], one["role"], one["staff_id"])
