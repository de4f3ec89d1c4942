"""How many customers an account manager may have (hubei, art. 10)."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from regulations.provisions import Because, Decision, Provision
from regulations.topics.managers import ManagerLoad, ManagerMixedLoad


@dataclass(frozen=True)
class LoadLaw:
    """What the law says about loads at the unit on a day."""

    load: Provision[ManagerLoad]
    mixed: Provision[ManagerMixedLoad]


def carries(load: Mapping[int, int], law: LoadLaw) -> Decision[bool]:
    """Say whether one manager may have so many customers of each class; those without a class count as nothing."""
    held = {cls: count for cls, count in load.items() if count and cls in law.load.value.by_class}
    allowed = _alone(held, law) and _within_sum(held, law)
    cited = (law.load.cite(load=held), law.mixed.cite(load=held))
    shown = "、".join(f"{cls}类{count}户" for cls, count in sorted(held.items())) or "无"
    return Decision(
        allowed,
        Because.of(
            *cited,
            zh=f"客户经理负荷{'合规' if allowed else '超限'}:{shown}",
            en=f"the manager's load is {'within' if allowed else 'beyond'} bounds: {dict(sorted(held.items()))}",
        ),
    )


def _alone(held: Mapping[int, int], law: LoadLaw) -> bool:
    dedicated = [cls for cls in held if law.load.value.by_class[cls].dedicated]
    if not dedicated or not law.mixed.value.dedicated_alone:
        return True
    # A dedicated manager has one such customer and nothing beside it.
    return len(held) == 1 and held[dedicated[0]] <= law.load.value.by_class[dedicated[0]].at_most


def _within_sum(held: Mapping[int, int], law: LoadLaw) -> bool:
    total = sum(
        (Fraction(count, law.load.value.by_class[cls].at_most) for cls, count in held.items()), Fraction(0)
    )
    return total <= law.mixed.value.sum_at_most
