"""Clocks that begin after the intake: the follow-up's, and those of a reopened complaint."""

from collections.abc import Iterable
from datetime import datetime

from chassis.deadlines import Deadline, Term, plan
from chassis.directory import Snapshot
from service_desk.handlers.grounds import holder_at
from service_desk.model.cases import Complaint
from service_desk.policies.clocks import RESOLVE, Clock

SUBJECT = "complaint"


def started(
    complaint: Complaint, clocks: Iterable[Clock], law: Snapshot, at: datetime
) -> tuple[Deadline, ...]:
    """Give clocks of a complaint that start at an instant, each with its holder."""
    return tuple(
        plan(
            Term(
                kind=clock.kind,
                subject=(SUBJECT, str(complaint.id)),
                org_id=complaint.org_id,
                holder=holder_at(law, _holds(complaint, clock), clock.role),
                started_at=at,
                duration=clock.within,
                because=(clock.reason,),
                customer_id=str(complaint.customer_id) if complaint.customer_id else None,
            ),
            law,
        )
        for clock in clocks
    )


def _holds(complaint: Complaint, clock: Clock) -> str:
    """Give where a clock is held: at the first responder, that of a later cycle's verdict where the verdict is."""
    judge = complaint.verdict_org_id if clock.kind == RESOLVE else None
    return judge or complaint.first_responder_org_id
