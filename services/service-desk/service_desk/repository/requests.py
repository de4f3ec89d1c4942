"""Service requests, emergencies and contact meetings: rows and events."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson
from asyncpg import Record

from chassis.ids import uuid7
from chassis.phones import PhoneBook
from chassis.transaction import Transaction
from chassis.vault import Vault
from contracts import service_desk as told
from contracts.envelope import Event
from contracts.refusals import NotFound, StaleVersion
from contracts.values import code_and_id
from regulations.provisions import Because
from service_desk.commands import DeclareEmergency, HoldMeeting
from service_desk.model.cases import Caller
from service_desk.model.requests import Asker, RequestMove, RequestState, ServiceRequest

ASKER = """
SELECT k.customer_id, k.name, class_of(k) AS service_class, k.vip, k.responsible_org_id AS org_id,
  path_of(k.responsible_org_id) AS orgpath, k.manager_id::text AS manager_id
FROM customer k WHERE k.customer_id = survivor_of(COALESCE($2, (SELECT c.customer_id FROM customer c WHERE c.code = $1)))
  AND path_of(k.responsible_org_id) IS NOT NULL
"""

ONE = """
SELECT r.id, r.case_no, r.state, r.version, r.kind, r.priority, r.channel, r.subject, r.org_id, path_of(r.org_id) AS orgpath,
  r.customer_id, r.service_class, r.vip, r.desk_org_id, r.received_at, r.wanted_by, r.mail_no
FROM service_request r WHERE r.case_no = $1 OR r.id = $2
"""

OPEN = """
WITH r AS (
  INSERT INTO service_request (id, case_no, state, version, kind, priority, channel, subject, org_id,
    customer_id, service_class,
    vip, desk_org_id, received_at, recorded_at, recorded_by, wanted_by, mail_no, caller_key, caller, content, because)
  VALUES ($1, $2, $3, 1, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
    $21::json) RETURNING id)
SELECT announce($22::jsonb) FROM r
"""

MOVE = """
WITH r AS (
  UPDATE service_request SET state = $3, ended_at = CASE WHEN $4 THEN $5::timestamptz END, version = version + 1
  WHERE id = $1 AND version = $2 RETURNING id, version),
w AS (
  INSERT INTO service_request_step (request_id, version, step, at, actor, words) SELECT id, version, $6, $5, $7, $8 FROM r)
SELECT announce($9::jsonb) FROM r
"""

DECLARE = """
WITH e AS (
  INSERT INTO emergency (id, version, situation, org_id, service_request_id, from_at, until_at, declared_at,
    declared_by, because,
    words)
  VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9::json, $10) RETURNING id)
SELECT announce($11::jsonb) FROM e
"""

HOLD = """
WITH m AS (
  INSERT INTO contact_meeting (id, version, customer_id, org_id, occasion, held_on, case_no, recorded_at,
    recorded_by, because, words)
  VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9::json, $10) RETURNING id)
SELECT announce($11::jsonb) FROM m
"""

KNOWS = """
SELECT EXISTS (SELECT FROM complaint c WHERE c.case_no = $1 AND c.customer_id = $2)
  OR EXISTS (SELECT FROM compensation c WHERE c.case_no = $1 AND c.customer_id = $2)
  OR EXISTS (SELECT FROM service_request r WHERE r.case_no = $1 AND r.customer_id = $2)
