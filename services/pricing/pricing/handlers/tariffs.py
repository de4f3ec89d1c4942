"""Tariff requests: asked for, answered level by level, late on record; load → decide → save → announce."""

from dataclasses import dataclass

from chassis.directory import Organisation
from chassis.ids import uuid7
from contracts.refusals import MakerIsChecker
from pricing.commands import AnswerTariff, RequestTariff
from pricing.handlers.customers import check_lines, known, named
from pricing.model.customers import Customer
from pricing.model.refusals.tariffs import (
    NothingAbove,
    NotTheAsker,
    NotTheDecider,
    TariffRequestClosed,
    TariffRequestOpen,
)
from pricing.model.tariffs import Act, Figures, Level, Sitting, State, TariffRequest
from pricing.policies import authority
from pricing.policies.authority import Asked, Rules
from pricing.ports import Desk, LevelClock
from regulations.provisions import Provision
from regulations.rulebook import NoLaw
from regulations.topics.customers import SmallCustomers
from regulations.topics.tariffs import DiscountStandard, TariffAnswer, TariffAnswerLevels, TariffAuthority

UNIT_HEAD = "unit-head"
CENTER_DIRECTOR = "center-director"
DECIDES = {Level.COUNTY: UNIT_HEAD, Level.CITY: CENTER_DIRECTOR, Level.PROVINCE: CENTER_DIRECTOR}


@dataclass(frozen=True, slots=True)
class _Seat:
    """The node of a level that decides, and the one person there who may, where exactly one is known."""

    level: Level
    node: Organisation
    staff_id: str | None


async def request_tariff(command: RequestTariff, desk: Desk) -> TariffRequest:
    """Ask for a discount: it goes to the lowest level that may grant it, whose days begin."""
    customer = await named(command.customer, desk)
    asker = command.asker
    check_lines(command.lines, asker.org_id, desk)
    rules = _rules(asker.org_id, desk)
    class_ = _class_of(customer, asker.org_id, rules, desk)
    await _must_be_free(customer, command.lines, desk)
    needed = authority.level_needed(rules, Asked(class_, command.lines, command.discount))
    seat = _seat(needed.outcome.and_above(), asker.org_id, {asker.actor, str(customer.manager_id)}, desk)
    request = TariffRequest(
        id=uuid7(),
        version=1,
        state=State.OPEN,
        customer_id=customer.customer_id,
        org_id=asker.org_id,
        lines=command.lines,
        class_=class_,
        sittings=(Sitting(seat.level, seat.node.org_id, desk.now),),
        requested_by=asker.actor,
        requested_at=desk.now,
        figures=Figures(
            discount=command.discount,
            standard=authority.highest_within(rules.standard.value, class_, command.lines),
            reason=command.reason,
            because=needed.because.to_json(),
        ),
        because=authority.told(rules, class_, seat.level).to_json(),
    )
    await desk.tariffs.enter(request, _clock(request, seat, desk))
    return request


async def approve_tariff(command: AnswerTariff, desk: Desk) -> TariffRequest:
    """Grant what lies within the level's authority; raises BeyondAuthority where it does not."""
    before, _ = await _to_answer(command, desk)
    rules = _rules(before.org_id, desk)
    class_ = _class_of(await known(before.customer_id, desk), before.org_id, rules, desk)
    asked = Asked(class_, before.lines, before.figures.discount)
    needed = authority.must_be_within(rules, asked, before.level)
    steps = await _lateness(before, desk)
    granted = steps[-1].approve(
        _act(command, desk),
        filed=authority.is_filed(rules, needed.outcome, before.level),
        because=needed.because.to_json(),
        public=authority.told(rules, class_, before.level).to_json(),
    )
    await desk.tariffs.save(before, [*steps[1:], granted])
    return granted


async def refuse_tariff(command: AnswerTariff, desk: Desk) -> TariffRequest:
    """Refuse with a reason."""
    before, _ = await _to_answer(command, desk)
    steps = await _lateness(before, desk)
    refused = steps[-1].refuse(_act(command, desk))
    await desk.tariffs.save(before, [*steps[1:], refused])
    return refused


async def send_tariff_up(command: AnswerTariff, desk: Desk) -> TariffRequest:
    """Pass a request to the level above, whose own days begin; raises NothingAbove."""
    before, barred = await _to_answer(command, desk)
    seat = _seat(before.level.above(), before.org_id, barred, desk, last=before.level)
    steps = await _lateness(before, desk)
    passed = steps[-1].send_up(_act(command, desk), seat.level, seat.node.org_id)
    await desk.tariffs.save(before, [*steps[1:], passed])
    await desk.tariffs.start(_clock(passed, seat, desk))
    return passed


