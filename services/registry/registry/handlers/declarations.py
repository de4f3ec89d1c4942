"""Declaring a prospect: matched against everybody's customers, then refused, held or protected."""

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from chassis.ids import uuid7
from contracts.refusals import NotFound
from registry.commands.declaring import SubmitDeclaration
from registry.handlers.granting import grant, start_decision
from registry.handlers.leads import by_priority, follow
from registry.handlers.readings import check_lines, place_of, read_form_phones, read_phones
from registry.model.customers import Customer, Nature
from registry.model.declarations import UNDECIDED, Declaration, DeclarationState, Outcome
from registry.model.groups import Market
from registry.model.refusals import OrganisationDissolved
from registry.policies.claims import Asked, Held, Ruling, rule
from registry.policies.match import (
    NAME,
    SAME_NAME,
    TARGET_MARKET,
    Identity,
    Known,
    Match,
    are_two,
    identity_keys,
    judge,
)
from registry.ports.desk import Desk
from regulations.provisions import Decision
from regulations.topics.registration import DeclarationDuty


async def submit_declaration(command: SubmitDeclaration, desk: Desk) -> Declaration:
    """Declare a customer: one holder at most comes out of it, whatever else is declared at the same moment."""
    _must_be_living(command, desk)
    check_lines(command.lines, command.org_id, desk)
    if command.annex_1 is not None:
        read_form_phones(command.annex_1.written, "/annex_1", desk)
    declared = _declared(command, desk)
    identity = _identity(command, desk)
    customer_id = uuid7()
    match = await _match(identity, customer_id, desk)
    markets = await _markets(identity, match, desk)
    if markets and match.outcome is Outcome.NONE:
        match = replace(match, outcome=Outcome.RELATED)
    if markets:
        match = replace(match, noted=(*match.noted, TARGET_MARKET))
    held = await desk.known.hold(match.same.customer_id) if match.same else None
    if match.same and held:
        # It may have been merged into another since it was looked at.
        match = replace(match, same=replace(match.same, customer_id=held.customer_id))
    decision, leads = await by_priority(declared, match, _ruled(command, match, held, desk), desk)
    ruling = decision.outcome
    declared = replace(
        declared,
        customer_id=None if ruling.refused else ruling.customer_id or customer_id,
        state=ruling.state,
        reasons=ruling.reasons,
        refused=ruling.refused,
        because=decision.because.to_json(),
    )
    if ruling.takes_over:
        await _take_over(declared, desk)
    if match.same is None:
        await desk.customers.add(_prospect(command, declared, identity, desk), declared.because)
    declared = await _entered(declared, match, desk)
    await follow(declared, leads, desk)
    if markets:
        await desk.declarations.tie(declared, markets)
    return declared


async def _markets(identity: Identity, match: Match, desk: Desk) -> list[Market]:
    if match.same is not None:
        return []
    return await desk.known.markets(identity, [one.group_id for one in match.like if one.group_id])


def _must_be_living(command: SubmitDeclaration, desk: Desk) -> None:
    unknown = NotFound(f"没有机构 {command.org_id}", f"no organisation {command.org_id}", pointer="/org_id")
    try:
        orgpath = desk.tree.path(command.org_id)
    except NotFound as error:
        raise unknown from error
    if not command.asker.covers(orgpath):
        raise unknown
    if desk.tree.dissolved(command.org_id, desk.today):
        raise OrganisationDissolved("该机构已撤销", "the organisation is dissolved", pointer="/org_id")


def _declared(command: SubmitDeclaration, desk: Desk) -> Declaration:
    return Declaration(
        declaration_id=uuid7(),
        customer_id=None,
        org_id=command.org_id,
        city_org_id=desk.tree.city_above(command.org_id),
        submitted_by=command.asker.staff_id,
        submitted_at=desk.now,
        prospect=command.prospect,
        lines=command.lines,
        annex_1=command.annex_1.written if command.annex_1 else None,
    )


def _identity(command: SubmitDeclaration, desk: Desk) -> Identity:
    declared = command.prospect
    return Identity(
        name=declared.name,
        nature=declared.nature,
        credit_code=declared.credit_code,
        phone_keys=frozenset(read_phones(declared.phones, desk)),
        address=declared.address,
        division=declared.division,
    )


async def _match(identity: Identity, customer_id: UUID, desk: Desk) -> Match:
    """Look twice: at all that is known, then, alone until the commit, at what became known meanwhile."""
    mark = await desk.known.mark()
    known = await desk.known.like(identity)
    match = judge(identity, known, desk.bounds)
    if match.outcome is Outcome.EXACT:
        return match
    # What was committed between the mark and the first look is seen by both.
    seen = dict.fromkeys([*known, *await desk.known.since(mark)])
    match = judge(identity, seen, desk.bounds)
    if match.outcome is Outcome.EXACT:
        return match
    taken = await desk.known.take(identity_keys(identity), customer_id)
    return _corrected(match, taken, identity, seen)


def _corrected(match: Match, taken: dict[str, UUID], identity: Identity, seen: Iterable[Known]) -> Match:
    """What the unique keys say outranks what was seen: the same code is the same customer.

    Two firms with a code each may have one name; the later keeps no key of it.
    """
    certain = {kind: owner for kind, owner in taken.items() if kind != NAME}
    for kind, owner in certain.items():
        return Match(Outcome.EXACT, Known(owner, "", identity), (kind,), ())
    others = {one.customer_id for one in seen if are_two(identity, one.identity)}
    if NAME in taken and taken[NAME] not in others and match.outcome is not Outcome.PROBABLE:
        return replace(match, outcome=Outcome.PROBABLE, noted=(SAME_NAME,))
    return match


def _ruled(command: SubmitDeclaration, match: Match, held: Held | None, desk: Desk) -> Decision[Ruling]:
    duty = desk.law.find(DeclarationDuty, org_id=command.org_id, day=desk.today)
    return rule(match, held, Asked(command.org_id, command.lines), duty)


async def _take_over(declared: Declaration, desk: Desk) -> None:
    if declared.customer_id is not None:
        customer = await desk.customers.take_over(declared.customer_id, declared.org_id)
        await desk.customers.save(customer.changed(supports=()), declared.because)


async def _entered(declared: Declaration, match: Match, desk: Desk) -> Declaration:
    if declared.state is DeclarationState.REFUSED:
        # Submitted and refused at one instant: two facts, two versions.
        declared = replace(declared, version=declared.version + 1)
    protected = declared.state is DeclarationState.PROTECTED
    if protected and declared.annex_1 is not None:
        declared = replace(declared, state=DeclarationState.FILED)
    await desk.declarations.add(declared, match.like)
    if protected:
        await grant(declared, desk)
    elif declared.state in UNDECIDED:
        await start_decision(declared, desk)
    return declared


def _prospect(command: SubmitDeclaration, declared: Declaration, identity: Identity, desk: Desk) -> Customer:
    prospect = command.prospect
    if declared.customer_id is None:
        raise LookupError("a declaration that is not refused has a customer")
    return Customer(
        customer_id=declared.customer_id,
        name=prospect.name,
        nature=Nature(prospect.nature),
        division=prospect.division,
        place_class=place_of(prospect.division, command.org_id, desk),
        org_id=command.org_id,
        credit_code=prospect.credit_code,
        address=prospect.address,
        phones=prospect.phones,
        phone_keys=tuple(sorted(identity.phone_keys)),
    )
