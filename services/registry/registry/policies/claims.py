"""What a match means for the declaring unit, and how long a granted claim is protected (hubei art. 13; jiangxi)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from registry.model.declarations import DeclarationState, Holding, Outcome, Refused
from registry.policies.match import Match
from regulations.calendars import due
from regulations.provisions import Because, Decision, Provision
from regulations.topics.claims import ClaimWindow
from regulations.topics.registration import DeclarationDuty

LINE_FREE = "line-free"
DECLARED_BEFORE = "declared-before"


@dataclass(frozen=True)
class Held:
    """What is held of an existing customer: as a whole by an assignment or a claim, and line by line.

    `awaited`: nobody holds it yet, but an earlier declaration waits for its center.
    """

    customer_id: UUID
    holding: Holding | None
    lines: Mapping[str, Holding]
    awaited: bool = False


@dataclass(frozen=True)
class Ruling:
    """What becomes of a declaration; `customer_id` is the existing customer it goes under, if any."""

    state: DeclarationState
    customer_id: UUID | None = None
    reasons: tuple[str, ...] = ()
    refused: Refused | None = None
    takes_over: bool = False


@dataclass(frozen=True)
class Asked:
    """Who declares, and for which lines."""

    org_id: str
    lines: Sequence[str]


def rule(match: Match, held: Held | None, asked: Asked, duty: Provision[DeclarationDuty]) -> Decision[Ruling]:
    """Refuse what another holds, hold what is doubtful, protect what is free; several lines are decided as a whole."""
    if match.outcome is Outcome.EXACT and held is not None:
        return _rule_on_same(match, held, asked, duty)
    if match.outcome is Outcome.PROBABLE:
        return Decision(
            Ruling(DeclarationState.HELD, reasons=match.reasons),
            Because.of(
                duty.cite(match=match.outcome, reasons=match.reasons),
                zh="可能与已有客户相同,待中心确认",
                en="probably a customer that is known already: the center decides",
            ),
        )
    return Decision(
        Ruling(DeclarationState.PROTECTED, reasons=match.reasons),
        Because.of(
            duty.cite(match=match.outcome, reasons=match.reasons),
            zh="未发现重复,自申报之时起保护",
            en="nobody has it: protected from the declaration on",
        ),
    )


def _rule_on_same(
    match: Match, held: Held, asked: Asked, duty: Provision[DeclarationDuty]
) -> Decision[Ruling]:
    cited = duty.cite(match=match.outcome, matched=match.matched, lines=tuple(asked.lines))
    if held.holding is None and held.awaited:
        return Decision(
            Ruling(DeclarationState.HELD, held.customer_id, (DECLARED_BEFORE,)),
            Because.of(
                cited, zh="另一申报在先,正待中心确认", en="an earlier declaration waits for its center"
            ),
        )
    if held.holding is None:
        return Decision(
            Ruling(DeclarationState.PROTECTED, held.customer_id, takes_over=True),
            Because.of(
                cited, zh="该客户已无单位持有,重新保护", en="known, but nobody holds it any more: protected"
            ),
        )
    taken = tuple(line for line in asked.lines if line in held.lines)
    if taken:
        holding = held.lines[taken[0]]
        refused = Refused(holding, match.matched, taken, held.customer_id)
        zh = f"该客户已由{holding.org_name}申报或注册,不能重复申报"
        en = f"{holding.org_name} has this customer already"
        return Decision(Ruling(DeclarationState.REFUSED, refused=refused), Because.of(cited, zh=zh, en=en))
    if held.holding.org_id == asked.org_id:
        return Decision(
            Ruling(DeclarationState.PROTECTED, held.customer_id),
            Because.of(
                cited,
                zh="本单位客户的其他业务,予以保护",
                en="another line of the unit's own customer: protected",
            ),
        )
    return Decision(
        Ruling(DeclarationState.HELD, held.customer_id, (LINE_FREE,)),
        Because.of(
            cited,
            zh="该客户由其他单位持有,所报业务尚无单位持有,待中心确认",
            en="another unit has the customer, but not these lines: the center decides",
        ),
    )


def protected_until(granted_at: datetime, window: Provision[ClaimWindow]) -> Decision[datetime]:
    """Give the first instant without the protection of a claim granted at that moment."""
    until = due(granted_at, window.value.length).due_at
    return Decision(until, Because.of(window.cite(granted_at=granted_at, until=until)))
