"""The class of a customer, and whether it is a key account at all (hubei art. 3, 7 and what stands in their place)."""

from dataclasses import dataclass
from typing import Any

from regulations.provisions import Because, Decision, Reason
from regulations.topics.customers import Facts
from tiering.model.tiers import Figures, Standing, Tier
from tiering.policies.ladders import bound_reasons, ladder, step_reached
from tiering.policies.law import ClassLaw

IMPORTANT = "important"
POTENTIAL = "potential"


@dataclass(frozen=True, slots=True)
class _Earned:
    """The classes that each rule gives by itself; `by_rank` only counts where the others give none."""

    by_fees: int | None
    by_importance: int | None
    by_rank: int | None

    @property
    def given(self) -> tuple[int, ...]:
        """The classes of fees and importance, as far as there are any."""
        return tuple(cls for cls in (self.by_fees, self.by_importance) if cls is not None)


@dataclass(frozen=True, slots=True)
class Rating:
    """A standing with its reasons and its sentence, not yet put into words as a whole: that costs more than to decide."""

    outcome: Standing
    reasons: tuple[Reason, ...]
    zh: str
    en: str


def standing(figures: Figures, law: ClassLaw) -> Decision[Standing]:
    """Give class and eligibility, with every provision that bore on them and the figures it was given."""
    rating = rated(figures, law)
    return Decision(rating.outcome, Because.of(*rating.reasons, zh=rating.zh, en=rating.en))


def rated(figures: Figures, law: ClassLaw) -> Rating:
    """Give the same for who says more about it."""
    earned = _earned(figures, law)
    apart_from_rank = _by_facts(figures, law) or _by_kind(figures, law) or earned.by_importance is not None
    eligible = apart_from_rank or _by_rank(figures, law)
    cls = _class(earned, law) if eligible else None
    reasons = (
        *_reasons_of_fees(figures, law),
        *_reasons_of_importance(figures, law, earned),
        *_reasons_of_key_account(figures, law),
        *(_reasons_of_rank_alone(figures, law) if cls and not earned.given else ()),
    )
    outcome = Standing(Tier(law.scheme, law.tier_of(cls) if cls else None, cls), eligible)
    return Rating(outcome, reasons, *_words(figures, law, outcome))


def asks_rank(figures: Figures, law: ClassLaw) -> bool:
    """Tell whether the rank in the bureau would change anything: it gives what nothing else does."""
    if not any(facts.rank_in_bureau and _is_met(facts, figures) for facts in _alternatives(law)):
        return False
    earned = _earned(figures, law)
    otherwise = _by_facts(figures, law) or _by_kind(figures, law) or bool(earned.by_importance)
    return not (otherwise and earned.given)


def _earned(figures: Figures, law: ClassLaw) -> _Earned:
    step = step_reached(ladder(law, figures.place or ""), figures.fees)
    classes = law.importance.value.classes if law.importance else {}
    return _Earned(
        by_fees=step.cls if step else None,
        by_importance=classes.get(figures.importance_level),  # type: ignore[call-overload]
        by_rank=law.by_rank.value.gives if law.by_rank and _by_rank(figures, law) else None,
    )


def _class(earned: _Earned, law: ClassLaw) -> int | None:
    if not earned.given:
        return earned.by_rank
    worse = law.conflict is not None and law.conflict.value.takes == "worse"
    return max(earned.given) if worse else min(earned.given)


def _alternatives(law: ClassLaw) -> tuple[Facts, ...]:
    return law.key_account.value.alternatives


def _by_facts(figures: Figures, law: ClassLaw) -> bool:
    return any(facts.rank_in_bureau is None and _is_met(facts, figures) for facts in _alternatives(law))


def _by_rank(figures: Figures, law: ClassLaw) -> bool:
    return figures.rank is not None and any(
        facts.rank_in_bureau is not None and figures.rank <= facts.rank_in_bureau and _is_met(facts, figures)
        for facts in _alternatives(law)
    )


