"""What a name says."""

import pytest

from registry.policies.names import initials, normalised, parse


@pytest.mark.parametrize(
    "written",
    [
        "武汉鑫源商贸有限公司",
        "武漢鑫源商貿有限公司",
        " 武汉 鑫源 商贸 有限公司 ",
        "武汉鑫源商贸有限责任公司",
        "武汉鑫源(商贸)有限公司",
        "武汉鑫源（商贸）有限公司",
        "武汉鑫源【商贸】有限公司",
        "武汉·鑫源商贸有限公司",
    ],
)
def test_spellings_of_one_name_are_one(written: str) -> None:
    assert normalised(written) == "武汉鑫源商贸有限公司"


def test_width_and_case_of_letters_do_not_matter() -> None:
    assert normalised("ＡＢＣ科技") == normalised("abc科技") == "ABC科技"


def test_a_company_limited_by_shares_is_another_legal_form() -> None:
    assert normalised("鑫源股份有限公司") != normalised("鑫源有限公司")


@pytest.mark.parametrize(
    ("written", "region", "trade", "line"),
    [
        ("武汉鑫源商贸有限公司", "武汉", "鑫源", "商贸"),
        ("湖北省武汉市武昌区鑫源商贸有限公司", "湖北省武汉市武昌区", "鑫源", "商贸"),
        ("鑫源(武汉)商贸有限公司", "武汉", "鑫源", "商贸"),
        ("鑫源商贸(湖北)有限公司", "湖北", "鑫源", "商贸"),
        ("鑫源商贸有限公司", "", "鑫源", "商贸"),
        ("ABC科技(武汉)有限公司", "武汉", "ABC", "科技"),
    ],
)
def test_a_name_is_taken_apart(written: str, region: str, trade: str, line: str) -> None:
    name = parse(written)
    assert (name.region, name.trade, name.line) == (region, trade, line)


@pytest.mark.parametrize("written", ["武汉", "科技有限公司", "商贸", "张伟", "A"])
def test_a_trade_name_is_never_empty(written: str) -> None:
    assert parse(written).trade


def test_a_branch_is_set_apart_from_its_company() -> None:
    name = parse("武汉鑫源商贸有限公司汉口分公司")
    assert (name.trade, name.branch) == ("鑫源", "汉口分公司")


def test_a_group_is_known_as_one() -> None:
    assert parse("湖北楚天集团有限公司").group
    assert not parse("湖北楚天有限公司").group


def test_people_find_names_by_initials() -> None:
    assert initials("武汉鑫源商贸") == "whxysm"
