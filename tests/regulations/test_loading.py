from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from regulations.calendars import Duration
from regulations.loading import ALWAYS, PublishedWording, add_wordings, load_packs, shipped_packs
from regulations.reading import PackError
from regulations.topics.deadlines import Objection

INDEX = """title: 测试办法
title_en: Test act
issuer: 测试局
issuer_en: Test bureau
written_for: 测试市
written_for_en: Test city
seed: none
"""
HEAD = """rule: test.tariff-answer
says: 三日内答复
says_en: Answered within three days
unit: duration
wordings:
"""
WORDING = """  - in_force: 2009-01-01
    cite: {act: test, article: "3"}
    value: {within: {days: 3, basis: calendar}}
"""
LATER = WORDING.replace("2009-01-01", "2020-07-01")
PLANTED = [
    ("missing-citation", HEAD + WORDING.replace('    cite: {act: test, article: "3"}\n', ""), 6),
    ("missing-key", HEAD + WORDING.replace('act: test, article: "3"', "act: test"), 7),
    ("wrong-type", HEAD + WORDING.replace('article: "3"', "article: 3"), 7),
    ("unknown-pack", HEAD + WORDING.replace("act: test", "act: hubai"), 7),
    ("repeated-date", HEAD + WORDING + WORDING, 9),
    ("unsorted-dates", HEAD + LATER + WORDING, 9),
    ("gap", HEAD + WORDING + "    until: 2020-06-30\n" + LATER, 10),
    ("overlap", HEAD + WORDING + "    until: 2020-07-02\n" + LATER, 10),
    ("ends-before-it-begins", HEAD + WORDING + "    until: 2009-01-01\n", 6),
    ("duplicate-key", HEAD + WORDING + "    value: {within: {days: 4, basis: calendar}}\n", 9),
    ("float", HEAD + WORDING.replace("days: 3", "days: 3.5"), 8),
    ("unknown-unit", (HEAD + WORDING).replace("unit: duration", "unit: fortnight"), 4),
    ("unknown-topic", None, 1),
    ("wrong-name", (HEAD + WORDING).replace("rule: test.", "rule: hubei."), 1),
    ("wrong-value", HEAD + WORDING.replace("days: 3", 'days: "3"'), 8),
    ("unknown-key", HEAD + WORDING.replace("within:", "inside:"), 8),
    ("unknown-key", HEAD + WORDING + "note: x\n", 9),
    ("broken-invariant", HEAD + WORDING.replace("days: 3", "days: 3, months: 1"), 8),
    ("missing-key", (HEAD + WORDING).replace("says_en: Answered within three days\n", ""), 1),
    ("wrong-type", HEAD.replace("wordings:", "wordings: []"), 5),
    ("wrong-type", HEAD + WORDING.replace("2009-01-01", "always"), 6),
    ("wrong-type", HEAD + WORDING + "    recorded: 2009-01-01\n", 9),
    ("wrong-type", HEAD + WORDING + '    assumption: "no"\n', 9),
    ("missing-key", HEAD + WORDING + "cases:\n  - {on: 2026-01-01, given: {}}\n", 10),
    ("wrong-type", HEAD + WORDING + "cases:\n  - {on: today, given: {}, then: 1}\n", 10),
]


def packs_in(folder: Path, text: str, topic: str = "tariff-answer") -> Path:
    home = folder / "test"
    home.mkdir()
    (home / "index.yaml").write_text(INDEX, encoding="utf-8")
    (home / f"{topic}.yaml").write_text(text, encoding="utf-8")
    return folder


def test_the_unspoilt_pack_loads(tmp_path: Path) -> None:
    rule = load_packs(packs_in(tmp_path, HEAD + WORDING + LATER))["test"].rules["tariff-answer"]
    assert [wording.in_force for wording in rule.wordings] == [date(2009, 1, 1), date(2020, 7, 1)]
    assert (rule.name, rule.wordings[0].recorded) == ("test.tariff-answer", ALWAYS)
    assert rule.wordings[0].citation.act_title == "测试办法"


@pytest.mark.parametrize(("problem", "text", "line"), PLANTED)
def test_a_planted_violation_is_refused_by_name_file_and_line(
    tmp_path: Path, problem: str, text: str | None, line: int
) -> None:
    topic = "tariff-answer" if text else "tariff-anwser"
    folder = packs_in(tmp_path, text or (HEAD + WORDING).replace("tariff-answer", topic), topic)
    with pytest.raises(PackError) as caught:
        load_packs(folder)
    error = caught.value
    assert (error.problem, error.file, error.line) == (problem, f"test/{topic}.yaml", line)
    assert f"test/{topic}.yaml:{line}" in str(error)


def test_a_pack_without_an_index_is_refused(tmp_path: Path) -> None:
    (packs_in(tmp_path, HEAD + WORDING) / "test" / "index.yaml").unlink()
    with pytest.raises(PackError, match="missing-index"):
        load_packs(tmp_path)


