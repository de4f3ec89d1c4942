"""Project selling (营销项目报备): filed, approved, watched in progress, assessed (center-goals, part 2)."""

from dataclasses import replace
from uuid import UUID

from chassis.ids import uuid7
from contracts.refusals import Forbidden
from registry.commands.asking import Asker
from registry.commands.development import FileProject, SayOfProject
from registry.handlers.development import own_case
from registry.model.development import DevelopmentCase, Project, ProjectState, Watch
from registry.model.refusals import WrongState
from registry.ports.desk import Desk, Why
from regulations.provisions import Because
from regulations.topics.goals import ProjectSelling


async def file_project(command: FileProject, desk: Desk) -> DevelopmentCase:
    """File a case's project with the center; a refused one may be filed anew."""
    case = await own_case(command.asker, command.case_id, desk)
    project = Project(command.title, command.plan, command.asker.staff_id, desk.now)
    filed = case.project_moved(
        ProjectState.FILED, project, because=_why(case, desk, "项目已申报备案", "the project is filed")
    )
    await desk.cases.save(filed)
    return filed


async def approve_project(command: SayOfProject, desk: Desk) -> DevelopmentCase:
    """Let a project begin; never by who filed it or works on it."""
    return await _decide(command, ProjectState.APPROVED, desk)


async def refuse_project(command: SayOfProject, desk: Desk) -> DevelopmentCase:
    """Do not let a project begin."""
    return await _decide(command, ProjectState.REFUSED, desk)


async def watch_project(command: SayOfProject, desk: Desk) -> DevelopmentCase:
    """Put on record how a project goes; by its unit or a center above it."""
    case = await desk.cases.get(command.case_id)
    if command.asker.org_id != case.org_id:
        _must_be_center(command.asker, case, desk)
    if case.project_state is not ProjectState.APPROVED:
        raise WrongState("项目未在进行中", "the project is not in progress")
    watched = replace(
        case,
        because=_why(case, desk, "过程监控", "watched in progress"),
        version=case.version + 1,
    )
    await desk.cases.watch(
        Watch(uuid7(), case.case_id, case.org_id, command.text, command.asker.staff_id, desk.now)
    )
    await desk.cases.save(watched)
    return watched


async def assess_project(command: SayOfProject, desk: Desk) -> DevelopmentCase:
    """Assess what an approved project achieved; never by who filed it or works on it."""
    case = await _to_decide(command.asker, command.case_id, desk)
    project = replace(
        _filed(case), assessed_by=command.asker.staff_id, assessed_at=desk.now, assessment=command.text
    )
    assessed = case.project_moved(
        ProjectState.ASSESSED, project, because=_why(case, desk, "绩效评估", "the project is assessed")
    )
    await desk.cases.save(assessed)
    return assessed


async def _decide(command: SayOfProject, state: ProjectState, desk: Desk) -> DevelopmentCase:
    case = await _to_decide(command.asker, command.case_id, desk)
    project = replace(
        _filed(case), decided_by=command.asker.staff_id, decided_at=desk.now, reason=command.text
    )
    words = (
        ("准予立项", "the project is approved")
        if state is ProjectState.APPROVED
        else ("不予立项", "the project is refused")
    )
    decided = case.project_moved(state, project, because=_why(case, desk, *words))
    await desk.cases.save(decided)
    return decided


async def _to_decide(asker: Asker, case_id: UUID, desk: Desk) -> DevelopmentCase:
    case = await desk.cases.get(case_id)
    _must_be_center(asker, case, desk)
    case.must_be_decided_by_another(asker.staff_id)
    return case


def _must_be_center(asker: Asker, case: DevelopmentCase, desk: Desk) -> None:
    if not asker.covers(desk.tree.path(case.city_org_id)):
        raise Forbidden("由市局大客户中心审批", "the city's center decides")


def _filed(case: DevelopmentCase) -> Project:
    if case.project is None:
        raise WrongState("项目未报备", "no project is filed")
    return case.project


def _why(case: DevelopmentCase, desk: Desk, zh: str, en: str) -> Why:
    law = desk.law.find(ProjectSelling, org_id=case.org_id, day=desk.today)
    return Because.of(law.cite(), zh=zh, en=en).to_json()
