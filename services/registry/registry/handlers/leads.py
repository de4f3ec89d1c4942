"""Leads beside declarations: who goes first, and cases that follow their customer to its registration."""

from collections.abc import Sequence
from uuid import UUID

from contracts.refusals import NotFound
from registry.model.declarations import Declaration, DeclarationState, Outcome
from registry.model.development import CaseState, DevelopmentCase, Target
from registry.policies.claims import Ruling
from registry.policies.leads import EARLIER_LEAD, Lead, prefer
from registry.policies.match import Match
from registry.ports.desk import Desk
from regulations.provisions import Because, Decision, Provision
from regulations.rulebook import NoLaw
from regulations.topics.claims import InformationPriority
from regulations.topics.registration import DeclarationDuty


async def by_priority(
    declared: Declaration, match: Match, decision: Decision[Ruling], desk: Desk
) -> tuple[Decision[Ruling], list[Lead]]:
    """Let the earliest lead go first where the law says so; gives the leads that the declaration stands behind."""
    law = _priority(declared.org_id, desk)
    if law is None:
        return decision, []
    known = _known(match)
    leads = await desk.leads.on(known, _target(declared))
    if not leads:
        return decision, []
    preferred = prefer(decision, declared.org_id, leads, await desk.leads.waiting(known), law)
    behind = leads if EARLIER_LEAD in preferred.outcome.reasons else []
    return preferred, [lead for lead in behind if lead.org_id != declared.org_id]


async def follow(declared: Declaration, behind: Sequence[Lead], desk: Desk) -> None:
    """Let the unit's own case on the prospect be about the customer that the declaration goes under.

    The center keeps which leads a held declaration stands behind.
    """
    if declared.customer_id is None:
        return
    if declared.state is DeclarationState.HELD:
        await desk.leads.note(declared.declaration_id, declared.city_org_id, behind)
    for case in await desk.cases.open_on(declared.org_id, _target(declared)):
        if case.customer_id != declared.customer_id:
            changed = case.changed(customer_id=declared.customer_id, because=None)
            await desk.cases.save(changed)
            await linked(changed, desk)


async def linked(case: DevelopmentCase, desk: Desk) -> None:
    """Let the customer of the unit have the score of its case."""
    if case.customer_id is None or case.score is None:
        return
    try:
        customer = await desk.customers.get(case.customer_id)
    except NotFound:
        # Another unit has it by now, out of this one's sight.
        return
    if customer.org_id == case.org_id and customer.prospect_score != case.score:
        await desk.customers.save(customer.changed(prospect_score=case.score), case.because)


async def win(declared: Declaration, desk: Desk) -> None:
    """End the unit's cases on a customer that is registered."""
    if declared.customer_id is None:
        return
    duty = desk.law.find(DeclarationDuty, org_id=declared.org_id, day=desk.today)
    because = Because.of(
        duty.cite(), zh="客户已注册，开发成功", en="the customer is registered: won"
    ).to_json()
    for case in await desk.cases.open_for(declared.org_id, declared.customer_id):
        await desk.cases.save(case.ended(CaseState.WON, desk.now, None, because=because))


def _known(match: Match) -> list[UUID]:
    """Give the customers that the declared one is, or may be."""
    if match.same is not None:
        return [match.same.customer_id]
    return [one.customer_id for one in match.like] if match.outcome is Outcome.PROBABLE else []


def _target(declared: Declaration) -> Target:
    prospect = declared.prospect
    return Target(prospect.name, prospect.nature, prospect.division, prospect.credit_code)


def _priority(org_id: str, desk: Desk) -> Provision[InformationPriority] | None:
    try:
        return desk.law.find(InformationPriority, org_id=org_id, day=desk.today)
    except NoLaw:
        return None
