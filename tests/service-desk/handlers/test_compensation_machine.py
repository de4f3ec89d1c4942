"""A compensation under any sequence of acts, beside a plain account of what the regulation allows."""

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from chassis.directory import EMPTY, Organisation, Snapshot, adoptions_of
from contracts.refusals import MakerIsChecker, Refusal
from service_desk.commands import DecideCompensation, GrantCompensation, Official, PayCompensation
from service_desk.handlers import compensations as handlers
from service_desk.handlers.compensations import Asked
from service_desk.model.cases import CompensationState
from service_desk.model.compensations import Claim
from service_desk.model.remedies import CompensationEnded, NotTheirMoney, OutOfTurn
from service_desk.ports.money import Settled
from support.service import TREE, orgpath

NOW = datetime.fromisoformat("2026-03-02T09:00:00+08:00")
LIMIT = Decimal(5000)
TAKER, MANAGER = "taker", "manager"
PEOPLE = (TAKER, MANAGER, "a", "b", "c")
POSTS = (
    ("420100", "center-officer"),
    ("420100", "center-director"),
    ("420100", "finance"),
    ("420000", "center-director"),
    ("420000", "finance"),
    ("420500", "center-officer"),
)
AMOUNTS = st.sampled_from([Decimal(text) for text in ("0.01", "4999.99", "5000.00", "5000.01", "80000")])
T = TypeVar("T")


def law() -> Snapshot:
    """Give the tree of the tests under its packs."""
    nodes = {
        org_id: Organisation(org_id, parent, kind, name, division, place, orgpath(org_id))
        for org_id, (parent, kind, name, division, place) in TREE.items()
    }
    adopted = adoptions_of(
        [
            {"pack": pack, "topics": None, "from": "2009-01-01", "until": None}
            for pack in ("hubei", "platform")
        ]
    )
    return replace(EMPTY, organisations=nodes, adoptions={"420000": adopted}, _found={}, frames={})


LAW = law()


