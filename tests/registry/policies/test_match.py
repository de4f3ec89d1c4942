"""Whether two customers are one: `exact`, `probable`, `related` or `none`, from the definition of a match."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.model.customers import IdentityKey, Nature
from registry.model.declarations import Outcome
from registry.policies.likeness import Identity, Known
from registry.policies.match import compare, identity_keys, judge
from registry.settings import RegistrySettings
from support.spellings import SPELLINGS, firm_names

BOUNDS = RegistrySettings.model_construct().bounds
CODE, OTHER_CODE = "91420100MA4KLM1234", "91420100MA4KXY9876"
XINYUAN = "武汉鑫源商贸有限公司"


def firm(
    name: str, code: str | None = None, *phones: str, address: str | None = None, at: str = "420106"
) -> Identity:
    return Identity(name, Nature.ORGANISATION, code, frozenset(phones), address, at)


def person(name: str, *phones: str, address: str | None = None) -> Identity:
    return Identity(name, Nature.PERSON, None, frozenset(phones), address, "420106")


def outcome(one: Identity, other: Identity) -> Outcome:
    forth, back = compare(one, other, BOUNDS), compare(other, one, BOUNDS)
    assert (forth.outcome, forth.score, forth.fields) == (back.outcome, back.score, back.fields)
    return forth.outcome


def test_the_same_credit_code_is_the_same_customer_whatever_the_name() -> None:
    assert outcome(firm(XINYUAN, CODE), firm("宜昌大江物流有限公司", CODE)) is Outcome.EXACT


@pytest.mark.parametrize(("mine", "other"), [(None, None), (CODE, None), (None, CODE)])
def test_without_a_code_on_one_side_name_and_phone_together_are_exact(
    mine: str | None, other: str | None
) -> None:
    assert (
        outcome(firm(XINYUAN, mine, "p1"), firm("武漢鑫源商貿有限責任公司", other, "p1", "p2"))
        is Outcome.EXACT
    )


def test_the_same_name_alone_is_only_probable() -> None:
    one, two = firm(XINYUAN, None, "p1"), firm(XINYUAN, None, "p2")
    assert compare(one, two, BOUNDS).reasons == ("same-name",)
    assert outcome(one, two) is Outcome.PROBABLE


@pytest.mark.parametrize(
    ("phone", "address", "expected"),
    [
        (True, False, Outcome.RELATED),
        (False, True, Outcome.RELATED),
        (False, False, Outcome.NONE),
    ],
)
def test_two_codes_are_two_firms_whatever_the_name(phone: bool, address: bool, expected: Outcome) -> None:
    one = firm(XINYUAN, CODE, "p1", address="中北路1号")
    two = firm(XINYUAN, OTHER_CODE, "p1" if phone else "p2", address="中北路1号" if address else "友谊路2号")
    assert outcome(one, two) is expected


@pytest.mark.parametrize(
    "written",
    [
        "鑫源(武汉)商贸有限公司",
        "武汉市鑫源商贸有限公司",
        "湖北省武汉市鑫源商贸有限公司",
        "武汉鑫元商贸有限公司",
        "武汉市武昌区鑫源商贸有限公司",
        "鑫源商贸",
        "鑫源商贸有限公司",
        "武汉鑫源贸易有限公司",
        "武汉鑫源商贸股份有限公司",
    ],
)
def test_likely_spellings_are_probable(written: str) -> None:
    assert outcome(firm(XINYUAN), firm(written)) is Outcome.PROBABLE


@pytest.mark.parametrize(
    ("mine", "other"),
    [
        ("武汉市第三中学", "武汉市第3中学"),
        ("武汉二十一世纪商贸有限公司", "武汉21世纪商贸有限公司"),
        ("荆州市第十九印染厂", "荆州市第拾玖印染厂"),
        ("武汉一百零八坊酒业有限公司", "武汉108坊酒业有限公司"),
        ("武汉天下壹号餐饮有限公司", "武汉天下一号餐饮有限公司"),
    ],
)
def test_numbers_are_the_same_in_either_script(mine: str, other: str) -> None:
    assert outcome(firm(mine), firm(other)) is Outcome.PROBABLE


@pytest.mark.parametrize(
    ("mine", "other"),
    [
        (XINYUAN, "武汉长江商贸有限公司"),
        ("武汉金马物流有限公司", "武汉天龙物流有限公司"),
        (XINYUAN, "武汉鑫源餐饮有限公司"),
        (XINYUAN, "宜昌鑫源商贸有限公司"),
        (XINYUAN, "武汉鑫泉商贸有限公司"),
        ("武汉市第三中学", "武汉市第五中学"),
        ("竹山县人民医院", "竹溪县人民医院"),
        ("武汉市税务局", "孝感市税务局"),
        ("岳山县实验小学", "岳山县实验中学"),
    ],
)
def test_others_of_the_place_or_the_line_are_none(mine: str, other: str) -> None:
    assert outcome(firm(mine), firm(other)) is Outcome.NONE


@pytest.mark.parametrize(
    ("mine", "other", "tie"),
    [
        (XINYUAN, "武汉鑫源商贸有限公司汉口分公司", "branch"),
        (XINYUAN, "鑫源商贸汉口分公司", "branch"),
        ("武汉鑫源商贸有限公司第一分公司", "武汉鑫源商贸有限公司第二分公司", "branch"),
        ("江城银行股份有限公司", "江城银行股份有限公司宜昌分行", "branch"),
        ("沙湖县公安局", "沙湖县公安局交通警察大队", "branch"),
        ("沙湖县教育局", "沙湖县教育局教研室", "branch"),
        ("沙湖县人民医院", "沙湖县人民医院急诊科", "branch"),
        ("武汉鑫源火锅", "鑫源火锅汉口店", "branch"),
        ("鑫源商贸", "鑫源商贸驻武汉办事处", "branch"),
        ("湖北楚天集团有限公司", "湖北楚天集团武汉物业管理有限公司", "group"),
        ("楚天集团武汉物流有限公司", "楚天集团襄阳商贸有限公司", "group"),
        ("湖北楚天商贸有限公司", "湖北楚天商贸集团有限公司", "group"),
    ],
)
def test_branch_head_office_and_group_are_related(mine: str, other: str, tie: str) -> None:
    assert outcome(firm(mine), firm(other)) is Outcome.RELATED
    assert tie in compare(firm(mine), firm(other), BOUNDS).reasons


@pytest.mark.parametrize(
    ("mine", "other"),
    [
        ("沙湖县卫生和计划生育委员会", "沙湖县卫生健康局"),
        ("沙湖县农业局", "沙湖县农业农村局"),
        ("沙湖县人民医院", "沙湖县医院"),
        ("湖北省沙湖县图书馆", "沙湖县图书馆"),
    ],
)
def test_public_bodies_are_one_under_their_former_and_short_names(mine: str, other: str) -> None:
    assert outcome(firm(mine), firm(other)) is Outcome.PROBABLE


@pytest.mark.parametrize("shared", ["phone", "address"])
@pytest.mark.parametrize(
    "written", ["武汉鑫泉商贸有限公司", "武汉源鑫商贸有限公司", "鑫源公司", "武汉鑫源餐饮有限公司"]
)
def test_what_is_reached_alike_needs_less_likeness(shared: str, written: str) -> None:
    phone, address = ("p1", None) if shared == "phone" else ("p2", "中北路1号")
    one = firm(XINYUAN, None, "p1", address="武昌区中北路1号")
    assert outcome(one, firm(written, None, phone, address=address)) is Outcome.PROBABLE


@pytest.mark.parametrize("shared", ["phone", "address"])
def test_a_phone_or_a_house_alone_makes_nobody_one(shared: str) -> None:
    phone, address = ("p1", None) if shared == "phone" else ("p2", "中北路1号国际大厦1001室")
    one = firm(XINYUAN, None, "p1", address="武昌区中北路1号国际大厦")
    assert outcome(one, firm("宜昌大江印刷厂", None, phone, address=address)) is Outcome.NONE


@pytest.mark.parametrize(
    ("address", "same"),
    [
        ("武汉市武昌区中北路1号国际大厦1001室", True),
        ("中北路1号国际大厦1001", True),
        ("武昌区 中北路 1# 国际大厦", True),
        ("中北路一号国际大厦", True),
        ("中北路11号国际大厦1001室", False),
        ("中北路1号国际大厦1002室", False),
        ("中北路", False),
    ],
)
def test_an_address_is_the_same_by_street_number_and_room(address: str, same: bool) -> None:
    one = firm(XINYUAN, address="武汉市武昌区中北路1号国际大厦1001室")
    reasons = compare(one, firm("武汉鑫泉商贸有限公司", address=address), BOUNDS).reasons
    assert ("same-address" in reasons) is same


def test_namesakes_among_persons_are_nothing_without_phone_or_address() -> None:
    assert outcome(person("张伟", "p1"), person("张伟", "p2")) is Outcome.NONE
    assert outcome(person("张伟", "p1"), person("张伟", "p1")) is Outcome.EXACT
    assert outcome(person("张伟", "p1"), person("李强", "p1")) is Outcome.NONE
    home = "武昌区中北路1号3栋2单元502室"
    assert outcome(person("张伟", "p1", address=home), person("张伟", address=home)) is Outcome.PROBABLE
    assert outcome(person("储亦桐", "p1"), person("储一桐", "p1")) is Outcome.PROBABLE


def test_family_names_that_simplified_letters_merge_are_not_exact() -> None:
    assert outcome(person("范采薇", "p1"), person("範采薇", "p1")) is Outcome.PROBABLE
    assert outcome(person("蔺小荞", "p1"), person("藺小蕎", "p1")) is Outcome.EXACT


def test_each_field_is_scored_apart() -> None:
    one = firm(XINYUAN, CODE, "p1", address="中北路1号")
    two = firm("宜昌鑫源餐饮股份有限公司", OTHER_CODE, "p1", address="中北路1号")
    scores = compare(one, two, BOUNDS).fields.scores
    assert set(scores) == {
        *("credit_code", "name", "trade", "line", "region", "form", "branch", "phones", "address"),
    }
    told = {field: scores[field] for field in ("credit_code", "trade", "line", "region", "phones", "address")}
    assert told == {"credit_code": 0, "trade": 100, "line": 0, "region": 0, "phones": 100, "address": 100}
    assert "credit_code" not in compare(firm(XINYUAN), two, BOUNDS).fields.scores


def test_the_code_is_taken_before_the_name_and_persons_by_name_with_phone() -> None:
    assert identity_keys(firm(XINYUAN, CODE)) == (
        IdentityKey("credit-code", CODE),
        IdentityKey("name", XINYUAN),
    )
    assert identity_keys(person("张伟", "p2", "p1")) == (
        IdentityKey("person", "张伟|p1"),
        IdentityKey("person", "张伟|p2"),
    )


def test_the_strongest_outcome_wins_and_all_candidates_are_ranked() -> None:
    declared = firm(XINYUAN, CODE)
    near = Known(UUID(int=1), "420106", firm("武汉市鑫源商贸有限公司"))
    same_name = Known(UUID(int=2), "420106", firm(XINYUAN))
    branch = Known(UUID(int=4), "420106", firm("武汉鑫源商贸有限公司汉口分公司"))
    other = Known(uuid4(), "420106", firm("武汉长江商贸有限公司"))
    found = judge(declared, [branch, near, other, same_name], BOUNDS)
    assert found.outcome is Outcome.PROBABLE
    assert [(one.customer_id.int, one.outcome) for one in found.like] == [
        (2, Outcome.PROBABLE),
        (1, Outcome.PROBABLE),
        (4, Outcome.RELATED),
    ]
    exact = judge(declared, [same_name, Known(UUID(int=3), "420107", firm("甲", CODE))], BOUNDS)
    assert exact.same is not None
    assert (exact.outcome, exact.same.customer_id.int) == (Outcome.EXACT, 3)


def test_what_the_declaring_unit_learns_is_of_names_alone() -> None:
    one = Known(UUID(int=1), "420106", firm("武汉鑫泉商贸有限公司", None, "p1", address="中北路1号"))
    found = judge(firm(XINYUAN, None, "p1", address="中北路1号"), [one], BOUNDS)
    assert found.like[0].reasons == ("similar-name", "same-phone", "same-address")
    assert found.reasons == ("similar-name",)


def test_nothing_known_is_no_match() -> None:
    assert judge(firm(XINYUAN), [], BOUNDS).outcome is Outcome.NONE


@given(firm_names(), firm_names(), st.booleans(), st.booleans())
def test_a_match_is_the_same_from_either_side(one: str, two: str, same_phone: bool, coded: bool) -> None:
    mine = firm(one, CODE if coded else None, "p1", address="中北路1号")
    outcome(mine, firm(two, OTHER_CODE if coded else None, "p1" if same_phone else "p2", address="友谊路2号"))


@given(firm_names(), firm_names(), st.sampled_from(sorted(SPELLINGS)), st.booleans())
def test_legal_form_brackets_and_width_never_change_the_outcome(
    one: str, two: str, spelt: str, same_phone: bool
) -> None:
    rewritten = SPELLINGS[spelt](one)
    other = firm(two, None, "p1" if same_phone else "p2")
    assert compare(firm(rewritten, None, "p1"), other, BOUNDS) == compare(
        firm(one, None, "p1"), other, BOUNDS
    )
    assert outcome(firm(one, None, "p1"), firm(rewritten, None, "p1")) is Outcome.EXACT
