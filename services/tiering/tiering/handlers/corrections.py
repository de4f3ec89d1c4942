"""Correcting a published review: tried over the figures and the law of now, approved by another, or dismissed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from chassis.directory import Snapshot
from contracts.tiering import ReviewCorrected
from regulations.provisions import Because, Provision
from regulations.topics.tiers import ReviewProcedure
from tiering.commands.corrections import ApproveCorrection, DismissCorrection, KeepOverride, ProposeCorrection
from tiering.commands.reviews import Reviewer
from tiering.handlers.law import reviewed_law
from tiering.model.correction_refusals import (
    CorrectionOpen,
    CorrectionOutOfDate,
    NotCorrectable,
    NothingOverridden,
    OwnChoice,
    ReviewUpToDate,
)
from tiering.model.corrections import Correction
from tiering.model.review_refusals import NotTheReviewer, OwnCustomer
from tiering.model.reviews import Review, ReviewState
from tiering.policies.corrections import rewordings
from tiering.policies.reviews import may_propose, may_publish
from tiering.policies.sheets import sheet
from tiering.ports.corrections import Corrections, NewCorrection


@dataclass(frozen=True)
class CorrectionDesk:
    """What a step of a correction works with."""

    corrections: Corrections
    law: Snapshot
    now: datetime
    today: date


async def propose_correction(
    command: ProposeCorrection, correction_id: UUID, desk: CorrectionDesk
) -> Correction:
    """Rate again, by what is on record and in force now, whom a change since the review touches; nothing holds yet."""
    review = await desk.corrections.review(command.review_id)
    _must_propose(command.reviewer, desk)
    await _must_be_correctable(review, desk)
    waiting = await desk.corrections.open_of(review.id)
    if waiting is not None:
        raise CorrectionOpen.of(waiting.number, str(waiting.id))
    found = reviewed_law(desk.law, review.org_id, review.valid_from)
    units = {unit.org_id: unit.profile for unit in found.units}
    succeeded = await desk.corrections.succeeded(review.id, units)
    correction = await desk.corrections.propose(
        NewCorrection(
            id=correction_id,
            review=review,
            reason=command.reason,
            proposed_by=command.reviewer.staff_id,
            proposed_at=desk.now,
            sheet=sheet(found.units, found.laws),
            rewordings=rewordings(await desk.corrections.laws(review.id), found.laws, succeeded),
        )
    )
    if not correction.customers:
        raise ReviewUpToDate.of(review.year)
    return correction


async def keep_override(command: KeepOverride, desk: CorrectionDesk) -> None:
    """Keep the class that a reviewer had put when the review was open, or let the rated one hold."""
    correction = await desk.corrections.get(command.correction_id)
    _must_propose(command.reviewer, desk)
    correction.must_be_open()
    override = await desk.corrections.override(correction, command.customer)
    if override is None:
        raise NothingOverridden.of()
    if await desk.corrections.manager_of(override.customer_id) == command.reviewer.staff_id:
        raise OwnCustomer.of()
    if override.kept != command.keep:
        by = command.reviewer.staff_id
        await desk.corrections.keep_override(correction, override.customer_id, by, keep=command.keep)


async def approve_correction(command: ApproveCorrection, desk: CorrectionDesk) -> None:
    """Let the corrected classes hold from the day of the review, and tell every change; the review keeps its lines."""
    correction = await desk.corrections.get(command.correction_id)
    why = _must_approve(command.reviewer, desk)
    correction.must_be_open()
    correction.must_be_approved_by_another(command.reviewer.staff_id, why)
    if await desk.corrections.has_choices_of(correction, command.reviewer.staff_id):
        raise OwnChoice.of(correction.year, correction.number, why)
    await desk.corrections.hold_following(correction.org_id)
    review = await desk.corrections.review(correction.review_id)
    await _must_be_correctable(review, desk)
    found = reviewed_law(desk.law, review.org_id, review.valid_from)
    differing = await desk.corrections.differing(correction, sheet(found.units, found.laws))
    if differing:
        raise CorrectionOutOfDate.of(correction.number, differing)
    await desk.corrections.approve(correction, command.reviewer.staff_id, desk.now)
    await desk.corrections.tell_corrected(
        _corrected(correction, command.reviewer), desk.law.path(review.org_id)
    )


async def dismiss_correction(command: DismissCorrection, desk: CorrectionDesk) -> None:
    """Leave the review as it is, with a reason; the dry run stays on record."""
    correction = await desk.corrections.get(command.correction_id)
    _must_propose(command.reviewer, desk)
    correction.must_be_open()
    await desk.corrections.dismiss(correction, command.reviewer.staff_id, desk.now, command.reason)


async def _must_be_correctable(review: Review, desk: CorrectionDesk) -> None:
    if review.state is not ReviewState.PUBLISHED:
        raise NotCorrectable.unpublished(review.year, review.state)
    latest = await desk.corrections.latest_published(review.org_id)
    if latest is not None and latest > review.year:
        raise NotCorrectable.overtaken(review.year, latest)


def _must_propose(reviewer: Reviewer, desk: CorrectionDesk) -> None:
    procedure = _procedure(reviewer, desk)
    if not may_propose(procedure, desk.law.organisation(reviewer.org_id).kind, reviewer.roles):
        raise NotTheReviewer.of(_why(procedure, reviewer))


def _must_approve(reviewer: Reviewer, desk: CorrectionDesk) -> Mapping[str, Any]:
    """Refuse whoever the law does not name as the one who confirms; gives what it says."""
    procedure = _procedure(reviewer, desk)
    why = _why(procedure, reviewer)
    if not may_publish(procedure, desk.law.organisation(reviewer.org_id).kind, reviewer.roles):
        raise NotTheReviewer.of(why)
    return why


def _procedure(reviewer: Reviewer, desk: CorrectionDesk) -> Provision[ReviewProcedure]:
    return desk.law.find(ReviewProcedure, org_id=reviewer.org_id, day=desk.today)


def _why(procedure: Provision[ReviewProcedure], reviewer: Reviewer) -> Mapping[str, Any]:
    return Because.of(procedure.cite(org_id=reviewer.org_id, roles=reviewer.roles)).to_json()


def _corrected(correction: Correction, approver: Reviewer) -> ReviewCorrected:
    return ReviewCorrected(
        correction_id=correction.id,
        review_id=correction.review_id,
        org_id=correction.org_id,
        year=correction.year,
        number=correction.number,
        reason=correction.reason,
        valid_from=correction.valid_from,
        customers=correction.customers,
        changed=correction.changed,
        approved_by=UUID(approver.staff_id),
    )
