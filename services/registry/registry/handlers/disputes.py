"""Opening a dispute, putting evidence in, giving it up."""

from dataclasses import dataclass
from uuid import UUID

from chassis.ids import uuid7
from contracts.refusals import Forbidden, InvalidValue, NotFound
from registry.commands.disputes import FileEvidence, MoveDispute, OpenDispute
from registry.handlers.claims import end_claim, idle_out
from registry.handlers.readings import check_lines
from registry.handlers.wanted import wanted_customer
from registry.model.declarations import Declaration, DeclarationState
from registry.model.disputes import (
    PENDING,
    Dispute,
    DisputeKind,
    DisputeState,
    Evidence,
    Origin,
    Step,
    StepKind,
    wrong_state,
)
from registry.model.refusals import NothingInDispute, OrganisationDissolved
from registry.policies import disputes as policy
from registry.ports.disputes import ContestedFile, Court, RulingDue
from regulations.provisions import Because, Provision, Topic
from regulations.rulebook import NoLaw
from regulations.topics.claims import Dispute as DisputeLaw

DISPUTE_RULE = "dispute-rule"


@dataclass(frozen=True)
class _Contested:
    customer_id: UUID
    declared: Declaration | None
    claimant: str
    lines: tuple[str, ...]
    parties: tuple[str, ...]


async def open_dispute(command: OpenDispute, court: Court) -> Dispute:
    """Open a dispute between the unit that contests and whoever holds; the nearest center above all of them rules."""
    contested = await _contested(command, court)
    tree = court.desk.tree
    ruling_org_id = policy.ruling_node([tree.path(party) for party in contested.parties], tree.kind)
    kind, law = _governing(command, ruling_org_id, court)
    policy.check_case(kind, _case(command, contested, court), law)
    periods = court.desk.law.find(DisputeLaw, org_id=ruling_org_id, day=court.desk.today)
    terms = policy.terms(court.desk.now, periods)
    facts = {"signed_in": command.signed_in, "arises_in": command.arises_in}
    because = Because.of(
        law.cite(lines=contested.lines, parties=contested.parties, places=facts),
        periods.cite(opened_at=court.desk.now),
        zh=f"由{tree.name(ruling_org_id)}裁决",
        en=f"{ruling_org_id} rules",
    )
    dispute = Dispute(
        dispute_id=uuid7(),
        customer_id=contested.customer_id,
        kind=kind,
        origin=_origin(kind, contested.declared),
        lines=contested.lines,
        parties=contested.parties,
        org_id=contested.claimant,
        opened_by=command.asker.staff_id,
        opened_at=court.desk.now,
        ruling_org_id=ruling_org_id,
        evidence_until=terms.evidence,
        due_at=terms.ruling,
        declaration_id=command.declaration_id,
        facts={name: value for name, value in facts.items() if value is not None},
        because=because.to_json(),
    )
    await court.disputes.open(dispute, Step(StepKind.OPENED, contested.claimant, command.asker.staff_id))
    bare = Because.of(periods.cite())
    due = RulingDue(DISPUTE_RULE, dispute, terms.ruling_from, periods.value.ruling, bare)
    await court.clocks.opened(due, periods.value.evidence, bare)
    if command.statement is None:
        return dispute
    said = FileEvidence(command.asker, dispute.dispute_id, command.statement, ())
    return await _filed(said, contested.claimant, dispute, court)


async def file_evidence(command: FileEvidence, court: Court) -> Dispute:
    """Put a party's evidence in; what comes after the time for it is taken and marked late."""
    dispute = await court.disputes.get(command.dispute_id)
    if dispute.state not in PENDING:
        raise wrong_state(dispute, "再举证", "take evidence")
    party = policy.party_of(command.asker.orgpath, _paths(dispute, court))
    found = await court.disputes.attached(dispute.dispute_id, command.asker.org_id, command.attachments)
    for place, attachment in enumerate(command.attachments):
        if attachment not in found:
            raise InvalidValue(
                "不是本单位为该争议上传的附件",
                "no attachment of this unit under this dispute",
                pointer=f"/attachments/{place}",
            )
    return await _filed(command, party, dispute, court)


async def withdraw_dispute(command: MoveDispute, court: Court) -> Dispute:
    """Give up a dispute that nobody has ruled on; the unit that opened it does.

    Runs as the worker, for claims of the other party may end with it: who may not see the dispute is turned away here.
    """
    dispute = await court.disputes.get(command.dispute_id)
    seen_by = [court.desk.tree.path(node) for node in (*dispute.parties, dispute.ruling_org_id)]
    if not any(command.asker.covers(path) for path in seen_by):
        raise NotFound("没有该争议", "no such dispute")
    if command.asker.staff_id != dispute.opened_by and command.asker.org_id != dispute.org_id:
        raise Forbidden("由提出争议的单位撤回", "the unit that opened it withdraws it")
    withdrawn = dispute.moved(DisputeState.WITHDRAWN, due_at=None)
    step = Step(StepKind.WITHDRAWN, dispute.org_id, command.asker.staff_id, command.reason)
    await court.disputes.save(withdrawn, step)
    await court.clocks.over(withdrawn)
    await end_overdue(withdrawn, court)
    return withdrawn


