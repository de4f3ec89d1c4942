"""The plan in the words of the registry's requests."""

from typing import Any

from deploy.seed.adoptions import START, Adoption
from deploy.seed.identifiers import staff_id
from deploy.seed.organisations import Organisation
from deploy.seed.people import Person
from deploy.seed.phones import OFFICE, fixed
from deploy.seed.plan import Customer, Plan

Body = dict[str, Any]
INSTITUTION = "government-military"


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


def declaration(customer: Customer, plan: Plan) -> Body:
    """The declaration, with the registration form unless the customer stays a protected prospect."""
    firm = customer.firm
    told: Body = {
        "name": firm.name,
        "phones": list(firm.phones),
        "address": firm.address,
        "division": firm.division,
        "nature": firm.nature,
    }
    if firm.credit_code is not None:
        told["credit_code"] = firm.credit_code
    body: Body = {"customer": told, "lines": list(firm.lines)}
    return body if customer.assignment.stage == "protected" else {**body, "annex_1": _form(customer, plan)}


def approval(customer: Customer) -> Body:
    return {"manager_id": str(staff_id(customer.assignment.manager_no))}


def _form(customer: Customer, plan: Plan) -> Body:
    firm, unit = customer.firm, plan.unit(customer.assignment.unit)
    form: Body = {
        "kind": firm.trade.kind,
        "business": firm.trade.business,
        "industry": firm.trade.industry,
        "head": firm.head,
        "contact": firm.contact,
        "contact_phone": firm.landline if firm.nature == "organisation" else firm.mobile,
        "mobile": firm.mobile,
        "postcode": firm.postcode,
        "address": firm.address,
        "lines": list(firm.lines),
        "served_by": unit.name,
        "own_number": f"{unit.org_id}-{firm.index + 1:05d}",
        "handler": plan.person(customer.assignment.manager_no).name,
        "handler_phone": fixed(*plan.office_phone(unit.org_id), OFFICE),
        "estimated_yearly_fees": str(firm.yearly_fees),
    }
    if firm.fax is not None:
        form["fax"] = firm.fax
    if firm.trade.kind == INSTITUTION:
        form |= {"importance": "important", "importance_level": "county"}
    return form
