"""What an award does to a customer, worked out beforehand and done in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from chassis.ids import uuid7
from contracts.refusals import InvalidValue
from registry.commands.asking import Asker
from registry.commands.disputes import RuleDispute
from registry.handlers.granting import grant, start_decision
from registry.handlers.loading import Given, must_bear
from registry.model.claims import Claim, ClaimState
from registry.model.customers import Assignment, Customer, CustomerState
from registry.model.declarations import Declaration, DeclarationState, Prospect, Verdict
from registry.model.disputes import Dispute
from registry.model.refusals import NoManager, OrganisationDissolved, WrongState
from registry.model.staff import Role
from registry.policies.awards import Effects, Position, effects
from registry.ports.desk import Why
from registry.ports.disputes import Court, Former
from regulations.provisions import Decision

RULED = "ruled"
_D = DeclarationState


@dataclass(frozen=True)
class Planned:
    """What an award changes; `manager_id` and `load` are of the manager that the customer passes to, if it does."""

    customer: Customer
    assignment: Assignment | None
    effects: Effects
    manager_id: UUID | None
    load: Decision[bool] | None
    former: Mapping[str, Any]

    @property
    def passes(self) -> bool:
        """Whether another unit becomes responsible."""
        return self.effects.responsible != self.customer.org_id


async def work_out(command: RuleDispute, dispute: Dispute, court: Court) -> Planned:
    """Say what an award changes; raises ManagerOverloaded, NoManager where the customer can pass to nobody."""
    desk = court.desk
    if desk.tree.dissolved(command.award.lead, desk.today):
        raise OrganisationDissolved("主办单位已撤销", "the lead is dissolved", pointer="/lead")
    customer = await desk.customers.get(dispute.customer_id)
    if customer.state not in (CustomerState.PROSPECT, CustomerState.REGISTERED):
        raise WrongState("该客户已不在册", "the customer is no more")
    assignment = await desk.assignments.find(customer.customer_id)
    claims = {claim.line: claim for claim in await desk.claims.live(customer.customer_id)}
    position = Position(customer.org_id, claims, customer.supports, customer.credit)
    changes = effects(position, dispute.lines, dispute.parties, command.award, desk.today)
    planned = Planned(customer, assignment, changes, None, None, _former(position, customer))
    if not planned.passes or assignment is None:
        return planned
    manager_id = await _manager(command, changes.responsible, dispute, court)
    given = Given(
        command.asker,
        changes.responsible,
        manager_id,
        customer.initial_class,
        command.override_reason,
    )
    load = await must_bear(given, desk)
    return replace(planned, manager_id=manager_id, load=load)


async def apply_award(command: RuleDispute, planned: Planned, ruled: Dispute, court: Court) -> None:
    """Let claims end and begin, and the customer pass, at one instant."""
    desk, because = court.desk, ruled.because
    for claim in planned.effects.ends:
        await desk.claims.end(claim.ended(ClaimState.REVOKED), RULED, because)
    await desk.clocks.stop_claims(planned.effects.ends)
    await _pass(planned, court, because)
    declared = await court.disputes.declarations(ruled)
    await _close(command, ruled, [one for one in declared if one.org_id != command.award.lead], court)
    if planned.effects.begins:
        await _begin(command, planned, ruled, court)


async def _begin(command: RuleDispute, planned: Planned, ruled: Dispute, court: Court) -> None:
    """Let the lead's claims begin: standing where the customer is registered, else for the window in force."""
    desk = court.desk
    ground = await _ground(command, planned, ruled, court)
    if planned.customer.state is CustomerState.REGISTERED:
        claims = [
            Claim(
                claim_id=uuid7(),
                customer_id=ruled.customer_id,
                declaration_id=ground.declaration_id,
                line=line,
                org_id=command.award.lead,
                state=ClaimState.LIVE,
                since=desk.now,
                until=None,
                version=1,
            )
            for line in planned.effects.begins
        ]
        await desk.claims.grant(claims, ruled.because, reason=RULED)
        return
    # The clock of the center, where annex 1 lies with it, runs already.
    granted = replace(ground, lines=planned.effects.begins, state=_D.PROTECTED)
    await grant(granted, desk, reason=RULED)


async def _pass(planned: Planned, court: Court, because: Why) -> None:
    changes, desk = planned.effects, court.desk
    customer = planned.customer
    facts: dict[str, Any] = {
        "org_id": changes.responsible,
        "supports": changes.supports,
        "credit": changes.credit,
    }
    if planned.manager_id is not None:
        facts["manager_id"] = planned.manager_id
    if any(getattr(customer, name) != value for name, value in facts.items()):
        await desk.customers.save(customer.changed(**facts), because)
    assignment = planned.assignment
    if assignment is None:
        return
    if any(getattr(assignment, name) != value for name, value in facts.items()):
        changed = replace(assignment, **facts, valid_from=desk.today, version=assignment.version + 1)
        if planned.passes:
            changed = replace(changed, since=desk.now)
        await desk.assignments.save(changed, because)


