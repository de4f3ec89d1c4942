"""The service desk's tables whose rows are told of by events, and what both must share."""

from collections.abc import Sequence

from deploy.verify.record import Record, same

DESK: Sequence[Record] = (
    Record(
        "service-desk",
        "complaint",
        "id",
        "complaint",
        {
            **same("case_no", "state", "cycle", "level", "channel", "category", "cause", "link", "org_id"),
            **same("customer_id", "satisfaction", "received_at"),
            "first_responder_org_id": "first_responder.org_id",
            "handler_org_id": "handler.org_id",
        },
        ("service-desk.complaint.received.v1",),
    ),
    Record(
        "service-desk",
        "compensation",
        "id",
        "compensation",
        {
            **same("case_no", "state", "channel", "cause", "above_limit", "complaint_case_no", "org_id"),
            **same("customer_id", "received_at"),
            "first_responder_org_id": "first_responder.org_id",
        },
        ("service-desk.compensation.filed.v1",),
    ),
    Record(
        "service-desk",
        "liability",
        "compensation_id",
        "liability",
        {**same("case_no", "state", "above_limit", "org_id"), "creditor_org_id": "creditor.org_id"},
        rows="""SELECT compensation_id, case_no, state, above_limit, org_id, creditor_org_id, version FROM liability
          WHERE version > 0""",
    ),
    Record(
        "service-desk",
        "service_request",
        "id",
        "service-request",
        same(
            "case_no", "state", "kind", "priority", "vip", "org_id", "customer_id", "received_at", "wanted_by"
        ),
        ("service-desk.service-request.opened.v1",),
    ),
    Record(
        "service-desk",
        "emergency",
        "id",
        "emergency",
        same("situation", "org_id", "from_at", "until_at", "ended_at"),
        ("service-desk.emergency.declared.v1",),
    ),
    Record(
        "service-desk",
        "contact_meeting",
        "id",
        "contact-meeting",
        same("customer_id", "org_id", "occasion", "held_on", "case_no"),
        ("service-desk.contact-meeting.held.v1",),
    ),
    Record(
        "service-desk",
        "complaint_repeat",
        "complaint_id",
        "complaint-repeat",
        same("case_no", "repeats"),
        rows="""SELECT r.complaint_id, 1 AS version, later.case_no, earlier.case_no AS repeats FROM complaint_repeat r
          JOIN complaint later ON later.id = r.complaint_id JOIN complaint earlier ON earlier.id = r.earlier_id""",
    ),
    Record(
        "service-desk",
        "seat",
        "id",
        "seat",
        same("number", "staff_id", "org_id", "state", "given_at", "revoked_at"),
    ),
)
