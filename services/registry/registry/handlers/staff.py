"""Entering and changing people, their absences and deputies."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from contracts.refusals import Forbidden, InvalidValue, NotFound
from registry.commands.asking import Asker
from registry.commands.tree import ChangePerson, EmployPerson, RecordAbsence
from registry.handlers.organisations import in_scope
from registry.handlers.stale import must_be_version
from registry.model.refusals import OrganisationDissolved, StaffExists
from registry.model.staff import Person, Role, check_absence, check_deputies, check_staff_no
from registry.ports.tree import TreeDesk
from regulations.topics.organisations import Deputies


async def employ(commands: Sequence[EmployPerson], asker: Asker, desk: TreeDesk) -> list[Person]:
    """Enter people into the staff, all or none; deputies may stand in the same list."""
    people = [_person(command) for command in commands]
    for org_id in dict.fromkeys(person.org_id for person in people):
        await _living(org_id, asker, desk)
    _must_be_apart(people)
    taken = await desk.staff.taken(people)
    if taken is not None:
        raise _exists(taken)
    await _check_deputies(people, desk)
    await desk.staff.add(people)
    return people


async def change_person(command: ChangePerson, asker: Asker, desk: TreeDesk) -> Person:
    """Change a person's name, roles, post, deputy or activity."""
    person = await _in_scope(command.staff_id, asker, desk)
    must_be_version(person.version, command.version)
    changed = replace(person, **command.facts, version=person.version + 1)
    if changed.org_id != person.org_id:
        await _living(changed.org_id, asker, desk)
    if changed.deputy_id != person.deputy_id:
        await _check_deputies([changed], desk)
    await desk.staff.save(changed)
    return changed


async def record_absence(command: RecordAbsence, asker: Asker, desk: TreeDesk) -> Person:
    """Enter an absence; a person may enter their own."""
    person = await _in_scope(command.staff_id, asker, desk)
    if not asker.may(Role.ADMINISTRATOR) and asker.staff_id != person.staff_id:
        raise Forbidden("只能登记本人的缺勤", "absences of others are the administrator's")
    check_absence(command.absence)
    if command.absence in person.absences:
        return person
    absences = tuple(sorted((*person.absences, command.absence), key=lambda absence: absence.from_))
    changed = replace(person, absences=absences, version=person.version + 1)
    await desk.staff.save(changed)
    return changed


def _person(command: EmployPerson) -> Person:
    check_staff_no(command.staff_no)
    return Person(
        staff_id=command.staff_id,
        staff_no=command.staff_no,
        name=command.name,
        org_id=command.org_id,
        roles=command.roles,
        deputy_id=command.deputy_id,
        absences=(),
        active=True,
        key=command.org_id,
        version=1,
    )


def _must_be_apart(people: Sequence[Person]) -> None:
    seen: set[str | UUID] = set()
    for person in people:
        if person.staff_no in seen or person.staff_id in seen:
            raise _exists(person)
        seen.update((person.staff_no, person.staff_id))


def _exists(person: Person) -> StaffExists:
    return StaffExists(
        f"工号 {person.staff_no} 或其编号已存在", f"staff {person.staff_no} exists", pointer="/staff_no"
    )


async def _in_scope(staff_id: UUID, asker: Asker, desk: TreeDesk) -> Person:
    person = await desk.staff.find(staff_id)
    node = await desk.nodes.find(person.org_id) if person else None
    if person is None or node is None or not asker.covers(node.orgpath):
        raise NotFound("没有该员工", "no such person")
    return person


async def _living(org_id: str, asker: Asker, desk: TreeDesk) -> None:
    node = await in_scope(org_id, asker, desk)
    if node.dissolved:
        raise OrganisationDissolved(
            f"机构 {org_id} 已撤销", f"organisation {org_id} is dissolved", pointer="/org_id"
        )


async def _check_deputies(entered: Sequence[Person], desk: TreeDesk) -> None:
    changed = [person for person in entered if person.deputy_id is not None]
    if not changed:
        return
    deputies = await desk.staff.deputies() | {one.staff_id: one.deputy_id for one in entered}
    if any(person.deputy_id not in deputies for person in changed):
        raise InvalidValue("没有该代理人", "no such deputy", pointer="/deputy_id")
    hops = desk.law.find(Deputies, org_id=changed[0].org_id, day=desk.today).value.hops
    for one in deputies:
        check_deputies(one, deputies, hops)