async def withdraw_tariff(command: AnswerTariff, desk: Desk) -> TariffRequest:
    """Take a request back, by who asked or the head of that unit; raises NotTheAsker."""
    before = await desk.tariffs.get(command.request_id)
    asker = command.asker
    heads_it = asker.org_id == before.org_id and UNIT_HEAD in asker.roles
    if asker.actor != before.requested_by and not heads_it:
        raise NotTheAsker.of()
    _must_be_open(before)
    steps = await _lateness(before, desk)
    withdrawn = steps[-1].withdraw(_act(command, desk))
    await desk.tariffs.save(before, [*steps[1:], withdrawn])
    return withdrawn


async def tariff_is_overdue(request: TariffRequest, desk: Desk) -> None:
    """Put a level's expired time on record, once; the request stays open."""
    steps = await _lateness(request, desk)
    if request.state is State.OPEN and steps[1:]:
        await desk.tariffs.save(request, steps[1:])


async def _to_answer(command: AnswerTariff, desk: Desk) -> tuple[TariffRequest, set[str]]:
    """Give an open request to somebody who may answer it, and who may not: its maker and the customer's manager.

    A customer that has left the scope since leaves the request to be refused, sent up or withdrawn.
    """
    request = await desk.tariffs.get(command.request_id)
    asker, sitting = command.asker, request.sitting
    found = await desk.customers.by_id([request.customer_id])
    barred = {request.requested_by, *(str(customer.manager_id) for customer in found.values())}
    role = DECIDES[sitting.level]
    sits_there = asker.org_id == sitting.org_id and role in asker.roles
    # A deputy of who is absent, or the next of the chain once the time ran out.
    if not sits_there and not await desk.tariffs.is_held_by(request.id, asker):
        raise NotTheDecider.of(sitting.org_id, role)
    if asker.actor in barred:
        raise MakerIsChecker.of()
    _must_be_open(request)
    return request, barred


def _must_be_open(request: TariffRequest) -> None:
    if request.state is not State.OPEN:
        raise TariffRequestClosed.of(request.state)


async def _lateness(request: TariffRequest, desk: Desk) -> list[TariffRequest]:
    """Give the request as it is, and after it, where its level's time has just run out, as late on record."""
    running = await desk.tariffs.running(request.id)
    if running is None or request.sitting.late is not None or desk.now < running.due_at:
        return [request]
    return [request, request.overdue(running.late)]


async def _must_be_free(customer: Customer, lines: tuple[str, ...], desk: Desk) -> None:
    taken = await desk.tariffs.open_lines(customer.customer_id, lines)
    if taken:
        org_id = next(iter(taken.values()))
        node = desk.law.organisations.get(org_id)
        raise TariffRequestOpen.of(org_id, node.name if node else org_id, sorted(taken))


def _rules(org_id: str, desk: Desk) -> Rules:
    return Rules(
        desk.law.find(DiscountStandard, org_id=org_id, day=desk.today),
        desk.law.find(TariffAuthority, org_id=org_id, day=desk.today),
    )


def _class_of(customer: Customer, org_id: str, rules: Rules, desk: Desk) -> int:
    """Give the class that holds today; raises NoDiscountStandard, citing the small customers' rule where there is one."""
    small: Provision[SmallCustomers] | None
    try:
        small = desk.law.find(SmallCustomers, org_id=org_id, day=desk.today)
    except NoLaw:
        small = None
    return authority.class_with_standard(customer.class_, customer.name, rules.standard, small)


def _seat(
    levels: tuple[Level, ...], org_id: str, barred: set[str], desk: Desk, *, last: Level | None = None
) -> _Seat:
    """Give the first of these levels with a node above the unit where somebody may decide.

    Where all whom we know there asked themselves or manage the customer, the next level decides.
    """
    for level in levels:
        node = desk.law.nearest(org_id, level)
        if node is None:
            continue
        known = [person.staff_id for person in desk.law.staff_at(node.org_id, DECIDES[level])]
        free = [staff_id for staff_id in known if staff_id not in barred]
        if free or not known:
            return _Seat(level, node, free[0] if len(free) == 1 else None)
    raise NothingAbove.of(last or levels[-1])


def _clock(request: TariffRequest, seat: _Seat, desk: Desk) -> LevelClock:
    """Each level has the whole time to itself, where the pack says so."""
    answer = desk.law.find(TariffAnswer, org_id=request.org_id, day=desk.today)
    levels = desk.law.find(TariffAnswerLevels, org_id=request.org_id, day=desk.today)
    return LevelClock(
        request=request,
        role=DECIDES[seat.level],
        staff_id=seat.staff_id,
        started_at=desk.now if levels.value.each_level_anew else request.requested_at,
        within=answer.value.within,
        reasons=(answer.cite(level=seat.level), levels.cite(level=seat.level)),
    )


def _act(command: AnswerTariff, desk: Desk) -> Act:
    return Act(command.asker.actor, desk.now, command.text)
