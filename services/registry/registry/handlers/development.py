"""Development cases: opened, written up, taken from step to step, filed as leads, graded, ended (hubei, art. 11–12)."""

from dataclasses import replace
from uuid import UUID

from chassis.ids import uuid7
from contracts.refusals import Forbidden, InvalidValue, NotFound
from registry.commands.asking import Asker
from registry.commands.development import ChangeCase, EndCase, GradeCase, MoveCase, OneCase, OpenCase
from registry.handlers.leads import linked
from registry.handlers.readings import check_lines
from registry.handlers.stale import must_be_version
from registry.handlers.using import reckon
from registry.handlers.wanted import wanted_customer
from registry.model.customers import Customer
from registry.model.development import DevelopmentCase, Move, Step, Target, reached
from registry.model.refusals import (
    CaseOpenAlready,
    NoEvidence,
    OrganisationDissolved,
    StepSkipped,
    WrongState,
)
from registry.model.staff import Role
from registry.policies.development import STEPS, advance, brings, demand_of, score, ungraded
from registry.policies.routing import route
from registry.ports.desk import Desk
from regulations.provisions import Because
from regulations.topics.claims import InformationMeasures
from regulations.topics.customers import LineSpecialities
from regulations.topics.prospects import ProspectScore
from regulations.topics.registration import DevelopmentSteps


async def open_case(command: OpenCase, desk: Desk) -> DevelopmentCase:
    """Begin to develop a prospect; a unit has one case on it at a time."""
    _must_be_own(command, desk)
    check_lines(command.lines, command.org_id, desk)
    customer = await wanted_customer(command.customer, desk.customers) if command.customer else None
    target = command.target or _target(customer)
    if await desk.cases.open_on(command.org_id, target):
        raise CaseOpenAlready("本单位已在开发该客户", "the unit has an open case on this prospect already")
    demand = command.demand or demand_of(
        command.lines, desk.law.find(LineSpecialities, org_id=command.org_id, day=desk.today)
    )
    case = DevelopmentCase(
        case_id=uuid7(),
        org_id=command.org_id,
        city_org_id=desk.tree.city_above(command.org_id),
        event_key=str(customer.customer_id) if customer else command.org_id,
        customer_id=customer.customer_id if customer else None,
        target=target,
        lines=command.lines,
        demand=demand,
        owner_id=command.asker.staff_id,
        opened_at=desk.now,
    )
    case = replace(
        case, because=route(case, desk.law, desk.tree.kind(case.org_id), desk.today).because.to_json()
    )
    await desk.cases.add(case)
    return case


async def change_case(command: ChangeCase, desk: Desk) -> DevelopmentCase:
    """Write down what a step brought, or change lines, demand or who works on the case."""
    case = await own_case(command.asker, command.case_id, desk)
    must_be_version(case.version, command.version)
    facts = dict(command.facts)
    if "lines" in facts:
        check_lines(facts["lines"], case.org_id, desk)
    if "owner_id" in facts:
        await _must_be_colleague(facts["owner_id"], case, desk)
    changed = case.changed(**facts, written=_written(command, case, desk), because=None)
    await desk.cases.save(changed)
    return changed


async def move_case(command: MoveCase, desk: Desk) -> DevelopmentCase:
    """Take a case to another step: on to the next once this one brought what it has to, back with a reason."""
    case = await own_case(command.asker, command.case_id, desk)
    if command.to is case.step:
        raise WrongState("开发案已在该步骤", "the case is at this step already", pointer="/to")
    law = desk.law.find(DevelopmentSteps, org_id=case.org_id, day=desk.today)
    decision = advance(case.step, command.to, case.written, law)
    if not decision.outcome.allowed:
        raise StepSkipped(
            decision.because.zh,
            decision.because.en,
            pointer="/to",
            because=decision.because.to_json(),
            extra={"skipped": list(decision.outcome.skipped), "missing": list(decision.outcome.missing)},
        )
    if decision.outcome.back and not command.reason:
        raise InvalidValue("退回须说明理由", "going back needs a reason", pointer="/reason")
    moved = case.changed(step=command.to, because=decision.because.to_json())
    await desk.cases.save(moved)
    await _moved(command, case, desk)
    return moved


async def file_case(command: OneCase, desk: Desk) -> DevelopmentCase:
    """File a case with the center: from this moment on it is a lead."""
    case = await own_case(command.asker, command.case_id, desk)
    if case.filed_at is not None:
        raise WrongState("信息已报备", "the lead is filed already")
    law = desk.law.find(InformationMeasures, org_id=case.org_id, day=desk.today)
    because = Because.of(
        law.cite(filed_at=desk.now), zh="信息已向中心报备", en="filed with the center as a lead"
    )
    filed = case.changed(filed_at=desk.now, filed_by=command.asker.staff_id, because=because.to_json())
    await desk.cases.save(filed)
    return filed


