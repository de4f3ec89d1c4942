"""What-ifs: drafts of the law tried over the real figures; nothing that has a class is touched or told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from chassis.directory import Snapshot
from contracts.refusals import NotFound
from regulations.comparison import differences
from regulations.provisions import Because
from regulations.rulebook import NoLaw
from regulations.topics.tiers import ReviewProcedure
from tiering.commands.reviews import Reviewer
from tiering.commands.what_ifs import RemoveWhatIf, TryDrafts
from tiering.handlers.law import COUNTY, ReviewedLaw, reviewed_law
from tiering.model.review_refusals import YearNotOver
from tiering.model.what_if_refusals import (
    NameTaken,
    NoLawLeft,
    NothingDrafted,
    NotTheDrafter,
    NotTheMaker,
    OutsideTheWhatIf,
    TooManyWhatIfs,
)
from tiering.model.what_ifs import Drafts
from tiering.policies.reviews import may_propose, year_of
from tiering.policies.sheets import sheet
from tiering.policies.what_if_drafts import Ground, Limits, must_be_apart, must_differ
from tiering.policies.what_if_law import as_drafted, concerned, must_have_classes
from tiering.ports.what_ifs import NewWhatIf, WhatIfs

BASE = "/base"


@dataclass(frozen=True)
class WhatIfDesk:
    """What is needed to try drafts; a center keeps `most`."""

    what_ifs: WhatIfs
    law: Snapshot
    now: datetime
    limits: Limits
    most: int


async def try_drafts(command: TryDrafts, what_if_id: UUID, desk: WhatIfDesk) -> None:
    """Work out who would move under drafts, and save it under a name."""
    reviewer = command.reviewer
    _must_draft(reviewer, desk)
    year = year_of(command.year)
    if desk.now.date() < year.valid_from:
        raise YearNotOver.of(command.year)
    over = _covered(command.org_id or reviewer.org_id, reviewer, desk)
    _must_concern(command.drafts, over, reviewer, desk)
    await _must_be_new(command, desk)
    base = await desk.what_ifs.get(command.base_id, BASE) if command.base_id else None
    layers = (*(base.layers if base else ()), command.drafts)
    before = _ground(desk, year.valid_from).under(layers[:-1])
    must_be_apart(command.drafts)
    must_differ(before, command.drafts)
    after = before.under(layers[-1:])
    present = _found(before, over, layers[:-1], desk)
    drafted = _drafted(after, over, layers, desk)
    must_have_classes(drafted.laws.values(), command.drafts)
    units = concerned(present, drafted)
    await desk.what_ifs.run(
        NewWhatIf(
            id=what_if_id,
            center_org_id=reviewer.org_id,
            org_id=over,
            name=command.name,
            year=command.year,
            valid_from=year.valid_from,
            made_by=reviewer.staff_id,
            made_at=desk.now,
            base=base,
            layers=layers,
            base_sheet=sheet(present.units, present.laws),
            draft_sheet=sheet(units, drafted.laws),
            changes=_changes(before, command.drafts),
        )
    )


async def remove_what_if(command: RemoveWhatIf, desk: WhatIfDesk) -> None:
    """Remove a what-if: who made it may."""
    what_if = await desk.what_ifs.get(command.what_if_id)
    if what_if.made_by != command.reviewer.staff_id:
        raise NotTheMaker.of(what_if.name)
    await desk.what_ifs.remove(what_if)


def _must_draft(reviewer: Reviewer, desk: WhatIfDesk) -> None:
    """Let those try a draft who propose classes."""
    procedure = desk.law.find(ReviewProcedure, org_id=reviewer.org_id, day=desk.now.date())
    if not may_propose(procedure, desk.law.organisation(reviewer.org_id).kind, reviewer.roles):
        cited = procedure.cite(org_id=reviewer.org_id, roles=reviewer.roles)
        raise NotTheDrafter.of(dict(Because.of(cited).to_json()))


def _covered(org_id: str, reviewer: Reviewer, desk: WhatIfDesk) -> str:
    if not _is_below(org_id, reviewer.org_id, desk):
        raise NotFound(f"没有机构 {org_id}。", f"There is no organisation {org_id}.", pointer="/org_id")
    return org_id


def _must_concern(drafts: Drafts, over: str, reviewer: Reviewer, desk: WhatIfDesk) -> None:
    """Refuse no draft at all, and a draft for whom the what-if does not cover."""
    if not drafts.everything:
        raise NothingDrafted.of()
    for one in drafts.everything:
        known = _is_below(one.org_id, reviewer.org_id, desk)
        if not known or not (_is_below(one.org_id, over, desk) or _is_below(over, one.org_id, desk)):
            raise OutsideTheWhatIf.of(one.org_id, over, f"{one.pointer}/org_id")


async def _must_be_new(command: TryDrafts, desk: WhatIfDesk) -> None:
    center = command.reviewer.org_id
    await desk.what_ifs.hold(center)
    other = await desk.what_ifs.named(center, command.name)
    if other is not None:
        raise NameTaken.of(command.name, str(other))
    if await desk.what_ifs.count(center) >= desk.most:
        raise TooManyWhatIfs.of(desk.most)


def _ground(desk: WhatIfDesk, day: date) -> Ground:
    paths = {org_id: node.path for org_id, node in desk.law.organisations.items()}
    return Ground(desk.law.law, desk.law.adoptions, paths, day, desk.now, desk.limits)


def _drafted(ground: Ground, over: str, layers: Sequence[Drafts], desk: WhatIfDesk) -> ReviewedLaw:
    try:
        return _found(ground, over, layers, desk)
    except NoLaw as missing:
        blamed = next((one.pointer for one in layers[-1].endings), "/drafts")
        raise NoLawLeft.of(missing.topic, missing.org_id, blamed) from missing


def _found(ground: Ground, over: str, layers: Sequence[Drafts], desk: WhatIfDesk) -> ReviewedLaw:
    """Give the law of every unit whose customers count, and of the others of their county-level bureaus."""
    bureau = desk.law.nearest(over, COUNTY)
    top = bureau.org_id if bureau else over
    found = reviewed_law(desk.law.under(ground.law, ground.adoptions), top, ground.day)
    return ReviewedLaw(found.units, {number: as_drafted(law, layers) for number, law in found.laws.items()})


def _changes(before: Ground, drafts: Drafts) -> list[Mapping[str, Any]]:
    """Give what each wording changes, part by part, as drafts of rules are compared."""
    adopted = before.adopted(drafts)
    found: list[Mapping[str, Any]] = []
    for draft in drafts.wordings:
        held = adopted.held(draft)
        old, new = held.value.to_json() if held else None, adopted.value(draft).to_json()
        found.append(
            {
                "topic": draft.topic,
                "org_id": draft.org_id,
                "rule": held.rule if held else None,
                "level": held.level if held else None,
                "differences": [one.to_json() for one in differences(old, new)],
            }
        )
    return found


def _is_below(org_id: str, top: str, desk: WhatIfDesk) -> bool:
    node = desk.law.organisations.get(org_id)
    return node is not None and top in node.path
