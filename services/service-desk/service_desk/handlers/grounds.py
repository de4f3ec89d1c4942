"""What follows from the law alone for a call: who answers, by which clocks, and why. Found once, then remembered."""

import hashlib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from chassis.deadlines import CENTER_KINDS, Holder
from chassis.directory import Organisation, Snapshot
from chassis.encoding import dumps
from regulations.provisions import Because, Decision, Provision, Reason
from regulations.topics.compensation import (
    CompensationClocks,
    CompensationLimit,
    CompensationStart,
    GeneralCompensationClocks,
    VipFlag,
)
from regulations.topics.complaints import ComplaintClocks, FirstResponder, FirstResponderChannels
from service_desk.commands import Intake
from service_desk.model.cases import CustomerFacts
from service_desk.model.refusals import UnknownCity, UnknownPost
from service_desk.policies import clocks, routing
from service_desk.policies.clocks import Clock
from service_desk.ports.desk import Explanation

CITY = "city"
UNIT_HEAD = "unit-head"


@dataclass(frozen=True, slots=True)
class Held:
    """A clock with its first holder."""

    clock: Clock
    holder: Holder


@dataclass(frozen=True, slots=True)
class Ground:
    """`org_id` is the unit the case concerns, in the first responder's area wherever there is a choice.

    `explained` is why, encoded once for the many cases that rest on it.
    """

    first_responder: str
    org_id: str
    orgpath: str
    vip: bool
    above_limit: bool
    held: tuple[Held, ...]
    explained: Explanation


@dataclass(frozen=True, slots=True)
class Situation:
    """The facts of a call that the law asks for; `day` is that of the receipt."""

    intake: Intake
    customer: CustomerFacts | None
    day: date

    @property
    def service_class(self) -> int | None:
        """The class that the desk serves by."""
        return self.customer.service_class if self.customer else None

    @property
    def key(self) -> tuple[object, ...]:
        """Everything that a ground depends on, and nothing else."""
        customer = self.customer
        facts = (customer.responsible_org_id, customer.service_class, customer.vip) if customer else None
        return (self.intake.channel, self.intake.desk_org_id, self.intake.city, facts, self.day)


class Grounds:
    """The grounds found under one snapshot of the directory; a new snapshot starts anew."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._law: Snapshot | None = None
        self._found: dict[tuple[object, ...], Ground] = {}

    def for_complaint(self, law: Snapshot, situation: Situation) -> Ground:
        """Give the ground of a complaint; raises UnknownCity, UnknownPost and NoLaw."""
        key = ("complaint", *situation.key)
        return self._known(law, key) or self._keep(key, complaint_ground(law, situation))

    def for_compensation(self, law: Snapshot, situation: Situation, amount: Decimal) -> Ground:
        """Give the ground of a compensation; raises UnknownCity, UnknownPost and NoLaw."""
        first = self.for_complaint(law, situation).first_responder
        limit = law.find(CompensationLimit, org_id=first, day=situation.day)
        above = clocks.above_limit(limit, amount)
        key = ("compensation", above.outcome, *situation.key)
        return self._known(law, key) or self._keep(key, compensation_ground(law, situation, above))

    def _known(self, law: Snapshot, key: tuple[object, ...]) -> Ground | None:
        if law is not self._law or len(self._found) >= self._most:
            self._law = law
            self._found.clear()
        return self._found.get(key)

    def _keep(self, key: tuple[object, ...], ground: Ground) -> Ground:
        self._found[key] = ground
        return ground


def complaint_ground(law: Snapshot, situation: Situation) -> Ground:
    """Decide first responder and clocks of a complaint."""
    routed = _routed(law, situation)
    first = routed.first_responder
    flag = _vip(law, situation, first)
    rule = law.find(ComplaintClocks, org_id=first, day=situation.day)
    running = clocks.complaint_clocks(
        rule,
        service_class=situation.service_class,
        vip=flag.outcome,
        channel=situation.intake.channel,
    )
    return Ground(
        first_responder=first,
        org_id=routed.unit.org_id,
        orgpath=routed.unit.orgpath,
        vip=flag.outcome,
        above_limit=False,
        held=tuple(Held(clock, holder_at(law, first, clock.role)) for clock in running),
        explained=_explained(*routed.reasons, running[0].reason),
    )


def compensation_ground(law: Snapshot, situation: Situation, above: Decision[bool]) -> Ground:
    """Decide first responder and clocks of a compensation, above the limit or not."""
    routed = _routed(law, situation)
    first = routed.first_responder
    flag = _vip(law, situation, first)
    start = law.find(CompensationStart, org_id=first, day=situation.day)
    rule: Provision[CompensationClocks] | Provision[GeneralCompensationClocks] = (
        law.find(CompensationClocks, org_id=first, day=situation.day)
        if flag.outcome
        else law.find(GeneralCompensationClocks, org_id=first, day=situation.day)
    )
    running = clocks.compensation_clocks(rule, start, vip=flag.outcome, above=above.outcome)
    reasons = (
        *routed.reasons,
        *flag.because.reasons,
        *above.because.reasons,
        running[0].reason,
        start.cite(),
    )
    return Ground(
        first_responder=first,
        org_id=routed.unit.org_id,
        orgpath=routed.unit.orgpath,
        vip=flag.outcome,
        above_limit=above.outcome,
        held=tuple(_held_for_money(law, situation, first, clock) for clock in running),
        explained=_explained(*reasons),
    )


def _held_for_money(law: Snapshot, situation: Situation, first: str, clock: Clock) -> Held:
    """The first responder handles a claim; paying and reporting are the level's that advances the money."""
    limit = law.find(CompensationLimit, org_id=first, day=situation.day)
    payer = law.nearest(first, limit.value.advanced_by)
    holds = first if clock.kind == clocks.HANDLE or payer is None else payer.org_id
    return Held(clock, holder_at(law, holds, clock.role))


