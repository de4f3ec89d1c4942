"""The yearly review: proposed for a province in one run, overridden with reasons, published in one act."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from chassis.directory import Snapshot
from contracts.tiering import ReviewPublished
from regulations.provisions import Because, Provision
from regulations.topics.tiers import ReviewProcedure
from tiering.commands.reviews import OverrideLine, ProposeReview, PublishReview, Reviewer, WithdrawReview
from tiering.handlers.law import reviewed_law
from tiering.model.review_refusals import (
    LaterReview,
    NoSuchTier,
    NotTheReviewer,
    OwnCustomer,
    OwnOverride,
    ReviewOpen,
    YearNotOver,
)
from tiering.model.reviews import Override
from tiering.model.tiers import Tier
from tiering.policies.law import ClassLaw
from tiering.policies.reviews import may_propose, may_publish, year_of
from tiering.policies.sheets import sheet
from tiering.ports.reviews import NewReview, Reviews


@dataclass(frozen=True)
class Desk:
    """What a step of a review works with."""

    reviews: Reviews
    law: Snapshot
    now: datetime
    today: date


async def propose_review(command: ProposeReview, review_id: UUID, desk: Desk) -> None:
    """Ask for a class for every customer of the province, by the law of the day from which it will hold."""
    reviewer = command.reviewer
    year = year_of(command.year)
    _must_propose(reviewer, desk)
    if desk.today < year.valid_from:
        raise YearNotOver.of(command.year)
    await desk.reviews.hold_published(reviewer.org_id)
    waiting = await desk.reviews.open_at(reviewer.org_id)
    if waiting is not None:
        raise ReviewOpen.of(waiting.year, str(waiting.id))
    await _must_be_latest(command.year, reviewer.org_id, desk)
    found = reviewed_law(desk.law, reviewer.org_id, year.valid_from)
    await desk.reviews.begin(
        NewReview(
            id=review_id,
            org_id=reviewer.org_id,
            year=command.year,
            valid_from=year.valid_from,
            proposed_by=reviewer.staff_id,
            proposed_at=desk.now,
            sheet=sheet(found.units, found.laws),
        )
    )


async def withdraw_review(command: WithdrawReview, desk: Desk) -> None:
    """Take back a review that is not published, so that another can be proposed; its lines stay to be read."""
    review = await desk.reviews.get(command.review_id)
    _must_propose(command.reviewer, desk)
    review.must_not_be_over()
    await desk.reviews.withdraw(review, command.reviewer.staff_id, command.reason)


async def override_line(command: OverrideLine, desk: Desk) -> None:
    """Put another class in the place of the proposed one, with a reason."""
    review = await desk.reviews.get(command.review_id)
    _must_propose(command.reviewer, desk)
    review.must_be_open()
    line = await desk.reviews.line(review, command.customer)
    if await desk.reviews.manager_of(line.customer_id) == command.reviewer.staff_id:
        raise OwnCustomer.of()
    law = (await desk.reviews.laws(review.id))[line.profile]
    override = Override(command.reason, command.reviewer.staff_id, desk.now)
    await desk.reviews.save(review, line, line.overridden(_tier(command.cls, law), override))


async def publish_review(command: PublishReview, desk: Desk) -> None:
    """Let the proposed classes hold from the year after, and tell every change."""
    await desk.reviews.hold_published(command.reviewer.org_id)
    review = await desk.reviews.get(command.review_id)
    why = _must_publish(command.reviewer, desk)
    review.must_be_open()
    review.must_be_confirmed_by_another(command.reviewer.staff_id, why)
    if await desk.reviews.has_overrides_of(review, command.reviewer.staff_id):
        raise OwnOverride.of(review.year, why)
    await _must_be_latest(review.year, review.org_id, desk)
    await desk.reviews.publish(review, command.reviewer.staff_id, desk.now)
    published = ReviewPublished(
        review_id=review.id,
        org_id=review.org_id,
        year=review.year,
        valid_from=review.valid_from,
        customers=review.customers,
        changed=review.changed,
        overridden=review.overridden,
        published_by=UUID(command.reviewer.staff_id),
    )
    await desk.reviews.tell_published(published, desk.law.path(review.org_id))


def _must_propose(reviewer: Reviewer, desk: Desk) -> None:
    procedure = _procedure(reviewer, desk)
    if not may_propose(procedure, desk.law.organisation(reviewer.org_id).kind, reviewer.roles):
        raise NotTheReviewer.of(_why(procedure, reviewer))


def _must_publish(reviewer: Reviewer, desk: Desk) -> Mapping[str, Any]:
    """Refuse whoever the law does not name as the one who confirms; gives what it says."""
    procedure = _procedure(reviewer, desk)
    why = _why(procedure, reviewer)
    if not may_publish(procedure, desk.law.organisation(reviewer.org_id).kind, reviewer.roles):
        raise NotTheReviewer.of(why)
    return why


def _procedure(reviewer: Reviewer, desk: Desk) -> Provision[ReviewProcedure]:
    return desk.law.find(ReviewProcedure, org_id=reviewer.org_id, day=desk.today)


def _why(procedure: Provision[ReviewProcedure], reviewer: Reviewer) -> Mapping[str, Any]:
    reason = procedure.cite(org_id=reviewer.org_id, roles=reviewer.roles)
    return Because.of(reason).to_json()


async def _must_be_latest(year: int, org_id: str, desk: Desk) -> None:
    latest = await desk.reviews.latest_published(org_id)
    if latest is not None and latest > year:
        raise LaterReview.of(year, latest)


def _tier(cls: int | None, law: ClassLaw) -> Tier:
    tier = law.tier_of(cls)
    if cls is not None and tier is None:
        raise NoSuchTier.of(cls, law.scheme, sorted(set(law.equivalents.value.classes.values())))
    return Tier(law.scheme, tier, cls)
