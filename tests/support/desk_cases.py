"""Complaints as tests need them."""

from datetime import datetime
from uuid import UUID

from service_desk.model.cases import Category, Channel, Complaint, State


def a_complaint(*, state: State = State.RECORDED, first_responder: str = "420100") -> Complaint:
    """Give a complaint in a state, as fresh as that state allows."""
    return Complaint(
        id=UUID("01a1ffc8-4bd4-7740-85a0-751c0389cb88"),
        case_no="260302000001004",
        state=state,
        cycle=1,
        level=1,
        version=1,
        channel=Channel.HOTLINE,
        category=Category.DELAY,
        subject=first_responder,
        org_id=first_responder,
        orgpath="CN.420000.420100",
        customer_id=None,
        first_responder_org_id=first_responder,
        received_at=datetime.fromisoformat("2026-03-02T09:00:00+08:00"),
    )
