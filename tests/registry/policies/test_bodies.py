"""Public bodies, numbers and places by their build: no list of bodies knows the ones named here."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.model.customers import Nature
from registry.model.declarations import Outcome
from registry.policies.blocking import match_keys
from registry.policies.likeness import Identity
from registry.policies.match import compare
from registry.settings import RegistrySettings

BOUNDS = RegistrySettings.model_construct().bounds
MOST_KEYS = 80

BODIES = (
    "公安局",
    "总工会",
    "疾病预防控制中心",
    "档案馆",
    "第六中学",
    "气象局",
    "水库管理处",
    "国有林场",
    "看守所",
    "残疾人联合会",
)
PARTS = (
    "柳林分中心",
    "石桥检验科",
    "第三勤务队",
    "东门窗口",
    "资料室",
    "老干部处",
    "北岭教学点",
    "骨灰堂",
    "第二车间",
    "值班岗亭",
)


def firm(name: str) -> Identity:
    return Identity(name, Nature.ORGANISATION, None, frozenset(), None, "420500")


def outcome(one: str, two: str) -> Outcome:
    """What they are, whichever is known first; whoever is more than nothing to another is found by a key."""
    mine, other = firm(one), firm(two)
    forth = compare(mine, other, BOUNDS).outcome
    assert compare(other, mine, BOUNDS).outcome is forth
    if forth is not Outcome.NONE:
        assert set(match_keys(mine)) & set(match_keys(other))
    assert len(match_keys(mine)) <= MOST_KEYS
    return forth


@given(st.sampled_from(BODIES), st.sampled_from(PARTS), st.sampled_from(("", "湖北省")))
def test_whatever_stands_behind_a_whole_name_is_a_part_of_it(body: str, part: str, above: str) -> None:
    assert outcome(f"梅岭县{body}", f"{above}梅岭县{body}{part}") is Outcome.RELATED


@given(st.sampled_from(BODIES), st.sampled_from(PARTS))
def test_a_part_is_tied_to_the_body_of_its_own_place_alone(body: str, part: str) -> None:
    assert outcome(f"梅岭县{body}", f"竹岭县{body}{part}") is Outcome.NONE


@pytest.mark.parametrize(
    ("mine", "other"),
    [
        ("梅岭市疾控中心", "梅岭市疾病预防控制中心结核病防治所"),
        ("梅岭市住房公积金中心", "梅岭市公积金中心营业部"),
        ("梅岭市第六中学", "梅岭市六中东校区"),
        ("梅岭市公安局柳林派出所", "梅岭市公安局石桥派出所"),
        ("梅岭市第六中学东校区", "梅岭市第六中学西校区"),
    ],
)
def test_short_wholes_have_parts_too_and_two_parts_of_one_whole_are_related(mine: str, other: str) -> None:
    assert outcome(mine, other) is Outcome.RELATED


@pytest.mark.parametrize(
    ("long", "short"),
    [
        ("梅岭县市场监督管理局", "梅岭县市监局"),
        ("梅岭县住房公积金管理中心", "梅岭县公积金中心"),
        ("梅岭县人力资源和社会保障局", "梅岭县人社局"),
        ("梅岭县卫生健康委员会", "梅岭县卫健委"),
        ("梅岭县第二人民医院", "梅岭县二医院"),
        ("梅岭市第六中学", "梅岭六中"),
        ("梅岭县第一高级中学", "梅岭县一中"),
        ("梅岭县妇女联合会", "梅岭县妇联"),
        ("梅岭县科学技术协会", "梅岭县科协"),
        ("梅岭县城市管理综合执法局", "梅岭县城管局"),
        ("湖北清江职业技术学院", "清江职院"),
        ("湖北清江大学附属小学", "湖北清江大学附小"),
        ("石河村村民委员会", "石河村委会"),
        ("国家税务总局梅岭县税务局", "梅岭县税务局"),
        ("梅岭县公安局交通警察大队", "梅岭县交警大队"),
        ("湖北省宜昌市梅岭县财政局", "梅岭县财政局"),
        ("武汉市公安局武昌区分局", "武汉市公安局武昌分局"),
    ],
)
def test_a_body_under_its_short_name_is_probably_the_same(long: str, short: str) -> None:
    assert outcome(long, short) is Outcome.PROBABLE


@pytest.mark.parametrize(
    ("mine", "other"),
    [
        ("梅岭县市场监督管理局", "梅岭县市政管理局"),
        ("梅岭县人民医院", "梅岭县中医院"),
        ("梅岭县第四人民医院", "梅岭县第四中医院"),
        ("梅岭县二医院", "梅岭县第二中医医院"),
        ("梅岭县实验小学", "梅岭县小学"),
        ("梅岭县职业高级中学", "梅岭县高级中学"),
        ("梅岭县一中", "梅岭县第十一中学"),
        ("梅岭县农机局", "梅岭县农业局"),
        ("梅岭县公安局", "梅岭县公路局"),
        ("湖北省地震局", "宜昌市地震局"),
        ("梅岭县公安局", "宜昌市公安局"),
        ("湖北清江学院", "湖北清江学院路商店"),
        ("梅岭县中学", "梅岭县中学生活动中心"),
    ],
)
def test_letters_in_common_make_no_short_name(mine: str, other: str) -> None:
    assert outcome(mine, other) is Outcome.NONE


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("廿四番", "24番"),
        ("贰拾肆番", "二十四番"),
        ("①号仓", "一号仓"),
        ("Ⅲ号仓", "三号仓"),
        ("二〇一七", "2017"),
        ("两千零一夜", "2001夜"),
        ("一万里", "10000里"),
        ("百分百", "100分百"),
        ("陆号院", "6号院"),
        ("No.5空间", "第五空间"),
        ("#5空间", "五号空间"),
        ("１+１", "一加一"),
        ("半亩塘", "0.5亩塘"),
        ("第XII坊", "第十二坊"),
    ],
)
def test_numbers_are_compared_by_value_however_written(one: str, two: str) -> None:
    assert outcome(f"武汉{one}餐饮有限公司", f"武汉{two}餐饮有限公司") is Outcome.PROBABLE


@given(st.integers(11, 9999), st.integers(11, 9999))
def test_another_number_is_another_firm(one: int, two: int) -> None:
    same = outcome(f"武汉{one}番餐饮有限公司", f"武汉{two}番餐饮有限公司") is not Outcome.NONE
    assert same is (one == two)


@pytest.mark.parametrize(
    "written",
    [
        "鑫源商贸（枝江）有限公司",
        "鑫源（枝江）商贸有限公司",
        "鑫源商贸枝江有限公司",
        "鑫源商贸有限公司（枝江）",
        "宜昌市枝江鑫源商贸有限公司",
        "湖北省宜昌市枝江市鑫源商贸有限公司",
    ],
)
def test_a_place_is_the_same_wherever_it_stands(written: str) -> None:
    assert outcome("枝江鑫源商贸有限公司", written) is Outcome.PROBABLE
    assert outcome("宜都鑫源商贸有限公司", written) is Outcome.NONE


@pytest.mark.parametrize(
    "written", ["鑫源（梅岭）商贸有限公司", "鑫源商贸梅岭县有限公司", "鑫源商贸（梅岭县）有限公司"]
)
def test_a_place_that_no_list_knows_moves_too(written: str) -> None:
    assert outcome("梅岭县鑫源商贸有限公司", written) is Outcome.PROBABLE


@pytest.mark.parametrize(
    ("mine", "other"),
    [
        ("武汉鑫源集团商贸有限公司", "宜昌鑫源集团商贸有限公司"),
        ("鑫源武汉集团有限公司", "鑫源宜昌集团有限公司"),
        ("鑫源连锁酒店（武汉）有限公司", "鑫源连锁酒店（宜昌）有限公司"),
    ],
)
def test_firms_of_one_group_or_chain_in_two_towns_are_related(mine: str, other: str) -> None:
    assert outcome(mine, other) is Outcome.RELATED
