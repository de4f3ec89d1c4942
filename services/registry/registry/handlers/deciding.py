"""What every decision of a center shares: who may decide, and what becomes of a customer that nobody holds."""

from collections.abc import Sequence
from dataclasses import replace

from contracts.refusals import Forbidden
from registry.commands.asking import Asker
from registry.commands.declaring import DecideDeclaration
from registry.model.claims import Claim, ClaimState
from registry.model.customers import Customer, CustomerState, Support
from registry.model.declarations import Declaration, Verdict
from registry.ports.desk import Desk, Why
from regulations.provisions import Because
from regulations.topics.registration import DeclarationDuty


async def to_decide(command: DecideDeclaration, desk: Desk) -> Declaration:
    """Give a declaration that the asker's center may decide; nobody decides their own, nor for their own customer."""
    declared = await desk.declarations.get(command.declaration_id)
    must_decide(command.asker, declared, desk)
    return declared


def must_decide(asker: Asker, declared: Declaration, desk: Desk) -> None:
    """Refuse a center that does not stand above the declaring unit's city, and the submitter."""
    if not asker.covers(desk.tree.path(declared.city_org_id)):
        raise Forbidden("由市局大客户中心审批", "the city's center decides")
    declared.must_be_decided_by_another(asker.staff_id, None)


def verdict(asker: Asker, desk: Desk, outcome: str, reason: str | None) -> Verdict:
    """Give the record of who decided what, and why."""
    return Verdict(asker.staff_id, desk.now, outcome, reason)


def why(declared: Declaration, desk: Desk, zh: str, en: str) -> Why:
    """Give the reasons of a decision that a person took, in words and by the duty to declare."""
    duty = desk.law.find(DeclarationDuty, org_id=declared.org_id, day=desk.today)
    return Because.of(duty.cite(lines=declared.lines), zh=zh, en=en).to_json()


async def release(declared: Declaration, reason: str, desk: Desk, because: Why) -> None:
    """End the live claims of a declaration that goes no further."""
    claims = await desk.claims.of_declaration(declared.declaration_id)
    await leave(claims, desk, because)
    for claim in claims:
        await desk.claims.end(claim.ended(ClaimState.RELEASED), reason, because)
    await desk.clocks.stop_claims(claims)


async def drop(declared: Declaration, desk: Desk, because: Why) -> None:
    """Drop the prospect that came with a held declaration; one that somebody has, had, or waits for, stays as it is."""
    if declared.customer_id is None:
        return
    held = await desk.known.hold(declared.customer_id)
    if held.holding or await desk.known.awaits_center(declared.customer_id, declared.declaration_id):
        return
    if await desk.known.was_claimed(declared.customer_id):
        return
    customer = await desk.customers.get(declared.customer_id)
    await desk.customers.save(customer.moved(CustomerState.DROPPED), because)
    await desk.customers.rename(customer.customer_id, ())


async def expire(claims: Sequence[Claim], reason: str, desk: Desk, because: Why) -> None:
    """End claims whose time is over, and their other clocks with them."""
    await leave(claims, desk, because)
    for claim in claims:
        await desk.claims.end(claim.ended(ClaimState.EXPIRED), reason, because)
    await desk.clocks.stop_claims(claims)


async def leave(claims: Sequence[Claim], desk: Desk, because: Why) -> None:
    """Take a unit whose claims are about to end off the supporting ones; its own scope sees it only until then."""
    if not claims:
        return
    customer = await desk.customers.get(claims[0].customer_id)
    gone = {Support(claim.line, claim.org_id) for claim in claims}
    supports = tuple(unit for unit in customer.supports if unit not in gone)
    if supports != customer.supports:
        await change_supports(customer, supports, desk, because)


async def change_supports(
    customer: Customer, supports: tuple[Support, ...], desk: Desk, because: Why
) -> None:
    """Write and tell who supports a customer, on it and on its assignment."""
    await desk.customers.save(customer.changed(supports=supports), because)
    assignment = await desk.assignments.find(customer.customer_id)
    if assignment is not None:
        changed = replace(
            assignment, supports=supports, valid_from=desk.today, version=assignment.version + 1
        )
        await desk.assignments.save(changed, because)


async def customer_of(declared: Declaration, desk: Desk) -> Customer:
    """Give the customer of a declaration that was not refused at once."""
    if declared.customer_id is None:
        raise LookupError("a refused declaration has no customer")
    return await desk.customers.get(declared.customer_id)
