"""Small evaluators of the packs beside hubei, each from the regulation's own words: value and facts → outcome."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from regulations.calendars import due
from regulations.topics.care import Visits
from regulations.topics.claims import InformationPriority, TerritoryRuling
from regulations.topics.complaints import ComplaintStepsOrder
from regulations.topics.kinds import NetworkReach, SpecialityScope
from regulations.topics.lifecycle import PhaseRule, SegmentRule
from regulations.topics.losses import ArrearsLiability, LiabilityRemainder, LossLiability
from regulations.topics.maintenance import ContactAdvice, SecondVisit, VisitCards
from regulations.topics.organisations import CenterHierarchy
from regulations.topics.prospects import ProspectScore
from regulations.topics.registration import MandatoryFile
from regulations.topics.scores import UnitScoreReading
from regulations.topics.selling import MarketingStaff, OneToOne
from regulations.topics.tiers import TierBeyond

Given = Mapping[str, Any]
FEN = Decimal("0.01")
STEPS = ("receive", "record", "respond", "investigate", "solve", "follow-up")


def contacts(rules: Iterable[Visits], given: Given) -> int:
    return sum(v.times for v in rules if (v.kind, v.per) == (given["kind"], given["per"]))


def contact_advice(value: ContactAdvice, given: Given) -> int:
    return contacts(value.contacts, given)


def territory_ruling(value: TerritoryRuling, given: Given) -> str:
    assert value.goes_by == "place-of-signing"
    same = given["signed_in"] == given["arises_in"]
    return str(given["signed_in"]) if same else value.ruled_by


def tier_beyond(value: TierBeyond, given: Given) -> str | None:
    """The table of xxx-city-daily runs from 1 to 500 万, both included."""
    fees = Decimal(given["fees"])
    if fees < 10_000:
        return None if value.below == "no-tier" else "vip"
    if fees <= 5_000_000:
        return "in-range"
    return "platinum" if value.above == "best-tier" else None


def speciality_scope(value: SpecialityScope, given: Given) -> str:
    reached = [kind for kind in value.kinds if given["specialities"] >= kind.specialities_from]
    return max(reached, key=lambda kind: kind.specialities_from).code


def network_reach(value: NetworkReach, given: Given) -> str:
    reached = [kind for kind in value.kinds if given["provinces"] >= kind.provinces_from]
    return max(reached, key=lambda kind: kind.provinces_from).code


def center_hierarchy(value: CenterHierarchy, given: Given) -> str:
    return next(level.center for level in value.levels if level.at == given["kind"])


def mandatory_file(value: MandatoryFile, given: Given) -> bool:
    """一年以上 and 500元以上 include year and amount."""
    months = value.used_for.months or 0
    return given["months_used"] >= months or Decimal(given["monthly_average"]) >= value.monthly_average


def _borne(value: ArrearsLiability | LossLiability, amount: Decimal) -> dict[str, object]:
    return {
        "maintainer": str((amount * value.maintainer).quantize(FEN)),
        "unit_head": str((amount * value.unit_head).quantize(FEN)),
    }


def arrears_liability(value: ArrearsLiability, given: Given) -> dict[str, object]:
    """超过 excludes the amount itself."""
    amount = Decimal(given["arrears"])
    return _borne(value, amount) | {"accountable": amount > value.accountable_above}


def loss_liability(value: LossLiability, given: Given) -> dict[str, object] | None:
    return None if given["in_time"] else _borne(value, Decimal(given["damage"]))


def liability_remainder(value: LiabilityRemainder, given: Given) -> str:
    assert value.stays_with == "unit"
    return str(1 - sum(Decimal(share) for share in given["borne"]))


def visit_cards(value: VisitCards, given: Given) -> str:
    return str((given["lost"] + given["damaged"]) * value.lost_or_damaged)


def second_visit(value: SecondVisit, given: Given) -> str:
    return due(datetime.fromisoformat(given["visited_at"]), value.after).due_on.isoformat()


def _half_up(points: Fraction, decimals: int) -> str:
    exact = Decimal(points.numerator) / Decimal(points.denominator)
    return str(exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))


def unit_score_reading(value: UnitScoreReading, given: Given) -> dict[str, str]:
    """Parts of 50 points; 50 households a month and 10 a week; the mean of the lines' shares ÷ required."""
    collected = min(
        Fraction(value.information_at_most), Fraction(given["month"], 50), Fraction(given["worst_week"], 10)
    )
    top, required = Fraction(value.contribution_at_most), Fraction(given["required"])
    reached = [min(top, Fraction(share) / required) for share in given["shares"]]
    return {
        "information": _half_up(50 * collected, value.decimals),
        "contribution": _half_up(50 * sum(reached, Fraction()) / len(reached), value.decimals),
    }


def one_to_one(value: OneToOne, given: Given) -> str:
    return {"integrated": value.integrated, "specialised": value.specialised}[given["kind"]]


def information_priority(value: InformationPriority, given: Given) -> str:
    assert (value.first, value.by) == ("first-to-report", "recorded-time")
    reports: dict[str, str] = given["reports"]
    return min(reports, key=lambda who: datetime.fromisoformat(reports[who]))


def complaint_steps_order(value: ComplaintStepsOrder, given: Given) -> bool:
    assert value.skipping == "refused"
    return bool(STEPS[len(given["done"])] == given["next"])


def segment_rule(value: SegmentRule, given: Given) -> str:
    silent = given["months_without"] >= (value.betraying.no_usage_for.months or 0)
    before = Decimal(given["year_before"])
    fallen = before > 0 and 1 - Decimal(given["now"]) / before >= value.betraying.down_by
    if given["given_up"]:
        return "retired"
    if silent or fallen:
        return "betraying"
    return value.by_class.get(given["class"], value.otherwise)


def phase_rule(value: PhaseRule, given: Given) -> str:
    since = given["months_since_first"]
    holds = {
        "preparing": since is None,
        "developing": since is not None and since < (value.developing_for.months or 0),
        "nurturing": given["segment"] == "key" or given["cultivation"],
        "abandoning": given["segment"] in value.abandoning,
        "maintaining": True,
    }
    return next(phase for phase in value.order if holds[phase])


def prospect_score(value: ProspectScore, given: Given) -> str:
    points = (weight * given[aspect] / value.best_grade for aspect, weight in value.weights.items())
    return str(sum(points, Decimal()))


def marketing_staff(value: MarketingStaff, given: Given) -> bool:
    return bool(given["marketing"] >= value.at_least * given["staff"])


MORE: dict[str, Callable[[Any, Given], object]] = {
    "arrears-liability": arrears_liability,
    "center-hierarchy": center_hierarchy,
    "complaint-steps-order": complaint_steps_order,
    "contact-advice": contact_advice,
    "information-priority": information_priority,
    "liability-remainder": liability_remainder,
    "loss-liability": loss_liability,
    "mandatory-file": mandatory_file,
    "marketing-staff": marketing_staff,
    "network-reach": network_reach,
    "one-to-one": one_to_one,
    "phase-rule": phase_rule,
    "prospect-score": prospect_score,
    "second-visit": second_visit,
    "segment-rule": segment_rule,
    "speciality-scope": speciality_scope,
    "territory-ruling": territory_ruling,
    "tier-beyond": tier_beyond,
    "unit-score-reading": unit_score_reading,
    "visit-cards": visit_cards,
}
