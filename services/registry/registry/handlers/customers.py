"""Changing facts of a customer."""

from dataclasses import replace

from contracts.refusals import Forbidden, NotFound
from registry.commands.customers import ChangeCustomer
from registry.handlers.readings import always_vip, read_phones
from registry.handlers.stale import must_be_version
from registry.handlers.wanted import wanted_customer
from registry.model.customers import Customer
from registry.model.refusals import CustomerTaken
from registry.model.staff import Role
from registry.policies.match import Identity, identity_keys
from registry.ports.desk import Desk


async def change_customer(command: ChangeCustomer, desk: Desk) -> Customer:
    """Change name, address, phones or the VIP flag; a name that another customer has is refused."""
    customer = await wanted_customer(command.key, desk.customers)
    if not command.asker.covers(desk.tree.path(customer.org_id)):
        raise NotFound("没有该客户", "no such customer")
    must_be_version(customer.version, command.version)
    _check_rights(command, customer, desk)
    facts = dict(command.facts)
    if "phones" in facts:
        facts["phone_keys"] = tuple(sorted(read_phones(facts["phones"], desk)))
    changed = replace(customer, **facts, version=customer.version + 1)
    await desk.customers.save(changed, None)
    if not facts.keys().isdisjoint({"name", "phones"}):
        await _rekey(changed, desk)
    return changed


def _check_rights(command: ChangeCustomer, customer: Customer, desk: Desk) -> None:
    center = command.asker.may(Role.CENTER_OFFICER, Role.CENTER_DIRECTOR)
    if "vip" in command.facts and not center:
        raise Forbidden("VIP 标识由大客户中心设定", "the center sets the VIP flag")
    always = always_vip(customer.org_id, desk)
    if command.facts.get("vip") is False and customer.initial_class in always:
        raise Forbidden("该类客户始终为 VIP", "customers of this class are always VIP")


async def _rekey(customer: Customer, desk: Desk) -> None:
    identity = Identity(
        customer.name,
        customer.nature,
        customer.credit_code,
        frozenset(customer.phone_keys),
        customer.address,
        customer.division,
    )
    if await desk.customers.rename(customer.customer_id, identity_keys(identity)):
        raise CustomerTaken("另有客户使用该名称", "another customer has this name", pointer="/name")
