"""Who may do which step of a complaint, how high it goes, and what closing needs."""

from collections.abc import Collection

from regulations.provisions import Because, Decision, Provision
from regulations.topics.complaints import FirstResponder, FollowUp
from regulations.topics.losses import LossCauses
from service_desk.model.cases import Complaint, Move
from service_desk.model.refusals import TooFewTries, UnknownCause

CENTER_ROLES = frozenset({"center-officer", "center-director"})
UNIT_ROLES = frozenset({"unit-head", "account-manager"})
APPROVERS = frozenset({"unit-head", "center-director"})
DESK_ROLES = frozenset({"hotline-agent"})
# The caller tells the desk of these by telephone; everything else is the handler's own work.
DESK_MOVES = frozenset({Move.CLOSE, Move.WITHDRAW, Move.TRANSFER, Move.REOPEN})


def who_may(move: Move, complaint: Complaint) -> tuple[str, ...]:
    """Give the organisations that take a step: every handler, but the verdict of a later cycle is a level up.

    What the present handler cannot solve it takes up itself: nobody below it goes past it.
    """
    if move is Move.RESOLVE:
        return complaint.judges
    return (complaint.handler_org_id,) if move is Move.ESCALATE else complaint.handlers


def may_do(move: Move, complaint: Complaint, org_id: str, roles: Collection[str]) -> bool:
    """Say whether a person posted at an organisation may make the move; being in scope is not enough."""
    handles = org_id in who_may(move, complaint) and not (CENTER_ROLES | UNIT_ROLES).isdisjoint(roles)
    return handles or (move in DESK_MOVES and not DESK_ROLES.isdisjoint(roles))


def may_approve(complaint: Complaint, org_id: str, roles: Collection[str], *, above: bool) -> bool:
    """Say whether a person may approve a pause: a head or director of who handles it, or of the level above."""
    return (org_id in complaint.handlers or above) and not APPROVERS.isdisjoint(roles)


def why_not(duty: Provision[FirstResponder], complaint: Complaint) -> Because:
    """Explain why a step is the handlers' of a case (hubei art. 30(1))."""
    return Because.of(duty.cite(handlers=complaint.handlers, verdict=complaint.verdict_org_id))


def reopening(duty: Provision[FirstResponder], handler: str, above: str | None) -> Decision[str]:
    """Give who handles a reopened complaint: the second verdict is the level's above, at the top its own."""
    decided = above or handler
    return Decision(decided, Because.of(duty.cite(handler=handler, above=above, decides=decided)))


def escalation(duty: Provision[FirstResponder], handler: str, above: str) -> Decision[str]:
    """Give the handler added by an escalation; what cannot be solved goes up at once (hubei art. 30(1))."""
    return Decision(above, Because.of(duty.cite(handler=handler, above=above)))


def outcome(duty: Provision[FirstResponder]) -> Because:
    """Explain why a complaint ends with a result and a reply (hubei art. 30(1))."""
    return Because.of(duty.cite(given=duty.value.must_give))


def known_cause(causes: Provision[LossCauses], cause: str) -> Because:
    """Explain a cause by the list it stands in; raises UnknownCause."""
    known = tuple(named.code for group in causes.value.groups for named in group.causes)
    because = Because.of(causes.cite(cause=cause))
    if cause not in known:
        raise UnknownCause.of(cause, known, because.to_json())
    return because


def follow_up(law: Provision[FollowUp], satisfaction: int | None, tries: int | None) -> Because:
    """Explain a closing: the customer was reached, or tried as often as the pack asks; raises TooFewTries."""
    because = Because.of(law.cite(reached=satisfaction is not None, tries=tries))
    if satisfaction is None and (tries or 0) < law.value.tries:
        raise TooFewTries.of(tries or 0, law.value.tries, because.to_json())
    return because
