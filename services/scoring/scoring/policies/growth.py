"""Items that growth is judged by: number and revenue of key accounts, class 2 and up (hubei art. 35(1)-(3))."""

from fractions import Fraction
from uuid import UUID

from regulations.provisions import Decision, Provision
from regulations.topics.customers import TargetMarketCounting
from scoring.model.facts import Growth, Numbers, Revenue
from scoring.model.sheets import Judged, cut_off
from scoring.policies.items import NO_MONTH, ItemLaw, decided, not_assessed, plain_figures

Counting = Provision[TargetMarketCounting]
NO_ACCOUNTS = ("上年同期末没有大客户，无基期", "no base period, for there was no key account a year before")
NO_REVENUE = ("上年同期没有大客户收入，无基期", "no base period, for there was no revenue a year before")


def number_of_accounts(law: ItemLaw, counting: Counting, facts: Numbers) -> Decision[Judged]:
    """Judge the growth of the number of key accounts against the same quarter end a year before."""
    now, before = _numbers(counting, facts)
    figures: dict[str, object] = {"now": now, "before": before, "groups": facts.now.groups}
    if not before:
        return not_assessed(law, NO_ACCOUNTS, figures)
    growth = Fraction(now - before, before)
    judged = _against_target(law, growth, figures, facts.events)
    zh, en = (
        f"大客户{now}户，上年同期末{before}户，增长{percent(growth)}",
        f"{now} key accounts, {before} a year before",
    )
    return decided(law, judged, zh, en, law.reading.cite(growth=cut_off(growth)), counting.cite())


def revenue_of_accounts(law: ItemLaw, facts: Revenue) -> Decision[Judged]:
    """Judge the growth of the key accounts' revenue against the same quarter of the year before."""
    now, before = facts.now, facts.before
    figures: dict[str, object] = {"now": now, "before": before, "months": facts.months}
    if not facts.months:
        return not_assessed(law, NO_MONTH, figures)
    if not before:
        return not_assessed(law, NO_REVENUE, figures)
    growth = (Fraction(now) - Fraction(before)) / Fraction(before)
    judged = _against_target(law, growth, figures, facts.events)
    zh = f"大客户收入{now}元，上年同期{before}元，增长{percent(growth)}"
    return decided(
        law, judged, zh, f"{now} yuan, {before} a year before", law.reading.cite(growth=cut_off(growth))
    )


def class_2_and_up(law: ItemLaw, counting: Counting, facts: Growth) -> Decision[Judged]:
    """Judge customers more or fewer and revenue more or less; without base revenue the customers alone."""
    now, before = _numbers(counting, facts.numbers)
    money = facts.revenue
    figures: dict[str, object] = {
        "now": now,
        "before": before,
        "months": money.months,
        "revenue_now": money.now,
        "revenue_before": money.before,
    }
    if not facts.base_period:
        return not_assessed(law, NO_ACCOUNTS, figures)
    points = law.item.base + (now - before) * law.step("customer").points
    zh = f"二类及以上大客户{now}户，上年同期末{before}户"
    en = f"{now} customers of class 2 and up, {before} a year before"
    if money.before:
        growth = (Fraction(money.now) - Fraction(money.before)) / Fraction(money.before)
        per = law.step("revenue-growth")
        points += law.whole_steps(growth, per) * per.points
        figures["revenue_growth"] = cut_off(growth)
        zh, en = f"{zh}，收入增长{percent(growth)}", f"{en}, revenue {percent(growth)}"
    else:
        zh, en = f"{zh}，无上年同期收入可比，只计户数", f"{en}, customers alone without base revenue"
    events = facts.numbers.events + facts.revenue.events
    judged = Judged(law.bounded(points), assessed=True, figures=plain_figures(figures), evidence=events)
    return decided(law, judged, zh, en, law.reading.cite(base_revenue=money.before), counting.cite())


def percent(growth: Fraction) -> str:
    """Give a growth in words: 19.99%."""
    return f"{cut_off(growth):.2%}"


def _numbers(counting: Counting, facts: Numbers) -> tuple[int, int]:
    each = counting.value.group_counts_as
    return facts.now.total(each), facts.before.total(each)


def _against_target(
    law: ItemLaw, growth: Fraction, figures: dict[str, object], events: tuple[UUID, ...]
) -> Judged:
    target = Fraction(law.target_growth)
    per = law.step("growth-short" if growth < target else "growth-over")
    steps = law.whole_steps(abs(growth - target), per)
    all_figures = {**figures, "growth": cut_off(growth), "target": law.target_growth, "steps": steps}
    points = law.bounded(law.item.base + steps * per.points)
    return Judged(points, assessed=True, figures=plain_figures(all_figures), evidence=events)
