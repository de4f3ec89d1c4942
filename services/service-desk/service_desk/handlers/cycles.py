"""Clocks that begin after the intake: the follow-up's, and those of a reopened complaint."""

from collections.abc import Iterable
from datetime import datetime

from chassis.deadlines import Deadline, Term, plan
from chassis.directory import Snapshot
from service_desk.handlers.grounds import holder_at
from service_desk.model.cases import Complaint
from service_desk.policies.clocks import Clock

SUBJECT = "complaint"


def started(
    complaint: Complaint, clocks: Iterable[Clock], law: Snapshot, at: datetime
) -> tuple[Deadline, ...]:
    """Give clocks of a complaint that start at an instant; the first responder holds them, in every cycle."""
    return tuple(
        plan(
            Term(
                kind=clock.kind,
                subject=(SUBJECT, str(complaint.id)),
                org_id=complaint.org_id,
                holder=holder_at(law, complaint.first_responder_org_id, clock.role),
                started_at=at,
                duration=clock.within,
                because=(clock.reason,),
                customer_id=str(complaint.customer_id) if complaint.customer_id else None,
            ),
            law,
        )
        for clock in clocks
    )
