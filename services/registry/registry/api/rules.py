"""The law over HTTP: what is in force, every wording of a rule, drafts and their publication."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import Field

from chassis.auth import Caller
from chassis.http.bodies import Body
from chassis.http.edge import Answer, AtTheEdge, Authenticated, may
from chassis.http.listing import portioned
from chassis.http.moments import Day, Instant
from chassis.http.paging import SortedFilters
from chassis.http.problems import problems
from chassis.transaction import Transaction
from registry.api.context import OrgFilter, law_desk, law_of, person
from registry.api.texts import LongText, OrgId, Text
from registry.commands.rules import DecideDraft, DraftRule
from registry.handlers.rules import discard_draft, draft_rule, publish_draft
from registry.model.rules import DraftState
from registry.model.staff import Role
from registry.queries import rules as shown
from registry.queries.organisations import organisation_in_scope
from registry.settings import LONGEST_ORG_ID, RULES_MOST

router = APIRouter(tags=["rules"])
Drafter = Annotated[Caller, Depends(may(Role.CENTER_OFFICER, Role.CENTER_DIRECTOR))]
Publisher = Annotated[Caller, Depends(may(Role.CENTER_DIRECTOR))]
Known = Annotated[Instant | None, Query(description="按当时已知的文本")]
RuleName = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,60}\.[a-z0-9-]{1,60}$")]
Act = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,60}$")]


class CitationIn(Body):
    """Where the wording stands written."""

    act: Act
    article: Text


class DraftIn(Body):
    """A new wording of a rule; its value is read by the rule's own topic."""

    rule: RuleName
    in_force: Day
    value: Any
    citation: CitationIn
    assumption: bool = False
    org_id: OrgId | None = None

    def command(self) -> DraftRule:
        """Give it as the registry's command."""
        return DraftRule(
            rule=self.rule,
            org_id=self.org_id,
            in_force=self.in_force,
            act=self.citation.act,
            article=self.citation.article,
            assumption=self.assumption,
            value=self.value,
        )


class DiscardIn(Body):
    """Why a draft is given up."""

    reason: LongText | None = None


class RulesAsked(SortedFilters):
    """At which node, on which day, as known when; the whole law of a node stands on one page."""

    org_id: Annotated[str, Field(max_length=LONGEST_ORG_ID)]
    on: Day | None = None
    known: Annotated[Instant | None, Field(description="按当时已知的文本")] = None
    limit: Annotated[int, Field(ge=1, le=RULES_MOST)] = RULES_MOST
    sort: Literal["topic", "-topic", "rule", "-rule", "in_force", "-in_force"] | None = None


class DraftFilters(SortedFilters):
    """Which drafts are listed."""

    rule: RuleName | None = None
    state: DraftState | None = None
    org_id: OrgFilter = None
    sort: Literal["rule", "-rule", "in_force", "-in_force"] | None = None


@router.get(
    "/v1/rules",
    operation_id="list_rules",
    summary="某机构某日适用的规定",
    responses=problems(401, 404, 422),
)
async def list_rules(
    filters: Annotated[RulesAsked, Query()], request: Request, caller: Authenticated, edge: AtTheEdge
) -> Response:
    """List every provision in force for a node on a day, with the level whose adoption won."""

    async def run(tx: Transaction) -> Answer:
        node = await organisation_in_scope(tx, caller, filters.org_id)
        day = filters.on or tx.now.date()
        items = shown.rules(caller, law_of(request), node.org_id, day, filters.known)
        return Answer(200, portioned(items, filters.paging(request), "topic", ("rule", "in_force")))

    return await edge.read(request, caller, run)


@router.post(
    "/v1/rules/drafts",
    status_code=201,
    operation_id="draft_rule",
    summary="起草规定",
    responses=problems(400, 401, 403, 404, 409, 422),
)
async def draft(body: DraftIn, request: Request, caller: Drafter, edge: AtTheEdge) -> Response:
    """Propose a wording and compare it with the one in force."""

    async def run(tx: Transaction) -> Answer:
        made = await draft_rule(body.command(), person(caller), law_desk(request, tx))
        location = f"/v1/rules/drafts/{made.draft_id}"
        return Answer(201, shown.drafted(made, law_of(request)), location=location)

    return await edge.write(request, caller, run)


@router.get(
    "/v1/rules/drafts",
    operation_id="list_rule_drafts",
    summary="规定草案清单",
    responses=problems(401, 422),
)
async def list_drafts(
    filters: Annotated[DraftFilters, Query()], request: Request, caller: Authenticated, edge: AtTheEdge
) -> Response:
    """List the drafts of the caller's subtree, newest first."""

    async def run(tx: Transaction) -> Answer:
        page = filters.paging(request)
        return Answer(200, await shown.drafts(tx, law_of(request), filters.conditions(), page))

    return await edge.read(request, caller, run)


@router.get(
    "/v1/rules/drafts/{draft_id}",
    operation_id="get_rule_draft",
    summary="规定草案",
    responses=problems(401, 404, 422),
)
async def get_draft(draft_id: UUID, request: Request, caller: Authenticated, edge: AtTheEdge) -> Response:
    """Show one draft of the caller's subtree with its comparison."""

    async def run(tx: Transaction) -> Answer:
        return Answer(200, await shown.draft(tx, law_of(request), draft_id))

    return await edge.read(request, caller, run)


@router.post(
    "/v1/rules/drafts/{draft_id}/publish",
    operation_id="publish_rule",
    summary="发布规定",
    responses=problems(400, 401, 403, 404, 409, 422),
)
async def publish(draft_id: UUID, request: Request, caller: Publisher, edge: AtTheEdge) -> Response:
    """Put a draft in force, by a director who did not draft it."""

    async def run(tx: Transaction) -> Answer:
        done = await publish_draft(DecideDraft(draft_id), person(caller), law_desk(request, tx))
        return Answer(200, shown.drafted(done, law_of(request)))

    return await edge.write(request, caller, run)


@router.post(
    "/v1/rules/drafts/{draft_id}/discard",
    operation_id="discard_rule_draft",
    summary="作废规定草案",
    responses=problems(400, 401, 403, 404, 409, 422),
)
async def discard(
    draft_id: UUID, body: DiscardIn, request: Request, caller: Drafter, edge: AtTheEdge
) -> Response:
    """Give a draft up."""

    async def run(tx: Transaction) -> Answer:
        command = DecideDraft(draft_id, body.reason)
        done = await discard_draft(command, person(caller), law_desk(request, tx))
        return Answer(200, shown.drafted(done, law_of(request)))

    return await edge.write(request, caller, run)


@router.get(
    "/v1/rules/{rule}",
    operation_id="get_rule",
    summary="一条规定的全部文本",
    responses=problems(401, 404, 422),
)
async def get_rule(
    rule: str,
    request: Request,
    caller: Authenticated,
    edge: AtTheEdge,
    valid: Day | None = None,
    known: Known = None,
) -> Response:
    """Show every wording of a rule, shipped and published, and which of them holds."""

    async def run(tx: Transaction) -> Answer:
        return Answer(200, await shown.rule(tx, law_of(request), rule, valid or tx.now.date(), known))

    return await edge.read(request, caller, run)
