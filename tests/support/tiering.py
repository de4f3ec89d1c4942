"""Plants customers, usage, agreements and arrears in a running tiering service."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

from chassis.ids import uuid7
from contracts.envelope import Event
from contracts.values import check_digit_mod_11_10
from support.facts import customer_fact, fact
from support.service import ServiceUnderTest

_serials = count(1)
REGISTERED = "2024-11-04T09:00:00+08:00"


def a_code(city: str = "420100") -> str:
    """Give a customer code that no other customer of the test run has."""
    digits = f"{city}{next(_serials):07d}"
    return digits + check_digit_mod_11_10(digits)


@dataclass(frozen=True)
class Planted:
    """A customer that tiering has heard of."""

    code: str = field(default_factory=a_code)
    customer_id: UUID = field(default_factory=uuid7)


async def planted(tiering: ServiceUnderTest, **facts: Any) -> Planted:
    """Let tiering hear of a registered customer; it was registered before the years that tests review."""
    customer = Planted()
    facts = {"initial_class": None, "at": REGISTERED, **facts}
    await tiering.hear(customer_fact(customer.customer_id, customer_code=customer.code, **facts))
    return customer


async def used(
    tiering: ServiceUnderTest, customer: Planted, month: str, revenue: str, line: str = "domestic-express"
) -> None:
    """Put a month's revenue on record as it stands after intake."""
    await tiering.rows(
        """INSERT INTO usage (customer_id, line, month, version, revenue, pieces, weight_kg, org_id, recorded)
           VALUES ($1, $2, $3, 1, $4, 1, 1, '420106', now()) RETURNING 1""",
        customer.customer_id,
        line,
        date.fromisoformat(f"{month}-01"),
        Decimal(revenue),
    )


def signed(customer: Planted, version: int = 1, **facts: Any) -> Event:
    """Give what pricing tells of an agreement that is signed."""
    agreement_id = facts.pop("agreement_id", None) or uuid7()
    kind = facts.pop("kind", "signed")
    at = facts.pop("at", REGISTERED)
    data = {
        "agreement_id": agreement_id,
        "customer_id": customer.customer_id,
        "org_id": "420106-T01",
        "lines": ["domestic-express"],
        "state": "signed",
        "settlement_days": 30,
        "starts_on": "2024-01-01",
        "ends_on": None,
        "because": None,
        **facts,
    }
    return fact(f"pricing.agreement.{kind}.v1", f"agreement:{agreement_id}", version, data, at=at)


def owing(customer: Planted, since: str | None, version: int = 1) -> Event:
    """Give what pricing tells of a customer's oldest open bill."""
    data = {"customer_id": customer.customer_id, "org_id": "420106-T01", "oldest_due_on": since}
    return fact("pricing.arrears.changed.v1", f"arrears:{customer.customer_id}", version, data)
