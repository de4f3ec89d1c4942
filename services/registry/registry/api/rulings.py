"""Rulings over HTTP: preview, rule, send up, appeal, withdraw, and the ruling as it is printed."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import Field

from chassis.auth import Caller
from chassis.http.bodies import Body
from chassis.http.edge import Answer, AtTheEdge, may
from chassis.http.problems import problems
from chassis.transaction import Transaction
from registry.api.context import court, eyes, person
from registry.api.declarations import MOVES, Declarer, Reasoned
from registry.api.disputes import Advocate, DisputeReader, moving
from registry.api.texts import LongText, OrgId, Text
from registry.commands.asking import Asker
from registry.commands.disputes import MoveDispute, RuleDispute
from registry.handlers.disputes import withdraw_dispute
from registry.handlers.rulings import appeal_dispute, preview_ruling, rule_dispute, send_up
from registry.model.disputes import Award, Dispute, Share
from registry.model.staff import Role
from registry.ports.disputes import Court
from registry.queries import disputes as shown
from registry.queries import rulings as printed
from registry.settings import CITES_MOST, PARTIES_MOST

router = APIRouter(tags=["disputes"])
Judge = Annotated[Caller, Depends(may(Role.CENTER_DIRECTOR))]
PartIn = Annotated[
    str, Field(pattern=r"^(0(\.[0-9]{1,6})?|1(\.0{1,6})?)$", description="份额，十进制文本，合计为 1")
]


class ShareIn(Body):
    """A party's part."""

    org_id: OrgId
    share: PartIn


class RulingIn(Body):
    """An award: for one, or in parts that come to one, with one lead; its reason, and the rules that it rests on."""

    award: Annotated[list[ShareIn], Field(min_length=1, max_length=PARTIES_MOST)]
    lead: OrgId | None = None
    reason: LongText
    cites: Annotated[list[Text], Field(min_length=1, max_length=CITES_MOST)]
    manager_id: UUID | None = None
    override_reason: LongText | None = None

    def command(self, asker: Asker, dispute_id: UUID) -> RuleDispute:
        """Give it as the registry's command; whoever gets all of it leads."""
        shares = tuple(Share(one.org_id, Decimal(one.share)) for one in self.award)
        lead = self.lead or (shares[0].org_id if len(shares) == 1 else "")
        return RuleDispute(
            asker=asker,
            dispute_id=dispute_id,
            award=Award(shares, lead),
            reason=self.reason,
            cites=tuple(self.cites),
            manager_id=self.manager_id,
            override_reason=self.override_reason,
        )


class Form(StrEnum):
    """As data, or as a page to print."""

    JSON = "json"
    HTML = "html"


class Language(StrEnum):
    """The language of a printed page."""

    ZH = "zh"
    EN = "en"


@router.post(
    "/v1/disputes/{dispute_id}/preview",
    operation_id="preview_ruling",
    summary="裁决预览",
    responses=MOVES,
)
async def preview(
    dispute_id: UUID, body: RulingIn, request: Request, caller: Judge, edge: AtTheEdge
) -> Response:
    """Show what an award would change: claims, unit, manager and load, supports, credit; nothing is changed."""
    command = body.command(person(caller), dispute_id)

    async def run(tx: Transaction) -> Answer:
        previewed = await preview_ruling(command, court(request, tx))
        return Answer(200, shown.previewed(previewed, eyes(request, caller)))

    return await edge.write(request, caller, run)


@router.post("/v1/disputes/{dispute_id}/rule", operation_id="rule_dispute", summary="裁决", responses=MOVES)
async def rule(
    dispute_id: UUID, body: RulingIn, request: Request, caller: Judge, edge: AtTheEdge
) -> Response:
    """Rule: the lead's claim begins at the instant at which the others' end."""
    command = body.command(person(caller), dispute_id)

    async def handle(court: Court) -> Dispute:
        return await rule_dispute(command, court)

    return await moving(request, caller, edge, handle, status=200)


@router.post(
    "/v1/disputes/{dispute_id}/send-up",
    operation_id="send_dispute_up",
    summary="上送裁决",
    responses=MOVES,
)
async def send_up_(
    dispute_id: UUID, body: Reasoned, request: Request, caller: Judge, edge: AtTheEdge
) -> Response:
    """Leave a dispute to the center one above; it stays open."""
    command = MoveDispute(person(caller), dispute_id, body.reason)

    async def handle(court: Court) -> Dispute:
        return await send_up(command, court)

    return await moving(request, caller, edge, handle, status=200)


@router.post(
    "/v1/disputes/{dispute_id}/appeal", operation_id="appeal_dispute", summary="上诉", responses=MOVES
)
async def appeal(
    dispute_id: UUID, body: Reasoned, request: Request, caller: Advocate, edge: AtTheEdge
) -> Response:
    """Appeal against a ruling, once, to the center one above."""
    command = MoveDispute(person(caller), dispute_id, body.reason)

    async def handle(court: Court) -> Dispute:
        return await appeal_dispute(command, court)

    return await moving(request, caller, edge, handle, status=200)


@router.post(
    "/v1/disputes/{dispute_id}/withdraw",
    operation_id="withdraw_dispute",
    summary="撤回争议",
    responses=MOVES,
)
async def withdraw(
    dispute_id: UUID, body: Reasoned, request: Request, caller: Declarer, edge: AtTheEdge
) -> Response:
    """Give up a dispute that nobody has ruled on."""
    command = MoveDispute(person(caller), dispute_id, body.reason)

    async def run(tx: Transaction) -> Answer:
        withdrawn = await withdraw_dispute(command, court(request, tx))
        return Answer(200, shown.dispute(withdrawn, eyes(request, caller)), withdrawn.version)

    return await edge.write(request, caller, run, as_worker=True)


@router.get(
    "/v1/disputes/{dispute_id}/ruling",
    operation_id="get_ruling",
    summary="裁决书",
    responses=problems(401, 403, 404, 409, 422),
)
async def get_ruling(
    dispute_id: UUID,
    request: Request,
    caller: DisputeReader,
    edge: AtTheEdge,
    form: Annotated[Form, Query(alias="format")] = Form.JSON,
    language: Language = Language.ZH,
) -> Response:
    """Give the rulings on a dispute with their reasons and citations, as data or as a page to print."""
    document = None

    async def run(tx: Transaction) -> Answer:
        nonlocal document
        document = await printed.rulings(tx, dispute_id, eyes(request, caller))
        return Answer(200, document)

    answer = await edge.read(request, caller, run)
    if form is Form.JSON or document is None:
        return answer
    return Response(printed.as_html(document, language), media_type="text/html; charset=utf-8")
