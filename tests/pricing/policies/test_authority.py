"""hubei art. 24: who may grant which discount, cell by cell."""

from dataclasses import replace
from decimal import Decimal

import pytest

from pricing.model.refusals.tariffs import BeyondAuthority, NoDiscountStandard
from pricing.model.tariffs import Level
from pricing.policies.authority import (
    Asked,
    Rules,
    class_with_standard,
    is_filed,
    level_needed,
    must_be_within,
    told,
)
from regulations.topics.customers import SmallCustomers
from regulations.topics.tariffs import DiscountStandard, TariffAuthority
from support.law import provision

RULES = Rules(provision(DiscountStandard), provision(TariffAuthority))
DOMESTIC, INTRA_CITY = "domestic-express", "intra-city-express"


def needed(class_: int, discount: str, *lines: str) -> Level:
    return level_needed(RULES, Asked(class_, lines, Decimal(discount))).outcome


@pytest.mark.parametrize(
    ("class_", "line", "bound", "within"),
    [
        (1, DOMESTIC, "0.20", Level.CITY),
        (2, DOMESTIC, "0.15", Level.CITY),
        (3, DOMESTIC, "0.10", Level.COUNTY),
        (4, DOMESTIC, "0.05", Level.COUNTY),
        (1, INTRA_CITY, "0.25", Level.CITY),
        (2, INTRA_CITY, "0.20", Level.CITY),
        (3, INTRA_CITY, "0.15", Level.COUNTY),
        (4, INTRA_CITY, "0.10", Level.COUNTY),
    ],
)
def test_the_bound_itself_is_within_and_one_point_more_is_the_provinces(
    class_: int, line: str, bound: str, within: Level
) -> None:
    one_point_more = str(Decimal(bound) + Decimal("0.01"))
    a_little_more = str(Decimal(bound) + Decimal("0.0001"))
    assert needed(class_, bound, line) is within
    assert needed(class_, "0.01", line) is within
    assert needed(class_, one_point_more, line) is Level.PROVINCE
    assert needed(class_, a_little_more, line) is Level.PROVINCE


def test_of_several_lines_the_strictest_bound_holds() -> None:
    assert needed(3, "0.10", INTRA_CITY, DOMESTIC) is Level.COUNTY
    assert needed(3, "0.11", INTRA_CITY, DOMESTIC) is Level.PROVINCE


@pytest.mark.parametrize(
    ("level", "class_", "discount", "refused"),
    [
        (Level.COUNTY, 3, "0.10", False),
        (Level.COUNTY, 3, "0.11", True),
        (Level.COUNTY, 2, "0.01", True),
        (Level.CITY, 2, "0.15", False),
        (Level.CITY, 3, "0.10", False),
        (Level.CITY, 2, "0.16", True),
        (Level.PROVINCE, 4, "0.99", False),
    ],
)
def test_a_level_grants_what_lies_within_its_authority_and_nothing_more(
    level: Level, class_: int, discount: str, refused: bool
) -> None:
    asked = Asked(class_, [DOMESTIC], Decimal(discount))
    if not refused:
        assert level.reaches(must_be_within(RULES, asked, level).outcome)
        return
    with pytest.raises(BeyondAuthority) as refusal:
        must_be_within(RULES, asked, level)
    assert refusal.value.extra["hint"] == "send-up"
    assert refusal.value.extra["needs_level"] == needed(class_, discount, DOMESTIC)
    assert refusal.value.because is not None
    assert refusal.value.because["reasons"][0]["article"] == "24"


@pytest.mark.parametrize(
    ("needed_level", "level", "filed"),
    [
        (Level.COUNTY, Level.COUNTY, True),
        (Level.COUNTY, Level.CITY, True),
        (Level.CITY, Level.CITY, True),
        (Level.COUNTY, Level.PROVINCE, False),
        (Level.PROVINCE, Level.PROVINCE, False),
    ],
)
def test_what_a_bureau_grants_within_the_standard_is_filed_with_the_province(
    needed_level: Level, level: Level, filed: bool
) -> None:
    assert is_filed(RULES, needed_level, level) is filed


def test_a_customer_without_a_class_has_no_standard_and_the_refusal_cites_it() -> None:
    with pytest.raises(NoDiscountStandard) as refusal:
        class_with_standard(None, "楚天", RULES.standard, provision(SmallCustomers))
    assert refusal.value.because is not None
    articles = [reason["article"] for reason in refusal.value.because["reasons"]]
    assert articles == ["24", "4"]
    assert "0.05" not in str(refusal.value.because)


def test_what_is_told_names_rule_article_class_and_level_and_no_figure() -> None:
    # A wording of the standard's own may well speak of its figures.
    spoken = replace(RULES.standard, says="一类客户最高优惠0.20", says_en="class 1: 0.20 at most")
    public = told(replace(RULES, standard=spoken), 1, Level.CITY).to_json()
    standard = public["reasons"][0]
    assert isinstance(standard, dict)
    assert (standard["rule"], standard["article"]) == ("hubei.discount-standard", "24")
    assert standard["inputs"] == {"class": 1, "level": "city"}
    assert standard["value"] is None
    assert "0.2" not in str(public)
