"""Rows of agreements; discounts and penalty sealed."""

from decimal import Decimal
from typing import Any

import orjson
from asyncpg import Record

from chassis.encoding import dumps
from chassis.vault import Vault
from pricing.model.agreements import Agreement, AgreementState, Terms
from pricing.tables.sealed import sealed


def agreement_row(agreement: Agreement, vault: Vault) -> dict[str, Any]:
    """Give the row of an agreement, its terms sealed."""
    terms = agreement.terms
    content = {
        "discounts": dict(terms.discounts),
        "penalty_rate": terms.penalty_rate,
        "end_reason": terms.end_reason,
    }
    return {
        "id": agreement.id,
        "version": agreement.version,
        "state": agreement.state,
        "customer_id": agreement.customer_id,
        "org_id": agreement.org_id,
        "lines": agreement.lines,
        "settlement_days": agreement.settlement_days,
        "starts_on": agreement.starts_on,
        "ends_on": agreement.ends_on,
        "signed_on": agreement.signed_on,
        "ended_on": agreement.ended_on,
        "drafted_by": agreement.drafted_by,
        "drafted_at": agreement.drafted_at,
        "because": agreement.because,
        "terms": sealed(vault.seal(dumps(content).decode())),
    }


def agreement_of(row: Record, vault: Vault) -> Agreement:
    """Read an agreement from its row, its terms opened."""
    return Agreement(
        id=row["id"],
        version=row["version"],
        state=AgreementState(row["state"]),
        customer_id=row["customer_id"],
        org_id=row["org_id"],
        lines=tuple(row["lines"]),
        settlement_days=row["settlement_days"],
        starts_on=row["starts_on"],
        ends_on=row["ends_on"],
        drafted_by=row["drafted_by"],
        drafted_at=row["drafted_at"],
        terms=terms_of(row["terms"], vault),
        signed_on=row["signed_on"],
        ended_on=row["ended_on"],
        because=orjson.loads(row["because"]) if row["because"] else None,
    )


def terms_of(content: bytes, vault: Vault) -> Terms:
    """Open the confidential terms."""
    one = orjson.loads(vault.open(content))
    discounts = {line: Decimal(share) for line, share in one["discounts"].items()}
    rate = Decimal(one["penalty_rate"]) if one["penalty_rate"] is not None else None
    return Terms(discounts, rate, one["end_reason"])
