"""Who may grant which discount (hubei art. 24): by class and line, level by level; and what of that is told."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from pricing.model.refusals.tariffs import BeyondAuthority, NoDiscountStandard
from pricing.model.tariffs import Level
from regulations.provisions import Because, Decision, Provision, Reason
from regulations.topics.customers import SmallCustomers
from regulations.topics.tariffs import DiscountStandard, TariffAuthority

INTRA_CITY = "intra-city-express"
CONFIDENTIAL_ZH = "优惠审批标准（内容保密）"
CONFIDENTIAL_EN = "The standard of discounts (its figures are confidential)"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: a share of 1 off the tariff of these lines, for a customer of this class."""

    class_: int
    lines: Sequence[str]
    discount: Decimal


@dataclass(frozen=True, slots=True)
class Rules:
    """The law of the asking unit."""

    standard: Provision[DiscountStandard]
    authority: Provision[TariffAuthority]


def class_with_standard(
    class_: int | None,
    name: str,
    standard: Provision[DiscountStandard],
    small: Provision[SmallCustomers] | None,
) -> int:
    """Give the class by which a discount is judged; raises NoDiscountStandard where there is none."""
    if class_ is not None and class_ in standard.value.by_class:
        return class_
    reasons = [confidential(standard, class_=class_), *([small.cite()] if small else [])]
    raise NoDiscountStandard.of(name, Because.of(*reasons).to_json())


def highest_within(standard: DiscountStandard, class_: int, lines: Sequence[str]) -> Decimal:
    """Give the highest discount that a bureau may grant on all of these lines: that of the strictest of them."""
    base = standard.by_class[class_]
    return min(base + standard.intra_city_more if line == INTRA_CITY else base for line in lines)


def level_needed(rules: Rules, asked: Asked) -> Decision[Level]:
    """Give the lowest level that may grant it, with the figures in the reasons: confidential."""
    standard = rules.standard.value
    within = highest_within(standard, asked.class_, asked.lines)
    if asked.discount > within:
        level = Level(standard.above)
    elif asked.class_ in standard.county_passes_classes:
        level = Level.CITY
    else:
        level = Level.COUNTY
    inputs: dict[str, Any] = {
        "class": asked.class_,
        "lines": list(asked.lines),
        "discount": asked.discount,
        "within": within,
        "level": level,
    }
    cited = rules.standard.cite(**inputs)
    return Decision(level, Because.of(cited, rules.authority.cite(level=level)))


def must_be_within(rules: Rules, asked: Asked, level: Level) -> Decision[Level]:
    """Refuse what is more than a level may grant, with the citation and the level that may.

    A refusal leaves no record of a look, so that it holds no figures.
    """
    needed = level_needed(rules, asked)
    if not level.reaches(needed.outcome):
        because = told(rules, asked.class_, needed.outcome)
        raise BeyondAuthority.of(level, needed.outcome, because.to_json())
    return needed


def is_filed(rules: Rules, needed: Level, level: Level) -> bool:
    """Tell whether a grant of this level, within the standard, is filed with the province by itself."""
    beyond = Level(rules.authority.value.beyond)
    return needed is not beyond and level is not Level(rules.authority.value.filed_with)


def told(rules: Rules, class_: int, level: Level) -> Because:
    """Give the reasons that everybody may see: rule and article, class and level, no figure of the standard."""
    return Because.of(
        confidential(rules.standard, class_=class_, level=level), rules.authority.cite(level=level)
    )


def confidential(standard: Provision[DiscountStandard], *, class_: int | None, level: str = "") -> Reason:
    """Cite the standard without its figures, which its own words might hold as well."""
    inputs: dict[str, Any] = {"class": class_, **({"level": level} if level else {})}
    return replace(standard.cite(**inputs), value=None, says=CONFIDENTIAL_ZH, says_en=CONFIDENTIAL_EN)
