"""What an award changes of who holds, answers for, supports and is credited with a customer."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.ids import uuid7
from registry.model.claims import Claim, ClaimState
from registry.model.customers import Credit, Support
from registry.model.disputes import Award, Share
from registry.model.refusals import LineElsewhere
from registry.policies.awards import Effects, Position, credited_from, effects

DAY = date(2026, 3, 2)
LINES = ("domestic", "intra-city", "ceremonial")
UNITS = ("a", "b", "c")


def claim(line: str, org_id: str) -> Claim:
    return Claim(
        claim_id=uuid7(),
        customer_id=uuid7(),
        declaration_id=uuid7(),
        line=line,
        org_id=org_id,
        state=ClaimState.LIVE,
        since=datetime(2026, 3, 1, tzinfo=UTC),
        until=None,
        version=1,
    )


def position(responsible: str, holders: dict[str, str], credit: tuple[Credit, ...] = ()) -> Position:
    claims = {line: claim(line, org_id) for line, org_id in holders.items()}
    supports = tuple(Support(line, org_id) for line, org_id in holders.items() if org_id != responsible)
    return Position(responsible, claims, supports, credit)


def whole(org_id: str) -> Award:
    return Award((Share(org_id, Decimal(1)),), org_id)


@pytest.mark.parametrize(
    ("day", "month"),
    [
        (date(2026, 3, 1), "2026-04"),
        (date(2026, 3, 31), "2026-04"),
        (date(2026, 1, 31), "2026-02"),
        (date(2026, 12, 31), "2027-01"),
    ],
)
def test_revenue_is_credited_anew_from_the_month_after_the_ruling(day: date, month: str) -> None:
    assert credited_from(day) == month


def test_who_loses_every_line_answers_for_the_customer_no_longer() -> None:
    done = effects(position("a", {"domestic": "a"}), ("domestic",), UNITS, whole("b"), DAY)
    assert (done.responsible, done.supports, done.begins) == ("b", (), ("domestic",))
    assert [one.org_id for one in done.ends] == ["a"]


def test_who_keeps_a_line_stays_responsible_and_the_winner_supports() -> None:
    held = position("a", {"domestic": "a", "ceremonial": "a"})
    done = effects(held, ("ceremonial",), UNITS, whole("b"), DAY)
    assert (done.responsible, done.supports) == ("a", (Support("ceremonial", "b"),))


def test_a_line_that_nobody_holds_goes_to_the_lead() -> None:
    done = effects(position("a", {"domestic": "a"}), ("ceremonial",), UNITS, whole("b"), DAY)
    assert (done.ends, done.begins) == ((), ("ceremonial",))


def test_the_lead_that_holds_keeps_its_claim() -> None:
    done = effects(position("a", {"domestic": "a"}), ("domestic",), UNITS, whole("a"), DAY)
    assert (done.ends, done.begins, done.credit) == ((), (), ())


def test_a_line_held_by_no_party_is_not_awarded() -> None:
    with pytest.raises(LineElsewhere):
        effects(position("a", {"domestic": "c"}), ("domestic",), ("a", "b"), whole("b"), DAY)


def test_a_ruling_of_the_same_month_replaces_the_division_and_of_a_later_one_adds_to_it() -> None:
    parts = Award((Share("a", Decimal("0.6")), Share("b", Decimal("0.4"))), "a")
    held = position("a", {"domestic": "a"})
    first = effects(held, ("domestic",), UNITS, parts, DAY).credit
    assert [(one.from_month, one.org_id, one.share) for one in first] == [
        ("2026-04", "a", Decimal("0.6")),
        ("2026-04", "b", Decimal("0.4")),
    ]
    again = Position("a", held.claims, (), first)
    assert effects(again, ("domestic",), UNITS, whole("a"), DAY).credit == ()
    later = effects(again, ("domestic",), UNITS, whole("a"), date(2026, 4, 1)).credit
    assert later == (*first, Credit("domestic", "2026-05", None, Decimal(1), lead=True))


@given(
    holders=st.dictionaries(st.sampled_from(LINES), st.sampled_from(UNITS), min_size=1),
    lines=st.sets(st.sampled_from(LINES), min_size=1),
    lead=st.sampled_from(UNITS),
    data=st.data(),
)
def test_after_an_award_the_lead_holds_every_disputed_line_and_one_unit_answers(
    holders: dict[str, str], lines: set[str], lead: str, data: st.DataObject
) -> None:
    responsible = data.draw(st.sampled_from(sorted(set(holders.values()))))
    before = position(responsible, holders)
    done: Effects = effects(before, sorted(lines), UNITS, whole(lead), DAY)
    gone = {one.line for one in done.ends}
    after = {line: org_id for line, org_id in holders.items() if line not in gone}
    assert not after.keys() & set(done.begins)
    after |= dict.fromkeys(done.begins, lead)
    assert {line: org_id for line, org_id in after.items() if line in lines} == dict.fromkeys(lines, lead)
    assert {line: org_id for line, org_id in after.items() if line not in lines} == {
        line: org_id for line, org_id in holders.items() if line not in lines
    }
    assert done.responsible in after.values()
    assert (done.responsible == responsible) == (responsible in after.values())
    others = {(line, org_id) for line, org_id in after.items() if org_id != done.responsible}
    assert {(unit.line, unit.org_id) for unit in done.supports} == others
