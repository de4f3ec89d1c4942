from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from regulations.loading import ALWAYS
from regulations.provisions import Because, Citation, Decision, Provision, article_en, article_zh
from regulations.topics.compensation import CompensationLimit

LIMIT = Provision(
    rule="hubei.compensation-limit",
    says="5000元以内由所属市州局垫赔",
    says_en="Up to 5,000 yuan the city bureau advances it",
    unit="CNY",
    value=CompensationLimit(Decimal(5000), includes=True, advanced_by="city", above_approved_by="province"),
    citation=Citation("hubei", "21(6)", "实施细则", "Rules"),
    in_force=date(2009, 1, 1),
    recorded=ALWAYS,
    assumption=False,
    level="420000",
    replaced=None,
)


def test_a_citation_carries_rule_article_inputs_value_and_events() -> None:
    reason = LIMIT.cite(events=("e1",), amount=Decimal("4999.99"), on=date(2026, 1, 1))
    assert reason.to_json() == {
        "rule": "hubei.compensation-limit",
        "says": "5000元以内由所属市州局垫赔",
        "act": "hubei",
        "article": "21(6)",
        "in_force": "2009-01-01",
        "assumption": False,
        "level": "420000",
        "replaced": None,
        "inputs": {"amount": "4999.99", "on": "2026-01-01"},
        "value": {"amount": "5000", "includes": True, "advanced_by": "city", "above_approved_by": "province"},
        "events": ["e1"],
    }


def test_the_sentence_names_act_and_article_in_both_languages() -> None:
    because = Because.of(LIMIT.cite(), zh="由市局垫赔", en="The city pays")
    assert because.zh == "由市局垫赔。《实施细则》第21条(6)：5000元以内由所属市州局垫赔"
    assert because.en == "The city pays. Rules, art. 21(6): Up to 5,000 yuan the city bureau advances it"
    assert because.to_json()["text"] == {"zh": because.zh, "en": because.en}


def test_a_sentence_that_brings_its_own_full_stop_gets_no_second_one() -> None:
    because = Because.of(LIMIT.cite(), zh="由市局垫赔。", en="The city pays.")
    assert because.zh.startswith("由市局垫赔。《")
    assert because.en.startswith("The city pays. Rules")


def test_an_assumption_is_marked_in_both_languages() -> None:
    because = Because.of(replace(LIMIT, assumption=True).cite())
    assert because.zh.endswith("【假设】")
    assert because.en.endswith("[assumption]")
    assert because.reasons[0].to_json()["assumption"] is True


def test_a_sourced_provision_is_not_marked() -> None:
    because = Because.of(LIMIT.cite())
    assert "假设" not in because.zh
    assert "assumption" not in because.en


def test_a_convention_that_is_its_own_article_is_named_once() -> None:
    citation = Citation("platform", "平台约定", "平台约定", "Platform convention")
    reason = replace(LIMIT, citation=citation).cite()
    assert reason.zh().count("平台约定") == 1
    assert reason.en().lower().count("platform convention") == 1


def test_a_decision_holds_its_outcome_and_its_reasons() -> None:
    decision = Decision("city", Because.of(LIMIT.cite(), LIMIT.cite()))
    assert decision.outcome == "city"
    assert len(decision.because.reasons) == 2


@pytest.mark.parametrize(
    ("article", "zh", "en"),
    [
        ("3", "第3条", "art. 3"),
        ("7(2)", "第7条(2)", "art. 7(2)"),
        ("21(6), 30(2)", "第21条(6)、第30条(2)", "art. 21(6), 30(2)"),
        ("附件2", "附件2", "annex 2"),
        ("17, 附件2", "第17条、附件2", "art. 17, annex 2"),
        ("第三部分", "第三部分", "part 3"),
        ("平台约定", "平台约定", "platform convention"),
        ("第二部分(1), 第三部分", "第二部分(1)、第三部分", "part 2(1), part 3"),
        ("第三部分(1)(2)", "第三部分(1)(2)", "part 3(1)(2)"),
        ("第一篇", "第一篇", "text 1"),
        ("第二篇第二部分(2)", "第二篇第二部分(2)", "text 2 part 2(2)"),
        ("第1节, 第2节", "第1节、第2节", "section 1, section 2"),
        ("前言", "前言", "introduction"),
        ("全文", "全文", "whole text"),
        ("附件", "附件", "annexes"),
    ],
)
def test_articles_are_told_in_both_languages(article: str, zh: str, en: str) -> None:
    assert (article_zh(article), article_en(article)) == (zh, en)
