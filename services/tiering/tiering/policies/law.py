"""The law on classes at one unit, and the same written down so that a review keeps what it was decided by."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, TypeVar

from regulations.provisions import Citation, Provision, Topic
from regulations.topics.customers import ImportantCustomers, KeyAccount, KeyAccountTies, PotentialCustomers
from regulations.topics.tiers import (
    ReviewAdjustment,
    ReviewProcedure,
    TierBeyond,
    TierByImportance,
    TierByRank,
    TierConflict,
    TierEquivalents,
    TierNames,
    TierPlace,
    TierRangeEnd,
    TierReview,
    TierSharedBound,
    TierThresholds,
)

V = TypeVar("V", bound=Topic)


@dataclass(frozen=True)
class ClassLaw:
    """Every provision that a class may rest on; what may be None is not in force everywhere."""

    thresholds: Provision[TierThresholds]
    shared_bound: Provision[TierSharedBound]
    equivalents: Provision[TierEquivalents]
    names: Provision[TierNames]
    key_account: Provision[KeyAccount]
    place: Provision[TierPlace] | None = None
    importance: Provision[TierByImportance] | None = None
    ties: Provision[KeyAccountTies] | None = None
    by_rank: Provision[TierByRank] | None = None
    conflict: Provision[TierConflict] | None = None
    range_end: Provision[TierRangeEnd] | None = None
    beyond: Provision[TierBeyond] | None = None
    important: Provision[ImportantCustomers] | None = None
    potential: Provision[PotentialCustomers] | None = None
    adjustment: Provision[ReviewAdjustment] | None = None
    review: Provision[TierReview] | None = None
    procedure: Provision[ReviewProcedure] | None = None

    @property
    def scheme(self) -> str:
        """The pack that gives the tiers."""
        return self.thresholds.rule.partition(".")[0]

    @property
    def key(self) -> tuple[Any, ...]:
        """What two units have in common whose classes are decided by the same wordings."""
        return tuple(
            provision and (provision.rule, provision.in_force, provision.recorded, provision.level)
            for provision in (getattr(self, member.name) for member in fields(self))
        )

    def tier_of(self, cls: int | None) -> str | None:
        """Give the scheme's own tier of a class of the common scale; None where it has none."""
        classes = self.equivalents.value.classes
        return next((named.code for named in self.names.value.names if classes.get(named.code) == cls), None)


TOPICS: Mapping[str, type[Topic]] = {
    "thresholds": TierThresholds,
    "shared_bound": TierSharedBound,
    "equivalents": TierEquivalents,
    "names": TierNames,
    "key_account": KeyAccount,
    "place": TierPlace,
    "importance": TierByImportance,
    "ties": KeyAccountTies,
    "by_rank": TierByRank,
    "conflict": TierConflict,
    "range_end": TierRangeEnd,
    "beyond": TierBeyond,
    "important": ImportantCustomers,
    "potential": PotentialCustomers,
    "adjustment": ReviewAdjustment,
    "review": TierReview,
    "procedure": ReviewProcedure,
}
# Of the scheme itself: a pack that gives thresholds without them is not filled up from another pack's.
OF_SCHEME = frozenset({"range_end", "beyond"})
REQUIRED = frozenset({"thresholds", "shared_bound", "equivalents", "names", "key_account"})


def pinned(law: ClassLaw) -> dict[str, Any]:
    """Write the provisions down, whole."""
    found = {name: getattr(law, name) for name in TOPICS}
    return {name: _written(provision) for name, provision in found.items() if provision is not None}


def unpinned(written: Mapping[str, Mapping[str, Any]]) -> ClassLaw:
    """Read what `pinned` wrote."""
    provisions: dict[str, Any] = {name: _read(TOPICS[name], one) for name, one in written.items()}
    return ClassLaw(**provisions)


def _written(provision: Provision[Topic]) -> dict[str, Any]:
    citation = provision.citation
    cited = provision.cite()
    return {
        "rule": provision.rule,
        "says": provision.says,
        "says_en": provision.says_en,
        "unit": provision.unit,
        "value": provision.value.to_json(),
        "act": citation.act,
        "article": citation.article,
        "act_title": citation.act_title,
        "act_title_en": citation.act_title_en,
        "in_force": provision.in_force.isoformat(),
        "recorded": provision.recorded.isoformat(),
        "assumption": provision.assumption,
        "level": provision.level,
        "replaced": provision.replaced,
        "zh": cited.zh(),
        "en": cited.en(),
    }


def _read(topic: type[V], written: Mapping[str, Any]) -> Provision[V]:
    return Provision(
        rule=written["rule"],
        says=written["says"],
        says_en=written["says_en"],
        unit=written["unit"],
        value=topic.parse(written["value"]),
        citation=Citation(written["act"], written["article"], written["act_title"], written["act_title_en"]),
        in_force=date.fromisoformat(written["in_force"]),
        recorded=datetime.fromisoformat(written["recorded"]),
        assumption=written["assumption"],
        level=written["level"],
        replaced=written["replaced"],
    )
