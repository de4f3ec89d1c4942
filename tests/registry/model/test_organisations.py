"""Which ids belong to which kind, and which node stands under which."""

from dataclasses import replace
from datetime import date

import pytest

from registry.model.organisations import Kind, Organisation, check_form, check_parent, division_of
from registry.model.refusals import WrongOrganisation

NODE = Organisation(
    "420100",
    "420000",
    Kind.CITY,
    "市",
    None,
    None,
    None,
    "CN.420000.420100",
    (),
    None,
    date(2009, 1, 1),
    None,
    1,
)


def node(org_id: str, kind: Kind) -> Organisation:
    return replace(NODE, org_id=org_id, kind=kind)


@pytest.mark.parametrize(
    ("org_id", "kind"),
    [
        ("CN", Kind.NATIONAL),
        ("420000", Kind.PROVINCE),
        ("420100", Kind.CITY),
        ("429004", Kind.CITY),
        ("420106", Kind.COUNTY),
        ("420106001", Kind.COUNTY),
        ("420100-S01", Kind.BUREAU),
        ("CN-S01", Kind.BUREAU),
        ("420106-T03", Kind.TEAM),
        ("420106001-T01", Kind.TEAM),
    ],
)
def test_every_kind_has_its_form(org_id: str, kind: Kind) -> None:
    check_form(org_id, kind)


@pytest.mark.parametrize(
    ("org_id", "kind"),
    [
        ("420000", Kind.NATIONAL),
        ("420100", Kind.PROVINCE),
        ("420000", Kind.CITY),
        ("420100", Kind.COUNTY),
        ("42010600", Kind.COUNTY),
        ("４２０１０６", Kind.COUNTY),
        ("420106-S01", Kind.TEAM),
        ("420106-T01", Kind.BUREAU),
        ("420106-T1", Kind.TEAM),
        ("420106-T001", Kind.TEAM),
        ("020106-T01", Kind.TEAM),
        ("420106-T03\n", Kind.TEAM),
        ("", Kind.COUNTY),
    ],
)
def test_other_forms_are_refused(org_id: str, kind: Kind) -> None:
    with pytest.raises(WrongOrganisation):
        check_form(org_id, kind)


@pytest.mark.parametrize(
    ("org_id", "kind", "parent"),
    [
        ("420000", Kind.PROVINCE, node("CN", Kind.NATIONAL)),
        ("429004", Kind.CITY, node("420000", Kind.PROVINCE)),
        ("420106", Kind.COUNTY, node("420100", Kind.CITY)),
        ("420106001", Kind.COUNTY, node("420106", Kind.COUNTY)),
        ("420100-T05", Kind.TEAM, node("420100-S01", Kind.BUREAU)),
        ("420106-T03", Kind.TEAM, node("420107", Kind.COUNTY)),
    ],
)
def test_a_node_stands_under_a_parent_of_its_kind_and_province(
    org_id: str, kind: Kind, parent: Organisation
) -> None:
    check_parent(org_id, kind, parent)


@pytest.mark.parametrize(
    ("org_id", "kind", "parent"),
    [
        ("CN", Kind.NATIONAL, node("420000", Kind.PROVINCE)),
        ("420106", Kind.COUNTY, None),
        ("430102", Kind.COUNTY, node("420100", Kind.CITY)),
        ("420107001", Kind.COUNTY, node("420106", Kind.COUNTY)),
        ("420106001", Kind.COUNTY, node("420100", Kind.CITY)),
        ("420106-T03", Kind.TEAM, node("430100", Kind.CITY)),
        ("420106-T03", Kind.TEAM, node("420106-T01", Kind.TEAM)),
        ("420100", Kind.CITY, node("420106", Kind.COUNTY)),
    ],
)
def test_other_places_are_refused(org_id: str, kind: Kind, parent: Organisation | None) -> None:
    with pytest.raises(WrongOrganisation):
        check_parent(org_id, kind, parent)


@pytest.mark.parametrize(
    ("org_id", "division"),
    [("CN", None), ("CN-S01", None), ("420106001", "420106"), ("420106-T03", "420106"), ("420100", "420100")],
)
def test_the_division_is_the_place_in_the_code(org_id: str, division: str | None) -> None:
    assert division_of(org_id) == division
