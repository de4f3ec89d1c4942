"""Which center rules: the nearest city, province or nation strictly above all parties; and what an award must be."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.ids import uuid7
from registry.model.disputes import Award, Dispute, DisputeKind, Origin, Share
from registry.model.organisations import Kind
from registry.model.refusals import NoneAbove, NoParty, WrongAward
from registry.policies.disputes import check_award, one_above, party_of, ruling_node, terms
from regulations.topics.claims import Dispute as DisputeLaw
from support.law import provision
from support.service import TREE, orgpath

BELOW = {
    "420106-T03": ("420106", Kind.TEAM),
    "420100-S01-under": ("420100-S01", Kind.TEAM),
    "430000": ("CN", Kind.PROVINCE),
    "430100": ("430000", Kind.CITY),
    "420000-S01": ("420000", Kind.BUREAU),
}


def path(org_id: str) -> str:
    return f"{path(BELOW[org_id][0])}.{org_id}" if org_id in BELOW else orgpath(org_id)


def kind(org_id: str) -> Kind:
    return BELOW[org_id][1] if org_id in BELOW else Kind(TREE[org_id][1])


@pytest.mark.parametrize(
    ("parties", "rules"),
    [
        # Two teams of one county: the county is no center.
        (("420106-T01", "420106-T02"), "420100"),
        # A team and its own county: strictly above both is the city.
        (("420106-T01", "420106"), "420100"),
        # Cousins below one city, and a bureau beside a county.
        (("420106-T01", "420107"), "420100"),
        (("420106", "420107"), "420100"),
        (("420100-S01", "420106-T01"), "420100"),
        (("420100-S01-under", "420100-S01"), "420100"),
        # A city and a unit of its own: the city does not judge itself.
        (("420100", "420106-T01"), "420000"),
        (("420100", "420106"), "420000"),
        # Two cities, units of two cities, a city and another's unit.
        (("420100", "420500"), "420000"),
        (("420106-T01", "420525"), "420000"),
        (("420100", "420525"), "420000"),
        (("420000-S01", "420106"), "420000"),
        # The province itself, and two provinces: the nation.
        (("420000", "420106"), "CN"),
        (("420000", "430000"), "CN"),
        (("420106-T01", "430100"), "CN"),
        # Three parties, the farthest decides.
        (("420106-T01", "420106-T02", "420107"), "420100"),
        (("420106-T01", "420107", "420525"), "420000"),
    ],
)
def test_the_nearest_center_strictly_above_all_parties_rules(parties: tuple[str, ...], rules: str) -> None:
    assert ruling_node([path(party) for party in parties], kind) == rules
    assert ruling_node([path(party) for party in reversed(parties)], kind) == rules


def test_nobody_stands_above_the_nation() -> None:
    with pytest.raises(NoneAbove):
        ruling_node([path("CN"), path("420106")], kind)
    with pytest.raises(NoneAbove):
        one_above(path("CN"), kind)


@pytest.mark.parametrize(
    ("center", "above"),
    [("420100", "420000"), ("420000", "CN"), ("420106", "420100"), ("420106-T01", "420100")],
)
def test_one_above_is_the_next_center(center: str, above: str) -> None:
    assert one_above(path(center), kind) == above


@given(st.lists(st.sampled_from([*TREE, *BELOW]), min_size=2, max_size=5, unique=True))
def test_the_ruling_node_is_above_all_and_no_center_below_it_is(parties: list[str]) -> None:
    ancestors = [set(path(party).split(".")[:-1]) for party in parties]
    centers = {
        node
        for node in set.intersection(*ancestors)
        if kind(node) in (Kind.CITY, Kind.PROVINCE, Kind.NATIONAL)
    }
    if not centers:
        with pytest.raises(NoneAbove):
            ruling_node([path(party) for party in parties], kind)
        return
    found = ruling_node([path(party) for party in parties], kind)
    assert found == max(centers, key=lambda node: len(path(node)))


def test_the_head_of_a_county_stands_for_its_one_team_and_not_between_two() -> None:
    one = {party: path(party) for party in ("420106-T01", "420107")}
    assert party_of(path("420106"), one) == "420106-T01"
    assert party_of(path("420107"), one) == "420107"
    two = {party: path(party) for party in ("420106-T01", "420106-T02")}
    for asker in ("420106", "420100", "420525", "420106-T03"):
        with pytest.raises(NoParty):
            party_of(path(asker), two)


def test_the_days_of_a_dispute_leave_out_the_day_it_is_opened_on() -> None:
    law = provision(DisputeLaw)
    # 15:30 UTC on 2 March is 23:30 in Shanghai; half an hour later it is the 3rd there.
    for opened, evidence, ruling in (
        (datetime(2026, 3, 2, 15, 30, tzinfo=UTC), "2026-03-08", "2026-03-18"),
        (datetime(2026, 3, 2, 16, 0, tzinfo=UTC), "2026-03-09", "2026-03-19"),
    ):
        found = terms(opened, law)
        assert found.evidence.isoformat() == f"{evidence}T00:00:00+08:00"
        assert found.ruling.isoformat() == f"{ruling}T00:00:00+08:00"


def dispute(*parties: str) -> Dispute:
    now = datetime(2026, 3, 2, tzinfo=UTC)
    plain: dict[str, Any] = {
        "lines": ("ceremonial",),
        "evidence_until": now,
        "due_at": None,
        "opened_at": now,
    }
    return Dispute(
        dispute_id=uuid7(),
        customer_id=uuid7(),
        kind=DisputeKind.TERRITORY,
        origin=Origin.PARTY,
        parties=parties,
        org_id=parties[0],
        opened_by=uuid7(),
        ruling_org_id="420100",
        **plain,
    )


def award(lead: str, **shares: str) -> Award:
    return Award(tuple(Share(name, Decimal(share)) for name, share in shares.items()), lead)


@pytest.mark.parametrize(
    "given_award",
    [
        award("a", a="1"),
        award("a", a="1.000000"),
        award("b", a="0.000001", b="0.999999"),
        award("c", a="0.333", b="0.333", c="0.334"),
    ],
)
def test_shares_that_come_to_exactly_one_are_an_award(given_award: Award) -> None:
    check_award(given_award, dispute("a", "b", "c"))


@pytest.mark.parametrize(
    "given_award",
    [
        award("a", a="0.999999"),
        award("a", a="0.333", b="0.333", c="0.333"),
        award("a", a="0.5", b="0.500001"),
        award("b", a="1", b="0"),
        award("b", a="1"),
        award("a", a="0.5", d="0.5"),
        award("a", a="1.5", b="-0.5"),
    ],
)
def test_anything_else_is_none(given_award: Award) -> None:
    with pytest.raises(WrongAward):
        check_award(given_award, dispute("a", "b", "c"))
