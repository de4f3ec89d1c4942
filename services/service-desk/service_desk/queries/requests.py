"""Service requests, the queue, emergencies, meetings and feedback as people read them."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from asyncpg import Record

from chassis.http.listing import Key, Listing, listed
from chassis.http.paging import Paging
from chassis.transaction import Transaction
from chassis.vault import Vault
from contracts.refusals import NotFound
from contracts.values import code_and_id
from service_desk.queries import attachments
from service_desk.queries.lists import sorts_of, without_sorted
from service_desk.queries.phones import shown_phone
from service_desk.queries.readers import Reader, in_shanghai, without_absent

REQUEST_ORDER = (
    Key("r.received_at", datetime.fromisoformat, newest_first=True),
    Key("r.id", UUID, newest_first=True),
)
REQUEST_FILTERS = {
    "state": "r.state = {}",
    "kind": "r.kind = {}",
    "priority": "r.priority = {}",
    "org_id": "r.org_id = {}",
    "customer_id": "r.customer_id = ANY (same_customer({}))",
    "open": "(r.ended_at IS NULL) = {}",
}
REQUEST_COLUMNS = """r.id, r.case_no, 'service-request' AS type, r.state, r.version, r.kind, r.priority, r.channel, r.org_id,
r.customer_id, k.name AS customer_name, COALESCE(class_of(k), r.service_class) AS class, r.vip, r.received_at, r.wanted_by,
r.ended_at"""
REQUEST_SOURCE = "service_request r LEFT JOIN customer k USING (customer_id)"
ONE = f"""
SELECT {REQUEST_COLUMNS}, r.recorded_at, r.mail_no, r.caller, r.content, r.because::text AS because, r.erased_at
FROM {REQUEST_SOURCE} WHERE r.case_no = $1 OR r.id = $2
"""  # noqa: S608 - constants
STEPS = """
SELECT s.step, s.at, s.actor, s.version, s.words, p.staff_no, p.name FROM service_request_step s
LEFT JOIN staff p ON p.staff_id::text = s.actor WHERE s.request_id = $1 ORDER BY s.version
"""

# The VIP channel first, then by class, then by what is due first; what has no due time comes last of its sort.
QUEUE_ORDER = (
    Key("q.vip_rank", int),
    Key("q.class_rank", int),
    Key("q.class_order", int),
    Key("q.due_rank", int),
    Key("q.due_order", datetime.fromisoformat),
    Key("q.id", UUID),
)
QUEUE_FILTERS = {
    "type": "q.type = {}",
    "org_id": "q.unit = {}",
    "vip": "q.vip = {}",
    "service_class": "q.class = {}",
}
RANKS = frozenset({"vip_rank", "class_rank", "class_order", "due_rank", "due_order"})

MEETING_ORDER = (
    Key("m.held_on", date.fromisoformat, newest_first=True),
    Key("m.id", UUID, newest_first=True),
)
MEETING_FILTERS = {
    "customer_id": "m.customer_id = {}",
    "occasion": "m.occasion = {}",
    "org_id": "m.org_id = {}",
}
MEETING_COLUMNS = """m.id, m.customer_id, k.name AS customer_name, m.org_id, m.occasion, m.held_on, m.case_no, m.recorded_at,
m.erased_at, m.because::text AS because, m.words"""
MEETING_SOURCE = "contact_meeting m LEFT JOIN customer k USING (customer_id)"

FEEDBACK_ORDER = (
    Key("f.at", datetime.fromisoformat, newest_first=True),
    Key("f.id", UUID, newest_first=True),
)
FEEDBACK_COLUMNS = "f.id, f.customer_id, f.org_id, f.at, f.actor, f.cases, f.words"

EMERGENCY_ORDER = (
    Key("e.declared_at", datetime.fromisoformat, newest_first=True),
    Key("e.id", UUID, newest_first=True),
)
EMERGENCY_COLUMNS = """e.id, e.version, e.situation, e.org_id, o.name AS org_name, e.from_at, e.until_at, e.ended_at,
e.declared_at, e.declared_by, r.case_no AS service_request, e.because::text AS because, e.words"""
EMERGENCY_SOURCE = """emergencies_for($1) e JOIN organisation o USING (org_id)
LEFT JOIN service_request r ON r.id = e.service_request_id"""
EMERGENCY_FILTERS = {"situation": "e.situation = {}", "org_id": "e.org_id = {}"}
USES = """
SELECT u.id, u.org_id, u.at, u.actor, u.pieces, u.words FROM emergency_use u WHERE u.emergency_id = $1 ORDER BY u.at, u.id
"""


async def requests(tx: Transaction, filters: Mapping[str, object], paging: Paging) -> dict[str, Any]:
    """Give a page of requests in the caller's scope, the newest first; headers only."""
    conditions = {REQUEST_FILTERS[name]: value for name, value in filters.items()}
    listing = Listing(
        REQUEST_SOURCE,
        REQUEST_ORDER,
        conditions,
        REQUEST_COLUMNS,
        counted="service_request r",
        sorts=sorts_of("r"),
    )
    return await listed(tx, listing, paging, lambda row: _shown(without_sorted(row)))


