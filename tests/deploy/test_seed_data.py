"""The sample province is complete, real where it claims to be and invented everywhere else."""

import json
import re
from collections import Counter
from decimal import Decimal
from fractions import Fraction

import phonenumbers
import pytest
from stdnum.cn import uscc

from chassis.phones import normalise
from deploy.seed import divisions, law, phones, words
from deploy.seed.adoptions import PROVINCE
from deploy.seed.bodies import adoption, declaration, organisation, person
from deploy.seed.credit_codes import body_check, code_check, credit_code
from deploy.seed.identifiers import idempotency_key, staff_id
from deploy.seed.organisations import NATION, Organisation
from deploy.seed.people import UnitFullError, appoint
from deploy.seed.plan import Plan, build
from registry.api.adoptions import AdoptionIn
from registry.api.forms import DeclarationIn
from registry.api.organisations import OrganisationIn
from registry.api.staff import PersonIn
from registry.model.customers import Nature
from registry.model.declarations import Outcome
from registry.policies.match import Identity, compare
from registry.settings import RegistrySettings
from regulations.topics.words import Place

ROLES = {
    "account-manager",
    "unit-head",
    "center-officer",
    "center-director",
    "hotline-agent",
    "finance",
    "inspector",
    "administrator",
    "observer",
    "system",
}
CITY_ROLES = {"center-officer", "center-director", "hotline-agent", "finance"}
PROVINCE_ROLES = ROLES - {"account-manager", "unit-head"}
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
# How many county-level divisions stand under each prefecture-level unit.
COUNTIES = {
    "420100": 13, "420200": 6, "420300": 8, "420500": 13, "420600": 9, "420700": 3, "420800": 5, "420900": 7,
    "421000": 8, "421100": 10, "421200": 6, "421300": 3, "422800": 8,
}  # fmt: skip
DIRECTLY_ADMINISTERED = {"429004", "429005", "429006", "429021"}


CUSTOMERS = 300


@pytest.fixture(scope="module")
def plan() -> Plan:
    return build(CUSTOMERS)


def test_hubei_has_17_prefecture_level_units() -> None:
    cities = divisions.read().cities
    assert len(cities) == 17
    assert {city.code for city in cities} == set(COUNTIES) | DIRECTLY_ADMINISTERED
    assert {city.parent for city in cities} == {PROVINCE}


def test_hubei_has_103_county_level_divisions_with_the_four_that_the_province_administers() -> None:
    county_level = divisions.read().county_level
    assert len({division.code for division in county_level}) == 103
    assert {d.code for d in county_level if d.under_the_province} == DIRECTLY_ADMINISTERED
    assert Counter(d.parent for d in county_level if d.kind == "county") == COUNTIES


def test_a_countys_code_begins_with_the_first_four_digits_of_its_parent() -> None:
    for county in divisions.read().counties:
        assert county.code[:4] + "00" == county.parent


def test_codes_names_and_bureaus_are_unique_and_well_formed() -> None:
    rows = divisions.read().all
    for values in ([d.code for d in rows], [d.name for d in rows], [d.bureau for d in rows]):
        assert len(set(values)) == len(values) == 117
    assert all(re.fullmatch(r"42\d{4}", d.code) and d.bureau.endswith("邮政局") for d in rows)
    assert all(d.name_en[0].isupper() and d.name_en.isascii() for d in rows)
    assert all(re.fullmatch(r"0\d{2,3}", city.area_code) for city in divisions.read().cities)
    assert all(re.fullmatch(r"4[34]\d{4}", city.postcode) for city in divisions.read().cities)


@pytest.mark.parametrize(
    ("code", "place_class"),
    [
        ("420100", "wuhan"), ("420117", "wuhan"), ("420200", "prefecture"), ("420205", "prefecture"),
        ("420222", "county"), ("420281", "county"), ("422800", "prefecture"), ("422801", "county"),
        ("422828", "county"), ("429004", "county"), ("429021", "county"),
    ],
)  # fmt: skip
def test_the_place_class_follows_from_the_code(code: str, place_class: Place) -> None:
    assert divisions.read()[code].place_class == place_class


