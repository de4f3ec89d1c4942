"""What a match means (hubei art. 13), and how long a claim is protected (jiangxi)."""

from datetime import datetime
from uuid import UUID

import pytest

from registry.model.customers import Nature
from registry.model.declarations import Candidate, DeclarationState, Holding, Outcome
from registry.policies.claims import Asked, Held, Ruling, protected_until, rule
from registry.policies.match import Identity, Known, Match
from regulations.topics.claims import ClaimWindow
from regulations.topics.registration import DeclarationDuty
from support.law import provision

CUSTOMER = UUID(int=7)
SINCE = datetime.fromisoformat("2026-01-05T10:00:00+08:00")
HOLDER = Holding("420107", "青山区邮政局", SINCE, None)
SAME = Match(
    Outcome.EXACT,
    Known(CUSTOMER, "420107", Identity("甲", Nature.ORGANISATION, None, frozenset())),
    ("credit-code",),
    (),
)
LIKE = Match(
    Outcome.PROBABLE,
    None,
    (),
    (Candidate(CUSTOMER, "甲", "420107", Outcome.PROBABLE, 92, {}, ("similar-name",)),),
)
TIED = Match(
    Outcome.RELATED,
    None,
    (),
    (Candidate(CUSTOMER, "甲", "420107", Outcome.RELATED, 92, {}, ("branch", "similar-name")),),
)
NEW = Match(Outcome.NONE, None, (), ())


def ruled(match: Match, held: Held | None, *lines: str, org_id: str = "420106") -> Ruling:
    return rule(match, held, Asked(org_id, lines), provision(DeclarationDuty)).outcome


def test_what_another_holds_is_refused_with_unit_and_time() -> None:
    ruling = ruled(SAME, Held(CUSTOMER, HOLDER, {"ceremonial": HOLDER}), "ceremonial")
    assert ruling.state is DeclarationState.REFUSED
    assert ruling.refused is not None
    assert (ruling.refused.holder, ruling.refused.matched) == (HOLDER, ("credit-code",))


def test_several_lines_are_decided_as_a_whole_and_the_refusal_names_the_taken_ones() -> None:
    ruling = ruled(SAME, Held(CUSTOMER, HOLDER, {"ceremonial": HOLDER}), "domestic-express", "ceremonial")
    assert ruling.refused is not None
    assert ruling.refused.taken_lines == ("ceremonial",)


def test_a_free_line_of_another_units_customer_is_held_for_the_center() -> None:
    ruling = ruled(SAME, Held(CUSTOMER, HOLDER, {"ceremonial": HOLDER}), "domestic-express")
    assert (ruling.state, ruling.reasons) == (DeclarationState.HELD, ("line-free",))
    assert ruling.customer_id == CUSTOMER


def test_a_free_line_of_ones_own_customer_is_protected() -> None:
    held = Held(CUSTOMER, HOLDER, {"ceremonial": HOLDER})
    ruling = ruled(SAME, held, "domestic-express", org_id="420107")
    assert (ruling.state, ruling.takes_over) == (DeclarationState.PROTECTED, False)


def test_ones_own_line_is_refused_too() -> None:
    held = Held(CUSTOMER, HOLDER, {"ceremonial": HOLDER})
    assert ruled(SAME, held, "ceremonial", org_id="420107").state is DeclarationState.REFUSED


def test_a_customer_whom_nobody_holds_is_protected_under_its_old_identity() -> None:
    ruling = ruled(SAME, Held(CUSTOMER, None, {}), "ceremonial")
    assert (ruling.state, ruling.customer_id) == (DeclarationState.PROTECTED, CUSTOMER)
    assert ruling.takes_over


@pytest.mark.parametrize(
    ("match", "state"),
    [(LIKE, DeclarationState.HELD), (TIED, DeclarationState.PROTECTED), (NEW, DeclarationState.PROTECTED)],
)
def test_the_doubtful_is_held_the_related_and_the_new_protected(
    match: Match, state: DeclarationState
) -> None:
    assert ruled(match, None, "ceremonial").state is state


def test_every_ruling_cites_the_duty_to_declare() -> None:
    decision = rule(NEW, None, Asked("420106", ("ceremonial",)), provision(DeclarationDuty))
    [reason] = decision.because.reasons
    assert (reason.rule, reason.article) == ("hubei.declaration", "13")


@pytest.mark.parametrize("hour", ["00:00", "09:30", "23:59"])
def test_a_claim_is_protected_for_ninety_whole_days_after_the_day_of_its_grant(hour: str) -> None:
    granted = datetime.fromisoformat(f"2026-03-02T{hour}:00+08:00")
    until = protected_until(granted, provision(ClaimWindow))
    assert until.outcome == datetime.fromisoformat("2026-06-01T00:00:00+08:00")
    assert until.because.reasons[0].assumption