def run(awaited: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(awaited)


class Kept:
    """Compensations in memory: one of them."""

    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        self.kinds = {"compensation-handle", "compensation-pay"}
        self.settled: list[str] = []
        self.payments = 0

    async def get(self, reference: str, version: int) -> Claim:
        return self.claim

    async def clocks(self, claim: Claim) -> frozenset[str]:
        return frozenset(self.kinds)

    async def save(self, act: Settled) -> None:
        assert act.before == self.claim and act.after.version == self.claim.version + 1
        assert act.because.reasons, "a decision without a reason"
        self.claim = replace(act.after, makers=act.before.makers | {self.actor})
        self.kinds |= {clock.term.kind for clock in act.starts}
        self.kinds -= set(act.cancels)
        self.settled += act.settles
        self.payments += act.payer_org_id is not None

    actor = ""


class CompensationMachine(RuleBasedStateMachine):
    """Everybody tries everything; the account beside says what must come of it."""

    @initialize(claimed=AMOUNTS)
    def file(self, claimed: Decimal) -> None:
        above = claimed > LIMIT
        self.kept = Kept(
            Claim(
                id=uuid4(),
                case_no="260302000001004",
                state=CompensationState.FILED,
                version=1,
                channel="hotline",
                cause="loss",
                mail_no="EX000000000CN",
                amount_claimed=claimed,
                amount_granted=None,
                amount_paid=None,
                above_limit=above,
                vip=False,
                service_class=None,
                subject="420100",
                org_id="420100",
                orgpath=orgpath("420100"),
                customer_id=None,
                manager_id=MANAGER,
                first_responder_org_id="420100",
                complaint_case_no=None,
                received_at=NOW,
                makers=frozenset({TAKER}),
            )
        )
        if above:
            self.kept.kinds.add("compensation-report")
        self.state, self.granted, self.touched = "filed", Decimal(0), {TAKER}

    def attempt(self, act: str, who: str, post: tuple[str, str], amount: Decimal) -> None:
        official = Official(who, post[0], frozenset({post[1]}))
        asked = Asked("x", self.kept.claim.version, official, NOW)
        self.kept.actor = who
        commands: dict[str, tuple[Any, Any]] = {
            "handle": (handlers.handle, GrantCompensation(amount, "x")),
            "refuse": (handlers.refuse, DecideCompensation("x")),
            "report": (handlers.report, DecideCompensation("x")),
            "approve": (handlers.approve, DecideCompensation("x")),
            "pay": (handlers.pay, PayCompensation(self.granted or amount, "x")),
        }
        handler, command = commands[act]
        expected = self.expected(act, who, post, amount)
        if isinstance(expected, str):
            run(handler(command, asked, self.kept, LAW))
            self.state = expected
            self.touched.add(who)
            if act == "handle":
                self.granted = amount
        else:
            with pytest.raises(expected):
                run(handler(command, asked, self.kept, LAW))

    def expected(
        self, act: str, who: str, post: tuple[str, str], amount: Decimal
    ) -> str | type[Refusal] | tuple[type[Refusal], ...]:
        """Give the state that must come, or the refusals that may: whose it is, its turn, then maker and checker."""
        province = act == "approve" or (act == "refuse" and self.granted)
        offices = {"420100": {"center-officer", "center-director"}}
        if act == "pay":
            theirs = post == ("420100", "finance")
        elif province:
            theirs = post == ("420000", "center-director")
        else:
            theirs = post[0] == "420100" and post[1] in offices["420100"]
        if not theirs:
            return NotTheirMoney
        above = self.granted > LIMIT
        turns = {
            "handle": {"filed": "handled"},
            "refuse": {"filed": "refused", "reported": "refused"},
            "report": {"handled": "reported"} if above else {},
            "approve": {"reported": "approved"},
            "pay": {"approved": "paid", **({} if above else {"handled": "paid"})},
        }
        reached = turns[act].get(self.state)
        if reached is None:
            return (OutOfTurn, CompensationEnded)
        if act != "report" and (who in self.touched or who == MANAGER):
            return MakerIsChecker
        return reached

    @rule(
        act=st.sampled_from(["handle", "refuse", "report", "approve", "pay"]),
        who=st.sampled_from(PEOPLE),
        post=st.sampled_from(POSTS),
        amount=AMOUNTS,
    )
    def anybody_tries_anything(self, act: str, who: str, post: tuple[str, str], amount: Decimal) -> None:
        self.attempt(act, who, post, amount)

    @rule(amount=AMOUNTS)
    def the_next_step_is_taken(self, amount: Decimal) -> None:
        """So that runs come far enough."""
        following = {
            "filed": ("handle", POSTS[0]),
            "handled": ("report", POSTS[1]) if self.granted > LIMIT else ("pay", POSTS[2]),
            "reported": ("approve", POSTS[3]),
            "approved": ("pay", POSTS[2]),
        }
        if self.state in following:
            act, post = following[self.state]
            free = [who for who in ("a", "b", "c") if who not in self.touched]
            if free:
                self.attempt(act, free[0], post, amount)

    @invariant()
    def the_account_holds(self) -> None:
        claim, kept = self.kept.claim, self.kept
        assert claim.state == self.state
        assert kept.payments == (1 if self.state == "paid" else 0)
        assert (claim.amount_granted or 0) == self.granted
        assert claim.amount_paid == (self.granted if self.state == "paid" else None)
        above = (self.granted or claim.amount_claimed) > LIMIT
        assert claim.above_limit is above
        if self.state in ("filed", "handled"):
            assert ("compensation-report" in kept.kinds) is above
        if self.state in ("filed", "handled", "reported", "approved"):
            assert "compensation-pay" in kept.kinds
        if self.state == "refused":
            assert "compensation-pay" not in kept.kinds
        assert ("liability-assign" in kept.kinds) is (self.state == "paid")


CompensationMachine.TestCase.settings = settings(
    max_examples=60, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
TestCompensations = CompensationMachine.TestCase
