from __future__ import annotations

from pathlib import Path

import pytest

import regulations.provisions
from regulations.__main__ import main
from regulations.loading import shipped_packs

PACKS = shipped_packs()
RULES = [rule for pack in PACKS.values() for rule in pack.rules.values()]


def test_every_bound_of_every_column_is_worked_out_just_below_at_and_just_above() -> None:
    rule = PACKS["hubei"].rules["tier-thresholds"]
    given = {(case.given["place"], case.given["fees"]) for case in rule.cases}
    assert len(given) == 3 * 4 * 3


def test_a_figure_that_the_regulation_does_not_give_is_marked() -> None:
    sourced = [
        rule.name
        for rule in PACKS["platform"].rules.values()
        for wording in rule.wordings
        if not wording.assumption and wording.citation.act != "civil-code"
    ]
    assert sourced == []


@pytest.mark.parametrize(
    ("name", "assumption"),
    [
        ("hubei.tier-thresholds", False),
        ("hubei.compensation-limit", False),
        ("hubei.compensation-clocks", False),
        ("hubei.tariff-answer", False),
        ("hubei.manager-load", False),
        ("hubei.first-responder", False),
        ("hubei.complaint-clocks", True),
        ("hubei.general-compensation-clocks", True),
        ("hubei.cultivation-period", True),
        ("hubei.discount-standard", True),
        ("hubei.vip-flag", True),
        ("hubei.file-confidentiality", True),
        ("jiangxi.claim-window", True),
        ("jiangxi.information-priority", True),
        ("jiangxi.information-measures", False),
        ("jiangxi.marketing-staff", False),
        ("xxx-city-daily.tier-thresholds", False),
        ("xxx-city-daily.tier-range-end", False),
        ("xxx-city-daily.tier-beyond", True),
        ("xxx-city-daily.tier-shared-bound", True),
        ("xxx-city-daily.tier-equivalents", True),
        ("dezhou-ems.key-account", False),
        ("dongguan.access-principles", False),
        ("dongguan.one-access", True),
        ("city-maintenance.arrears-liability", False),
        ("city-maintenance.loss-liability", False),
        ("city-maintenance.liability-remainder", True),
        ("county-maintenance.unit-score", False),
        ("county-maintenance.unit-score-reading", True),
        ("yunxi-visits.unit-score", False),
        ("yunxi-visits.unit-score-reading", True),
        ("yunxi-visits.points-account", False),
        ("complaint-steps.complaint-steps", False),
        ("complaint-steps.complaint-steps-order", True),
        ("lifecycle.segments", False),
        ("lifecycle.segment-profiles", False),
        ("lifecycle.segment-profiles-more", True),
        ("lifecycle.segment-rule", True),
        ("lifecycle.phase-rule", True),
        ("prospecting.prospect-aspects", False),
        ("prospecting.prospect-score", True),
        ("center-goals.center-goals", False),
    ],
)
def test_sourced_parts_and_assumptions_are_kept_apart(name: str, assumption: bool) -> None:
    pack, topic = name.split(".")
    assert [wording.assumption for wording in PACKS[pack].rules[topic].wordings] == [assumption]


# What every installation can ask the law about, whichever pack answers.
TOPICS = [
    "business-lines", "key-account", "tier-thresholds", "tier-equivalents", "tier-by-importance",
    "review-adjustment", "cultivation", "manager-load", "mandatory-file", "file-layers", "file-reporting",
    "registration-decide", "handover", "claim-window", "claim-warnings", "claim-idle", "territory",
    "information-priority", "dispute", "visit-frequency", "symposia", "visit-cards", "second-visit",
    "prospect-score", "usage-filing", "anomaly", "segments", "kpi-report", "vip", "discount-standard",
    "tariff-answer", "tariff-window", "price-coordination", "agreement-check", "agreement-reminders",
    "credit", "care-budget", "arrears-liability", "first-responder", "complaint-steps", "complaint-clocks",
    "compensation-clocks", "compensation-limit", "compensation-approve", "liability-assign",
    "repeated-complaint", "follow-up", "deadline-warnings", "escalation-chain", "clock-pause",
    "day-counting", "loss-causes", "loss-authority", "loss-liability", "bureau-score", "unit-score",
    "center-goals", "objection", "center-levels",
]  # fmt: skip

SIXTEEN = [
    "xxx-city-daily", "dezhou-ems", "dongguan", "national-trial", "city-maintenance", "county-maintenance",
    "yunxi-visits", "jiangxi", "complaint-steps", "lifecycle", "prospecting", "center-goals",
    "manager-duties", "marketing-plan", "finance-clients", "care-strategies",
]  # fmt: skip


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_that_the_law_can_be_asked_about_is_worded_by_some_pack(topic: str) -> None:
    assert [name for name, pack in PACKS.items() if topic in pack.rules]


def test_every_regulation_is_a_pack_and_says_something() -> None:
    assert set(PACKS) == {"hubei", "platform", "civil-code", *SIXTEEN}
    assert [name for name, pack in PACKS.items() if not pack.rules] == ["civil-code"]


def test_a_rule_cites_its_own_act() -> None:
    cited = [(rule, wording.citation.act) for rule in RULES for wording in rule.wordings]
    foreign = {act for rule, act in cited if act != rule.pack}
    assert foreign == {"civil-code"}


def test_the_check_prints_every_rule_and_exits_with_zero(capsys: pytest.CaptureFixture[str]) -> None:
    assert main() == 0
    printed = capsys.readouterr().out
    for rule in RULES:
        assert rule.topic in printed


def test_the_check_exits_with_one_and_names_the_place_of_a_fault(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "packs" / "test"
    broken.mkdir(parents=True)
    (broken / "index.yaml").write_text("title: 1.5\n", encoding="utf-8")
    monkeypatch.setattr("regulations.loading.resources.files", lambda _: tmp_path)
    assert main() == 1
    assert "test/index.yaml:1 title [float]" in capsys.readouterr().err


def test_the_readme_says_where_every_rule_is_found() -> None:
    readme = (Path(regulations.provisions.__file__).parent / "README.md").read_text(encoding="utf-8")
    sections = {part.split("`")[0]: part for part in readme.split("### `")[1:]}
    assert [rule.name for rule in RULES if f"| `{rule.topic}` |" not in sections.get(rule.pack, "")] == []
