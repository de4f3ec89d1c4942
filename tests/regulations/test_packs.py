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
    ],
)
def test_sourced_parts_and_assumptions_are_kept_apart(name: str, assumption: bool) -> None:
    pack, topic = name.split(".")
    assert [wording.assumption for wording in PACKS[pack].rules[topic].wordings] == [assumption]


def days(count: int) -> dict[str, object]:
    return {"days": count, "basis": "calendar"}


FIGURES: dict[str, dict[str, object]] = {
    "hubei.center-levels": {"levels.0.at": "province", "levels.1.at": "city"},
    "hubei.kpi-report": {"every": {"months": 1}, "classes": [1], "filed_with": "province"},
    "hubei.tier-review": {"every": {"months": 12}, "rated_by": "province"},
    "hubei.vip": {"pickups_a_day": 2},
    "hubei.symposia": {"at_least": 1},
    "hubei.usage-filing": {"day_of_month": 5},
    "hubei.small-customers": {"yearly_fees_below": "10000"},
    "platform.deputies": {"hops": 3},
    "platform.dispute": {
        "evidence": days(5),
        "ruling": days(10),
        "appeal": days(7),
        "appeal_ruling": days(10),
        "appeals": 1,
    },
    "platform.handover-finish": {"within": days(7)},
    "platform.repeated-complaint": {"within": days(30), "same": ["customer", "category"]},
    "platform.follow-up": {"within": days(3), "tries": 3},
    "platform.clock-pause": {"pauses": 2, "total": days(7), "level_above_after_warnings": 2},
    "platform.compensation-approve": {"within": days(2)},
    "platform.liability-assign": {"within": days(15), "appeal": days(7)},
    "platform.tariff-window": {"adds_up": days(30)},
    "platform.agreement-reminders": {"days_before": [60, 30, 7]},
    "platform.credit": {"limit_warnings": ["0.8", "1"], "overdue_warnings_days": [30, 60, 90]},
    "platform.anomaly": {"drop": "0.30", "spike": "1.00", "stop_months": 1, "after_months_with_usage": 3},
    "platform.objection": {"within": days(7), "answered_within": days(10)},
    "platform.day-shift": {"rest_day_moves_end": False},
    "platform.customer-code-format": {"city_digits": 6, "serial_digits": 7},
    "platform.case-number-format": {"seat_digits": 3, "serial_digits": 5, "server_seats_to": 99},
}


@pytest.mark.parametrize(
    ("name", "part", "figure"), [(n, k, v) for n, f in FIGURES.items() for k, v in f.items()]
)
def test_a_figure_is_the_one_that_the_text_gives(name: str, part: str, figure: object) -> None:
    pack, topic = name.split(".")
    found: object = PACKS[pack].rules[topic].wordings[0].value.to_json()
    for step in part.split("."):
        found = found[int(step)] if isinstance(found, list) else found[step]  # type: ignore[index]
    assert found == figure


def test_losses_by_marketing_and_service_have_twelve_causes_and_those_of_customers_four() -> None:
    groups = PACKS["hubei"].rules["loss-causes"].wordings[0].value.to_json()
    assert isinstance(groups, list)
    assert [len(group["causes"]) for group in groups] == [4, 1, 12]


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
    assert [rule.name for rule in RULES if f"| `{rule.topic}` |" not in readme] == []