async def grade_case(command: GradeCase, desk: Desk) -> DevelopmentCase:
    """Grade a prospect by every aspect, each grade with its evidence; its score goes to the unit's customer."""
    case = await own_case(command.asker, command.case_id, desk)
    law = desk.law.find(ProspectScore, org_id=case.org_id, day=desk.today)
    for aspect, grade in command.grades.items():
        if aspect not in law.value.weights or grade.grade > law.value.best_grade:
            raise InvalidValue(
                "没有这一方面或等级", "no such aspect or grade", pointer=f"/grades/{aspect}", because=None
            )
    wanting = ungraded(command.grades, law)
    if wanting:
        raise NoEvidence(
            "每一方面都要评级并附依据",
            "every aspect is graded, with its evidence",
            pointer=f"/grades/{wanting[0]}",
            because=Because.of(law.cite()).to_json(),
            extra={"missing": list(wanting)},
        )
    await _must_be_attached(command, desk)
    decision = score(command.grades, law)
    graded = case.changed(grades=command.grades, score=decision.outcome, because=decision.because.to_json())
    await desk.cases.save(graded)
    await linked(graded, desk)
    return graded


async def end_case(command: EndCase, desk: Desk) -> DevelopmentCase:
    """End a case as lost or dropped, with the reason."""
    case = await own_case(command.asker, command.case_id, desk)
    ended = case.ended(command.state, desk.now, command.reason, because=None)
    await desk.cases.save(ended)
    return ended


async def own_case(asker: Asker, case_id: UUID, desk: Desk) -> DevelopmentCase:
    """Give a case that the asker's unit works on, for change."""
    case = await desk.cases.get(case_id)
    head = asker.may(Role.UNIT_HEAD) and asker.covers(desk.tree.path(case.org_id))
    if asker.org_id != case.org_id and not head:
        raise Forbidden("由开发单位办理", "only the unit that develops the prospect may do this")
    return case


def _must_be_own(command: OpenCase, desk: Desk) -> None:
    if not command.asker.covers(desk.tree.path(command.org_id)):
        raise NotFound(f"没有机构 {command.org_id}", f"no organisation {command.org_id}", pointer="/org_id")
    if desk.tree.dissolved(command.org_id, desk.today):
        raise OrganisationDissolved("该机构已撤销", "the organisation is dissolved", pointer="/org_id")


def _target(customer: Customer | None) -> Target:
    if customer is None:
        raise InvalidValue("请指明客户", "name a customer or a prospect", pointer="/prospect")
    return Target(customer.name, customer.nature, customer.division, customer.credit_code)


async def _must_be_colleague(staff_id: UUID, case: DevelopmentCase, desk: Desk) -> None:
    person = await desk.staff.find(staff_id)
    if person is None or not person.active or person.org_id != case.org_id:
        raise InvalidValue("不是本单位在岗人员", "nobody of the unit", pointer="/owner_id")


def _written(command: ChangeCase, case: DevelopmentCase, desk: Desk) -> dict[Step, dict[str, str]]:
    """Give what stands written after the change; a step that is still to come is not written up before."""
    law = desk.law.find(DevelopmentSteps, org_id=case.org_id, day=desk.today)
    written = {step: dict(fields) for step, fields in case.written.items()}
    for step, fields in command.written.items():
        if STEPS.index(step) > STEPS.index(case.step):
            raise StepSkipped(
                "该步骤尚未开始",
                "this step has not begun",
                pointer=f"/written/{step}",
                extra={"step": case.step},
            )
        strange = sorted(set(fields) - set(brings(step, law)))
        if strange:
            raise InvalidValue(
                "该步骤没有这一项", "no such field of this step", pointer=f"/written/{step}/{strange[0]}"
            )
        kept = {**written.get(step, {}), **fields}
        written[step] = {name: text for name, text in kept.items() if text is not None}
    return written


async def _moved(command: MoveCase, case: DevelopmentCase, desk: Desk) -> None:
    progress = command.to not in reached(await desk.cases.moves(case.case_id))
    await desk.cases.move(
        Move(
            move_id=uuid7(),
            case_id=case.case_id,
            org_id=case.org_id,
            former=case.step,
            step=command.to,
            progress=progress,
            reason=command.reason,
            staff_id=command.asker.staff_id,
            at=desk.now,
        )
    )
    if progress and case.customer_id is not None:
        await reckon([case.customer_id], desk)


async def _must_be_attached(command: GradeCase, desk: Desk) -> None:
    named = [one for grade in command.grades.values() for one in grade.attachments]
    known = await desk.cases.attached(named) if named else set()
    for aspect, grade in command.grades.items():
        if not known.issuperset(grade.attachments):
            raise InvalidValue("附件不存在", "no such attachment", pointer=f"/grades/{aspect}/attachments")
