"""The states of a complaint: six steps, none skipped."""

import pytest

from service_desk.model.cases import Move, State
from service_desk.model.refusals import CaseEnded, StepSkipped
from support.desk_cases import a_complaint

ALLOWED = {
    (State.RECORDED, Move.ANSWER): State.ANSWERED,
    (State.ANSWERED, Move.INVESTIGATE): State.INVESTIGATED,
    (State.INVESTIGATED, Move.RESOLVE): State.RESOLVED,
    (State.RESOLVED, Move.CLOSE): State.CLOSED,
    **{
        (state, Move.WITHDRAW): State.WITHDRAWN
        for state in (State.RECORDED, State.ANSWERED, State.INVESTIGATED)
    },
    **{(state, Move.ESCALATE): state for state in (State.RECORDED, State.ANSWERED, State.INVESTIGATED)},
}
MOVES = [Move.ANSWER, Move.INVESTIGATE, Move.RESOLVE, Move.CLOSE, Move.ESCALATE, Move.WITHDRAW]
LIVE = [State.RECORDED, State.ANSWERED, State.INVESTIGATED, State.RESOLVED]


@pytest.mark.parametrize(("state", "move"), list(ALLOWED))
def test_each_step_follows_the_one_before(state: State, move: Move) -> None:
    assert a_complaint(state=state).after(move) is ALLOWED[state, move]


@pytest.mark.parametrize(("state", "move"), [(s, m) for s in LIVE for m in MOVES if (s, m) not in ALLOWED])
def test_everything_else_skips_a_step_and_is_refused(state: State, move: Move) -> None:
    with pytest.raises(StepSkipped) as refused:
        a_complaint(state=state).after(move)
    assert refused.value.zh and refused.value.en


@pytest.mark.parametrize("move", [Move.WITHDRAW, Move.ESCALATE, Move.PAUSE, Move.RESUME])
def test_what_comes_before_the_resolution_is_told_to_be_too_late_after_it(move: Move) -> None:
    with pytest.raises(StepSkipped) as refused:
        a_complaint(state=State.RESOLVED).after(move)
    assert "只有在解决之前才能" in refused.value.zh
    assert refused.value.en.endswith("only before it is resolved.")
    assert refused.value.extra == {"state": "resolved", "before": "resolved"}


@pytest.mark.parametrize("state", [State.CLOSED, State.WITHDRAWN])
@pytest.mark.parametrize("move", MOVES)
def test_an_ended_complaint_takes_no_step(state: State, move: Move) -> None:
    with pytest.raises(CaseEnded):
        a_complaint(state=state).after(move)
