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
