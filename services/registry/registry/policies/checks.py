"""What a blind check gives away: what annex 1's form says of a taken customer, and nothing else of the other's file."""

from collections.abc import Callable, Sequence

from registry.model.checks import Finding, Found
from registry.model.declarations import Candidate, Holding, Outcome
from registry.policies.claims import Held
from registry.policies.match import Match
from regulations.provisions import Because, Decision, Provision
from regulations.topics.registration import DeclarationDuty

WORDS = {
    Finding.TAKEN: ("该客户已由{holder}申报或注册", "{holder} has this customer already"),
    Finding.SIMILAR: ("有相近的客户,申报后由中心确认", "there is something like it: the center would decide"),
    Finding.FREE: ("未发现重复,可以申报", "nobody is known to have it: it may be declared"),
}


def told(
    match: Match,
    held: Held | None,
    lines: Sequence[str],
    may_see: Callable[[Candidate], bool],
    duty: Provision[DeclarationDuty],
) -> Decision[Found]:
    """Say whether a customer is taken; `may_see` tells which candidates the asker's own post shows to them."""
    holding = _holding(held, lines) if held else None
    candidates = tuple(one for one in match.like if may_see(one))
    if holding:
        found = Found(Finding.TAKEN, holding, match.matched)
    elif match.outcome is Outcome.PROBABLE or (held and held.awaited):
        found = Found(Finding.SIMILAR, candidates=candidates)
    else:
        found = Found(Finding.FREE, candidates=candidates)
    zh, en = (text.format(holder=holding.org_name if holding else "") for text in WORDS[found.finding])
    return Decision(found, Because.of(duty.cite(finding=found.finding), zh=zh, en=en))


def _holding(held: Held, lines: Sequence[str]) -> Holding | None:
    """Give who holds one of the lines asked for, else who holds the customer."""
    return next((held.lines[line] for line in lines if line in held.lines), held.holding)