def test_every_parent_stands_before_its_children(plan: Plan) -> None:
    seen: set[str | None] = {None}
    for node in plan.organisations:
        assert node.parent_id in seen, node.org_id
        assert node.org_id not in seen
        seen.add(node.org_id)
    assert plan.organisations[0].org_id == NATION


def test_every_city_has_one_specialty_bureau_and_every_county_level_division_one_or_two_teams(
    plan: Plan,
) -> None:
    bureaus = [node.org_id for node in plan.organisations if node.kind == "bureau"]
    assert sorted(bureaus) == sorted(f"{city.code}-S01" for city in divisions.read().cities)
    teams = Counter(node.parent_id for node in plan.organisations if node.kind == "team")
    assert set(teams) == {division.code for division in divisions.read().county_level}
    assert set(teams.values()) == {1, 2}


def test_every_role_is_held_by_somebody_and_none_is_unknown(plan: Plan) -> None:
    assert {role for member in plan.staff for role in member.roles} == ROLES


def test_every_node_has_the_roles_of_its_level(plan: Plan) -> None:
    held: dict[str, set[str]] = {node.org_id: set() for node in plan.organisations}
    for member in plan.staff:
        held[member.org_id].update(member.roles)
    for node in plan.organisations:
        assert _expected(node) <= held[node.org_id], node.org_id


def _expected(node: Organisation) -> set[str]:
    return {
        "national": set(),
        "province": PROVINCE_ROLES,
        "city": CITY_ROLES,
        "county": {"unit-head", "account-manager"},
        "bureau": {"unit-head", "account-manager"},
        "team": {"account-manager"},
    }[node.kind]


def test_staff_numbers_have_eight_digits_and_are_unique(plan: Plan) -> None:
    numbers = [member.staff_no for member in plan.staff]
    assert len(set(numbers)) == len(numbers)
    assert all(re.fullmatch(r"\d{8}", number) for number in numbers)
    identifiers = {staff_id(number) for number in numbers}
    assert len(identifiers) == len(numbers)
    assert {identifier.version for identifier in identifiers} == {7}


def test_a_deputy_is_a_colleague_and_stands_earlier_in_the_list_so_that_no_loop_can_arise(plan: Plan) -> None:
    places = {member.staff_no: position for position, member in enumerate(plan.staff)}
    deputised = [member for member in plan.staff if member.deputy_no is not None]
    assert len(deputised) > 100
    for member in deputised:
        assert member.deputy_no is not None
        assert places[member.deputy_no] < places[member.staff_no]
        assert plan.person(member.deputy_no).org_id == member.org_id
        assert person(member)["deputy_id"] == str(staff_id(member.deputy_no))


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


def test_every_county_level_division_has_a_customer(plan: Plan) -> None:
    assert {c.firm.division for c in plan.customers} == {d.code for d in divisions.read().county_level}


def test_a_customer_is_declared_by_a_manager_of_its_unit_and_decided_by_its_citys_center(plan: Plan) -> None:
    places = divisions.read()
    for customer in plan.customers:
        assignment, city = customer.assignment, places.city_of(places[customer.firm.division])
        manager, officer = plan.person(assignment.manager_no), plan.person(assignment.officer_no)
        assert (manager.org_id, manager.roles) == (assignment.unit, ("account-manager",))
        assert (officer.org_id, officer.roles) == (city.code, ("center-officer",))
        assert assignment.unit.partition("-")[0] in {customer.firm.division, city.code}


def test_no_manager_has_more_customers_than_the_pack_allows(plan: Plan) -> None:
    rules, load = law.read(), Counter[str]()
    shares: dict[str, Fraction] = {}
    for customer in plan.customers:
        assignment = customer.assignment
        share = rules.share_of_a_manager(assignment.customer_class, assignment.unit.partition("-")[0])
        shares[assignment.manager_no] = shares.get(assignment.manager_no, Fraction(0)) + share
        load[assignment.manager_no] += 1
    assert max(shares.values()) == 1
    assert max(load.values()) > 1


