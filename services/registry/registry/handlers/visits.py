"""Recording visits and symposia, and taking visits back (hubei, art. 30)."""

from collections.abc import Sequence
from datetime import date

from chassis.ids import uuid7
from contracts.refusals import Forbidden, InvalidValue, NotFound
from registry.commands.asking import Asker
from registry.commands.care import CancelVisit, HoldSymposium, RecordVisit
from registry.handlers.using import reckon
from registry.model.refusals import NotTheirCustomer
from registry.model.visits import Cancellation, Symposium, Visit
from registry.policies.visits import Sight, Visitor, calls_on, records, takes_back
from registry.ports.care import CareDesk


async def record_visits(commands: Sequence[RecordVisit], desk: CareDesk) -> list[tuple[Visit, Sight]]:
    """Put visits on record, all or none; the first that may not be refuses them with its place."""
    customers = await desk.visits.customers([command.customer for command in commands])
    made = [
        (_visit(command, customer, desk), customer)
        for command, customer in (
            (command, _present(customer, f"{command.place}/customer"))
            for command, customer in zip(commands, customers, strict=True)
        )
    ]
    await desk.visits.add([visit for visit, _ in made])
    await reckon([visit.customer_id for visit, _ in made], desk)
    return made


async def cancel_visit(command: CancelVisit, desk: CareDesk) -> Visit:
    """Take a visit off the record, with the reason; it stays to be read."""
    visit = await desk.visits.get(command.visit_id)
    if not takes_back(command.asker, desk.tree.path(visit.org_id), visit.staff_id):
        raise Forbidden(
            "由登记人、走访单位负责人或上级中心撤销",
            "the recorder, the visiting unit's head or a center above cancels a visit",
        )
    cancelled = visit.taken_back(Cancellation(command.asker.staff_id, desk.now, command.reason))
    await desk.visits.save(cancelled)
    await reckon([cancelled.customer_id], desk)
    return cancelled


async def hold_symposium(command: HoldSymposium, desk: CareDesk) -> Symposium:
    """Put a symposium on record, with customers of the center's scope."""
    path = _covered(command.asker, command.org_id, "", desk)
    _must_have_been(command.held_on, "/held_on", desk)
    customers = [
        _present(customer, f"/customers/{place}")
        for place, customer in enumerate(await desk.visits.customers(command.customers))
    ]
    seen: set[object] = set()
    for place, customer in enumerate(customers):
        customer_path = desk.tree.path(customer.org_id)
        if customer_path != path and not customer_path.startswith(f"{path}."):
            raise _not_theirs(f"/customers/{place}")
        if customer.customer_id in seen:
            raise InvalidValue("客户重复", "a customer stands twice", pointer=f"/customers/{place}")
        seen.add(customer.customer_id)
    symposium = Symposium(
        symposium_id=uuid7(),
        org_id=command.org_id,
        held_on=command.held_on,
        title=command.title,
        record=command.record,
        customers=tuple(customer.customer_id for customer in customers),
        staff_id=command.asker.staff_id,
        recorded_at=desk.now,
    )
    await desk.symposia.add(symposium)
    return symposium


def _visit(command: RecordVisit, customer: Sight, desk: CareDesk) -> Visit:
    path = _covered(command.asker, command.org_id, command.place, desk)
    visitor = Visitor(
        command.org_id, path, desk.tree.kind(command.org_id), desk.tree.city_above(command.org_id)
    )
    if not records(command.asker, customer):
        raise Forbidden(
            "由该客户的客户经理、单位负责人或中心登记走访",
            "the customer's manager, a unit head or a center records its visits",
            pointer=f"{command.place}/customer",
        )
    if not calls_on(
        visitor, customer, desk.tree.path(customer.org_id), desk.tree.city_above(customer.org_id)
    ):
        raise _not_theirs(f"{command.place}/org_id")
    _must_have_been(command.visited_on, f"{command.place}/visited_on", desk)
    return Visit(
        visit_id=uuid7(),
        customer_id=customer.customer_id,
        org_id=command.org_id,
        level=visitor.kind,
        staff_id=command.asker.staff_id,
        kind=command.kind,
        leader=command.leader,
        visited_on=command.visited_on,
        record=command.record,
        recorded_at=desk.now,
    )


def _present(customer: Sight | None, pointer: str) -> Sight:
    if customer is None:
        raise NotFound("没有该客户", "no such customer", pointer=pointer)
    return customer


def _covered(asker: Asker, org_id: str, place: str, desk: CareDesk) -> str:
    path = desk.tree.path(org_id)
    if not asker.covers(path):
        raise NotFound("没有该机构", "no such organisation", pointer=f"{place}/org_id")
    return path


def _must_have_been(day: date, pointer: str, desk: CareDesk) -> None:
    if day > desk.today:
        raise InvalidValue("日期不得晚于今天", "the day has not come yet", pointer=pointer)


def _not_theirs(pointer: str) -> NotTheirCustomer:
    return NotTheirCustomer(
        "该客户不归此机构负责或支撑",
        "the organisation neither answers for the customer nor supports it",
        pointer=pointer,
    )