def _explained(*reasons: Reason) -> Explanation:
    encoded = dumps(Because.of(*reasons).to_json())
    return Explanation(encoded, hashlib.sha256(encoded).digest())


@dataclass(frozen=True, slots=True)
class _Routed:
    first_responder: str
    unit: Organisation
    reasons: tuple[Reason, ...]


def _routed(law: Snapshot, situation: Situation) -> _Routed:
    intake, customer = situation.intake, situation.customer
    desk = law.organisations.get(intake.desk_org_id)
    if desk is None:
        raise UnknownPost.of(intake.desk_org_id)
    # A unit that this service has not heard of yet routes like none: the case is taken all the same.
    unit = law.organisations.get(customer.responsible_org_id) if customer else None
    city = law.city_above(unit.org_id) if unit else None
    own = law.city_above(desk.org_id) or desk
    decision = routing.first_responder(
        law.find(FirstResponderChannels, org_id=unit.org_id if unit else desk.org_id, day=situation.day),
        law.find(FirstResponder, org_id=unit.org_id if unit else desk.org_id, day=situation.day),
        intake.channel,
        routing.Candidates(
            receiving=desk.org_id,
            own=own.org_id,
            named=_city(law, intake.city),
            customer_unit=unit.org_id if unit else None,
            customer_city=(city or unit).org_id if unit else None,
        ),
    )
    first = law.organisation(decision.outcome)
    if unit:
        return _Routed(first.org_id, unit, decision.because.reasons)
    inside = desk.orgpath == first.orgpath or desk.orgpath.startswith(first.orgpath + ".")
    return _Routed(first.org_id, desk if inside else first, decision.because.reasons)


def _city(law: Snapshot, named: str | None) -> str | None:
    if named is None:
        return None
    node = law.organisations.get(named)
    if node is None or node.kind != CITY or node.valid_to is not None:
        raise UnknownCity.of(named)
    return node.org_id


def _vip(law: Snapshot, situation: Situation, first: str) -> Decision[bool]:
    flag = law.find(VipFlag, org_id=first, day=situation.day)
    customer = situation.customer
    return clocks.is_vip(flag, vip=bool(customer and customer.vip), service_class=situation.service_class)


def holder_at(law: Snapshot, org_id: str, role: str) -> Holder:
    """Give who holds a clock at an organisation: a center by its role, any other unit by its head."""
    center = law.organisation(org_id).kind in CENTER_KINDS
    return Holder(org_id, role if center else UNIT_HEAD)
