"""A customer disputed again and again: whatever is tried in whatever order, the registry does what a plain oracle says."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import httpx
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from support.disputes import LINE, NATION, RIVAL_HEAD, add_people, claims_of, registered, ruling
from support.instance import Databases
from support.registry import RIVAL, running_registry
from support.service import DIRECTOR, HEAD, MANAGER, PROVINCE, Person, ServiceUnderTest
from support.waiting import eventually

MINE, THEIRS = "420106-T01", "420107"
TEAMS = {MINE: MANAGER, THEIRS: RIVAL}
HEADS = {MINE: HEAD, THEIRS: RIVAL_HEAD}
JUDGES = {"420100": DIRECTOR, "420000": PROVINCE, "CN": NATION}
ABOVE = {"420100": "420000", "420000": "CN"}
AWARDS: dict[str, tuple[tuple[str, str], ...]] = {
    "mine": ((MINE, "1"),),
    "theirs": ((THEIRS, "1"),),
    "shared": ((THEIRS, "0.333"), (MINE, "0.667")),
}
FIRST_DAY = date(2026, 3, 2)
EVIDENCE, APPEAL = 5, 7


@dataclass
class Oracle:
    """What must be, by the words of the regulation alone."""

    day: date = FIRST_DAY
    holder: str = MINE
    state: str = "none"
    center: str = "420100"
    opener: str = ""
    opened: date = FIRST_DAY
    ruled: date = FIRST_DAY
    heard: set[str] = field(default_factory=set)

    @property
    def live(self) -> bool:
        return self.state in ("open", "ruled", "appealed")

    def open(self, opener: str) -> None:
        self.state, self.center, self.opener, self.opened = "open", "420100", opener, self.day
        self.heard = set()

    def may_rule(self, center: str) -> bool:
        waited = self.day > self.opened + timedelta(days=EVIDENCE)
        ready = self.state == "appealed" or (
            self.state == "open" and (waited or self.heard == {MINE, THEIRS})
        )
        return ready and center == self.center

    def rule(self, lead: str) -> None:
        self.holder = lead
        final = self.state == "appealed" or self.center == "CN"
        self.state, self.ruled = "final" if final else "ruled", self.day

    def may_appeal(self) -> bool:
        return self.state == "ruled" and self.day <= self.ruled + timedelta(days=APPEAL)

    def pass_to(self, day: date) -> None:
        self.day = day
        if self.state == "ruled" and day > self.ruled + timedelta(days=APPEAL):
            self.state = "final"


class Disputes(RuleBasedStateMachine):
    """One customer of the registry and the oracle side by side; days only go forward, from one run to the next too."""

    portal: BlockingPortal
    registry: ServiceUnderTest
    day = FIRST_DAY

    def __init__(self) -> None:
        super().__init__()
        self.oracle = Oracle(day=type(self).day)
        self.to_day(self.oracle.day)
        self.known: dict[str, Any] = self.call(partial(registered, self.registry))
        self.dispute_id = ""

    def call(self, asked: Callable[[], Awaitable[Any]]) -> Any:
        return self.portal.call(asked)

    def post(self, person: Person, path: str, body: object) -> httpx.Response:
        answer: httpx.Response = self.call(partial(self.registry.post, person, path, body))
        assert answer.status_code < 500, answer.text
        return answer

    def tried(self, person: Person, step: str, body: object, *, allowed: bool) -> None:
        answer = self.post(person, f"/disputes/{self.dispute_id}/{step}", body)
        assert (answer.status_code < 400) == allowed, (step, answer.text, self.oracle)

    def to_day(self, day: date) -> None:
        type(self).day = day
        self.registry.set_clock(f"{day}T10:00:00+08:00")

    @rule(side=st.sampled_from(sorted(TEAMS)))
    def contest(self, side: str) -> None:
        """The other side declares, is refused and contests; the holder is granted nothing it has already."""
        body = {"customer": self.known["customer"], "lines": [LINE]}
        refused = self.post(TEAMS[side], "/declarations", body).json()
        answer = self.post(TEAMS[side], "/disputes", {"declaration_id": refused["id"]})
        allowed = not self.oracle.live and side != self.oracle.holder
        assert (answer.status_code == 201) == allowed, (answer.text, self.oracle)
        if allowed:
            self.dispute_id = answer.json()["id"]
            self.oracle.open(side)

    @precondition(lambda self: self.dispute_id)
    @rule(side=st.sampled_from(sorted(HEADS)))
    def file_evidence(self, side: str) -> None:
        allowed = self.oracle.state in ("open", "appealed")
        self.tried(HEADS[side], "evidence", {"text": "证据"}, allowed=allowed)
        if self.oracle.state == "open":
            self.oracle.heard.add(side)

    @precondition(lambda self: self.dispute_id)
    @rule()
    def file_evidence_of_both(self) -> None:
        for side in sorted(HEADS):
            self.file_evidence(side)

    @precondition(lambda self: self.dispute_id)
    @rule(center=st.sampled_from(sorted(JUDGES)), award=st.sampled_from(sorted(AWARDS)))
    def decide(self, center: str, award: str) -> None:
        shares = AWARDS[award]
        allowed = self.oracle.may_rule(center)
        self.tried(JUDGES[center], "rule", ruling(*shares, lead=shares[0][0]), allowed=allowed)
        if allowed:
            self.oracle.rule(shares[0][0])

    @precondition(lambda self: self.oracle.live)
    @rule(award=st.sampled_from(sorted(AWARDS)))
    def decide_where_it_lies(self, award: str) -> None:
        self.decide(self.oracle.center, award)

    @precondition(lambda self: self.dispute_id)
    @rule(center=st.sampled_from(sorted(JUDGES)))
    def send_up(self, center: str) -> None:
        allowed = self.oracle.state == "open" and center == self.oracle.center and center in ABOVE
        self.tried(JUDGES[center], "send-up", {"reason": "上送"}, allowed=allowed)
        if allowed:
            self.oracle.center = ABOVE[center]

    @precondition(lambda self: self.dispute_id)
    @rule(side=st.sampled_from(sorted(HEADS)))
    def appeal(self, side: str) -> None:
        allowed = self.oracle.may_appeal()
        self.tried(HEADS[side], "appeal", {"reason": "不服"}, allowed=allowed)
        if allowed:
            self.oracle.state, self.oracle.center = "appealed", ABOVE[self.oracle.center]

    @precondition(lambda self: self.dispute_id)
    @rule(side=st.sampled_from(sorted(TEAMS)))
    def withdraw(self, side: str) -> None:
        allowed = self.oracle.state == "open" and side == self.oracle.opener
        self.tried(TEAMS[side], "withdraw", {"reason": "不再争议"}, allowed=allowed)
        if allowed:
            self.oracle.state = "withdrawn"

    @precondition(lambda self: not self.oracle.live)
    @rule(award=st.sampled_from(sorted(AWARDS)))
    def contest_and_decide(self, award: str) -> None:
        self.contest(MINE if self.oracle.holder == THEIRS else THEIRS)
        self.file_evidence_of_both()
        self.decide_where_it_lies(award)

    @precondition(lambda self: self.oracle.state == "ruled")
    @rule(days=st.sampled_from([APPEAL - 1, APPEAL, APPEAL + 1]), side=st.sampled_from(sorted(HEADS)))
    def appeal_after(self, days: int, side: str) -> None:
        self.days_pass((self.oracle.ruled + timedelta(days=days) - self.oracle.day).days)
        self.appeal(side)

    @precondition(lambda self: self.oracle.state == "open")
    @rule(days=st.sampled_from([EVIDENCE, EVIDENCE + 1]), award=st.sampled_from(sorted(AWARDS)))
    def decide_after(self, days: int, award: str) -> None:
        self.days_pass((self.oracle.opened + timedelta(days=days) - self.oracle.day).days)
        self.decide(self.oracle.center, award)

    @rule(days=st.sampled_from([1, 5, 8]))
    def days_pass(self, days: int) -> None:
        days = max(days, 0)
        self.oracle.pass_to(self.oracle.day + timedelta(days=days))
        self.to_day(self.oracle.day)
        if self.dispute_id:
            self.call(partial(eventually, self.state, self.oracle.state))

    async def state(self) -> str:
        [row] = await self.registry.rows(
            "SELECT state FROM dispute WHERE dispute_id = $1::uuid", self.dispute_id
        )
        return str(row["state"])

    @invariant()
    def the_registry_is_as_the_oracle_says(self) -> None:
        if not self.dispute_id:
            return
        shown = self.call(partial(self.registry.get, PROVINCE, f"/disputes/{self.dispute_id}"))
        body = shown.json() if shown.status_code == 200 else {}
        assert body["state"] == self.oracle.state
        assert body["ruling_org_id"] == self.oracle.center
        if "award" in body:
            assert sum(Decimal(one["share"]) for one in body["award"]) == 1

    @invariant()
    def one_unit_holds_the_line_and_answers_for_the_customer(self) -> None:
        customer_id = self.known["customer_id"]
        assert self.call(partial(claims_of, self.registry, customer_id, DIRECTOR)) == {
            LINE: self.oracle.holder
        }
        rows = self.call(
            partial(
                self.registry.rows,
                "SELECT org_id, manager_id FROM assignment WHERE customer_id = $1",
                customer_id,
            )
        )
        manager = TEAMS[self.oracle.holder].staff_id
        assert [(row["org_id"], row["manager_id"]) for row in rows] == [(self.oracle.holder, manager)]

    def teardown(self) -> None:
        """What was told has no gap: every record's versions are 1, 2, 3 and so on."""
        gaps = self.call(
            partial(
                self.registry.rows,
                "SELECT aggregate FROM outbox GROUP BY 1 HAVING max(version) <> count(*) OR min(version) <> 1",
            )
        )
        assert gaps == []


def test_whatever_is_tried_the_registry_does_what_the_oracle_says(registry_databases: Databases) -> None:
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(running_registry(registry_databases("registry"))) as running,
        pytest.MonkeyPatch.context() as patched,
    ):
        portal.call(add_people, running)
        patched.setattr(Disputes, "portal", portal, raising=False)
        patched.setattr(Disputes, "registry", running, raising=False)
        run_state_machine_as_test(
            Disputes,
            settings=settings(
                max_examples=8,
                stateful_step_count=12,
                deadline=None,
                # Every step asks a running registry: what failed is shown as it was found.
                phases=[Phase.explicit, Phase.generate],
                suppress_health_check=list(HealthCheck),
            ),
        )
