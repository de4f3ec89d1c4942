"""The states of declarations, claims and customers: what is not named as a move is refused."""

import itertools
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import pytest

from contracts.refusals import MakerIsChecker
from registry.model.claims import Claim, ClaimState
from registry.model.customers import Customer, CustomerState, Nature
from registry.model.declarations import Declaration, DeclarationState, Prospect
from registry.model.refusals import WrongState

S = DeclarationState
MOVES = {
    (S.SUBMITTED, S.REFUSED),
    (S.SUBMITTED, S.HELD),
    (S.SUBMITTED, S.PROTECTED),
    (S.HELD, S.PROTECTED),
    (S.HELD, S.REFUSED),
    (S.HELD, S.WITHDRAWN),
    (S.PROTECTED, S.FILED),
    (S.PROTECTED, S.WITHDRAWN),
    (S.PROTECTED, S.LAPSED),
    (S.FILED, S.APPROVED),
    (S.FILED, S.PROTECTED),
    (S.FILED, S.REFUSED),
    (S.FILED, S.WITHDRAWN),
}
NOON = datetime.fromisoformat("2026-03-02T12:00:00+08:00")
WHO, OTHER = UUID(int=1), UUID(int=2)
DECLARED = Declaration(
    declaration_id=UUID(int=3),
    customer_id=UUID(int=4),
    org_id="420106",
    city_org_id="420100",
    submitted_by=WHO,
    submitted_at=NOON,
    prospect=Prospect("甲", Nature.ORGANISATION, "420106", None, (), None),
    lines=("ceremonial",),
)
CLAIM = Claim(UUID(int=5), UUID(int=4), UUID(int=3), "ceremonial", "420106", ClaimState.LIVE, NOON, NOON, 1)
CUSTOMER = Customer(UUID(int=4), "甲", Nature.ORGANISATION, "420106", "wuhan", "420106")


@pytest.mark.parametrize(("before", "after"), list(itertools.product(S, S)))
def test_exactly_the_named_moves_are_allowed(before: DeclarationState, after: DeclarationState) -> None:
    declared = replace(DECLARED, state=before, version=5)
    if (before, after) in MOVES:
        moved = declared.moved(after)
        assert (moved.state, moved.version) == (after, 6)
    else:
        with pytest.raises(WrongState):
            declared.moved(after)


def test_neither_the_submitter_nor_the_customers_manager_decides() -> None:
    DECLARED.must_be_decided_by_another(OTHER, None)
    for manager in (None, OTHER):
        with pytest.raises(MakerIsChecker):
            DECLARED.must_be_decided_by_another(WHO, manager)
    with pytest.raises(MakerIsChecker):
        DECLARED.must_be_decided_by_another(OTHER, OTHER)


def test_a_claim_ends_once() -> None:
    ended = CLAIM.ended(ClaimState.EXPIRED)
    assert (ended.state, ended.version) == (ClaimState.EXPIRED, 2)
    with pytest.raises(WrongState):
        ended.ended(ClaimState.RELEASED)
    with pytest.raises(WrongState):
        ended.standing()


def test_registration_takes_the_end_off_a_claim() -> None:
    assert CLAIM.standing().until is None


def test_a_dropped_or_merged_customer_is_never_registered() -> None:
    assert CUSTOMER.moved(CustomerState.REGISTERED).version == 2
    for state in (CustomerState.DROPPED, CustomerState.MERGED):
        with pytest.raises(WrongState):
            CUSTOMER.moved(state).moved(CustomerState.REGISTERED)
