"""Which wordings a review would be decided by differently, and how a corrected line says what changed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from regulations.provisions import Provision, Topic
from regulations.reading import plain
from tiering.model.corrections import Compared
from tiering.model.months import month_text
from tiering.policies.law import TOPICS, ClassLaw

# Who decides and what is shown beside a class never moves one.
NEVER_DECIDING = frozenset({"review", "procedure"})
WORDS_ZH = {
    "yearly_fees": "年结算费用",
    "month_fees": "{month} 结算费用",
    "agreement": "年末是否有协议",
    "rank_in_bureau": "局内收入排位",
}
WORDS_EN = {
    "yearly_fees": "fees of the year",
    "month_fees": "fees of {month}",
    "agreement": "agreement when the year ended",
    "rank_in_bureau": "rank in the bureau",
}


def rewordings(
    earlier: Mapping[UUID, Mapping[int, ClassLaw]],
    now: Mapping[int, ClassLaw],
    succeeded: Iterable[tuple[UUID, int, int]],
) -> list[dict[str, Any]]:
    """Give what differs between the law that lines of a unit were decided by and that of the same unit now.

    `earlier` has the laws of the review and of its approved corrections by their ids; `succeeded` names which of them
    was followed by which law of now at any unit. One row a pair that differs.
    """
    return [
        {
            "source": str(source),
            "before": before,
            "after": after,
            "wordings": list(_wordings(earlier[source][before], now[after])),
        }
        for source, before, after in sorted(succeeded)
        if earlier[source][before].key != now[after].key
    ]


def why(compared: Compared) -> list[Mapping[str, Any]]:
    """Give what changed, each from what to what; a rank or a wording where the rating comes out differently by it."""
    was, by_now = compared.was, compared.by_now
    if was is None:
        return [{"what": "joined"}]
    changed: list[Mapping[str, Any]] = []
    if compared.merged:
        changed.append({"what": "merged", "customers": list(compared.merged)})
    changed += _figure("yearly_fees", was.fees, by_now.fees)
    for number, (before, after) in enumerate(zip(was.months, by_now.months, strict=False), 1):
        changed += _figure("month_fees", before, after, month=month_text(date(compared.year, number, 1)))
    changed += _figure("agreement", was.agreement, by_now.agreement)
    if compared.moved:
        changed += [*_figure("rank_in_bureau", was.rank, by_now.rank), *compared.wordings]
    return changed


def told(reasons: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Give in both languages what changed for a customer."""
    return {"zh": "；".join(_zh(one) for one in reasons), "en": "; ".join(_en(one) for one in reasons)}


def _figure(name: str, before: object, after: object, **of: str) -> list[Mapping[str, Any]]:
    if before == after:
        return []
    return [{"what": "figure", "figure": name, **of, "from": plain(before), "to": plain(after)}]


def _wordings(before: ClassLaw, after: ClassLaw) -> Iterator[dict[str, Any]]:
    for name in TOPICS:
        old, new = getattr(before, name), getattr(after, name)
        if name in NEVER_DECIDING or not _differs(old, new):
            continue
        named: Provision[Topic] = new or old
        yield {
            "what": "wording",
            "rule": named.rule,
            "says": named.says,
            "act": named.citation.act,
            "article": named.citation.article,
            "from": _worded(old),
            "to": _worded(new),
        }


def _differs(old: Provision[Any] | None, new: Provision[Any] | None) -> bool:
    """Tell whether another rule or another value holds; the same once more, recorded later, changes nothing."""
    if old is None or new is None:
        return old is not new
    return (old.rule, old.value) != (new.rule, new.value)


def _worded(provision: Provision[Topic] | None) -> dict[str, Any] | None:
    if provision is None:
        return None
    return {
        "rule": provision.rule,
        "level": provision.level,
        "in_force": provision.in_force.isoformat(),
        "recorded": provision.recorded.isoformat(),
        "value": plain(provision.value.to_json()),
    }


def _zh(one: Mapping[str, Any]) -> str:
    match one["what"]:
        case "wording":
            return f"《{one['act']}》{one['article']}（{one['says']}）的条款有更正"
        case "merged":
            return f"并入客户 {'、'.join(one['customers'])}"
        case "joined":
            return "评定时没有列入，现按补报的数据评定"
    words = WORDS_ZH[one["figure"]].format(month=one.get("month"))
    return f"{words} {_value_zh(one['from'])} → {_value_zh(one['to'])}"


def _en(one: Mapping[str, Any]) -> str:
    match one["what"]:
        case "wording":
            return f"the wording of {one['rule']} ({one['article']}) was corrected"
        case "merged":
            return f"{', '.join(one['customers'])} merged into it"
        case "joined":
            return "was not in the review; rated by what was filed since"
    words = WORDS_EN[one["figure"]].format(month=one.get("month"))
    return f"{words} {_value_en(one['from'])} → {_value_en(one['to'])}"


def _value_zh(value: Any) -> str:
    return {None: "无", True: "是", False: "否"}.get(value, str(value)) if _is_word(value) else str(value)


def _value_en(value: Any) -> str:
    return {None: "none", True: "yes", False: "no"}.get(value, str(value)) if _is_word(value) else str(value)


def _is_word(value: Any) -> bool:
    return value is None or isinstance(value, bool)
