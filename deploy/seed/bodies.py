"""The plan in the words of the registry's requests."""

from collections.abc import Sequence
from typing import Any

from deploy.seed.adoptions import START, Adoption
from deploy.seed.duplicates import Duplicate
from deploy.seed.firms import Firm
from deploy.seed.identifiers import staff_id
from deploy.seed.organisations import Organisation
from deploy.seed.people import Person
from deploy.seed.plan import Customer

Body = dict[str, Any]


def organisation(node: Organisation) -> Body:
    named = {"org_id": node.org_id, "parent_id": node.parent_id, "kind": node.kind, "name": node.name}
    placed = {} if node.division is None else {"division": node.division}
    return {**named, **placed, "name_en": node.name_en, "valid_from": START}


def person(member: Person) -> Body:
    body: Body = {
        "staff_id": str(staff_id(member.staff_no)),
        "staff_no": member.staff_no,
        "name": member.name,
        "org_id": member.org_id,
        "roles": list(member.roles),
    }
    return body if member.deputy_no is None else {**body, "deputy_id": str(staff_id(member.deputy_no))}


def adoption(given: Adoption) -> Body:
    topics = None if given.topics is None else list(given.topics)
    return {
        "org_id": given.org_id,
        "pack": given.pack,
        "topics": topics,
        "from": given.valid_from,
        "until": given.valid_to,
    }


def declaration(customer: Customer) -> Body:
    """The declaration of a customer, without a form."""
    firm = customer.firm
    return {"customer": _declared(firm, firm.name, firm.phones, firm.credit_code), "lines": list(firm.lines)}


def declared_again(duplicate: Duplicate, customer: Customer) -> Body:
    """The declaration by which another unit declares the customer once more."""
    firm = customer.firm
    told = _declared(firm, duplicate.name, duplicate.phones, duplicate.credit_code)
    return {"customer": told, "lines": list(firm.lines)}


def approval(customer: Customer) -> Body:
    return {"manager_id": str(staff_id(customer.assignment.manager_no))}


def _declared(firm: Firm, name: str, phones: Sequence[str], credit_code: str | None) -> Body:
    told: Body = {
        "name": name,
        "phones": list(phones),
        "address": firm.address,
        "division": firm.division,
        "nature": firm.nature,
    }
    return told if credit_code is None else {**told, "credit_code": credit_code}
