"""Who takes which step, and what a cause and a closing need."""

from dataclasses import replace

import pytest

from regulations.topics.complaints import FirstResponder, FollowUp
from regulations.topics.losses import LossCauses
from service_desk.model.cases import Move
from service_desk.model.refusals import TooFewTries, UnknownCause
from service_desk.policies import handling
from support.desk_cases import a_complaint
from support.law import in_wuhan

COMPLAINT = a_complaint(first_responder="420100")
HANDLERS_MOVES = [Move.ANSWER, Move.INVESTIGATE, Move.RESOLVE, Move.ESCALATE]
DESK_MOVES = [Move.CLOSE, Move.WITHDRAW, Move.TRANSFER]


@pytest.mark.parametrize("move", [*HANDLERS_MOVES, *DESK_MOVES])
@pytest.mark.parametrize("role", ["center-officer", "center-director"])
def test_the_first_responders_center_takes_every_step(move: Move, role: str) -> None:
    assert handling.may_do(move, COMPLAINT, "420100", {role})


@pytest.mark.parametrize("move", HANDLERS_MOVES)
@pytest.mark.parametrize("org_id", ["420000", "420106", "420500"])
def test_a_center_above_beside_or_below_takes_none_of_the_handlers_steps(move: Move, org_id: str) -> None:
    assert not handling.may_do(move, COMPLAINT, org_id, {"center-director"})


@pytest.mark.parametrize("move", HANDLERS_MOVES)
@pytest.mark.parametrize("org_id", ["420106", "420100", "420000"])
def test_an_escalation_adds_a_handler_and_takes_nobodys_steps_but_the_next_escalation(
    move: Move, org_id: str
) -> None:
    at_the_counter = replace(a_complaint(first_responder="420106"), raised_to=("420100", "420000"), level=3)
    present = at_the_counter.handler_org_id == org_id
    roles = {"unit-head", "center-officer"}
    assert at_the_counter.handlers == ("420106", "420100", "420000")
    assert handling.may_do(move, at_the_counter, org_id, roles) == (present or move is not Move.ESCALATE)


@pytest.mark.parametrize("raised_to", [("420000",), ("420000", "CN")])
def test_the_verdict_of_a_later_cycle_is_from_a_level_up_on(raised_to: tuple[str, ...]) -> None:
    reopened = replace(COMPLAINT, cycle=2, raised_to=raised_to, verdict_org_id="420000")
    assert reopened.judges == raised_to
    for org_id in ("420100", *raised_to):
        roles = {"center-officer"}
        assert handling.may_do(Move.ANSWER, reopened, org_id, roles)
        assert handling.may_do(Move.INVESTIGATE, reopened, org_id, roles)
        assert handling.may_do(Move.RESOLVE, reopened, org_id, roles) == (org_id in raised_to)


def test_at_the_top_the_verdict_is_its_own_again() -> None:
    top = replace(a_complaint(first_responder="CN"), cycle=2, verdict_org_id="CN")
    assert handling.may_do(Move.RESOLVE, top, "CN", {"center-director"})


@pytest.mark.parametrize("role", ["unit-head", "account-manager"])
def test_a_units_staff_handle_what_their_unit_received(role: str) -> None:
    at_the_counter = a_complaint(first_responder="420106")
    assert handling.may_do(Move.RESOLVE, at_the_counter, "420106", {role})
    assert not handling.may_do(Move.RESOLVE, COMPLAINT, "420106", {role})


@pytest.mark.parametrize("move", DESK_MOVES)
def test_the_hotline_follows_up_and_takes_withdrawals(move: Move) -> None:
    assert handling.may_do(move, COMPLAINT, "420500", {"hotline-agent"})


@pytest.mark.parametrize("move", HANDLERS_MOVES)
def test_the_hotline_decides_nothing(move: Move) -> None:
    assert not handling.may_do(move, COMPLAINT, "420100", {"hotline-agent"})


@pytest.mark.parametrize("role", ["observer", "inspector", "finance", "administrator", "system"])
@pytest.mark.parametrize("move", list(Move))
def test_who_only_reads_takes_no_step(move: Move, role: str) -> None:
    assert not handling.may_do(move, COMPLAINT, "420100", {role})


def test_the_twelve_causes_of_article_33_3_are_known() -> None:
    ours = next(group for group in in_wuhan(LossCauses).value.groups if group.code == "marketing-service")
    assert len(ours.causes) == 12
    for cause in ours.causes:
        because = handling.known_cause(in_wuhan(LossCauses), cause.code)
        assert because.reasons[0].inputs == {"cause": cause.code}


def test_a_cause_that_is_not_listed_is_refused_with_the_list() -> None:
    with pytest.raises(UnknownCause) as refused:
        handling.known_cause(in_wuhan(LossCauses), "bad-luck")
    assert "complaint-unhandled" in refused.value.extra["known"]
    assert "complaint-unhandled" in refused.value.zh and "complaint-unhandled" in str(refused.value)
    assert refused.value.because is not None and refused.value.because["reasons"][0]["article"] == "33"


def test_a_customer_who_was_reached_needs_no_tries() -> None:
    assert handling.follow_up(in_wuhan(FollowUp), 5, None).reasons[0].inputs == {
        "reached": True,
        "tries": None,
    }


@pytest.mark.parametrize("tries", [0, 1, 2])
def test_nobody_is_given_up_before_the_tries_of_the_pack(tries: int) -> None:
    with pytest.raises(TooFewTries) as refused:
        handling.follow_up(in_wuhan(FollowUp), None, tries)
    assert refused.value.because is not None
    assert refused.value.because["reasons"][0]["rule"] == "platform.follow-up"


@pytest.mark.parametrize("tries", [3, 4])
def test_after_the_tries_of_the_pack_a_complaint_may_close_unreached(tries: int) -> None:
    assert handling.follow_up(in_wuhan(FollowUp), None, tries).reasons[0].inputs["reached"] is False


def test_a_resolution_cites_result_and_reply() -> None:
    assert handling.outcome(in_wuhan(FirstResponder)).reasons[0].inputs == {"given": ["result", "reply"]}
