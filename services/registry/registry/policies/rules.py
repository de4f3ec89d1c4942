"""What a new wording of a rule may be: a value that its topic can have, a day on which it may begin."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from registry.model.refusals import WrongInForce, WrongRuleValue
from regulations.comparison import differences, pointer
from regulations.drafts import read_draft
from regulations.loading import ALWAYS, Rule, Wording, check_sequence
from regulations.provisions import Citation, Topic
from regulations.reading import PackError, Path, plain


def read_value(topic: str, raw: object, *, deepest: int, largest: int) -> Topic:
    """Read a value as the topic's own class does; raises WrongRuleValue with the place inside it."""
    try:
        return read_draft(topic, raw, deepest=deepest, largest=largest)
    except PackError as refused:
        raise _wrong(refused.path, refused.zh, refused.detail, refused.problem) from refused


def must_begin_lawfully(rule: Rule, in_force: date, today: date) -> None:
    """Refuse a day on which a wording may not begin; the day of an existing one makes it a correction."""
    begun = {wording.in_force for wording in rule.wordings}
    latest = max(begun)
    if in_force in begun:
        return
    if in_force < latest:
        raise _begins_wrongly(
            f"最近的文本自{latest}起施行，新文本应更晚；更正须与被更正的文本同日",
            f"the latest wording is in force from {latest}: a new one begins later, a correction on the same day",
        )
    if in_force < today:
        raise _begins_wrongly(
            f"施行日期不得早于今日（{today}）；只有更正可以追溯",
            f"a new wording is not in force before today, {today}; only a correction is",
        )


def must_join(rule: Rule, wording: Wording) -> None:
    """Refuse a wording that leaves a gap after one with an end, or overlaps it."""
    together = sorted((*rule.wordings, wording), key=lambda one: (one.in_force, one.recorded))
    try:
        check_sequence(together)
    except PackError as refused:
        raise _begins_wrongly("与前一文本的终止日期不衔接", refused.detail) from refused


def is_correction(rule: Rule, in_force: date) -> bool:
    """Tell whether a wording of this day corrects one that there is."""
    return any(wording.in_force == in_force for wording in rule.wordings)


def differs(rule: Rule, wording: Wording) -> bool:
    """Tell whether a wording says anything but what holds without it on its first day."""
    before = rule.wording_on(wording.in_force)
    if before is None:
        return True
    return (before.value, before.citation, before.assumption) != (
        wording.value,
        wording.citation,
        wording.assumption,
    )


def compared(rule: Rule, wording: Wording) -> dict[str, Any]:
    """Set a wording beside the one that would hold without it, with the rule's worked examples to be read again."""
    before = rule.wording_on(wording.in_force)
    changes = differences(before.value.to_json() if before else None, wording.value.to_json())
    return {
        "correction": is_correction(rule, wording.in_force),
        "in_force": worded(before) if before else None,
        "differences": [change.to_json() for change in changes],
        "worked_cases": cases(rule) if changes else [],
    }


def worded(wording: Wording) -> dict[str, Any]:
    """Give a wording as it is read; one that came with the program has no time of recording."""
    return {
        "in_force": wording.in_force,
        "until": wording.until,
        "recorded": None if wording.recorded == ALWAYS else wording.recorded,
        "assumption": wording.assumption,
        "citation": cited(wording.citation),
        "value": wording.value.to_json(),
    }


def cited(citation: Citation) -> dict[str, str]:
    """Give a citation with the act's titles."""
    return {
        "act": citation.act,
        "article": citation.article,
        "title": citation.act_title,
        "title_en": citation.act_title_en,
    }


def cases(rule: Rule) -> list[Mapping[str, Any]]:
    """Give the worked examples that came with the rule: what it gave as first worded."""
    return [{"on": case.on, "given": plain(case.given), "then": plain(case.then)} for case in rule.cases]


def _wrong(path: Path, zh: str, en: str, problem: str) -> WrongRuleValue:
    return WrongRuleValue(
        zh or "不符合该条目的要求", en, pointer=f"/value{pointer(path)}", extra={"problem": problem}
    )


def _begins_wrongly(zh: str, en: str) -> WrongInForce:
    return WrongInForce(zh, en, pointer="/in_force")
