"""Customers, tariff requests, agreements and bills for tests of pricing; a desk without a database."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import count
from typing import Any, cast
from uuid import UUID, uuid4

from chassis.directory import Snapshot
from contracts.refusals import NotFound
from contracts.values import check_digit_mod_11_10
from pricing.commands import Asker
from pricing.model.customers import Customer
from pricing.model.refusals.tariffs import TariffRequestOpen
from pricing.model.tariffs import Late, TariffRequest
from pricing.ports import Accounts, Agreements, Desk, LevelClock, Running
from regulations.calendars import due
from support.facts import assignment_fact, customer_fact, fact
from support.service import Person as Somebody
from support.service import ServiceUnderTest, expect
from support.waiting import eventually

SECOND_HEAD = Somebody("420106", "unit-head", "副局长")
_serials = count(1)


@dataclass(frozen=True)
class Known:
    """A customer that pricing has heard of."""

    customer_id: UUID
    code: str


async def a_customer(service: ServiceUnderTest, class_: int | None = 3, **facts: Any) -> Known:
    """Let the registry tell of a registered customer; `org_id` is the responsible unit."""
    digits = f"420100{next(_serials):07d}"
    known = Known(uuid4(), digits + check_digit_mod_11_10(digits))
    given = {"customer_code": known.code, "initial_class": class_, **facts}
    await service.hear(customer_fact(known.customer_id, **given))
    return known


async def supported_by(service: ServiceUnderTest, customer: Known, org_id: str, *others: str) -> None:
    """Let units support a customer beside the responsible one."""
    supports = [{"line": "ceremonial", "org_id": one} for one in others]
    await service.hear(assignment_fact(customer.customer_id, org_id, supports=supports))


def tier_fact(customer_id: UUID, version: int, class_: int | None, valid_from: str) -> Any:
    """Give what tiering tells of a class."""
    data = {
        "scheme": "hubei",
        "tier": str(class_) if class_ else None,
        "class": class_,
        "service_class": class_,
        "customer_id": customer_id,
        "org_id": "420106-T01",
        "former": None,
        "basis": "review",
        "valid_from": valid_from,
        "review_id": None,
        "because": None,
    }
    return fact("tiering.tier.changed.v1", f"tier:{customer_id}", version, data)


def tariff(
    customer: Known, discount: str = "0.10", *lines: str, reason: str = "顺丰报价更低"
) -> dict[str, Any]:
    """Give the body of a request."""
    return {
        "customer": customer.code,
        "lines": list(lines or ("domestic-express",)),
        "discount": discount,
        "reason": reason,
    }


async def asked(
    service: ServiceUnderTest, person: Somebody, customer: Known, discount: str = "0.10", *lines: str
) -> dict[str, Any]:
    """Ask for a discount; gives the answer."""
    body = tariff(customer, discount, *lines)
    return cast("dict[str, Any]", expect(await service.post(person, "/tariff-requests", body), 201))


async def move(
    service: ServiceUnderTest, person: Somebody, request: Mapping[str, Any], step: str, status: int = 200
) -> dict[str, Any]:
    """Approve, refuse, send up or withdraw; gives the answer."""
    body = {} if step in ("approve", "withdraw") else {"reason": "竞争激烈"}
    answer = await service.post(person, f"/tariff-requests/{request['id']}/{step}", body)
    return cast("dict[str, Any]", expect(answer, status))


async def swept(service: ServiceUnderTest) -> None:
    """Wait until the sweeper has nothing left to do."""

    async def due_now() -> int:
        [found] = await service.rows(
            "SELECT count(*) AS n FROM deadline WHERE next_at <= $1", service.runtime.clock.now()
        )
        return int(found["n"])

    await eventually(due_now, 0)


async def told(service: ServiceUnderTest, aggregate: str) -> list[str]:
    """Give the last word of every event of a record: requested, approved."""
    return [event["type"].split(".")[2] for event in await service.events(aggregate)]


async def every_event(service: ServiceUnderTest, customer: Known) -> str:
    """Give all that was told under a customer's key, as it goes over the bus, but without times."""
    rows = await service.rows("SELECT payload FROM outbox WHERE key = $1", str(customer.customer_id))
    whole = json.dumps([json.loads(row["payload"]) for row in rows], ensure_ascii=False)
    return re.sub(r'"\d{4}-\d\d-\d\dT[^"]*"', '"time"', whole)


