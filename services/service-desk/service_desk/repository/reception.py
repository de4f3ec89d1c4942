"""Intake requests, each written with its answer by one SQL function in one round trip."""

from collections.abc import Callable, Mapping

import orjson
from asyncpg import Record

from chassis import outbox
from chassis.deadlines import encode
from chassis.encoding import dumps
from contracts import service_desk as told
from contracts.envelope import Event
from contracts.refusals import UnknownCustomer
from service_desk.model.cases import Caller, CustomerFacts
from service_desk.model.refusals import UnknownComplaint
from service_desk.ports.desk import Changed, Explanation, FiledCompensation, Promise, ReceivedComplaint
from service_desk.repository.answers import Draft, Written, written
from service_desk.repository.guesses import read_facts
from service_desk.repository.means import KeyReused, Means, Request
from service_desk.repository.together import RECEIVE
from service_desk.settings import FILE_ARGUMENTS

COLUMNS = "verdict, facts, headers, body, because"
FILE = f"SELECT {COLUMNS} FROM file_compensation({', '.join(f'${place}' for place in range(1, FILE_ARGUMENTS + 1))})"  # noqa: S608


class _Reception:
    def __init__(self, means: Means, request: Request) -> None:
        self._means = means
        self._request = request
        self.written: Written | None = None

    def guess(self, caller: Caller) -> CustomerFacts | None:
        """Give what was last known of the customer a caller names; may be out of date."""
        return self._means.guesses.get(caller, self._request.phone_keys)

    async def _call(self, sql: str, arguments: list[object], explained: Explanation) -> Record:
        row = await self._ask(sql, arguments)
        if row is not None and row["verdict"] == "ground":
            await self._keep(explained)
            row = await self._ask(sql, arguments)
        if row is None:
            raise LookupError("an intake function gives one row, always")
        return row

    async def _ask(self, sql: str, arguments: list[object]) -> Record | None:
        if sql != RECEIVE:
            return await self._means.pool.fetchrow(sql, *arguments)
        together = self._means.together
        if together is None:
            return await self._means.pool.fetchrow(sql, [tuple(arguments)])
        return await together.ask(tuple(arguments))

    async def _keep(self, explained: Explanation) -> None:
        """Keep an explanation that no case rested on before."""
        request = self._request
        await self._means.pool.execute(
            "SELECT keep_ground($1, $2, $3, $4::json)",
            request.scope,
            request.moment.actor,
            explained.digest,
            explained.encoded.decode(),
        )

    def _settled(self, row: Record, caller: Caller, draft: Draft, promise: Promise) -> Changed | None:
        verdict: str = row["verdict"]
        if verdict == "new":
            self._kept(promise)
            self.written = draft.written()
            return None
        if verdict == "again":
            kept = orjson.loads(row["headers"])
            body = self._means.vault.open(row["body"]).encode()
            self.written = written(body, row["because"].encode(), kept["etag"], kept["location"])
            return None
        if verdict == "facts":
            facts = read_facts(row["facts"])
            self._means.guesses.keep(caller, self._request.phone_keys, facts)
            return Changed(facts)
        raise KeyReused

    def _kept(self, promise: Promise) -> None:
        """Remember the grounds that are in the database for good from now on: each call is a transaction of its own."""
        self._means.keep(promise)

    def _common(self, caller: Caller, facts: CustomerFacts | None, draft: Draft) -> list[object]:
        request = self._request
        return [
            request.scope,
            request.moment.actor,
            request.key,
            request.fingerprint,
            request.status,
            draft.headers(),
            self._means.vault.seal(draft.body.decode()),
            caller.customer_id,
            caller.customer_code,
            request.phone_keys,
            facts.customer_id if facts else None,
            facts.version if facts else None,
        ]

    def _sealed(self, caller: Caller, content: Mapping[str, str | None]) -> tuple[bytes, bytes]:
        seal = self._means.vault.seal
        return (
            seal(orjson.dumps({"phone": caller.phone, "name": caller.name}).decode()),
            seal(orjson.dumps(content).decode()),
        )

    def _tail(self, promise: Promise, event: Event) -> list[object]:
        moment = self._request.moment
        return [
            dumps(promise.promised.to_json()).decode(),
            promise.explained.digest,
            encode(promise.deadlines, moment.correlation_id),
            outbox.encode([_explained(event, promise)], f"keypost.{moment.service}"),
        ]

    def _caller_key(self) -> str | None:
        return self._request.phone_keys[0] if self._request.phone_keys else None


