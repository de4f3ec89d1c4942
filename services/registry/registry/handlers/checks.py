"""Blind checks: seeing everybody's customers, and saying of them what annex 1 says (hubei, art. 13 and annex 1)."""

from chassis.ids import uuid7
from contracts.refusals import NotFound
from registry.commands.asking import Asker
from registry.commands.checking import CheckBlindly
from registry.handlers.readings import check_lines, read_phones
from registry.model.checks import Check
from registry.model.declarations import Candidate
from registry.model.staff import Role
from registry.policies.checks import told
from registry.policies.likeness import Identity
from registry.policies.match import judge
from registry.ports.checks import CheckDesk
from regulations.provisions import Because
from regulations.topics.registration import DeclarationDuty


async def check_blindly(command: CheckBlindly, desk: CheckDesk) -> tuple[Check, Because]:
    """Ask for a customer; the question and its answer are kept, and there is a limit to how many may be asked."""
    if not command.asker.covers(desk.tree.path(command.org_id)):
        raise NotFound("没有该机构", "no such organisation", pointer="/org_id")
    check_lines(command.lines, command.org_id, desk)
    asked = command.prospect
    phone_keys = frozenset(read_phones(asked.phones, desk))
    await desk.checks.must_have_turn(command.asker.staff_id, command.org_id)
    identity = Identity(
        asked.name, asked.nature, asked.credit_code, phone_keys, asked.address, asked.division
    )
    match = judge(identity, await desk.known.like(identity), desk.bounds)
    held = await desk.known.look(match.same.customer_id) if match.same else None
    duty = desk.law.find(DeclarationDuty, org_id=command.org_id, day=desk.today)
    answer = told(
        match, held, command.lines, lambda candidate: _may_see(command.asker, candidate, desk), duty
    )
    check = Check(
        uuid7(), command.org_id, command.asker.staff_id, desk.now, asked, command.lines, answer.outcome
    )
    await desk.checks.add(check)
    return check, answer.because


def _may_see(asker: Asker, candidate: Candidate, desk: CheckDesk) -> bool:
    center = asker.may(Role.CENTER_OFFICER, Role.CENTER_DIRECTOR)
    return center and asker.covers(desk.tree.path(candidate.org_id))
