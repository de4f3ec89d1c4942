"""Selling projects of development cases over HTTP (营销项目报备)."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from chassis.http.bodies import Body
from chassis.http.edge import AtTheEdge
from chassis.http.problems import problems
from registry.api.context import person
from registry.api.customers import Keeper
from registry.api.declarations import Decider, Reasoned
from registry.api.development import answered
from registry.api.texts import LongText, Text
from registry.commands.development import FileProject, SayOfProject
from registry.handlers import projects as handlers

router = APIRouter(prefix="/v1/development-cases/{case_id}/project", tags=["development-cases"])
MOVES = problems(400, 401, 403, 404, 409, 412, 422)


class ProjectIn(Body):
    """A selling project: what it is called, and what it is to bring, when, with whom."""

    title: Text
    plan: LongText


class Note(Body):
    """What was seen of a project in progress."""

    note: LongText


class Assessment(Body):
    """What a project achieved."""

    assessment: LongText


@router.post("", operation_id="file_project", summary="营销项目报备", responses=MOVES)
async def file(case_id: UUID, body: ProjectIn, request: Request, caller: Keeper, edge: AtTheEdge) -> Response:
    """File a project with the center."""
    command = FileProject(person(caller), case_id, body.title, body.plan)
    return await answered(request, caller, edge, lambda desk: handlers.file_project(command, desk))


@router.post("/approve", operation_id="approve_project", summary="项目立项", responses=MOVES)
async def approve(
    case_id: UUID, body: Reasoned, request: Request, caller: Decider, edge: AtTheEdge
) -> Response:
    """Let a project begin; never by who filed it or works on it."""
    command = SayOfProject(person(caller), case_id, body.reason)
    return await answered(request, caller, edge, lambda desk: handlers.approve_project(command, desk))


@router.post("/refuse", operation_id="refuse_project", summary="项目不予立项", responses=MOVES)
async def refuse(
    case_id: UUID, body: Reasoned, request: Request, caller: Decider, edge: AtTheEdge
) -> Response:
    """Do not let a project begin; it may be filed anew."""
    command = SayOfProject(person(caller), case_id, body.reason)
    return await answered(request, caller, edge, lambda desk: handlers.refuse_project(command, desk))


@router.post("/watch", operation_id="watch_project", summary="项目过程监控", responses=MOVES)
async def watch(case_id: UUID, body: Note, request: Request, caller: Keeper, edge: AtTheEdge) -> Response:
    """Put on record how an approved project goes."""
    command = SayOfProject(person(caller), case_id, body.note)
    return await answered(request, caller, edge, lambda desk: handlers.watch_project(command, desk))


@router.post("/assess", operation_id="assess_project", summary="项目绩效评估", responses=MOVES)
async def assess(
    case_id: UUID, body: Assessment, request: Request, caller: Decider, edge: AtTheEdge
) -> Response:
    """Assess what an approved project achieved; never by who filed it or works on it."""
    command = SayOfProject(person(caller), case_id, body.assessment)
    return await answered(request, caller, edge, lambda desk: handlers.assess_project(command, desk))
