"""The class that the registration form gives a customer until the first review (hubei, art. 7)."""

from dataclasses import dataclass
from decimal import Decimal

from regulations.provisions import Because, Decision, Provision, Reason
from regulations.topics.tiers import ImportanceLevel, TierByImportance, TierEquivalents, TierThresholds
from regulations.topics.words import Place


@dataclass(frozen=True)
class ClassLaw:
    """What the law says about classes at the customer's unit on a day."""

    thresholds: Provision[TierThresholds]
    equivalents: Provision[TierEquivalents]
    importance: Provision[TierByImportance]


@dataclass(frozen=True)
class FormFacts:
    """What annex 1 says that a class follows from: expected yearly fees in yuan, and importance with its level."""

    estimated_fees: Decimal | None
    place: Place
    importance_level: ImportanceLevel | None


def initial_class(facts: FormFacts, law: ClassLaw) -> Decision[int | None]:
    """Give the better of the class of the expected fees and that of the importance; None below both."""
    earned, reasons = _by_fees(facts, law)
    if facts.importance_level is not None:
        given = law.importance.value.classes.get(facts.importance_level)
        reasons = (*reasons, law.importance.cite(importance_level=facts.importance_level))
        earned = min((cls for cls in (earned, given) if cls is not None), default=None)
    zh = f"按注册表定为{earned}类客户" if earned else "按注册表尚未达到任何类别"
    en = f"class {earned} by the registration form" if earned else "no class by the registration form"
    return Decision(earned, Because.of(*reasons, zh=zh, en=en))


def _by_fees(facts: FormFacts, law: ClassLaw) -> tuple[int | None, tuple[Reason, ...]]:
    if facts.estimated_fees is None:
        return None, ()
    bounds = law.thresholds.value.for_place(facts.place)
    reached = [
        law.equivalents.value.classes[tier] for tier, low in bounds.items() if facts.estimated_fees >= low
    ]
    cited = law.thresholds.cite(estimated_yearly_fees=facts.estimated_fees, place=facts.place)
    return min(reached, default=None), (cited,)
