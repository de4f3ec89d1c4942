"""The sample's organisations are Hubei's, each with the people of its level."""

import re
from collections import Counter

import pytest

from deploy.seed import divisions, words
from deploy.seed.adoptions import PROVINCE
from deploy.seed.bodies import person
from deploy.seed.identifiers import staff_id
from deploy.seed.organisations import NATION, Organisation
from deploy.seed.people import UnitFullError, appoint
from deploy.seed.plan import Plan
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
# How many county-level divisions stand under each prefecture-level unit.
COUNTIES = {
    "420100": 13, "420200": 6, "420300": 8, "420500": 13, "420600": 9, "420700": 3, "420800": 5, "420900": 7,
    "421000": 8, "421100": 10, "421200": 6, "421300": 3, "422800": 8,
}  # fmt: skip
DIRECTLY_ADMINISTERED = {"429004", "429005", "429006", "429021"}


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


def test_a_unit_with_more_people_than_one_prefix_takes_gives_the_next(plan: Plan) -> None:
    staff = appoint(plan.organisations, words.read(), "crowd")
    numbers = [staff.hire("420106-T01", "account-manager").staff_no for _ in range(1_000)]
    assert numbers[-1][:5] == "01065"
    assert len(set(numbers)) == len(numbers)
    with pytest.raises(UnitFullError):
        [staff.hire("420100-S01", "account-manager") for _ in range(1_000)]
