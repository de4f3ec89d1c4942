"""The tables `customer` and `assignment`; phone numbers are sealed."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from registry.model.customers import Assignment, Credit, Customer, CustomerState, Nature, Support
from registry.policies.blocking import match_keys
from registry.policies.likeness import Identity
from registry.policies.names import initials
from registry.ports.desk import Seal, Why
from registry.tables.shapes import Stored, from_json, to_json

_PLAIN = (
    "customer_id",
    "customer_code",
    "name",
    "credit_code",
    "division",
    "place_class",
    "address",
    "industry",
    "importance",
    "importance_level",
    "initial_class",
    "vip",
    "org_id",
    "manager_id",
    "filed_on",
    "filed_with_province_on",
    "prospect_score",
    "group_id",
    "version",
)


def customer_of(row: Stored, vault: Seal) -> Customer:
    """Read a customer from its row, phones opened."""
    return Customer(
        **{column: row[column] for column in _PLAIN},
        state=CustomerState(row["state"]),
        nature=Nature(row["nature"]),
        phones=tuple(from_json(vault.open(row["phones"]))) if row["phones"] else (),
        phone_keys=tuple(row["phone_keys"]),
        supports=supports_of(row),
        credit=credit_of(row),
        completeness=from_json(row["file_completeness"]),
    )


def supports_of(row: Stored) -> tuple[Support, ...]:
    """Read the supporting units from a row."""
    return tuple(Support(item["line"], item["org_id"]) for item in from_json(row["supports"]))


def credit_of(row: Stored) -> tuple[Credit, ...]:
    """Read who is credited with the revenue from a row."""
    return tuple(
        Credit(one["line"], one["from_month"], one["org_id"], Decimal(one["share"]), one["lead"])
        for one in from_json(row["credit"])
    )


def credit_json(credit: Sequence[Credit]) -> str:
    """Give who is credited with the revenue as a jsonb parameter."""
    return to_json([{**vars(one), "share": format(one.share, "f")} for one in credit])


def supports_json(supports: Sequence[Support]) -> str:
    """Give the supporting units as a jsonb parameter."""
    return to_json([{"line": unit.line, "org_id": unit.org_id} for unit in supports])


def assignment_row(who: Assignment, why: Why) -> Mapping[str, Any]:
    """Give the row of an assignment."""
    return {
        "customer_id": who.customer_id,
        "org_id": who.org_id,
        "manager_id": who.manager_id,
        "supports": supports_json(who.supports),
        "credit": credit_json(who.credit),
        "valid_from": who.valid_from,
        "valid_to": who.valid_to,
        "since": who.since,
        "because": to_json(why),
        "version": who.version,
    }


def identity_of(customer: Customer) -> Identity:
    """Give what a match looks at of a customer."""
    return Identity(
        customer.name,
        customer.nature,
        customer.credit_code,
        frozenset(customer.phone_keys),
        customer.address,
        customer.division,
    )


def customer_row(customer: Customer, vault: Seal) -> dict[str, Any]:
    """Give the row of a customer, phones sealed, its name taken apart for the match."""
    identity = identity_of(customer)
    return {
        **{column: getattr(customer, column) for column in _PLAIN},
        "state": str(customer.state),
        "nature": str(customer.nature),
        "name_key": identity.parts.full,
        "match_keys": match_keys(identity),
        "initials": initials(customer.name),
        "phones": vault.seal(to_json(list(customer.phones))) if customer.phones else None,
        "phone_keys": list(customer.phone_keys),
        "supports": supports_json(customer.supports),
        "credit": credit_json(customer.credit),
        "file_completeness": to_json(customer.completeness),
    }
