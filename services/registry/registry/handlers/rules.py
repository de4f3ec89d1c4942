"""Drafting rules, and putting them in force by another hand."""

from datetime import timedelta

from chassis.ids import uuid7
from contracts.refusals import Forbidden, NotFound
from registry.commands.asking import Asker
from registry.commands.rules import DecideDraft, DraftRule
from registry.model.organisations import Kind, Organisation
from registry.model.refusals import (
    AdoptedElsewhere,
    InForcePassed,
    NothingChanged,
    RuleChanged,
    UnknownAct,
    UnknownRule,
    WrongInForce,
)
from registry.model.rules import Draft
from registry.model.staff import Role
from registry.policies.rules import compared, differs, must_begin_lawfully, must_join, read_value
from registry.ports.rules import LawDesk
from registry.settings import DEEPEST_VALUE, LARGEST_NUMBER
from regulations.loading import Rule, Wording

TICK = timedelta(microseconds=1)


async def draft_rule(command: DraftRule, asker: Asker, desk: LawDesk) -> Draft:
    """Propose a wording, compared with the one that would hold on its first day without it."""
    province = await _own_province(command.org_id or asker.org_id, asker, desk)
    rule = await _known(command.rule, desk)
    wording = _worded(command, rule, desk)
    must_begin_lawfully(rule, wording.in_force, desk.today)
    must_join(rule, wording)
    if not differs(rule, wording):
        raise NothingChanged("与现行文本相同", "it says what is in force already", pointer="/value")
    await _must_be_the_provinces(rule, wording, province, desk)
    draft = Draft(
        draft_id=uuid7(),
        rule=command.rule,
        org_id=province.org_id,
        in_force=command.in_force,
        act=command.act,
        article=command.article,
        assumption=command.assumption,
        value=wording.value.to_json(),
        basis=await desk.rules.published(command.rule),
        comparison=compared(rule, wording),
        drafted_by=asker.staff_id,
        drafted_at=desk.now,
    )
    await desk.drafts.add(draft)
    return draft


async def publish_draft(command: DecideDraft, asker: Asker, desk: LawDesk) -> Draft:
    """Put a draft in force as it was compared; of two at once on one rule the first wins."""
    draft = await desk.drafts.get(command.draft_id)
    province = await _own_province(draft.org_id, asker, desk)
    draft.must_be_decided_by_another(asker.staff_id)
    await desk.rules.lock(draft.rule)
    rule = await _known(draft.rule, desk)
    recorded = max(desk.now, max(wording.recorded for wording in rule.wordings) + TICK)
    done = draft.published(asker.staff_id, desk.now, recorded)
    version = await desk.rules.published(draft.rule)
    if version != draft.basis:
        raise RuleChanged(
            "起草后该规定另有新文本发布，请重新起草并比对",
            "another wording of this rule was published since: draft it anew and compare",
        )
    try:
        must_begin_lawfully(rule, draft.in_force, desk.today)
    except WrongInForce as passed:
        raise InForcePassed(
            f"草案的施行日期（{draft.in_force}）已过，请重新起草",
            f"the draft was to be in force from {draft.in_force}, which has passed: draft it anew",
        ) from passed
    await _must_be_the_provinces(rule, _worded(draft, rule, desk), province, desk)
    await desk.rules.publish(done, version + 1)
    await desk.drafts.save(done)
    return done


async def discard_draft(command: DecideDraft, asker: Asker, desk: LawDesk) -> Draft:
    """Give a draft up: its drafter may, and a director."""
    draft = await desk.drafts.get(command.draft_id)
    await _own_province(draft.org_id, asker, desk)
    if asker.staff_id != draft.drafted_by and not asker.may(Role.CENTER_DIRECTOR):
        raise Forbidden("只有起草人或主任可以作废草案", "its drafter or a director discards a draft")
    done = draft.discarded(asker.staff_id, desk.now, command.reason)
    await desk.drafts.save(done)
    return done


async def _own_province(org_id: str, asker: Asker, desk: LawDesk) -> Organisation:
    node = (await desk.nodes.existing([org_id])).get(org_id)
    if node is None or not asker.covers(node.orgpath):
        raise NotFound(f"没有机构 {org_id}", f"no organisation {org_id}", pointer="/org_id")
    if node.kind is not Kind.PROVINCE or asker.org_id != node.org_id:
        raise Forbidden(
            "规定由省大客户中心起草、发布", "rules are drafted and published by a province's center"
        )
    return node


async def _known(name: str, desk: LawDesk) -> Rule:
    rule = await desk.rules.find(name)
    if rule is None:
        raise UnknownRule(f"没有规定 {name}", f"no pack words {name}", pointer="/rule")
    return rule


def _worded(words: DraftRule | Draft, rule: Rule, desk: LawDesk) -> Wording:
    citation = desk.rules.citation(words.act, words.article)
    if citation is None:
        raise UnknownAct(f"没有规章 {words.act}", f"{words.act} is no act", pointer="/citation/act")
    value = read_value(rule.topic, words.value, deepest=DEEPEST_VALUE, largest=LARGEST_NUMBER)
    return Wording(words.in_force, None, desk.now, words.assumption, citation, value)


async def _must_be_the_provinces(rule: Rule, wording: Wording, province: Organisation, desk: LawDesk) -> None:
    """Refuse to change what organisations outside the province live under on that day or later."""
    outside = [
        node
        for node in await desk.rules.adopters(rule.pack)
        if node.org_id != province.org_id and not node.orgpath.startswith(f"{province.orgpath}.")
        if any(adopted.lives(rule.pack, rule.topic, wording.in_force) for adopted in node.adoptions)
    ]
    if outside:
        raise AdoptedElsewhere(
            f"本省以外还有 {len(outside)} 个机构启用该规章，不能由本省修改",
            f"{len(outside)} organisations outside the province have adopted this pack: it is not the province's to change",
            pointer="/rule",
        )