def _by_kind(figures: Figures, law: ClassLaw) -> bool:
    important = figures.importance == IMPORTANT and law.important is not None
    return important or (figures.importance == POTENTIAL and law.potential is not None)


def _is_met(facts: Facts, figures: Figures) -> bool:
    """Tell whether everything but the rank is met."""
    bounds = (
        (facts.yearly_fees, figures.fees),
        (facts.last_year_fees, figures.last_year_fees),
        (facts.month_fees, figures.month_fees),
    )
    return (
        all(bound is None or figure >= bound for bound, figure in bounds)
        and facts.agreement in (None, figures.agreement)
        and facts.level in (None, figures.level)
    )


def _reasons_of_fees(figures: Figures, law: ClassLaw) -> tuple[Reason, ...]:
    place = figures.place or ""
    by_place = "any" not in law.thresholds.value.bounds
    where: dict[str, Any] = {"place": figures.place} if by_place else {}
    table = law.thresholds.cite(yearly_fees=figures.fees, months=figures.months.words, **where)
    step = step_reached(ladder(law, place), figures.fees)
    return (
        table,
        *((law.place.cite(place=figures.place),) if law.place is not None and by_place else ()),
        *bound_reasons(law, place, figures.fees),
        *((law.equivalents.cite(tier=step.tier),) if step is not None and step.tier is not None else ()),
    )


def _reasons_of_importance(figures: Figures, law: ClassLaw, earned: _Earned) -> tuple[Reason, ...]:
    reasons: list[Reason] = []
    if law.important is not None and figures.importance == IMPORTANT:
        reasons.append(law.important.cite(importance=figures.importance))
    if law.potential is not None and figures.importance == POTENTIAL:
        reasons.append(law.potential.cite(importance=figures.importance))
    if law.importance is not None:
        level, importance = figures.importance_level, figures.importance
        reasons.append(law.importance.cite(importance_level=level, importance=importance))
    if law.conflict is not None and len(set(earned.given)) > 1:
        reasons.append(law.conflict.cite(by_fees=earned.by_fees, by_importance=earned.by_importance))
    return tuple(reasons)


def _reasons_of_key_account(figures: Figures, law: ClassLaw) -> tuple[Reason, ...]:
    given: dict[str, Any] = {
        "yearly_fees": figures.fees,
        "last_year_fees": figures.last_year_fees,
        "month_fees": figures.month_fees,
        "agreement": figures.agreement,
        "level": figures.level,
    }
    asked = {
        name: value
        for name, value in given.items()
        if any(getattr(facts, name) is not None for facts in _alternatives(law))
    }
    ranked = asks_rank(figures, law)
    if ranked:
        asked["rank_in_bureau"] = figures.rank
    return (
        law.key_account.cite(**asked),
        *((law.ties.cite(rank_in_bureau=figures.rank),) if ranked and law.ties is not None else ()),
    )


def _reasons_of_rank_alone(figures: Figures, law: ClassLaw) -> tuple[Reason, ...]:
    return (law.by_rank.cite(rank_in_bureau=figures.rank),) if law.by_rank is not None else ()


def _words(figures: Figures, law: ClassLaw, outcome: Standing) -> tuple[str, str]:
    named = next((one for one in law.names.value.names if one.code == outcome.tier.tier), None)
    if named is not None:
        rated = (f"为{named.zh}", named.en)
    elif outcome.tier.cls is not None:
        rated = (f"相当于{outcome.tier.cls}类", f"class {outcome.tier.cls} of the common scale")
    elif outcome.eligible:
        rated = ("是大客户，但未达到定级标准", "a key account, but below every tier")
    else:
        rated = ("未达到大客户标准", "no key account")
    return (
        f"{figures.months.words} 累计结算费用 {figures.fees} 元，{rated[0]}",
        f"{figures.fees} yuan of settled fees in {figures.months.words}: {rated[1]}",
    )
