"""What the desk finds by looking again: repeated complaints, and feedback that falls due."""

from datetime import date, datetime

from chassis.clock import SHANGHAI
from chassis.deadlines import Holder, Term, plan
from chassis.directory import Snapshot
from chassis.ids import uuid7
from regulations.calendars import due
from regulations.provisions import Because, Provision
from regulations.rulebook import NoLaw
from regulations.topics.compensation import DailyFeedback, VipClassServices
from regulations.topics.complaints import RepeatedComplaint
from service_desk.handlers.grounds import CITY
from service_desk.policies import tracking
from service_desk.ports.requests import Repeats, Tracking, Untracked

TRACKING = "tracking-day"
FEEDBACK = "daily-feedback"
MANAGER = "account-manager"


async def link_repeats(repeats: Repeats, law: Snapshot) -> int:
    """Link complaints to the earlier one like them, where the time between them is short enough; gives how many."""
    linked = 0
    for pair in await repeats.alike():
        day = pair.later_received_at.astimezone(SHANGHAI).date()
        rule = law.find(RepeatedComplaint, org_id=pair.org_id, day=day)
        if pair.later_received_at < due(pair.earlier_received_at, rule.value.within, law.calendar).due_at:
            await repeats.link(pair, Because.of(rule.cite(earlier=pair.earlier_case_no)))
            linked += 1
    return linked


async def start_feedback_clocks(customers: Tracking, now: datetime, law: Snapshot) -> int:
    """Start the clock of the next feedback for each customer that is owed one; gives how many."""
    day = now.astimezone(SHANGHAI).date()
    centers = [
        node.org_id for node in law.organisations.values() if node.kind == CITY and node.valid_to is None
    ]
    found = [rules for org_id in centers if (rules := _rules(law, org_id, day)) is not None]
    classes = {one for rules in found for one in tracking.tracked_classes(*rules)}
    started = 0
    for customer in await customers.without_clock(sorted(classes)):
        rules = _rules(law, customer.org_id, day)
        if rules is not None and customer.service_class in tracking.tracked_classes(*rules):
            started += await _start(customer, customers, rules, law)
    return started


Rules = tuple[Provision[VipClassServices], Provision[DailyFeedback]]


def _rules(law: Snapshot, org_id: str, day: date) -> Rules | None:
    """Give the law on daily tracking at an organisation; None where none was adopted."""
    try:
        return (
            law.find(VipClassServices, org_id=org_id, day=day),
            law.find(DailyFeedback, org_id=org_id, day=day),
        )
    except NoLaw:
        return None


async def _start(customer: Untracked, customers: Tracking, rules: Rules, law: Snapshot) -> bool:
    services, rule = rules
    tracking_id = uuid7()
    term = Term(
        kind=FEEDBACK,
        subject=(TRACKING, str(tracking_id)),
        org_id=customer.org_id,
        holder=Holder(customer.org_id, MANAGER, customer.manager_id),
        started_at=customer.since,
        duration=rule.value.within,
        because=(services.cite(), rule.cite()),
        customer_id=str(customer.customer_id),
    )
    return await customers.start(customer, tracking_id, plan(term, law))
