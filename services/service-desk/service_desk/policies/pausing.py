"""Whether clocks may stand still, for how long, and on whose word (platform: clock-pause)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from regulations.provisions import Because, Decision, Provision
from regulations.topics.deadlines import ClockPause
from service_desk.model.handling import LevelAboveOnly, PauseOver, PauseRefused


@dataclass(frozen=True, slots=True)
class Standing:
    """What the clocks of a cycle have behind them: pauses, their time together, and warnings."""

    pauses: int
    paused_for: timedelta
    warnings: int


def last_instant(now: datetime, until: datetime | None, allowed: timedelta) -> datetime:
    """Give when a pause ends at the latest: as asked for, within what is allowed; raises PauseOver."""
    if until is not None and until <= now:
        raise PauseOver.of(until, now)
    latest = now + allowed
    return latest if until is None else min(latest, until)


def pause(law: Provision[ClockPause], standing: Standing, *, above: bool) -> Decision[timedelta]:
    """Give how long the clocks may stand still now; `above` where the level above says so.

    Raises PauseRefused where the pauses or the time of the cycle are used up, and LevelAboveOnly.
    """
    rule = law.value
    left = timedelta(days=rule.total.days or 0) - standing.paused_for
    because = Because.of(
        law.cite(pauses=standing.pauses, paused_for=str(standing.paused_for), warnings=standing.warnings)
    )
    if standing.pauses >= rule.pauses or left <= timedelta():
        raise PauseRefused.of(standing.pauses, rule.pauses, because.to_json())
    if standing.warnings >= rule.level_above_after_warnings and not above:
        raise LevelAboveOnly.of(standing.warnings, because.to_json())
    return Decision(left, because)
