"""The law of many units as the rows that `propose_lines` joins with figures; the same rules as `classes.standing`."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from regulations.reading import plain
from regulations.topics.words import Place
from tiering.policies.ladders import ladder
from tiering.policies.law import ClassLaw

PLACES = get_args(Place)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit whose customers are reviewed: its law by number, its county-level bureau, level and place."""

    org_id: str
    profile: int
    bureau: str | None
    level: str
    place: str | None


def sheet(units: Iterable[Unit], laws: Mapping[int, ClassLaw]) -> dict[str, list[dict[str, Any]]]:
    """Give all tables, each row with the number of the law that it belongs to."""
    return {
        "units": [
            {
                "org_id": unit.org_id,
                "profile": unit.profile,
                "bureau": unit.bureau,
                "level": unit.level,
                "place": unit.place,
            }
            for unit in units
        ],
        "profiles": [_profile(number, law) for number, law in laws.items()],
        "ladders": [row for number, law in laws.items() for row in _ladders(number, law)],
        "importance": [row for number, law in laws.items() for row in _importance(number, law)],
        "alternatives": [row for number, law in laws.items() for row in _alternatives(number, law)],
        "equivalents": [row for number, law in laws.items() for row in _equivalents(number, law)],
    }


def _profile(number: int, law: ClassLaw) -> dict[str, Any]:
    adjustment = law.adjustment.value if law.adjustment else None
    return {
        "profile": number,
        "scheme": law.scheme,
        "own_place": law.place is None or law.place.value.place_of == "customer-division",
        "better": law.conflict is None or law.conflict.value.takes == "better",
        "ties": law.ties is None or law.ties.value.all_count,
        "important": law.important is not None,
        "potential": law.potential is not None,
        "rank_class": law.by_rank.value.gives if law.by_rank else None,
        "overdue_more_than": adjustment.overdue_more_than.days if adjustment else None,
        "classes_down": adjustment.classes_down if adjustment else 0,
        "worst": max(law.equivalents.value.classes.values()),
    }


def _ladders(number: int, law: ClassLaw) -> Iterator[dict[str, Any]]:
    for place in PLACES:
        steps = ladder(law, place)
        if steps:
            yield {
                "profile": number,
                "place": place,
                "bounds": [plain(step.low) for step in steps],
                "classes": [step.cls for step in steps],
            }


def _importance(number: int, law: ClassLaw) -> Iterator[dict[str, Any]]:
    for level, cls in (law.importance.value.classes if law.importance else {}).items():
        yield {"profile": number, "importance_level": level, "class": cls}


def _alternatives(number: int, law: ClassLaw) -> Iterator[dict[str, Any]]:
    for facts in law.key_account.value.alternatives:
        yield {
            "profile": number,
            "yearly_fees": plain(facts.yearly_fees),
            "last_year_fees": plain(facts.last_year_fees),
            "month_fees": plain(facts.month_fees),
            "agreement": facts.agreement,
            "rank_in_bureau": facts.rank_in_bureau,
            "level": facts.level,
        }


def _equivalents(number: int, law: ClassLaw) -> Iterator[dict[str, Any]]:
    for cls in sorted(set(law.equivalents.value.classes.values())):
        yield {"profile": number, "class": cls, "tier": law.tier_of(cls)}
