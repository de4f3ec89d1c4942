"""What an intake answers, but for its reason: the case, who answers for it, and what is promised by when."""

from typing import Any

from chassis.deadlines import Deadline
from chassis.directory import Snapshot
from service_desk.model.cases import CustomerFacts
from service_desk.ports.desk import FiledCompensation, Promise, ReceivedComplaint


def complaint_receipt(received: ReceivedComplaint, law: Snapshot) -> dict[str, Any]:
    """Give the answer to a complaint's intake."""
    complaint = received.complaint
    return {
        "id": complaint.id,
        "case_no": complaint.case_no,
        "type": "complaint",
        "state": complaint.state,
        "cycle": complaint.cycle,
        "level": complaint.level,
        "version": complaint.version,
        "channel": complaint.channel,
        "category": complaint.category,
        "received_at": complaint.received_at,
        "recorded_at": received.recorded_at,
        "customer": _customer(received.customer, vip=received.vip),
        "first_responder": unit(complaint.first_responder_org_id, law),
        "handler": unit(complaint.handler_org_id, law),
        **_promise(received.promise),
    }


def compensation_receipt(filed: FiledCompensation, law: Snapshot) -> dict[str, Any]:
    """Give the answer to the filing of a compensation; its amount in yuan as decimal text."""
    claim = filed.compensation
    return {
        "id": claim.id,
        "case_no": claim.case_no,
        "type": "compensation",
        "state": claim.state,
        "version": claim.version,
        "channel": claim.channel,
        "cause": claim.cause,
        "mail_no": filed.command.mail_no,
        "amount_claimed": str(claim.amount_claimed),
        "above_limit": claim.above_limit,
        "complaint": claim.complaint_case_no,
        "received_at": claim.received_at,
        "recorded_at": filed.recorded_at,
        "customer": _customer(filed.customer, vip=filed.vip),
        "first_responder": unit(claim.first_responder_org_id, law),
        **_promise(filed.promise),
    }


def unit(org_id: str, law: Snapshot) -> dict[str, str]:
    """Give an organisation with its name."""
    node = law.organisations.get(org_id)
    return {"org_id": org_id, "name": node.name if node else org_id}


def _promise(promise: Promise) -> dict[str, Any]:
    first = min(promise.deadlines, key=lambda deadline: deadline.due_at)
    return {
        "deadlines": [_clock(deadline) for deadline in promise.deadlines],
        "promised": promise.promised.to_json(),
        "next_step": {
            "action": promise.next_action,
            "by": first.due_at,
            **promise.next_step.to_json(),
        },
    }


def _clock(deadline: Deadline) -> dict[str, Any]:
    return {
        "id": deadline.id,
        "kind": deadline.term.kind,
        "started_at": deadline.term.started_at,
        "due_at": deadline.due_at,
        "due_on": deadline.due_on,
        "provisional": deadline.due.provisional,
        "state": "running",
    }


def _customer(facts: CustomerFacts | None, *, vip: bool) -> dict[str, Any] | None:
    if facts is None:
        return None
    return {
        "customer_id": facts.customer_id,
        "code": facts.code,
        "name": facts.name,
        "class": facts.service_class,
        "vip": vip,
    }
