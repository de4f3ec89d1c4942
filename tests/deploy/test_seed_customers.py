"""The sample's customers are real in form and invented in everything that names somebody."""

import re

import phonenumbers
import pytest
from stdnum.cn import uscc

from chassis.phones import normalise
from deploy.seed import phones, words
from deploy.seed.credit_codes import body_check, code_check, credit_code
from deploy.seed.plan import Plan
from registry.model.customers import Nature
from registry.model.declarations import Outcome
from registry.policies.match import Identity, compare
from registry.settings import RegistrySettings

LINES = {
    "domestic-express",
    "intra-city-express",
    "international-express",
    "ceremonial",
    "integrated-logistics",
    "express-freight",
    "freight-forwarding",
}
KINDS = {
    "government-military",
    "transport",
    "finance",
    "culture-education-research",
    "information",
    "manufacturing",
    "other",
}
BUSINESSES = {
    "catering-entertainment",
    "transport",
    "manufacturing",
    "public-services",
    "press-publishing",
    "other",
}
BRANDS = (
    "顺丰", "圆通", "中通", "申通", "韵达", "百世", "德邦", "极兔", "京东", "阿里", "淘宝", "腾讯",
    "华为", "小米", "百度", "美的", "格力", "海尔", "联想", "茅台", "五粮", "东风", "武钢", "中百",
    "良品铺子", "周黑鸭", "人福", "长飞", "烽火", "斗鱼", "健民", "马应龙", "劲牌", "稻花香", "安琪",
    "宜化", "三江", "卓尔", "九州通", "万科", "恒大", "碧桂园", "保利", "工商银行", "建设银行",
    "农业银行", "中国银行", "招商", "平安", "泰康", "人寿", "太平洋", "可口", "百事", "农夫", "蒙牛",
    "伊利", "康师傅", "统一", "李宁", "安踏", "森马", "永辉", "武商", "良信", "立邦",
)  # fmt: skip
FAMOUS = (
    "马云",
    "马化腾",
    "任正非",
    "雷军",
    "王健林",
    "李嘉诚",
    "姚明",
    "刘翔",
    "郎平",
    "成龙",
    "周杰伦",
    "刘德华",
)


def test_credit_codes_are_valid_unissued_and_unique(plan: Plan) -> None:
    codes = [c.firm.credit_code for c in plan.customers if c.firm.credit_code is not None]
    assert len(set(codes)) == len(codes) > 250
    for code in codes:
        assert uscc.validate(code) == code
        assert code[8:10] == "YY"
        assert code[16] == body_check(code[8:16])


def test_a_credit_code_carries_the_check_characters_of_the_standards() -> None:
    # The example code of the python-stdnum documentation.
    assert code_check("91110000600037341") == "L"
    assert body_check("60003734") == "1"
    assert credit_code("91", "420106", 0)[:16] == "91420106YY000000"
    with pytest.raises(ValueError, match="six digits"):
        credit_code("91", "420106", 1_000_000)


def test_persons_have_no_credit_code_and_organisations_always_have_one(plan: Plan) -> None:
    assert {c.firm.nature for c in plan.customers} == {"organisation", "person"}
    for customer in plan.customers:
        assert (customer.firm.credit_code is None) == (customer.firm.nature == "person")


def test_no_two_customers_share_a_phone_however_it_is_written(plan: Plan) -> None:
    owners: dict[tuple[str, str | None], int] = {}
    for customer in plan.customers:
        for written in customer.firm.phones:
            number = _as_dialled(written)
            assert owners.setdefault(number, customer.firm.index) == customer.firm.index, written
    assert len(owners) > len(plan.customers)


def _as_dialled(written: str) -> tuple[str, str | None]:
    number, extension = normalise(written)
    assert phonenumbers.is_valid_number(phonenumbers.parse(number)), written
    # Local numbers do not begin with 9, and 0000 opens every mobile: no subscriber has them.
    assert re.fullmatch(r"\+86(1\d{2}0000\d{4}|279\d{7}|7\d{2}9\d{6})", number), written
    return number, extension


def test_phones_come_in_every_written_form(plan: Plan) -> None:
    written = [phone for customer in plan.customers for phone in customer.firm.phones]
    forms = (
        r"1\d{10}",
        r"1\d{2} 0000 \d{4}",
        r"\+861\d{10}",
        r"0\d+-9\d+",
        r"\(0\d+\)9\d+",
        r".*转8\d{3}",
        r"０.*",
    )
    for form in forms:
        assert any(re.fullmatch(form, phone) for phone in written), form


def test_names_are_unique_and_carry_no_well_known_brand_or_person(plan: Plan) -> None:
    names = [customer.firm.name for customer in plan.customers]
    assert len(set(names)) == len(names)
    people = {member.name for member in plan.staff} | {c.firm.head for c in plan.customers}
    people |= {customer.firm.contact for customer in plan.customers}
    assert not [(name, brand) for name in names for brand in BRANDS if brand in name]
    assert not people & set(FAMOUS)


def test_the_first_3481_trade_names_differ_pairwise_in_two_characters() -> None:
    vocabulary = words.read()
    trades = [vocabulary.trade(index) for index in range(59 * 59)]
    for first, second in ((0, 1), (0, 2), (1, 2)):
        assert len({trade[first] + trade[second] for trade in trades}) == len(trades)


def test_no_two_customers_are_taken_for_one(plan: Plan) -> None:
    bounds = RegistrySettings.model_construct().bounds
    identities = [
        Identity(firm.name, Nature(firm.nature), firm.credit_code, frozenset(firm.phones), firm.address)
        for firm in (customer.firm for customer in plan.customers)
    ]
    for position, one in enumerate(identities):
        for other in identities[:position]:
            assert compare(one, other, bounds).outcome is Outcome.NONE, (one.name, other.name)


def test_trades_use_the_words_of_the_form_and_of_the_standard(plan: Plan) -> None:
    for trade in words.read().trades:
        assert set(trade.lines) <= LINES
        assert (trade.kind in KINDS, trade.business in BUSINESSES) == (True, True)
        assert re.fullmatch(r"[A-T]\d{4}", trade.industry)


def test_a_mobile_number_belongs_to_one_customer_however_many_there_are() -> None:
    serials = [*range(300), *range(279_800, 280_300), 999_999]
    numbers = {phones.mobile(serial) for serial in serials}
    assert len(numbers) == len(serials)
    assert all(re.fullmatch(r"1\d{2}000\d{5}", number) for number in numbers)
