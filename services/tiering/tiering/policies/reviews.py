"""What a yearly review makes of a class, who may decide it, and how a line explains itself (hubei art. 7(3))."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from regulations.provisions import Because, Provision, Reason
from regulations.topics.tiers import ReviewProcedure
from tiering.model.reviews import Line
from tiering.model.tiers import BASIS_POINT, Months
from tiering.policies.classes import rated
from tiering.policies.law import ClassLaw


@dataclass(frozen=True, slots=True)
class Year:
    """A year under review: its months, and the day from which its classes hold."""

    months: Months
    valid_from: date


def year_of(year: int) -> Year:
    """Give the months of a calendar year and the first day after it."""
    after = date(year + 1, 1, 1)
    return Year(Months(date(year, 1, 1), last_month_before(after)), after)


def last_month_before(day: date) -> date:
    """Give the first day of the month before that of a day."""
    before = day.replace(day=1).toordinal() - 1
    return date.fromordinal(before).replace(day=1)


def growth(fees: Decimal, prior_fees: Decimal) -> Decimal | None:
    """Give the growth against the year before as a share of 1, to four places; None where there was nothing."""
    if not prior_fees:
        return None
    return ((fees - prior_fees) / prior_fees).quantize(BASIS_POINT, ROUND_HALF_UP)


def suggested(cls: int | None, overdue_days: int, law: ClassLaw) -> int | None:
    """Give the class that arrears overdue for too long suggest; never worse than the scheme's least."""
    if cls is None or law.adjustment is None:
        return cls
    rule = law.adjustment.value
    if overdue_days <= (rule.overdue_more_than.days or 0):
        return cls
    worst = max(law.equivalents.value.classes.values())
    return max(cls, min(cls + rule.classes_down, worst))


def explained(line: Line, law: ClassLaw) -> Because:
    """Give why a line proposes its class: the table, the four indicators, the adjustment, an override."""
    table = rated(line.figures, law)
    cls = table.outcome.tier.cls
    down = suggested(cls, line.overdue_days, law)
    zh, en = [table.zh], [table.en]
    if down != cls:
        zh.append(f"欠费逾期 {line.overdue_days} 天，建议由{cls}类调为{down}类")
        en.append(f"{line.overdue_days} days overdue: class {down} instead of {cls} is suggested")
    if line.override is not None:
        zh.append(f"评定人改为{_class_zh(line.tier.cls)}：{line.override.reason}")
        en.append(f"overridden to {_class_en(line.tier.cls)}: {line.override.reason}")
    reasons = (
        *table.reasons,
        *_indicators(line, law),
        *((law.adjustment.cite(overdue_days=line.overdue_days, table_class=cls),) if law.adjustment else ()),
        *_override(line, down, law),
    )
    return Because.of(*reasons, zh="；".join(zh), en="; ".join(en))


def _indicators(line: Line, law: ClassLaw) -> tuple[Reason, ...]:
    if law.review is None:
        return ()
    cited = law.review.cite(
        revenue=line.figures.fees,
        settlement_days=line.settlement_days,
        overdue_days=line.overdue_days,
        prior_revenue=line.prior_fees,
        growth=growth(line.figures.fees, line.prior_fees),
    )
    return (cited,)


def _override(line: Line, suggested_class: int | None, law: ClassLaw) -> tuple[Reason, ...]:
    if line.override is None or law.procedure is None:
        return ()
    cited = law.procedure.cite(
        suggested_class=suggested_class,
        overridden_to=line.tier.cls,
        reason=line.override.reason,
        by=line.override.by,
    )
    return (cited,)


def may_propose(procedure: Provision[ReviewProcedure], kind: str, roles: frozenset[str]) -> bool:
    """Tell whether somebody with these roles at a node of this kind proposes and overrides."""
    rule = procedure.value
    return kind == rule.at and not roles.isdisjoint({rule.proposed_by, rule.confirmed_by})


def may_publish(procedure: Provision[ReviewProcedure], kind: str, roles: frozenset[str]) -> bool:
    """Tell whether somebody with these roles at a node of this kind confirms a review."""
    return kind == procedure.value.at and procedure.value.confirmed_by in roles


def _class_zh(cls: int | None) -> str:
    return "不定级" if cls is None else f"{cls}类"


def _class_en(cls: int | None) -> str:
    return "no class" if cls is None else f"class {cls}"