async def request(tx: Transaction, vault: Vault, reference: str, reader: Reader) -> dict[str, Any]:
    """Give a request whole, as far as the reader may see it; raises NotFound."""
    row = await tx.fetchrow(ONE, *code_and_id(reference))
    if row is None:
        raise NotFound(f"没有服务要求{reference}。", f"There is no service request {reference}.")
    body = _shown(
        {name: value for name, value in row.items() if name not in ("caller", "content", "because")}
    )
    body["because"] = orjson.loads(row["because"])
    body["steps"] = [_step(one, vault, reader) for one in await tx.fetch(STEPS, row["id"])]
    if not reader.texts:
        return {name: value for name, value in body.items() if name != "mail_no"}
    caller = orjson.loads(vault.open(row["caller"]))
    phone = shown_phone(caller.get("phone"), full=reader.full_phone)
    words = without_absent(orjson.loads(vault.open(row["content"])))
    body["attachments"] = await attachments.of(tx, "service-request", row["id"])
    return {**body, "caller": {"phone": phone, "name": caller.get("name")}, **words}


async def queue(tx: Transaction, filters: Mapping[str, object], paging: Paging) -> dict[str, Any]:
    """Give a page of what is open in the caller's scope, in the order in which it is to be worked on."""
    conditions = {QUEUE_FILTERS[name]: value for name, value in filters.items()}
    listing = Listing("queue_item q", QUEUE_ORDER, conditions, "q.*")
    return await listed(tx, listing, paging, _queued)


async def meetings(tx: Transaction, filters: Mapping[str, object], paging: Paging) -> dict[str, Any]:
    """Give a page of contact meetings, the latest first; headers only."""
    conditions = {MEETING_FILTERS[name]: value for name, value in filters.items()}
    listing = Listing(MEETING_SOURCE, MEETING_ORDER, conditions, MEETING_COLUMNS, counted="contact_meeting m")
    return await listed(tx, listing, paging, _headed)


async def meeting(tx: Transaction, vault: Vault, reader: Reader, meeting_id: UUID) -> dict[str, Any]:
    """Give one contact meeting; raises NotFound."""
    sql = f"SELECT {MEETING_COLUMNS} FROM {MEETING_SOURCE} WHERE m.id = $1"  # noqa: S608 - constants
    row = await tx.fetchrow(sql, meeting_id)
    if row is None:
        raise NotFound(f"没有见面会{meeting_id}。", f"There is no meeting {meeting_id}.")
    return _worded(row, vault, reader)


async def feedback(
    tx: Transaction, vault: Vault, reader: Reader, customer_id: UUID | None, paging: Paging
) -> dict[str, Any]:
    """Give a page of daily feedback, the latest first."""
    listing = Listing(
        "tracking_feedback f",
        FEEDBACK_ORDER,
        {"f.customer_id = ANY (same_customer({}))": customer_id},
        FEEDBACK_COLUMNS,
    )
    return await listed(tx, listing, paging, lambda row: _worded(row, vault, reader))


async def emergencies(
    tx: Transaction, vault: Vault, reader: Reader, filters: Mapping[str, object], paging: Paging
) -> dict[str, Any]:
    """Give a page of emergencies that hold in the caller's area, the latest first; `active` those that hold now."""
    asked = dict(filters)
    active = asked.pop("active", None)
    conditions: dict[str, object] = {EMERGENCY_FILTERS[name]: value for name, value in asked.items()}
    if active is not None:
        conditions[f"(e.from_at <= {{0}} AND COALESCE(e.ended_at, e.until_at) > {{0}}) = {bool(active)}"] = (
            tx.now
        )
    scope = tx.caller.orgpath
    listing = Listing(EMERGENCY_SOURCE, EMERGENCY_ORDER, conditions, EMERGENCY_COLUMNS, given=(scope,))
    return await listed(tx, listing, paging, lambda row: _worded(row, vault, reader))


async def emergency(tx: Transaction, vault: Vault, reader: Reader, emergency_id: UUID) -> dict[str, Any]:
    """Give one emergency with what was carried under it; raises NotFound."""
    sql = f"SELECT {EMERGENCY_COLUMNS} FROM {EMERGENCY_SOURCE} WHERE e.id = $2"  # noqa: S608 - constants
    row = await tx.fetchrow(sql, tx.caller.orgpath, emergency_id)
    if row is None:
        raise NotFound(f"没有应急状态{emergency_id}。", f"There is no emergency {emergency_id}.")
    uses = [_worded(one, vault, reader) for one in await tx.fetch(USES, emergency_id)]
    return {**_worded(row, vault, reader), "uses": uses}


def _shown(row: Record | Mapping[str, Any]) -> dict[str, Any]:
    return {name: in_shanghai(value) if isinstance(value, datetime) else value for name, value in row.items()}


def _headed(row: Record) -> dict[str, Any]:
    return _shown({name: value for name, value in row.items() if name not in ("words", "because")})


def _queued(row: Record) -> dict[str, Any]:
    return _shown({name: value for name, value in row.items() if name not in RANKS})


def _worded(row: Record, vault: Vault, reader: Reader) -> dict[str, Any]:
    shown = _shown({name: value for name, value in row.items() if name not in ("words", "because")})
    if "because" in row:
        shown["because"] = orjson.loads(row["because"])
    words = without_absent(orjson.loads(vault.open(row["words"]))) if reader.texts else {}
    return {**shown, **words}


def _step(row: Record, vault: Vault, reader: Reader) -> dict[str, Any]:
    actor = {"staff_id": row["actor"], "staff_no": row["staff_no"], "name": row["name"]}
    shown = {"step": row["step"], "time": in_shanghai(row["at"]), "version": row["version"], "actor": actor}
    words = without_absent(orjson.loads(vault.open(row["words"]))) if reader.texts else {}
    return {**shown, **({"words": words} if reader.texts else {})}
