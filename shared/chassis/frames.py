"""What deadlines of one sort have in common: their end, the parts at which something happens, the next holders, and why."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from typing import Any

import orjson

from chassis.directory import Snapshot
from chassis.terms import CENTER_KINDS, Ground, Holder, Term
from regulations.calendars import Calendar, Counting, Due, Duration, day_of, due
from regulations.provisions import Reason
from regulations.topics.deadlines import ChainStep, DayCounting, DayShift, DeadlineWarnings, EscalationChain

FRAMES_KEPT = 1_000
ORDER = {"warned": 0, "breached": 1, "escalated": 2}


@dataclass(frozen=True)
class Frame:
    """What all deadlines of one sort that start on one day at one place have in common.

    `parts` are all parts of the time at which something happens; `warned` the places among them of the warnings;
    `links` the next holders, each from such a place or from an instant on; `marks` what a step remembers of how its
    instant was found, where a new calendar may move it: those of the warnings, then those of the links;
    `reasons` keeps alive what the frame was found by.
    """

    end: Due
    parts: tuple[Fraction, ...]
    warned: tuple[int, ...]
    links: tuple[tuple[dict[str, str | None], int | datetime], ...]
    marks: tuple[dict[str, Any], ...]
    counted: dict[str, Any] | None
    ground: Ground
    reasons: Sequence[Reason]


def frame_of(term: Term, law: Snapshot, *, usual_warnings: bool) -> Frame:
    """Find a frame, remembered as long as the snapshot of the law lives; reasons are told apart by identity."""
    day = day_of(term.started_at)
    found_by = (*map(id, term.because), usual_warnings, term.org_id, term.holder, term.duration, day)
    frame: Frame | None = law.frames.get(found_by)
    if frame is None:
        if len(law.frames) >= FRAMES_KEPT:
            law.frames.clear()
        frame = law.frames[found_by] = _new_frame(term, law, day, usual_warnings=usual_warnings)
    return frame


def _new_frame(term: Term, law: Snapshot, day: date, *, usual_warnings: bool) -> Frame:
    warnings = law.find(DeadlineWarnings, org_id=term.org_id, day=day)
    chain = law.find(EscalationChain, org_id=term.org_id, day=day)
    counting, counted_by = _counting(term, law, day)
    end = due(term.started_at, term.duration, law.calendar, counting)
    cited = [*term.because, *counted_by, *([warnings.cite()] if usual_warnings else []), chain.cite()]
    warned = tuple(warnings.value.at) if usual_warnings else ()
    links = _chain(term, law, chain.value.steps)
    parts = tuple(dict.fromkeys((*warned, *(step.at for _, step in links if isinstance(step.at, Fraction)))))
    moves = _may_move(term, counting, chain.value.steps)
    return Frame(
        end=end,
        parts=parts,
        warned=tuple(range(len(warned))),
        links=tuple(
            (
                holder.to_json(),
                parts.index(step.at)
                if isinstance(step.at, Fraction)
                else after_breach(end, step.plus, law.calendar),
            )
            for holder, step in links
        ),
        marks=tuple(_mark(at, None, moves) for at in warned)
        + tuple(_mark(step.at, step.plus, moves) for _, step in links),
        counted={"duration": term.duration.to_json(), "counting": counting.to_json()} if moves else None,
        ground=_ground(cited),
        reasons=term.because,
    )


def _counting(term: Term, law: Snapshot, day: date) -> tuple[Counting, list[Reason]]:
    """Give how days are counted there and then; a shift of the end is cited where there is one."""
    days = law.find(DayCounting, org_id=term.org_id, day=day)
    shift = law.find(DayShift, org_id=term.org_id, day=day)
    shifts = shift.value.rest_day_moves_end or shift.value.closes_at is not None
    counting = replace(shift.value.counting, start_day_counts=days.value.start_day_counts)
    return counting, [days.cite(), *([shift.cite()] if shifts else [])]


def _may_move(term: Term, counting: Counting, steps: Sequence[ChainStep]) -> bool:
    """Tell whether another calendar could give other instants."""
    passed_on = any(step.plus is not None and step.plus.basis == WORKING for step in steps)
    return term.duration.basis == WORKING or counting.rest_day_moves_end or passed_on


def _mark(at: Fraction | str, plus: Duration | None, moves: bool) -> dict[str, Any]:
    """Give what a step remembers of how its instant was found; nothing where no calendar moves it."""
    if not moves:
        return {}
    if isinstance(at, Fraction):
        return {"part": str(at)}
    return {"plus": plus.to_json() if plus else None}


def after_breach(end: Due, plus: Duration | None, calendar: Calendar) -> datetime:
    """Give when a deadline passes on at its breach, or a while after it."""
    return end.due_at if plus is None else due(end.due_at - INSTANT, plus, calendar).due_at


def _chain(term: Term, law: Snapshot, steps: Sequence[ChainStep]) -> list[tuple[Holder, ChainStep]]:
    """Resolve the next holders; a level that is missing, or would hold twice in a row, is left out."""
    links: list[tuple[Holder, ChainStep]] = []
    held = [term.holder]
    for step in steps:
        holder = _next_holder(term, law, step)
        if holder is None or any((holder.org_id, holder.role) == (one.org_id, one.role) for one in held):
            continue
        held.append(holder)
        links.append((holder, step))
    return links


def _next_holder(term: Term, law: Snapshot, step: ChainStep) -> Holder | None:
    """A center has no unit head: its director stands there."""
    node = law.organisation(term.holder.org_id) if step.of == "holder" else law.nearest(term.org_id, step.of)
    if node is None:
        return None
    director_instead = step.role == "unit-head" and node.kind in CENTER_KINDS
    return Holder(node.org_id, "center-director" if director_instead else step.role)


INSTANT = datetime.resolution
WORKING = "working"


def _ground(cited: Sequence[Reason]) -> Ground:
    because = {"reasons": [reason.to_json() for reason in cited], "text": _text(cited)}
    return Ground(because, hashlib.sha256(orjson.dumps(because)).hexdigest())


def _text(reasons: Sequence[Reason]) -> dict[str, str]:
    return {
        "zh": ";".join(reason.zh() for reason in reasons),
        "en": "; ".join(reason.en() for reason in reasons),
    }
