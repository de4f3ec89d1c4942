"""Approval: the customer is registered under its code, with class, unit and manager (hubei, art. 10, 17–20)."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from contracts.refusals import InvalidValue
from registry.commands.declaring import ApproveDeclaration
from registry.handlers.deciding import customer_of, must_decide, verdict
from registry.handlers.leads import win
from registry.handlers.loading import Given, must_bear
from registry.handlers.readings import always_vip, place_of, read_form_phones, read_phones
from registry.model.codes import customer_code
from registry.model.customers import Assignment, Customer, CustomerState
from registry.model.declarations import Declaration, DeclarationState
from registry.model.refusals import NoManager, WrongState
from registry.model.staff import Role
from registry.policies.classes import ClassLaw, FormFacts, initial_class
from registry.ports.desk import Desk, Why
from regulations.provisions import Because, Decision
from regulations.topics.registration import CustomerCode, CustomerCodeFormat
from regulations.topics.tiers import TierByImportance, TierEquivalents, TierThresholds


async def approve_declaration(command: ApproveDeclaration, desk: Desk) -> Declaration:
    """Register a filed customer: code issued once, class from the form, claims standing, unit and manager assigned."""
    declared = await desk.declarations.get(command.declaration_id)
    must_decide(command.asker, declared, desk)
    declared.must_be(DeclarationState.FILED)
    customer = await customer_of(declared, desk)
    declared.must_be_decided_by_another(command.asker.staff_id, customer.manager_id)
    approved = declared.moved(
        DeclarationState.APPROVED, verdict=verdict(command.asker, desk, "approved", command.override_reason)
    )
    if customer.state is CustomerState.PROSPECT and customer.org_id != declared.org_id:
        raise WrongState("先由责任单位注册该客户", "the responsible unit registers the customer first")
    if customer.state is CustomerState.PROSPECT:
        customer = await _registered(command, declared, customer, desk)
    claims = await desk.claims.of_declaration(declared.declaration_id)
    await desk.claims.renew([claim.standing() for claim in claims], "registered", None)
    await desk.clocks.registered(declared.declaration_id, claims)
    await desk.declarations.save(approved, customer_code=customer.customer_code)
    await win(approved, desk)
    return approved


async def _registered(
    command: ApproveDeclaration, declared: Declaration, customer: Customer, desk: Desk
) -> Customer:
    form = declared.annex_1 or {}
    rated = _rated(declared, customer, desk)
    manager_id = await _manager(command, declared, desk)
    load = await must_bear(
        Given(command.asker, declared.org_id, manager_id, rated.outcome, command.override_reason), desk
    )
    because = Because.of(
        *rated.because.reasons,
        *load.because.reasons,
        desk.law.find(CustomerCode, org_id=declared.org_id, day=desk.today).cite(),
        zh=rated.because.zh.partition("。")[0],
        en=rated.because.en.partition(". ")[0],
    ).to_json()
    phones = tuple(dict.fromkeys([*customer.phones, *read_form_phones(form, "/annex_1", desk)]))
    registered = replace(
        customer.moved(CustomerState.REGISTERED),
        customer_code=await _code(declared, desk),
        address=form.get("address") or customer.address,
        phones=phones,
        phone_keys=tuple(sorted(read_phones(phones, desk))),
        industry=form.get("industry"),
        importance=form.get("importance"),
        importance_level=form.get("importance_level"),
        initial_class=rated.outcome,
        vip=customer.vip or rated.outcome in always_vip(declared.org_id, desk),
        manager_id=manager_id,
    )
    await desk.customers.save(registered, because, registered=True)
    await _assign(registered, manager_id, desk, because)
    return registered


def _rated(declared: Declaration, customer: Customer, desk: Desk) -> Decision[int | None]:
    form = declared.annex_1 or {}
    law = ClassLaw(
        desk.law.find(TierThresholds, org_id=declared.org_id, day=desk.today),
        desk.law.find(TierEquivalents, org_id=declared.org_id, day=desk.today),
        desk.law.find(TierByImportance, org_id=declared.org_id, day=desk.today),
    )
    fees = form.get("estimated_yearly_fees")
    return initial_class(
        FormFacts(
            Decimal(fees) if fees is not None else None,
            place_of(customer.division, declared.org_id, desk),
            form.get("importance_level"),
        ),
        law,
    )


async def _manager(command: ApproveDeclaration, declared: Declaration, desk: Desk) -> UUID:
    if command.manager_id is not None:
        person = await desk.staff.find(command.manager_id)
        fit = person is not None and person.active and Role.ACCOUNT_MANAGER in person.roles
        if person is None or not fit or not command.asker.covers(desk.tree.path(person.org_id)):
            raise InvalidValue("不是可任命的客户经理", "no account manager of yours", pointer="/manager_id")
        return person.staff_id
    managers = await desk.staff.managers_at(declared.org_id)
    if declared.submitted_by in managers:
        return declared.submitted_by
    if not managers:
        raise NoManager(
            "该单位没有客户经理,请指定", "the unit has no account manager: name one", pointer="/manager_id"
        )
    return managers[0]


async def _code(declared: Declaration, desk: Desk) -> str:
    form = desk.law.find(CustomerCodeFormat, org_id=declared.org_id, day=desk.today).value
    serial = await desk.customers.next_serial(declared.city_org_id)
    return customer_code(declared.city_org_id, str(serial).zfill(form.serial_digits))


async def _assign(customer: Customer, manager_id: UUID, desk: Desk, because: Why) -> None:
    await desk.assignments.add(
        Assignment(
            customer_id=customer.customer_id,
            org_id=customer.org_id,
            manager_id=manager_id,
            valid_from=desk.today,
            since=desk.now,
            supports=customer.supports,
            credit=customer.credit,
        ),
        because,
    )