def asker(person: Somebody) -> Asker:
    """Give a person as commands know them."""
    return Asker(str(person.staff_id), person.org_id, frozenset({person.role}))


@dataclass
class OneCustomer:
    """Customers as handlers find them: this one, under any reference."""

    customer: Customer

    async def find(self, references: Sequence[str]) -> Mapping[str, Customer]:
        """Give it by each reference."""
        return dict.fromkeys(references, self.customer)

    async def survivors(self, customers: Sequence[Customer]) -> Mapping[UUID, Customer]:
        """Nobody is merged into another."""
        return {}

    async def by_id(self, ids: Sequence[UUID]) -> Mapping[UUID, Customer]:
        """Give it by each id."""
        return dict.fromkeys(ids, self.customer)


@dataclass
class RememberedTariffs:
    """Tariff requests in memory, with the clocks of their levels."""

    kept: dict[UUID, TariffRequest] = field(default_factory=dict)
    clocks: dict[UUID, Running] = field(default_factory=dict)
    versions: dict[UUID, list[int]] = field(default_factory=dict)

    async def get(self, request_id: UUID) -> TariffRequest:
        """Give a request; raises NotFound."""
        if request_id not in self.kept:
            raise NotFound("没有", "none")
        return self.kept[request_id]

    async def running(self, request_id: UUID) -> Running | None:
        """Give the clock of the present level."""
        return self.clocks.get(request_id)

    async def is_held_by(self, request_id: UUID, asker: Asker) -> bool:
        """Tell whether the asker is the one person who holds the clock."""
        running = self.clocks.get(request_id)
        return running is not None and running.late.staff_id == asker.actor

    async def open_lines(self, customer_id: UUID, lines: Sequence[str]) -> Mapping[str, str]:
        """Give the lines among these with an open request."""
        opened = [one for one in self.kept.values() if one.state == "open" and one.customer_id == customer_id]
        return {line: one.org_id for one in opened for line in one.lines if line in lines}

    async def enter(self, request: TariffRequest, clock: LevelClock) -> None:
        """Keep a new request."""
        taken = await self.open_lines(request.customer_id, request.lines)
        if taken:
            raise TariffRequestOpen.of(request.org_id, request.org_id, list(taken))
        self.kept[request.id] = request
        self.versions[request.id] = [request.version]
        await self.start(clock)

    async def save(self, before: TariffRequest, steps: Sequence[TariffRequest]) -> None:
        """Keep the last of the steps."""
        last = steps[-1]
        assert self.kept[before.id] == before
        self.kept[last.id] = last
        self.versions[last.id] += [step.version for step in steps]
        if last.state != "open" or len(last.sittings) > len(before.sittings):
            self.clocks.pop(last.id, None)

    async def start(self, clock: LevelClock) -> None:
        """Start the clock of a level."""
        end = due(clock.started_at, clock.within).due_at
        late = Late(end, clock.request.sitting.org_id, clock.role, clock.staff_id)
        self.clocks[clock.request.id] = Running(end, late)

    async def approved(self, customer_id: UUID) -> Sequence[tuple[Sequence[str], Decimal]]:
        """Give lines and discount of every approved request."""
        granted = [one for one in self.kept.values() if one.state == "approved"]
        return [(one.lines, one.figures.discount) for one in granted if one.customer_id == customer_id]


class Absent:
    """What a test of tariff requests does not come near."""


def desk_at(now: datetime, customer: Customer, tariffs: RememberedTariffs, law: Snapshot) -> Desk:
    """Lay out a desk in memory; agreements and accounts are not there."""
    nothing = Absent()
    return Desk(
        now=now,
        law=law,
        customers=OneCustomer(customer),
        tariffs=tariffs,
        agreements=cast("Agreements", nothing),
        accounts=cast("Accounts", nothing),
    )
