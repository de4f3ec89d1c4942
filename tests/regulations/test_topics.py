from __future__ import annotations

from dataclasses import fields, is_dataclass
from decimal import Decimal
from fractions import Fraction

import pytest

from regulations.calendars import Duration
from regulations.loading import Rule, shipped_packs
from regulations.provisions import Topic
from regulations.reading import PackError
from regulations.topics.catalogue import all_topics
from regulations.topics.claims import ClaimWarnings
from regulations.topics.customers import BusinessLines
from regulations.topics.deadlines import ChainStep, DayShift, DeadlineWarnings, EscalationChain
from regulations.topics.lifecycle import SegmentProfiles
from regulations.topics.losses import LossLiability
from regulations.topics.maintenance import CustomerGifts
from regulations.topics.managers import ManagerLoad
from regulations.topics.organisations import PlaceClasses
from regulations.topics.prospects import ProspectScore
from regulations.topics.registration import FileLayers
from regulations.topics.scores import BureauScore, UnitScore
from regulations.topics.selling import ServiceForms
from regulations.topics.tariffs import Credit
from regulations.topics.tiers import ReviewAdjustment, TierReview, TierThresholds

RULES = [rule for pack in shipped_packs().values() for rule in pack.rules.values()]

BORNE = {"when": "not-reported-and-traced-in-time"}
GIFT = {"code": "a", "zh": "甲", "en": "a", "to": ["customer"]}
UNIT_SCORE = {
    "total": 100,
    "per": "month",
    "information": {"points": 50, "week_at_least": 10, "month_at_least": 50},
    "contribution": {"points": 50, "share_at_least": "0.70", "of": "each-line"},
    "proportional_over": [],
    "proportional_under": [],
    "then": [],
}
SHORT = {"of": "growth-short", "step": "0.01", "points": "-0.5"}
MISSING = {"of": "symposium-missing", "points": -5}
FIVE_TO_THREE = {"at_least": 5, "at_most": 3, "dedicated": False}


def scored(step: dict[str, object], **target: object) -> dict[str, object]:
    bounds = {"base": 10, "at_least": 0, "at_most": 20}
    item = {"code": "a", "zh": "甲", "en": "a", **bounds, "steps": [step], **target}
    return {"total": 10, "items": [item]}


def shipped(topic: type[Topic], pack: str) -> object:
    return shipped_packs()[pack].rules[topic.topic].wordings[0].value


@pytest.mark.parametrize(("name", "cls"), all_topics().items())
def test_a_value_class_is_a_frozen_dataclass_that_refuses_an_unknown_key(name: str, cls: type[Topic]) -> None:
    assert is_dataclass(cls)
    assert cls.__dataclass_params__.frozen
    assert cls.topic == name
    assert cls.root is None or [member.name for member in fields(cls)] == [cls.root]
    with pytest.raises(PackError):
        cls.parse({"no such key": None})


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_what_a_topic_gives_as_json_is_read_back_to_the_same_value(rule: Rule) -> None:
    value = rule.wordings[0].value
    assert type(value).parse(value.to_json()) == value


def test_thresholds_are_looked_up_by_place_or_for_any() -> None:
    everywhere = TierThresholds.parse({"any": {"platinum": 1_000_000, "gold": 500_000}})
    assert everywhere.for_place("county") == {"platinum": Decimal(1_000_000), "gold": Decimal(500_000)}
    hubei = shipped(TierThresholds, "hubei")
    assert isinstance(hubei, TierThresholds)
    assert next(iter(hubei.for_place("county").items())) == ("1", Decimal(100_000))


def test_thresholds_stand_best_first_whatever_order_a_database_gave_them() -> None:
    named = TierThresholds.parse({"any": {"vip": 10_000, "gold": 500_000, "platinum": 1_000_000}})
    assert list(named.for_place("county")) == ["platinum", "gold", "vip"]
    numbered = TierThresholds.parse({"any": {"2": 300_000, "1": 500_000}})
    assert list(numbered.for_place("county")) == ["1", "2"]