"""

FACTS: Mapping[RequestState, type[told.ServiceRequestFact]] = {
    RequestState.OPEN: told.ServiceRequestOpened,
    RequestState.ACCEPTED: told.ServiceRequestAccepted,
    RequestState.DONE: told.ServiceRequestDone,
    RequestState.DECLINED: told.ServiceRequestDeclined,
}


class Requests:
    """Service requests, emergencies and meetings of one transaction."""

    def __init__(self, tx: Transaction, vault: Vault, phones: PhoneBook) -> None:
        self._tx = tx
        self._vault = vault
        self._phones = phones

    async def asker(self, reference: str) -> Asker | None:
        """Give the customer of an id or code in the caller's scope, a merged one's survivor."""
        row = await self._tx.fetchrow(ASKER, *code_and_id(reference))
        return Asker(**dict(row)) if row else None

    async def get(self, reference: str, version: int) -> ServiceRequest:
        """Give the request of a case number or id; raises NotFound and StaleVersion."""
        request = await self.find(reference)
        if request is None:
            raise not_there(reference)
        if request.version != version:
            raise _stale(request.case_no)
        return request

    async def find(self, reference: str) -> ServiceRequest | None:
        """Give the request of a case number or id where there is one."""
        row = await self._tx.fetchrow(ONE, *code_and_id(reference))
        return _request(row) if row else None

    async def open(self, request: ServiceRequest, caller: Caller, content: str, because: Because) -> None:
        """Write a new request with its event in one statement."""
        now = self._tx.now
        await self._tx.execute(
            OPEN, request.id, request.case_no, request.state, request.kind, request.priority, request.channel,
            request.subject, request.org_id, request.customer_id, request.service_class, request.vip,
            request.desk_org_id, request.received_at, now, self._tx.moment.actor, request.wanted_by,
            request.mail_no, self._phones.keys(caller.phone)[0] if caller.phone else None,
            self._sealed({"phone": caller.phone, "name": caller.name}), self._sealed({"content": content}),
            _encoded(because), self._tx.encoded([self._event(request, because)]),
        )  # fmt: skip

    async def move(self, move: RequestMove, after: ServiceRequest, text: str) -> None:
        """Write state, step and event in one statement; raises StaleVersion."""
        written = await self._tx.fetchrow(
            MOVE, after.id, after.version - 1, after.state, after.ended, self._tx.now, move.value,
            self._tx.moment.actor, self._sealed({"text": text}), self._tx.encoded([self._event(after, None)]),
        )  # fmt: skip
        if written is None:
            raise _stale(after.case_no)

    async def declare(
        self,
        command: DeclareEmergency,
        org_id: str,
        orgpath: str,
        request: ServiceRequest | None,
        because: Because,
    ) -> UUID:
        """Write an emergency with its event."""
        emergency_id = uuid7()
        event = self._tx.event(
            told.EmergencyDeclared(
                emergency_id=emergency_id,
                situation=command.situation,
                org_id=org_id,
                from_at=command.from_at,
                until_at=command.until_at,
                ended_at=None,
                service_request_case_no=request.case_no if request else None,
                because=dict(because.to_json()),
            ),
            aggregate=f"emergency:{emergency_id}",
            version=1,
            subject=org_id,
            orgpath=orgpath,
        )
        words = {"transport": command.transport, "reason": command.reason}
        await self._tx.execute(
            DECLARE, emergency_id, command.situation, org_id, request.id if request else None, command.from_at,
            command.until_at, self._tx.now, self._tx.moment.actor, _encoded(because), self._sealed(words),
            self._tx.encoded([event]),
        )  # fmt: skip
        return emergency_id

    async def knows_case(self, case_no: str, customer_id: UUID) -> bool:
        """Tell whether a customer has a complaint, compensation or request of that number."""
        return bool(await self._tx.fetchval(KNOWS, case_no, customer_id))

    async def hold(self, command: HoldMeeting, asker: Asker, because: Because) -> UUID:
        """Write a contact meeting with its event."""
        meeting_id = uuid7()
        event = self._tx.event(
            told.ContactMeetingHeld(
                meeting_id=meeting_id,
                customer_id=asker.customer_id,
                org_id=asker.org_id,
                occasion=command.occasion,
                held_on=command.held_on,
                case_no=command.case_no,
                because=dict(because.to_json()),
            ),
            aggregate=f"contact-meeting:{meeting_id}",
            version=1,
            subject=str(asker.customer_id),
            orgpath=asker.orgpath,
        )
        people = [{"name": name, "side": side} for name, side in command.participants]
        words = {"participants": people, "minutes": command.minutes, "outcome": command.outcome}
        await self._tx.execute(
            HOLD, meeting_id, asker.customer_id, asker.org_id, command.occasion, command.held_on, command.case_no,
            self._tx.now, self._tx.moment.actor, _encoded(because), self._sealed(words), self._tx.encoded([event]),
        )  # fmt: skip
        return meeting_id

    def _sealed(self, words: Mapping[str, Any]) -> bytes:
        return self._vault.seal(orjson.dumps(words).decode())

    def _event(self, request: ServiceRequest, because: Because | None) -> Event:
        return self._tx.event(
            FACTS[request.state](
                request_id=request.id,
                because=dict(because.to_json()) if because else None,
                **{name: getattr(request, name) for name in TOLD},
            ),
            aggregate=f"service-request:{request.id}",
            version=request.version,
            subject=request.subject,
            orgpath=request.orgpath,
        )


TOLD = (
    "case_no",
    "customer_id",
    "kind",
    "priority",
    "state",
    "vip",
    "org_id",
    "received_at",
    "wanted_by",
)


def not_there(reference: str) -> NotFound:
    """Give the refusal of a request that is not there, or out of scope."""
    return NotFound(f"没有服务要求{reference}。", f"There is no service request {reference}.")


def _encoded(because: Because) -> str:
    return orjson.dumps(because.to_json()).decode()


def _request(row: Record) -> ServiceRequest:
    return ServiceRequest(**{**dict(row), "state": RequestState(row["state"])})


def _stale(case_no: str) -> StaleVersion:
    return StaleVersion(
        f"服务要求{case_no}已被他人更新，请重新读取。",
        f"Service request {case_no} has changed meanwhile; read it again.",
    )