@pytest.mark.parametrize(
    ("fees", "place_class", "earned"),
    [
        ("500000", "wuhan", 1), ("499999.99", "wuhan", 2), ("200000", "prefecture", 1),
        ("199999.99", "prefecture", 2), ("100000", "county", 1), ("49999.99", "county", 3),
        ("10000", "county", 4),
    ],
)  # fmt: skip
def test_the_class_is_the_best_whose_bound_the_fees_reach(fees: str, place_class: Place, earned: int) -> None:
    assert law.read().earned(Decimal(fees), place_class) == earned


@pytest.mark.parametrize(
    ("fees", "earned"),
    [("10000", 3), ("499999.99", 3), ("500000", 2), ("999999.99", 2), ("1000000", 1), ("5000100", 1)],
)
def test_a_city_with_tiers_of_its_own_gives_their_equivalents(fees: str, earned: int) -> None:
    assert law.read().earned(Decimal(fees), "county", "420800", "420881") == earned
    assert law.read().earned(Decimal("199999.99"), "county", "420500", "420581") == 1


def test_fees_are_spread_like_in_life_few_large_customers_pay_most(plan: Plan) -> None:
    fees = sorted((customer.firm.yearly_fees for customer in plan.customers), reverse=True)
    assert min(fees) >= 10_000
    assert sum(fees[: len(fees) // 5]) > sum(fees) / 2
    assert {customer.assignment.customer_class for customer in plan.customers} == {1, 2, 3, 4}


def test_about_a_tenth_stay_protected_and_a_twentieth_wait_for_the_center() -> None:
    stages = Counter(customer.assignment.stage for customer in build(1000).customers)
    assert 70 <= stages["protected"] <= 130
    assert 30 <= stages["filed"] <= 75
    assert sum(stages.values()) == 1000


def test_every_request_is_one_that_the_registry_reads(plan: Plan) -> None:
    for node in plan.organisations:
        OrganisationIn.model_validate_json(json.dumps(organisation(node)))
    for member in plan.staff:
        PersonIn.model_validate_json(json.dumps(person(member)))
    for given in plan.adoptions:
        AdoptionIn.model_validate_json(json.dumps(adoption(given)))
    for customer in plan.customers:
        read = DeclarationIn.model_validate_json(json.dumps(declaration(customer)))
        assert read.customer.prospect().name == customer.firm.name


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


def test_a_unit_with_more_people_than_one_prefix_takes_gives_the_next(plan: Plan) -> None:
    staff = appoint(plan.organisations, words.read(), "crowd")
    numbers = [staff.hire("420106-T01", "account-manager").staff_no for _ in range(1_000)]
    assert numbers[-1][:5] == "01065"
    assert len(set(numbers)) == len(numbers)
    with pytest.raises(UnitFullError):
        [staff.hire("420100-S01", "account-manager") for _ in range(1_000)]


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(plan: Plan) -> None:
    assert build(CUSTOMERS).to_bytes() == plan.to_bytes()
    assert build(CUSTOMERS, seed="another").to_bytes() != plan.to_bytes()
    assert build(CUSTOMERS, last_month="2026-09").to_bytes() != plan.to_bytes()


def test_a_larger_sample_only_adds_to_a_smaller_one(plan: Plan) -> None:
    larger = build(900)
    assert list(larger.customers[: len(plan.customers)]) == list(plan.customers)
    assert larger.organisations == plan.organisations
    assert set(plan.staff) <= set(larger.staff)


@pytest.mark.parametrize("customers", [-1, 1_000_001])
def test_a_sample_outside_its_bounds_is_refused(customers: int) -> None:
    with pytest.raises(ValueError, match="customers must be between"):
        build(customers)


def test_the_idempotency_key_changes_with_account_path_and_body() -> None:
    key = idempotency_key("00000001", "/v1/staff", b"{}")
    assert key == idempotency_key("00000001", "/v1/staff", b"{}")
    others = {
        idempotency_key("00000002", "/v1/staff", b"{}"),
        idempotency_key("00000001", "/v1/claims", b"{}"),
        idempotency_key("00000001", "/v1/staff", b"{} "),
    }
    assert len(others) == 3
    assert key not in others