@pytest.mark.parametrize("key", ["title", "title_en", "issuer", "written_for", "seed"])
def test_an_index_without_one_of_its_texts_is_refused(tmp_path: Path, key: str) -> None:
    index = packs_in(tmp_path, HEAD + WORDING) / "test" / "index.yaml"
    kept = [line for line in INDEX.splitlines() if not line.startswith(f"{key}:")]
    index.write_text("\n".join(kept), encoding="utf-8")
    with pytest.raises(PackError, match=f"missing-key.*'{key}'"):
        load_packs(tmp_path)


def test_a_file_that_is_no_pack_file_is_refused(tmp_path: Path) -> None:
    (packs_in(tmp_path, HEAD + WORDING) / "test" / "notes.txt").write_text("x", encoding="utf-8")
    with pytest.raises(PackError, match="not-yaml"):
        load_packs(tmp_path)


def test_a_rule_may_end_without_a_successor(tmp_path: Path) -> None:
    packs = load_packs(packs_in(tmp_path, HEAD + WORDING + "    until: 2020-01-01\n"))
    rule = packs["test"].rules["tariff-answer"]
    assert rule.wording_on(date(2008, 12, 31)) is None
    assert rule.wording_on(date(2019, 12, 31)) is not None
    assert rule.wording_on(date(2020, 1, 1)) is None


def test_a_correction_in_a_file_has_the_same_force_and_a_later_record(tmp_path: Path) -> None:
    correction = WORDING.replace("days: 3", "days: 4") + "    recorded: 2012-05-01T09:00:00+08:00\n"
    rule = load_packs(packs_in(tmp_path, HEAD + WORDING + correction))["test"].rules["tariff-answer"]
    early = datetime.fromisoformat("2012-05-01T08:59:59+08:00")
    assert rule.wording_on(date(2010, 1, 1), early) == rule.wordings[0]
    assert rule.wording_on(date(2010, 1, 1)) == rule.wordings[1]


def published(**changes: object) -> PublishedWording:
    row: dict[str, object] = {
        "pack": "platform",
        "topic": "objection",
        "in_force": date(2026, 7, 1),
        "recorded": datetime.fromisoformat("2026-06-01T09:00:00+08:00"),
        "act": "platform",
        "article": "平台约定",
        "value": {"within": {"days": 5, "basis": "calendar"}, "answered_within": {"days": 10}},
    }
    return PublishedWording(**(row | changes))  # type: ignore[arg-type]


def test_a_published_wording_joins_its_rule_and_keeps_what_it_says() -> None:
    before = shipped_packs()
    rule = add_wordings(before, [published()])["platform"].rules["objection"]
    latest = rule.wording_on(date(2026, 7, 1))
    assert latest is not None
    assert isinstance(latest.value, Objection)
    assert latest.value.within == Duration(days=5)
    assert rule.says == before["platform"].rules["objection"].says
    assert len(before["platform"].rules["objection"].wordings) == 1


def test_published_wordings_of_one_rule_add_up_in_any_order() -> None:
    earlier = published(in_force=date(2026, 3, 1))
    rule = add_wordings(shipped_packs(), [published(), earlier])["platform"].rules["objection"]
    assert [w.in_force for w in rule.wordings] == [date(2009, 1, 1), date(2026, 3, 1), date(2026, 7, 1)]


def test_a_topic_new_to_a_pack_may_be_published_with_its_words() -> None:
    words = {"says": "本局申诉期限", "says_en": "Time to object here", "unit": "duration"}
    rule = add_wordings(shipped_packs(), [published(pack="jiangxi", **words)])["jiangxi"].rules["objection"]
    assert (rule.name, rule.says_en) == ("jiangxi.objection", "Time to object here")


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"pack": "hubai"}, "unknown-pack"),
        ({"act": "hubai"}, "unknown-pack"),
        ({"topic": "objections"}, "unknown-topic"),
        ({"article": ""}, "wrong-type"),
        ({"value": {"within": {"days": 5}}}, "missing-key"),
        ({"value": {"within": {"days": 5.0}, "answered_within": {"days": 1}}}, "wrong-value"),
        ({"in_force": date(2009, 1, 1), "recorded": ALWAYS}, "repeated-date"),
        ({"until": date(2026, 7, 1)}, "ends-before-it-begins"),
        ({"pack": "jiangxi"}, "missing-key"),
        ({"unit": "fortnight"}, "missing-key"),
    ],
)
def test_a_published_wording_is_refused_like_one_of_a_file(changes: dict[str, object], problem: str) -> None:
    with pytest.raises(PackError) as caught:
        add_wordings(shipped_packs(), [published(**changes)])
    assert caught.value.problem == problem