@pytest.mark.parametrize(
    ("cls", "raw"),
    [
        (TierThresholds, {"wuhan": {1: 300_000, 2: 300_000}}),
        (TierThresholds, {"wuhan": {1: 300_000, 2: 500_000}}),
        (TierThresholds, {"yichang": {1: 300_000}}),
        (DeadlineWarnings, {"at": ["4/5", "1/2"]}),
        (ClaimWarnings, {"days_before": [3, 14]}),
        (Credit, {"limit_warnings": ["1", "0.8"], "overdue_warnings_days": [30]}),
        (Credit, {"limit_warnings": ["0.8"], "overdue_warnings_days": [60, 30]}),
        (
            ManagerLoad,
            {"managers_per_customer": 1, "by_class": {3: {"at_least": 5, "at_most": 3, "dedicated": False}}},
        ),
        (BusinessLines, [{"code": "a", "zh": "甲", "en": "a"}, {"code": "a", "zh": "乙", "en": "b"}]),
        (EscalationChain, [{"at": "5/4", "role": "unit-head", "of": "holder"}]),
        (EscalationChain, [{"at": "breach", "role": "boss", "of": "holder"}]),
        (BureauScore, {"total": 100, "items": []}),
        (ProspectScore, {"total": 100, "weights": {"market": 20}, "best_grade": 5, "evidence": "each-grade"}),
        (ProspectScore, {"total": 20, "weights": {"luck": 20}, "best_grade": 5, "evidence": "each-grade"}),
        (LossLiability, BORNE | {"maintainer": "0.80", "unit_head": "0.30"}),
        (CustomerGifts, [GIFT]),
        (CustomerGifts, [GIFT | {"every": {"months": 1}, "occasion": "birthday"}]),
        (ServiceForms, [{"code": "a", "zh": "甲", "en": "a"}, {"code": "a", "zh": "乙", "en": "b"}]),
        (SegmentProfiles, {"prime": {"age": {"at_least": 55, "at_most": 30}}}),
        (SegmentProfiles, {"golden": {}}),
        (UnitScore, UNIT_SCORE | {"total": 90}),
        (BureauScore, scored(SHORT)),
        (BureauScore, scored({"of": "growth-short", "points": "-0.5"}, target_growth="0.20")),
        (BureauScore, scored({"of": "revenue-growth", "points": 5})),
        (BureauScore, scored(MISSING)),
        (BureauScore, scored(MISSING, target_count=0)),
        (ReviewAdjustment, {"overdue_more_than": {"months": 3}, "classes_down": 1}),
        (ReviewAdjustment, {"overdue_more_than": {"days": 90, "basis": "working"}, "classes_down": 1}),
        (TierReview, {"every": {"days": 365}, "rated_by": "province", "indicators": ["revenue"]}),
        (TierReview, {"every": {"months": 0}, "rated_by": "province", "indicators": ["revenue"]}),
    ],
)
def test_a_value_that_contradicts_itself_is_refused(cls: type[Topic], raw: object) -> None:
    with pytest.raises(PackError):
        cls.parse(raw)


def test_the_chain_passes_upward_at_four_fifths_at_breach_and_a_day_later() -> None:
    chain = shipped(EscalationChain, "platform")
    assert isinstance(chain, EscalationChain)
    assert chain.steps == (
        ChainStep(Fraction(4, 5), "unit-head", "holder"),
        ChainStep("breach", "center-director", "city"),
        ChainStep("breach", "center-director", "province", Duration(days=1)),
    )


def test_there_are_seven_lines_and_four_layers() -> None:
    lines, layers = shipped(BusinessLines, "hubei"), shipped(FileLayers, "hubei")
    assert isinstance(lines, BusinessLines)
    assert isinstance(layers, FileLayers)
    assert len(lines.codes) == 7
    assert lines.named("ceremonial").zh == "礼仪"
    assert [layer.code for layer in layers.layers] == ["basic", "extended", "key-persons", "competitors"]
    assert "character" in {member.code for member in layers.layer("key-persons").fields}


@pytest.mark.parametrize("division", ["42010", "4201a6", "", "４２０１０６"])
def test_what_is_no_division_code_has_no_place_class(division: str) -> None:
    places = shipped(PlaceClasses, "platform")
    assert isinstance(places, PlaceClasses)
    with pytest.raises(ValueError, match="not a division code"):
        places.of(division)


def test_a_pack_may_switch_closing_time_and_days_of_rest_on() -> None:
    shift = DayShift.parse({"rest_day_moves_end": True, "closes_at": "17:30"})
    assert shift.counting.closes_at is not None
    assert shift.counting.closes_at.isoformat() == "17:30:00"
    assert shift.counting.rest_day_moves_end
    assert DayShift.parse(shift.to_json()) == shift


def test_what_contradicts_itself_above_is_taken_once_it_is_put_right() -> None:
    assert UnitScore.parse(UNIT_SCORE).total == 100
    assert BureauScore.parse(scored(SHORT, target_growth="0.20")).total == 10
    assert BureauScore.parse(scored(MISSING, target_count=2)).total == 10
    assert BureauScore.parse(scored({"of": "revenue-growth", "step": "0.10", "points": 5})).total == 10
    assert CustomerGifts.parse([GIFT | {"occasion": "birthday"}]).gifts[0].every is None
    assert LossLiability.parse(BORNE | {"maintainer": "0.50", "unit_head": "0.50"}).unit_head == Decimal(
        "0.50"
    )


def test_the_items_of_the_score_sum_to_a_hundred_and_reach_a_hundred_and_forty() -> None:
    score = shipped(BureauScore, "hubei")
    assert isinstance(score, BureauScore)
    assert sum(item.base for item in score.items) == 100
    assert sum(item.at_most for item in score.items) == 140
