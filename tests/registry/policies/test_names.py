"""What a name says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.policies.names import initials, normalised, parse, person_name
from support.spellings import SPELLINGS, firm_names


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
        "武汉鑫源商贸 Co., Ltd.",
    ],
)
def test_spellings_of_one_name_are_one(written: str) -> None:
    assert normalised(written) == "武汉鑫源商贸有限公司"


def test_width_and_case_of_letters_do_not_matter() -> None:
    assert normalised("ＡＢＣ科技") == normalised("abc科技") == "ABC科技"


def test_a_company_limited_by_shares_is_another_legal_form() -> None:
    assert normalised("鑫源股份有限公司") != normalised("鑫源有限公司")
    assert normalised("鑫源股份公司") == normalised("鑫源股份有限公司")


@given(firm_names(), st.sampled_from(sorted(SPELLINGS)))
def test_normalising_again_changes_nothing_and_every_spelling_comes_to_the_same(
    name: str, spelt: str
) -> None:
    plain = normalised(name)
    assert normalised(plain) == plain
    assert normalised(SPELLINGS[spelt](name)) == plain


@given(st.text(max_size=30))
def test_any_text_is_normalised_once_and_for_all(text: str) -> None:
    plain = normalised(text)
    assert normalised(plain) == plain
    assert bool(parse(text).trade) == bool(plain)


@pytest.mark.parametrize(
    ("written", "region", "trade", "line"),
    [
        ("武汉鑫源商贸有限公司", ("湖北", "武汉", ""), "鑫源", "商贸"),
        ("武汉市鑫源商贸有限公司", ("湖北", "武汉", ""), "鑫源", "商贸"),
        ("湖北省武汉市武昌区鑫源商贸有限公司", ("湖北", "武汉", "武昌"), "鑫源", "商贸"),
        ("宜都鑫源商贸有限公司", ("湖北", "宜昌", "宜都"), "鑫源", "商贸"),
        ("恩施土家族苗族自治州利川市鑫源商贸有限公司", ("湖北", "恩施", "利川"), "鑫源", "商贸"),
        ("鑫源(武汉)商贸有限公司", ("湖北", "武汉", ""), "鑫源", "商贸"),
        ("鑫源商贸(湖北)有限公司", ("湖北", "", ""), "鑫源", "商贸"),
        ("鑫源商贸有限公司", ("", "", ""), "鑫源", "商贸"),
        ("ABC科技(武汉)有限公司", ("湖北", "武汉", ""), "ABC", "科技"),
        ("江汉石油有限公司", ("", "", ""), "江汉", "石油"),
        ("云山县公安局", ("", "", "云山"), "公安", ""),
    ],
)
def test_a_name_is_taken_apart(written: str, region: tuple[str, str, str], trade: str, line: str) -> None:
    name = parse(written)
    assert (name.region.province, name.region.city, name.region.county) == region
    assert (name.trade, name.line) == (trade, line)


@pytest.mark.parametrize("written", ["武汉", "科技有限公司", "商贸", "张伟", "A", "分公司", "集团有限公司"])
def test_a_trade_name_is_never_empty(written: str) -> None:
    assert parse(written).trade


@pytest.mark.parametrize(
    ("written", "trade", "branch"),
    [
        ("武汉鑫源商贸有限公司汉口分公司", "鑫源", "汉口分公司"),
        ("鑫源商贸汉口分公司", "鑫源", "汉口分公司"),
        ("武汉鑫源商贸有限公司光谷店", "鑫源", "光谷店"),
        ("江城银行股份有限公司宜昌支行", "江城", "宜昌支行"),
        ("楚天集团武汉物流有限公司", "楚天", "武汉物流有限公司"),
        ("武汉鑫源商贸有限公司", "鑫源", ""),
    ],
)
def test_a_part_is_set_apart_from_its_whole(written: str, trade: str, branch: str) -> None:
    name = parse(written)
    assert (name.trade, name.branch) == (trade, branch)


def test_a_group_is_known_as_one() -> None:
    assert parse("湖北楚天集团有限公司").group
    assert parse("楚天（集团）股份有限公司").group
    assert not parse("湖北楚天有限公司").group


@pytest.mark.parametrize("written", ["武汉市税务局", "竹山县第三中学", "沙湖县税务局"])
def test_what_every_place_has_is_no_trade_name(written: str) -> None:
    assert parse(written).generic
    assert not parse("武汉鑫源商贸有限公司").generic


def test_written_numbers_are_numbers_and_letters_of_names_are_not() -> None:
    assert parse("武汉市第三中学").trade == parse("武汉市第3中学").trade
    assert parse("武汉二十一世纪商贸有限公司").trade == "21世纪"
    assert parse("十堰鑫源商贸有限公司").region.city == "十堰"


def test_simplified_family_names_stay_apart_where_they_were_two() -> None:
    assert person_name("範采薇") != person_name("范采薇")
    assert person_name(" 蔺 小荞") == person_name("藺小蕎")


def test_people_find_names_by_initials() -> None:
    assert initials("武汉鑫源商贸") == "whxysm"
