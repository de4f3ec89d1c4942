"""Filing annex 1 and what the center decides: return, refuse, accept; and the unit's own withdrawal."""

from contracts.refusals import Forbidden
from registry.commands.asking import Asker
from registry.commands.declaring import DecideDeclaration, FileAnnex1
from registry.handlers.claims import WINDOW_OVER, window_over
from registry.handlers.deciding import (
    change_supports,
    customer_of,
    drop,
    expire,
    release,
    to_decide,
    verdict,
    why,
)
from registry.handlers.granting import grant, start_decision
from registry.handlers.readings import read_form_phones
from registry.handlers.using import idle_clock, must_not_be_over
from registry.model.customers import Support
from registry.model.declarations import UNDECIDED, Declaration, DeclarationState
from registry.model.refusals import HolderBeyondCenter
from registry.ports.desk import Desk


async def file_annex_1(command: FileAnnex1, desk: Desk) -> Declaration:
    """File the registration form with the center, whose clock starts."""
    declared = await desk.declarations.get(command.declaration_id)
    _must_be_own(command.asker, declared)
    read_form_phones(command.annex_1.written, "", desk)
    filed = declared.moved(DeclarationState.FILED, annex_1=command.annex_1.written)
    claims = await desk.claims.of_declaration(filed.declaration_id)
    await must_not_be_over(claims, desk)
    await desk.declarations.save(filed)
    await desk.clocks.stop_idling(claims)
    await start_decision(filed, desk)
    return filed


async def return_declaration(command: DecideDeclaration, desk: Desk) -> Declaration:
    """Give annex 1 back to the unit; claims that ended while the center had it end now, and the declaration with them.

    The others idle from now on: while the unit waited for its center, they did not.
    """
    declared = await to_decide(command, desk)
    declared.must_be(DeclarationState.FILED)
    returned = declared.moved(
        DeclarationState.PROTECTED, verdict=verdict(command.asker, desk, "returned", command.reason)
    )
    await desk.declarations.save(returned, reason=command.reason)
    await desk.clocks.decided(declared.declaration_id)
    claims = await desk.claims.of_declaration(declared.declaration_id)
    over = [claim for claim in claims if claim.until is not None and claim.until <= desk.now]
    for claim in over:
        await expire([claim], WINDOW_OVER, desk, window_over(claim, desk))
    idle = [idle_clock(claim, desk.now, returned.submitted_by, desk) for claim in claims if claim not in over]
    await desk.uses.restart(idle)
    if claims and not idle:
        returned = returned.moved(DeclarationState.LAPSED)
        await desk.declarations.save(returned)
    return returned


async def refuse_declaration(command: DecideDeclaration, desk: Desk) -> Declaration:
    """Refuse a held or filed declaration; its claims are released."""
    declared = await to_decide(command, desk)
    because = why(declared, desk, f"中心不同意:{command.reason}", f"refused by the center: {command.reason}")
    refused = declared.moved(
        DeclarationState.REFUSED,
        verdict=verdict(command.asker, desk, "refused", command.reason),
        because=because,
    )
    await release(declared, "refused", desk, because)
    if declared.state is DeclarationState.HELD:
        await drop(declared, desk, because)
    await desk.declarations.save(refused)
    await desk.clocks.decided(declared.declaration_id)
    return refused


async def accept_declaration(command: DecideDeclaration, desk: Desk) -> Declaration:
    """Clear a held declaration: another firm, or a supporting unit for a free line; its claims run from now."""
    declared = await to_decide(command, desk)
    declared.must_be(DeclarationState.HELD)
    because = why(
        declared, desk, f"中心确认可以开发:{command.reason}", f"cleared by the center: {command.reason}"
    )
    await _settle_holder(declared, command.asker, desk)
    accepted = declared.moved(
        DeclarationState.PROTECTED,
        verdict=verdict(command.asker, desk, "accepted", command.reason),
        because=because,
    )
    await desk.declarations.save(accepted, reason=command.reason)
    claims = await grant(accepted, desk)
    await desk.clocks.decided(declared.declaration_id)
    if accepted.annex_1 is None:
        return accepted
    await desk.clocks.stop_idling(claims)
    filed = accepted.moved(DeclarationState.FILED)
    await desk.declarations.save(filed)
    await start_decision(filed, desk)
    return filed


async def withdraw_declaration(command: DecideDeclaration, desk: Desk) -> Declaration:
    """Take one's own declaration back; its claims are released."""
    declared = await desk.declarations.get(command.declaration_id)
    _must_be_own(command.asker, declared)
    withdrawn = declared.moved(
        DeclarationState.WITHDRAWN, verdict=verdict(command.asker, desk, "withdrawn", command.reason)
    )
    await release(declared, "withdrawn", desk, None)
    if declared.state is DeclarationState.HELD:
        await drop(declared, desk, None)
    await desk.declarations.save(withdrawn)
    if declared.state in UNDECIDED:
        await desk.clocks.undecidable(declared.declaration_id)
    return withdrawn


def _must_be_own(asker: Asker, declared: Declaration) -> None:
    if asker.org_id != declared.org_id and asker.staff_id != declared.submitted_by:
        raise Forbidden("只能办理本单位的申报", "only the declaring unit may do this")


async def _settle_holder(declared: Declaration, asker: Asker, desk: Desk) -> None:
    """Make the unit a supporting one where another holds the customer, else the responsible one."""
    if declared.customer_id is None:
        raise LookupError("a held declaration has a customer")
    held = await desk.known.hold(declared.customer_id)
    if held.holding is None:
        customer = await desk.customers.take_over(declared.customer_id, declared.org_id)
        await desk.customers.save(customer.changed(supports=()), declared.because)
    elif held.holding.org_id != declared.org_id:
        _must_stand_above(asker, held.holding.org_id, desk)
        customer = await customer_of(declared, desk)
        supports = (*customer.supports, *(Support(line, declared.org_id) for line in declared.lines))
        await change_supports(customer, supports, desk, declared.because)


def _must_stand_above(asker: Asker, holder: str, desk: Desk) -> None:
    if not asker.covers(desk.tree.path(holder)):
        raise HolderBeyondCenter(
            "持有单位不在本中心辖区,由同时管辖双方的上级中心办理",
            "the holder is beyond this center: one above both units decides",
        )
