"""Information priority (信息优先): whoever reported the lead first goes first, by the time recorded (jiangxi, part 3)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from registry.model.declarations import DeclarationState
from registry.policies.claims import DECLARED_BEFORE, Ruling
from regulations.provisions import Because, Decision, Provision
from regulations.topics.claims import InformationPriority

EARLIER_LEAD = "earlier-lead"
OWN_LEAD = "own-earlier-lead"


@dataclass(frozen=True)
class Lead:
    """A development case filed with a center."""

    case_id: UUID
    org_id: str
    filed_at: datetime


@dataclass(frozen=True)
class Waiting:
    """Of the customers that a declaration resembles: whether one is held, and since when the first one waits."""

    held: bool
    since: datetime | None


def prefer(
    decision: Decision[Ruling],
    org_id: str,
    leads: Sequence[Lead],
    waiting: Waiting,
    law: Provision[InformationPriority],
) -> Decision[Ruling]:
    """Let the earliest lead go first; what another holds by a claim or an assignment stays, a dispute is the way."""
    first = min(leads, key=lambda lead: (lead.filed_at, lead.case_id), default=None)
    if first is None:
        return decision
    if first.org_id != org_id:
        return decision if waiting.held else _behind(decision, first, law)
    if decision.outcome.state is DeclarationState.REFUSED:
        return _noted(decision, first, law)
    overtakes = not waiting.held and waiting.since is not None and first.filed_at < waiting.since
    if decision.outcome.state is DeclarationState.HELD and overtakes:
        return _ahead(decision, first, law)
    return decision


def _behind(decision: Decision[Ruling], first: Lead, law: Provision[InformationPriority]) -> Decision[Ruling]:
    ruling = decision.outcome
    held = replace(
        ruling,
        state=DeclarationState.HELD,
        reasons=(EARLIER_LEAD, *ruling.reasons),
        takes_over=False,
    )
    return Decision(
        held, _because(decision, first, law, "另有单位报备信息在先，待中心确认", "an earlier lead")
    )


def _ahead(decision: Decision[Ruling], first: Lead, law: Provision[InformationPriority]) -> Decision[Ruling]:
    ruling = decision.outcome
    protected = replace(
        ruling,
        state=DeclarationState.PROTECTED,
        reasons=(OWN_LEAD, *ruling.reasons),
        takes_over=DECLARED_BEFORE in ruling.reasons,
    )
    return Decision(
        protected,
        _because(decision, first, law, "本单位报备信息在先，先予保护", "the unit's own lead is the earliest"),
    )


def _noted(decision: Decision[Ruling], first: Lead, law: Provision[InformationPriority]) -> Decision[Ruling]:
    """What another was granted before stays."""
    noted = replace(decision.outcome, reasons=(OWN_LEAD, *decision.outcome.reasons))
    zh = f"{decision.because.zh.partition('。')[0]}；本单位报备信息在先，可申请裁决"
    en = f"{decision.because.en.partition('. ')[0]}; the unit's own lead was earlier: a dispute is the way"
    return Decision(noted, _because(decision, first, law, zh, en))


def _because(
    decision: Decision[Ruling], first: Lead, law: Provision[InformationPriority], zh: str, en: str
) -> Because:
    """The declaring unit is not told whose the earlier lead is: the time alone is cited."""
    return Because.of(*decision.because.reasons, law.cite(reported_at=first.filed_at), zh=zh, en=en)