async def _close(command: RuleDispute, ruled: Dispute, declared: list[Declaration], court: Court) -> None:
    """Let the losers' declarations go that the ruling leaves without a claim, and those that were held."""
    desk = court.desk
    verdict = _verdict(command.asker, court)
    for one in declared:
        if one.state is _D.HELD and one.customer_id == ruled.customer_id and _within(one, ruled):
            refused = one.moved(_D.REFUSED, verdict=verdict, because=ruled.because)
            await desk.declarations.save(refused)
            await desk.clocks.decided(one.declaration_id)
        elif one.state in (_D.PROTECTED, _D.FILED):
            if await desk.claims.of_declaration(one.declaration_id):
                continue
            if one.state is _D.FILED:
                one = one.moved(_D.PROTECTED, verdict=verdict)
                await desk.declarations.save(one, reason=RULED)
                await desk.clocks.decided(one.declaration_id)
            await desk.declarations.save(one.moved(_D.LAPSED))


async def _ground(command: RuleDispute, planned: Planned, ruled: Dispute, court: Court) -> Declaration:
    """Give the declaration under which the lead's claims run: its own, or one that the ruling enters for it."""
    registered = planned.customer.state is CustomerState.REGISTERED
    own = [
        one
        for one in await court.disputes.declarations(ruled)
        if one.org_id == command.award.lead and one.customer_id == ruled.customer_id
    ]
    running = (_D.APPROVED,) if registered else (_D.PROTECTED, _D.FILED)
    for one in own:
        if one.state in running:
            return one
        if one.state is _D.HELD and _within(one, ruled):
            return await _accepted(command, one, planned, court)
    return await _entered(planned, ruled, own, court)


async def _accepted(command: RuleDispute, held: Declaration, planned: Planned, court: Court) -> Declaration:
    desk = court.desk
    accepted = held.moved(_D.PROTECTED, verdict=_verdict(command.asker, court))
    await desk.declarations.save(accepted, reason=RULED)
    await desk.clocks.decided(held.declaration_id)
    registered = planned.customer.state is CustomerState.REGISTERED
    if not registered and accepted.annex_1 is None:
        return accepted
    accepted = accepted.moved(_D.FILED)
    await desk.declarations.save(accepted)
    if not registered:
        await start_decision(accepted, desk)
        return accepted
    accepted = accepted.moved(_D.APPROVED)
    await desk.declarations.save(accepted, customer_code=planned.customer.customer_code)
    return accepted


async def _entered(planned: Planned, ruled: Dispute, own: list[Declaration], court: Court) -> Declaration:
    """Enter a declaration for a lead that has none that runs, in its own words where it declared before."""
    customer, lead = planned.customer, ruled.award.lead if ruled.award else ""
    desk = court.desk
    prospect = Prospect(
        customer.name,
        customer.nature,
        customer.division,
        customer.credit_code,
        customer.phones,
        customer.address,
    )
    managers = await desk.staff.managers_at(lead)
    by = own[0].submitted_by if own else managers[0] if managers else ruled.opened_by
    registered = customer.state is CustomerState.REGISTERED
    entered = Declaration(
        declaration_id=uuid7(),
        customer_id=customer.customer_id,
        org_id=lead,
        city_org_id=desk.tree.city_above(lead),
        submitted_by=by,
        submitted_at=desk.now,
        prospect=prospect,
        lines=planned.effects.begins,
        state=_D.APPROVED if registered else _D.PROTECTED,
        reasons=(RULED,),
        because=ruled.because,
    )
    await desk.declarations.add(entered, ())
    return entered


async def _manager(command: RuleDispute, unit: str, dispute: Dispute, court: Court) -> UUID:
    """Give who manages the customer from now on: as named, who did before the unit lost it, or the least loaded."""
    staff = court.desk.staff
    if command.manager_id is not None:
        person = await staff.find(command.manager_id)
        fit = person is not None and person.active and Role.ACCOUNT_MANAGER in person.roles
        if person is None or not fit or not _under(person.org_id, unit, court):
            raise InvalidValue(
                "不是该单位的客户经理", "no account manager of that unit", pointer="/manager_id"
            )
        return person.staff_id
    former: Former | None = await court.disputes.former(dispute.customer_id)
    if former is not None and former.responsible == unit and former.manager_id is not None:
        person = await staff.find(former.manager_id)
        if person is not None and person.active and Role.ACCOUNT_MANAGER in person.roles:
            return person.staff_id
    managers = await staff.managers_at(unit)
    if not managers:
        raise NoManager(
            "该单位没有客户经理,请指定", "the unit has no account manager: name one", pointer="/manager_id"
        )
    return managers[0]


def _former(position: Position, customer: Customer) -> dict[str, Any]:
    return {
        "responsible": position.responsible,
        "manager_id": customer.manager_id,
        "supports": [vars(unit) for unit in position.supports],
        "claims": [
            {"line": line, "org_id": claim.org_id, "since": claim.since, "until": claim.until}
            for line, claim in sorted(position.claims.items())
        ],
        "credit": [{**vars(one), "share": format(one.share, "f")} for one in position.credit],
    }


def _under(org_id: str, unit: str, court: Court) -> bool:
    path, above = court.desk.tree.path(org_id), court.desk.tree.path(unit)
    return path == above or path.startswith(f"{above}.")


def _within(declared: Declaration, dispute: Dispute) -> bool:
    return set(declared.lines) <= set(dispute.lines)


def _verdict(asker: Asker, court: Court) -> Verdict:
    return Verdict(asker.staff_id, court.desk.now, RULED, None)
