"""What a yearly review makes of a class, who may decide it, and how a line explains itself (hubei art. 7(3))."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from regulations.provisions import Because, Decision, Provision, Reason
from regulations.topics.tiers import ReviewProcedure
from tiering.model.reviews import Line
from tiering.model.tiers import BASIS_POINT, Months
from tiering.policies.classes import standing
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


def suggested(cls: int | None, overdue_days: int, law: ClassLaw) -> Decision[int | None]:
    """Give the class that arrears overdue for too long suggest; never worse than the scheme's least."""
    if law.adjustment is None:
        return Decision(cls, Because.of())
    rule = law.adjustment.value
    cited = law.adjustment.cite(overdue_days=overdue_days, table_class=cls)
    lowered = cls is not None and overdue_days > (rule.overdue_more_than.days or 0)
    if cls is None or not lowered:
        return Decision(cls, Because.of(cited))
    worst = max(law.equivalents.value.classes.values())
    down = max(cls, min(cls + rule.classes_down, worst))
    return Decision(
        down,
        Because.of(
            cited,
            zh=f"欠费逾期 {overdue_days} 天，建议由{cls}类调为{down}类",
            en=f"{overdue_days} days overdue: class {down} instead of {cls} is suggested",
        ),
    )


def explained(line: Line, law: ClassLaw) -> Because:
    """Give why a line proposes its class: the table, the four indicators, the adjustment, an override."""
    table = standing(line.figures, law)
    adjusted = suggested(table.outcome.tier.cls, line.overdue_days, law)
    reasons: list[Reason] = [*table.because.reasons]
    if law.review is not None:
        reasons.append(
            law.review.cite(
                revenue=line.figures.fees,
                settlement_days=line.settlement_days,
                overdue_days=line.overdue_days,
                prior_revenue=line.prior_fees,
                growth=growth(line.figures.fees, line.prior_fees),
            )
        )
    reasons += adjusted.because.reasons
    zh, en = [table.because.zh.partition("。")[0]], [table.because.en.partition(". ")[0]]
    if adjusted.outcome != table.outcome.tier.cls:
        zh.append(adjusted.because.zh.partition("。")[0])
        en.append(adjusted.because.en.partition(". ")[0])
    if line.override is not None and law.procedure is not None:
        reasons.append(
            law.procedure.cite(
                suggested_class=adjusted.outcome,
                overridden_to=line.tier.cls,
                reason=line.override.reason,
                by=line.override.by,
            )
        )
        zh.append(f"评定人改为{_class_zh(line.tier.cls)}：{line.override.reason}")
        en.append(f"overridden to {_class_en(line.tier.cls)}: {line.override.reason}")
    return Because.of(*reasons, zh="；".join(zh), en="; ".join(en))


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