class ComplaintReception(_Reception):
    """Where one complaint is written; `render` makes the answer's body without its reason."""

    def __init__(self, means: Means, request: Request, render: Callable[[ReceivedComplaint], bytes]) -> None:
        super().__init__(means, request)
        self._render = render

    async def record(self, case: ReceivedComplaint) -> Changed | None:
        """Write case, clocks, event and answer in one statement; raises KeyReused."""
        complaint, command = case.complaint, case.command
        caller, facts = command.intake.caller, case.customer
        location = f"/v1/complaints/{complaint.case_no}"
        draft = Draft(self._render(case), complaint.version, location, case.promise.explained)
        caller_sealed, content_sealed = self._sealed(
            caller, {"content": command.content, "place": command.place}
        )
        arguments = [
            *self._common(caller, facts, draft),
            complaint.id,
            complaint.case_no,
            complaint.channel,
            complaint.category,
            complaint.subject,
            complaint.org_id,
            facts.service_class if facts else None,
            case.vip,
            complaint.first_responder_org_id,
            self._request.desk_org_id,
            complaint.received_at,
            case.recorded_at,
            command.intake.language,
            command.mail_no,
            self._caller_key(),
            caller_sealed,
            content_sealed,
            *self._tail(case.promise, self._event(case)),
            case.promise.explained.digest in self._means.grounds,
        ]
        row = await self._call(RECEIVE, arguments, case.promise.explained)
        return self._settled(row, caller, draft, case.promise)

    def _event(self, case: ReceivedComplaint) -> Event:
        complaint = case.complaint
        return self._request.moment.event(
            told.ComplaintReceived(
                complaint_id=complaint.id,
                case_no=complaint.case_no,
                customer_id=complaint.customer_id,
                channel=complaint.channel,
                category=complaint.category,
                cause=None,
                link=None,
                state=complaint.state,
                cycle=complaint.cycle,
                level=complaint.level,
                org_id=complaint.org_id,
                first_responder=told.UnitFact(org_id=complaint.first_responder_org_id),
                handler=told.UnitFact(org_id=complaint.handler_org_id),
                received_at=complaint.received_at,
                satisfaction=None,
                because=None,
            ),
            aggregate=f"complaint:{complaint.id}",
            version=complaint.version,
            subject=complaint.subject,
            orgpath=complaint.orgpath,
        )


class CompensationReception(_Reception):
    """Where one compensation is written; `render` makes the answer's body without its reason."""

    def __init__(self, means: Means, request: Request, render: Callable[[FiledCompensation], bytes]) -> None:
        super().__init__(means, request)
        self._render = render

    async def record(self, case: FiledCompensation) -> Changed | None:
        """Write case, clocks, event and answer in one statement; raises KeyReused, UnknownCustomer, UnknownComplaint."""
        claim, command = case.compensation, case.command
        caller, facts = command.intake.caller, case.customer
        location = f"/v1/compensations/{claim.case_no}"
        draft = Draft(self._render(case), claim.version, location, case.promise.explained)
        caller_sealed, content_sealed = self._sealed(caller, {"content": command.content})
        arguments = [
            *self._common(caller, facts, draft),
            claim.id,
            claim.case_no,
            claim.channel,
            claim.cause,
            claim.subject,
            claim.org_id,
            facts.service_class if facts else None,
            case.vip,
            claim.first_responder_org_id,
            self._request.desk_org_id,
            claim.received_at,
            case.recorded_at,
            command.intake.language,
            command.mail_no,
            self._caller_key(),
            caller_sealed,
            content_sealed,
            *self._tail(case.promise, self._event(case)),
            claim.amount_claimed,
            claim.above_limit,
            claim.complaint_case_no,
        ]
        row = await self._call(FILE, arguments, case.promise.explained)
        if row["verdict"] == "unknown-customer":
            field = "customer_id" if caller.customer_id else "customer_code"
            raise UnknownCustomer.of(str(caller.customer_id or caller.customer_code), f"/caller/{field}")
        if row["verdict"] == "unknown-complaint":
            raise UnknownComplaint.of(str(claim.complaint_case_no))
        return self._settled(row, caller, draft, case.promise)

    def _event(self, case: FiledCompensation) -> Event:
        claim = case.compensation
        return self._request.moment.event(
            told.CompensationFiled(
                compensation_id=claim.id,
                case_no=claim.case_no,
                complaint_case_no=claim.complaint_case_no,
                customer_id=claim.customer_id,
                channel=claim.channel,
                cause=claim.cause,
                state=claim.state,
                above_limit=claim.above_limit,
                org_id=claim.org_id,
                first_responder=told.UnitFact(org_id=claim.first_responder_org_id),
                received_at=claim.received_at,
                because=None,
            ),
            aggregate=f"compensation:{claim.id}",
            version=claim.version,
            subject=claim.subject,
            orgpath=claim.orgpath,
        )


def _explained(event: Event, promise: Promise) -> Event:
    """Put the explanation into an event that is being made, as it is encoded already."""
    event.data["because"] = orjson.Fragment(promise.explained.encoded)
    return event
