"""Ruling on a dispute, leaving it to the center above, appealing once, and when a ruling stands."""

from dataclasses import dataclass
from uuid import UUID

from contracts.refusals import Forbidden
from registry.commands.disputes import MoveDispute, RuleDispute
from registry.handlers.awarding import Planned, apply_award, work_out
from registry.handlers.dispute_law import law_at
from registry.handlers.disputes import DISPUTE_RULE, end_overdue
from registry.model.disputes import (
    PENDING,
    Dispute,
    DisputeState,
    Step,
    StepKind,
    wrong_state,
)
from registry.model.refusals import NoneAbove, WrongCitation
from registry.policies import disputes as policy
from registry.ports.disputes import Court, RulingDue
from regulations.calendars import TICK, due
from regulations.provisions import Because, Provision, Reason, Topic
from regulations.rulebook import NoLaw
from regulations.topics.catalogue import all_topics
from regulations.topics.claims import Dispute as DisputeLaw

APPEAL_RULE = "appeal-rule"


@dataclass(frozen=True)
class Previewed:
    """What an award would do to a dispute, which is unchanged."""

    dispute: Dispute
    planned: Planned


async def preview_ruling(command: RuleDispute, court: Court) -> Previewed:
    """Say what an award would change, and change nothing."""
    dispute = await _to_rule(command.asker.org_id, command.dispute_id, court)
    await _must_judge(command, dispute, court)
    _cited(command, dispute, court)
    return Previewed(dispute, await work_out(command, dispute, court))


async def rule_dispute(command: RuleDispute, court: Court) -> Dispute:
    """Rule: claims, assignment and later revenue credit change with it; on an appeal, or with no center above, for good."""
    dispute = await _to_rule(command.asker.org_id, command.dispute_id, court)
    await _must_judge(command, dispute, court)
    reasons = _cited(command, dispute, court)
    planned = await work_out(command, dispute, court)
    because = _because(command, reasons, planned)
    await court.clocks.ruled(dispute)
    periods = _periods(dispute, court)
    now = court.desk.now
    appealed = dispute.state is DisputeState.APPEALED
    ruled = dispute.moved(
        DisputeState.FINAL if appealed else DisputeState.RULED,
        award=command.award,
        ruled_by=command.asker.staff_id,
        ruled_at=now,
        due_at=None if appealed else due(now, periods.value.appeal).due_at,
        because=because.to_json(),
    )
    step = Step(
        StepKind.RULED,
        dispute.ruling_org_id,
        command.asker.staff_id,
        command.reason,
        command.cites,
        command.award,
        planned.former,
    )
    await apply_award(command, planned, ruled, court)
    await court.disputes.save(ruled, step)
    if appealed or not _appealable(ruled, court):
        return await _final(ruled, command.asker.staff_id, court)
    await court.clocks.start_appeal(ruled, periods.value.appeal, Because.of(periods.cite()))
    return ruled


async def send_up(command: MoveDispute, court: Court) -> Dispute:
    """Leave a dispute to the center above, which has the whole time to rule; it stays open."""
    dispute = await _to_rule(command.asker.org_id, command.dispute_id, court)
    if dispute.state is not DisputeState.OPEN:
        raise wrong_state(dispute, "上送", "be sent up")
    tree, now = court.desk.tree, court.desk.now
    above = policy.one_above(tree.path(dispute.ruling_org_id), tree.kind)
    await court.clocks.ruled(dispute)
    periods = law_at(DisputeLaw, above, dispute.parties, court)
    started_at = max(now, dispute.evidence_until - TICK)
    sent = dispute.moved(
        DisputeState.OPEN,
        ruling_org_id=above,
        due_at=due(started_at, periods.value.ruling).due_at,
        because=Because.of(
            periods.cite(sent_up_at=now),
            zh=f"上送{tree.name(above)}裁决",
            en=f"sent up: {above} rules",
        ).to_json(),
    )
    step = Step(StepKind.SENT_UP, dispute.ruling_org_id, command.asker.staff_id, command.reason)
    await court.disputes.save(sent, step, former=dispute.ruling_org_id)
    bare = Because.of(periods.cite())
    await court.clocks.start(RulingDue(DISPUTE_RULE, sent, started_at, periods.value.ruling, bare))
    return sent