async def end_overdue(dispute: Dispute, court: Court) -> None:
    """End the claims whose time went by while they were disputed."""
    for claim in await court.desk.claims.live(dispute.customer_id):
        await end_claim(claim.claim_id, court.desk)
        await idle_out(claim.claim_id, court.desk)


async def _filed(command: FileEvidence, party: str, dispute: Dispute, court: Court) -> Dispute:
    now = court.desk.now
    evidence = Evidence(
        evidence_id=uuid7(),
        dispute_id=dispute.dispute_id,
        org_id=party,
        staff_id=command.asker.staff_id,
        recorded_at=now,
        late=now >= dispute.evidence_until,
        text=command.text,
        attachments=command.attachments,
    )
    told = dispute.told()
    await court.disputes.file_evidence(told, evidence)
    await court.clocks.filed(dispute.dispute_id, party)
    return told


async def _contested(command: OpenDispute, court: Court) -> _Contested:
    customer_id, declared = await _customer(command, court)
    file = await court.disputes.file(customer_id)
    if file is None or file.state not in ("prospect", "registered"):
        raise NothingInDispute("该客户已不在册", "the customer is no more")
    held = await court.desk.known.hold(customer_id)
    lines = command.lines or (declared.lines if declared else tuple(sorted(held.lines)))
    claimant = _claimant(command, declared, court)
    check_lines(lines, claimant, court.desk)
    holders = [held.lines[line].org_id for line in lines if line in held.lines]
    parties = tuple(
        dict.fromkeys([claimant, *holders, *_responsible(file, bool(held.holding)), *command.against])
    )
    _must_live(parties, court)
    if not lines or len(parties) == 1:
        raise NothingInDispute("没有其他单位持有该业务", "nobody else holds what is contested")
    return _Contested(customer_id, declared, claimant, lines, parties)


def _responsible(file: ContestedFile, held: bool) -> tuple[str, ...]:
    # Who answers for a customer is heard about any line of it.
    return (file.org_id,) if held else ()


async def _customer(command: OpenDispute, court: Court) -> tuple[UUID, Declaration | None]:
    if command.declaration_id is None:
        customer = await wanted_customer(command.customer or "", court.desk.customers)
        return customer.customer_id, None
    declared = await court.desk.declarations.get(command.declaration_id)
    if declared.state not in (DeclarationState.REFUSED, DeclarationState.HELD):
        raise NothingInDispute(
            "只有被拒绝或待确认的申报可以提出争议",
            "a declaration is contested by when it was refused or is held",
            pointer="/declaration_id",
        )
    customer_id = await court.disputes.contested_by(command.declaration_id)
    if customer_id is None:
        raise NothingInDispute(
            "该申报没有与之冲突的客户",
            "the declaration conflicts with no customer",
            pointer="/declaration_id",
        )
    return customer_id, declared


def _claimant(command: OpenDispute, declared: Declaration | None, court: Court) -> str:
    claimant = command.org_id or (declared.org_id if declared else command.asker.org_id)
    if not command.asker.covers(court.desk.tree.path(claimant)):
        raise NotFound("没有该机构", "no such organisation", pointer="/org_id")
    return claimant


def _must_live(parties: tuple[str, ...], court: Court) -> None:
    for party in parties:
        court.desk.tree.path(party)
        if court.desk.tree.dissolved(party, court.desk.today):
            raise OrganisationDissolved(f"{party} 已撤销", f"{party} is dissolved")


def _governing(command: OpenDispute, org_id: str, court: Court) -> tuple[DisputeKind, Provision[Topic]]:
    """Find the rule that governs the dispute where it is ruled on; an overlap is judged by the first that is law there."""
    law, day = court.desk.law, court.desk.today
    if command.kind is not None:
        return command.kind, law.find(policy.TOPICS[command.kind], org_id=org_id, day=day)
    for kind in policy.OVERLAP[:-1]:
        try:
            return kind, law.find(policy.TOPICS[kind], org_id=org_id, day=day)
        except NoLaw:
            continue
    last = policy.OVERLAP[-1]
    return last, law.find(policy.TOPICS[last], org_id=org_id, day=day)


def _case(command: OpenDispute, contested: _Contested, court: Court) -> policy.Case:
    kinds = frozenset(court.desk.tree.kind(party) for party in contested.parties)
    return policy.Case(contested.lines, command.signed_in, command.arises_in, kinds)


def _origin(kind: DisputeKind, declared: Declaration | None) -> Origin:
    if kind is DisputeKind.TERRITORY_RULING:
        return Origin.TERRITORY_RULE
    if kind is DisputeKind.DEMAND_ROUTING:
        return Origin.DEMAND
    return Origin.DECLARATION if declared else Origin.PARTY


def _paths(dispute: Dispute, court: Court) -> dict[str, str]:
    return {party: court.desk.tree.path(party) for party in dispute.parties}
