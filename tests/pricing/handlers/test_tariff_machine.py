"""Whatever people do to tariff requests in whatever order, they stand as a plain list of facts says."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TypeVar
from uuid import UUID, uuid4

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from contracts.refusals import Refusal
from pricing.commands import AnswerTariff, RequestTariff
from pricing.handlers import tariffs
from pricing.model.customers import Customer
from pricing.model.tariffs import TariffRequest
from pricing.ports import Desk
from support.law import shipped_law
from support.pricing import RememberedTariffs, asker, desk_at
from support.service import DIRECTOR, HEAD, MANAGER, OFFICER, PROVINCE, Person, orgpath

T = TypeVar("T")
LAW = shipped_law()
MONDAY = datetime.fromisoformat("2026-03-02T09:00:00+08:00")
PEOPLE = (MANAGER, HEAD, OFFICER, DIRECTOR, PROVINCE)
LEVELS = ("county", "city", "province")
DECIDER = {"county": HEAD, "city": DIRECTOR, "province": PROVINCE}
LINES = ("domestic-express", "ceremonial")
# hubei art. 24 as the law is read by hand: class → bound; classes 1 and 2 pass the county by.
BOUNDS = {1: Decimal("0.20"), 2: Decimal("0.15"), 3: Decimal("0.10"), 4: Decimal("0.05")}


def by_hand(class_: int, discount: Decimal) -> str:
    if discount > BOUNDS[class_]:
        return "province"
    return "city" if class_ in (1, 2) else "county"


@dataclass
class Plain:
    """What ought to be known of a request."""

    line: str
    asked_by: Person
    discount: Decimal
    level: str
    since: datetime
    state: str = "open"
    late: list[str] = field(default_factory=list)
    events: int = 1

    @property
    def due(self) -> datetime:
        """Three days, the first not counted, over at 24:00 of the last."""
        midnight = self.since.replace(hour=0, minute=0, second=0)
        return midnight + timedelta(days=4)


class Requests(RuleBasedStateMachine):
    """Two lines of one customer, five people, a clock that only goes forward."""

    requests = Bundle("requests")

    def __init__(self) -> None:
        super().__init__()
        self.now = MONDAY
        self.class_ = 3
        self.kept = RememberedTariffs()
        self.customer_id = uuid4()
        self.plain: dict[UUID, Plain] = {}

    def desk(self) -> Desk:
        path = orgpath("420106-T01")
        known = Customer(self.customer_id, None, "楚天", "registered", self.class_, "420106-T01", path, None)
        return desk_at(self.now, known, self.kept, LAW)

    def run(self, work: Awaitable[T]) -> T | str:
        """Give what comes of it, or the word of its refusal."""

        async def tried() -> T | str:
            try:
                return await work
            except Refusal as refused:
                return refused.code

        return asyncio.run(tried())

    @rule(target=requests, who=st.sampled_from((MANAGER, HEAD)), line=st.sampled_from(LINES),
          points=st.integers(1, 30))  # fmt: skip
    def ask(self, who: Person, line: str, points: int) -> UUID | None:
        discount = Decimal(points) / 100
        command = RequestTariff(asker(who), "x", (line,), discount, "竞争")
        outcome = self.run(tariffs.request_tariff(command, self.desk()))
        if any(one.state == "open" and one.line == line for one in self.plain.values()):
            assert outcome == "tariff-request-open"
            return None
        assert isinstance(outcome, TariffRequest), outcome
        level = by_hand(self.class_, discount)
        # Nobody decides what they asked for: the head's own request passes the county by.
        if level == "county" and who is HEAD:
            level = "city"
        self.plain[outcome.id] = Plain(line, who, discount, level, self.now)
        return outcome.id

    @rule(request=requests, who=st.sampled_from(PEOPLE))
    def approve(self, request: UUID | None, who: Person) -> None:
        outcome, plain = self._answer(tariffs.approve_tariff, request, who)
        if plain is None:
            return
        needed = by_hand(self.class_, plain.discount)
        if LEVELS.index(plain.level) < LEVELS.index(needed):
            assert outcome == "beyond-authority"
            return
        self._step(plain, outcome, state="approved")

    @rule(request=requests, who=st.sampled_from(PEOPLE))
    def refuse(self, request: UUID | None, who: Person) -> None:
        outcome, plain = self._answer(tariffs.refuse_tariff, request, who)
        if plain is not None:
            self._step(plain, outcome, state="refused")

    @rule(request=requests, who=st.sampled_from(PEOPLE))
    def send_up(self, request: UUID | None, who: Person) -> None:
        outcome, plain = self._answer(tariffs.send_tariff_up, request, who)
        if plain is None:
            return
        if plain.level == "province":
            assert outcome == "nothing-above"
            return
        self._step(plain, outcome, level=LEVELS[LEVELS.index(plain.level) + 1])

    @rule(request=requests, who=st.sampled_from(PEOPLE))
    def withdraw(self, request: UUID | None, who: Person) -> None:
        if request is None:
            return
        plain = self.plain[request]
        outcome = self.run(tariffs.withdraw_tariff(AnswerTariff(asker(who), request, None), self.desk()))
        if who is not plain.asked_by:
            assert outcome == "not-the-asker"
        elif plain.state != "open":
            assert outcome == "tariff-request-closed"
        else:
            self._step(plain, outcome, state="withdrawn")

    @rule(hours=st.integers(1, 60))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule()
    def wait_for_a_last_second_or_a_first_one_too_late(self) -> None:
        ends = [one.due for one in self.plain.values() if one.state == "open" and one.due > self.now]
        if ends:
            second = timedelta(seconds=1)
            self.now = min(ends) - second if self.now < min(ends) - second else min(ends)

    @rule(class_=st.integers(1, 4))
    def rate(self, class_: int) -> None:
        self.class_ = class_

    @rule()
    def sweep(self) -> None:
        for request_id, plain in self.plain.items():
            running = self.kept.clocks.get(request_id)
            if running is not None and running.due_at <= self.now:
                self.run(tariffs.tariff_is_overdue(self.kept.kept[request_id], self.desk()))
                self._note_lateness(plain)

    def _answer(
        self,
        handle: Callable[[AnswerTariff, Desk], Awaitable[TariffRequest]],
        request: UUID | None,
        who: Person,
    ) -> tuple[TariffRequest | str, Plain | None]:
        """Answer; gives what ought to be known where the person may and the request is open."""
        if request is None:
            return "", None
        plain = self.plain[request]
        outcome = self.run(handle(AnswerTariff(asker(who), request, "因故"), self.desk()))
        if who is not DECIDER[plain.level]:
            assert outcome == "not-the-decider"
            return outcome, None
        if who is plain.asked_by:
            assert outcome == "maker-is-checker"
            return outcome, None
        if plain.state != "open":
            assert outcome == "tariff-request-closed"
            return outcome, None
        return outcome, plain

    def _note_lateness(self, plain: Plain) -> None:
        if self.now >= plain.due and plain.level not in plain.late:
            plain.late.append(plain.level)
            plain.events += 1

    def _step(self, plain: Plain, outcome: TariffRequest | str, *, state: str = "", level: str = "") -> None:
        assert isinstance(outcome, TariffRequest), outcome
        self._note_lateness(plain)
        plain.events += 1
        plain.state = state or plain.state
        if level:
            plain.level, plain.since = level, self.now

    @invariant()
    def requests_stand_as_the_plain_list_says(self) -> None:
        for request_id, plain in self.plain.items():
            kept = self.kept.kept[request_id]
            assert (kept.state, kept.level, kept.late_levels) == (plain.state, plain.level, plain.late)
            assert self.kept.versions[request_id] == list(range(1, plain.events + 1))
            assert kept.sitting.since == plain.since
            assert (request_id in self.kept.clocks) == (plain.state == "open")

    @invariant()
    def who_let_a_level_expire_is_on_record_with_it(self) -> None:
        for kept in self.kept.kept.values():
            for sitting in kept.sittings:
                if sitting.late is not None:
                    assert sitting.late.staff_id == str(DECIDER[sitting.level].staff_id)
                    assert sitting.late.org_id == sitting.org_id

    @invariant()
    def nothing_is_ever_approved_by_itself(self) -> None:
        for kept in self.kept.kept.values():
            assert (kept.state in ("approved", "refused")) == (kept.answered_by is not None)
            assert kept.answered_by != kept.requested_by


Requests.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestRequests = Requests.TestCase