async def appeal_dispute(command: MoveDispute, court: Court) -> Dispute:
    """Appeal to the center one above, once, on the last day of the time for it at the latest."""
    dispute = await court.disputes.get(command.dispute_id)
    tree, now = court.desk.tree, court.desk.now
    paths = {party: tree.path(party) for party in dispute.parties}
    party = policy.party_of(command.asker.orgpath, paths)
    if dispute.state is not DisputeState.RULED:
        raise wrong_state(dispute, "上诉", "be appealed against")
    policy.must_be_appealable(dispute, now)
    above = policy.one_above(tree.path(dispute.ruling_org_id), tree.kind)
    periods = law_at(DisputeLaw, above, dispute.parties, court)
    appealed = dispute.moved(
        DisputeState.APPEALED,
        ruling_org_id=above,
        appealed_by=command.asker.staff_id,
        evidence_until=due(now, periods.value.evidence).due_at,
        due_at=due(now, periods.value.appeal_ruling).due_at,
        because=Because.of(
            periods.cite(appealed_at=now), zh=f"上诉至{tree.name(above)}", en=f"appealed to {above}"
        ).to_json(),
    )
    await court.disputes.save(
        appealed, Step(StepKind.APPEALED, party, command.asker.staff_id, command.reason)
    )
    await court.clocks.appealed(dispute.dispute_id)
    bare = Because.of(periods.cite())
    await court.clocks.start(RulingDue(APPEAL_RULE, appealed, now, periods.value.appeal_ruling, bare))
    return appealed


async def let_stand(dispute_id: UUID, court: Court) -> None:
    """Let a ruling stand that nobody appealed against in time."""
    dispute = await court.disputes.get(dispute_id)
    over = dispute.due_at is not None and court.desk.now >= dispute.due_at
    if dispute.state is DisputeState.RULED and over:
        await _final(dispute, None, court)


async def _final(dispute: Dispute, by: UUID | None, court: Court) -> Dispute:
    final = (
        dispute.told(due_at=None)
        if dispute.state is DisputeState.FINAL
        else dispute.moved(DisputeState.FINAL, due_at=None)
    )
    await court.disputes.save(final, Step(StepKind.FINAL, dispute.ruling_org_id, by))
    await court.clocks.over(final)
    await end_overdue(final, court)
    return final


async def _to_rule(org_id: str, dispute_id: UUID, court: Court) -> Dispute:
    """Give a dispute that waits for a center's ruling; another center's, and one that was ruled on, is refused."""
    dispute = await court.disputes.get(dispute_id)
    if dispute.state not in PENDING:
        raise wrong_state(dispute, "再裁决", "be ruled on")
    if org_id != dispute.ruling_org_id:
        raise Forbidden(
            f"由{court.desk.tree.name(dispute.ruling_org_id)}裁决", f"{dispute.ruling_org_id} rules on it"
        )
    return dispute


async def _must_judge(command: RuleDispute, dispute: Dispute, court: Court) -> None:
    hands = await court.disputes.hands_in(dispute.dispute_id)
    policy.must_not_be_own(command.asker.staff_id, command.asker.org_id, dispute, hands)
    policy.check_award(command.award, dispute)
    if dispute.state is DisputeState.OPEN:
        policy.must_be_heard(dispute, await court.disputes.heard(dispute.dispute_id), court.desk.now)


def _cited(command: RuleDispute, dispute: Dispute, court: Court) -> tuple[Reason, ...]:
    """Give the cited rules as they are in force at the center; refuses one that is not."""
    found = []
    for place, rule in enumerate(command.cites):
        _, _, name = rule.partition(".")
        topic = all_topics().get(name)
        provision = _in_force(topic, dispute, court) if topic else None
        if provision is None or provision.rule != rule:
            raise WrongCitation(
                f"{rule} 在该中心不是现行规定",
                f"{rule} is not in force there",
                pointer=f"/cites/{place}",
                extra={"in_force": provision.rule} if provision else None,
            )
        found.append(provision.cite(lines=dispute.lines, parties=dispute.parties))
    return tuple(found)


def _in_force(topic: type[Topic], dispute: Dispute, court: Court) -> Provision[Topic] | None:
    try:
        return law_at(topic, dispute.ruling_org_id, dispute.parties, court)
    except NoLaw:
        return None


def _because(command: RuleDispute, reasons: tuple[Reason, ...], planned: Planned) -> Because:
    parts = "、".join(f"{one.org_id} {one.share:f}" for one in command.award.shares)
    load = planned.load.because.reasons if planned.load else ()
    return Because.of(
        *reasons,
        *load,
        zh=f"裁决:{command.award.lead} 持有开发权,{planned.effects.credited_from} 起收入归属 {parts}",
        en=f"{command.award.lead} holds the claim; revenue from {planned.effects.credited_from} on: {parts}",
    )


def _periods(dispute: Dispute, court: Court) -> Provision[DisputeLaw]:
    return law_at(DisputeLaw, dispute.ruling_org_id, dispute.parties, court)


def _appealable(dispute: Dispute, court: Court) -> bool:
    tree = court.desk.tree
    try:
        policy.one_above(tree.path(dispute.ruling_org_id), tree.kind)
    except NoneAbove:
        return False
    return _periods(dispute, court).value.appeals > 0
