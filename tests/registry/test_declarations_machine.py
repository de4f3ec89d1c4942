"""Units declare two firms in every way: whatever is tried in whatever order, the registry does what plain lists say."""

from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from support.declarations import FORM, credit_code, customer
from support.declarations_asked import GAPS, Counter, check_digit_is_right
from support.declarations_plain import Firm, Paper, Plain
from support.instance import Databases
from support.registry import RIVAL, SECOND, running_registry
from support.service import HEAD, MANAGER, OFFICER, ServiceUnderTest

TEAMS = {one.org_id: one for one in (MANAGER, SECOND, RIVAL)}
UNITS = st.sampled_from(sorted(TEAMS))
LINES = ("ceremonial", "domestic-express", "intra-city-express")
CHOSEN = st.lists(st.sampled_from(LINES), min_size=1, max_size=2, unique=True).map(tuple)
WAYS = st.sampled_from(("code", "phone", "code", "phone", "name"))
FIRST_DAY = date(2026, 3, 2)
REASON = {"reason": "经核实"}
STEPS = ("accept", "refuse", "approve", "return")


class Declarations(RuleBasedStateMachine):
    """Two firms, three units, their center; days only go forward, from one run to the next too."""

    portal: BlockingPortal
    registry: ServiceUnderTest
    day = FIRST_DAY
    papers: Bundle[Paper] = Bundle("papers")

    def __init__(self) -> None:
        super().__init__()
        self.plain = Plain(type(self).day)
        self.asked = Counter(self.portal, self.registry)
        self.known = [{**customer(), "credit_code": credit_code()} for _ in range(2)]
        self.others = [customer()["phones"] for _ in self.known]

    # What is asked of the registry.

    def moved(self, paper: Paper, step: str, body: object, *, allowed: bool) -> None:
        person = TEAMS[paper.unit] if step in ("annex-1", "withdraw") else OFFICER
        answer = self.asked.tried(
            person, f"/declarations/{paper.declaration_id}/{step}", body, allowed=allowed
        )
        if not allowed:
            assert answer["code"] in ("wrong-state", "customer-taken"), answer
        elif step == "approve":
            self.check_code(answer["customer_code"])

    def check_code(self, code: str) -> None:
        assert len(code) == 14 and code.startswith("420100") and check_digit_is_right(code), code

    def to_day(self, day: date) -> None:
        type(self).day = day
        self.asked.to_day(day)

    # What units and centers do.

    @rule(target=papers, number=st.sampled_from((0, 0, 0, 1)), way=WAYS, unit=UNITS, lines=CHOSEN,
          formed=st.booleans(), long=st.booleans())  # fmt: skip
    def submit(
        self, number: int, way: str, unit: str, lines: tuple[str, ...], formed: bool, long: bool
    ) -> Paper:
        """By code and phone, by name and phone, or by the name with a phone that nobody knows of it."""
        known = self.known[number]
        name, code = known["name"], known["credit_code"] if way == "code" else None
        phones = self.others[number] if way == "name" else known["phones"]
        written = name.replace("有限公司", "有限责任公司") if long else name
        firm: dict[str, Any] = {**known, "name": written, "phones": phones}
        if code is None:
            del firm["credit_code"]
        body: dict[str, Any] = {"customer": firm, "lines": list(lines)}
        if formed:
            body["annex_1"] = self.form(phones[0])
        holding = {right.line: right.unit for firm in self.plain.firms for right in firm.rights}
        paper = self.plain.submit(unit, lines, (name, code, phones[0]), formed=formed)
        answer = self.asked.tried(TEAMS[unit], "/declarations", body, allowed=True)
        assert answer["state"] == paper.state, (answer, holding, self.plain)
        paper.declaration_id = answer["id"]
        self.check_submitted(paper, answer)
        return paper

    @precondition(lambda self: any(firm.rights for firm in self.plain.firms))
    @rule(target=papers, number=st.integers(0, 9), unit=UNITS, way=st.sampled_from(("code", "phone")),
          lines=CHOSEN, formed=st.booleans(), decide=st.booleans())  # fmt: skip
    def ask_for_what_is_free(
        self, number: int, unit: str, way: str, lines: tuple[str, ...], formed: bool, decide: bool
    ) -> Paper:
        """Of a firm that somebody holds, the lines that nobody holds; the center often says yes at once."""
        held = [one for one in self.plain.firms if one.rights]
        firm = held[number % len(held)]
        which = next(n for n, known in enumerate(self.known) if known["name"] == firm.name)
        free = tuple(line for line in lines if not firm.taken((line,))) or lines
        way = "name" if firm.phone == self.others[which][0] else way
        made = self.submit(number=which, way=way, unit=unit, lines=free, formed=formed, long=False)
        assert isinstance(made, Paper)
        paper: Paper = made
        if decide and paper.state == "held":
            self.accept(paper)
        return paper

    def form(self, phone: str) -> dict[str, Any]:
        return {**FORM, "contact_phone": phone, "estimated_yearly_fees": "100.00"}

    def check_submitted(self, paper: Paper, answer: dict[str, Any]) -> None:
        """What a refusal tells, whose customer it is else."""
        if paper.firm is None:
            assert "customer_id" not in answer
            taken = answer["refusal"]["taken_lines"]
            by = {(right.unit, right.line) for firm in self.plain.firms for right in firm.rights}
            assert set(taken) <= set(paper.lines) and taken
            assert (answer["refusal"]["holder"]["org_id"], taken[0]) in by
            return
        paper.firm.customer_id = paper.firm.customer_id or answer["customer_id"]
        assert answer["customer_id"] == paper.firm.customer_id
        reasons = set(answer["reasons"])
        if paper.state == "held" and paper.firm.holders - {paper.unit}:
            assert "line-free" in reasons

    @rule(paper=papers)
    def accept(self, paper: Paper) -> None:
        allowed = self.plain.accept(paper)
        self.moved(paper, "accept", REASON, allowed=allowed)
        if allowed and paper.firm is not None:
            self.check_support(paper, paper.firm)

    def check_support(self, paper: Paper, firm: Firm) -> None:
        """Who is let in on a line of another's customer supports it."""
        answer = self.asked.call(partial(self.registry.get, OFFICER, f"/customers/{firm.customer_id}")).json()
        assert answer["responsible"]["org_id"] == firm.responsible, (answer, self.plain)
        if firm.responsible != paper.unit:
            pairs = {(one["org_id"], one["line"]) for one in answer["supports"]}
            assert {(paper.unit, line) for line in paper.lines} <= pairs

    @rule(paper=papers)
    def refuse(self, paper: Paper) -> None:
        self.moved(paper, "refuse", REASON, allowed=self.plain.refuse(paper))

    @rule(paper=papers)
    def file_annex_1(self, paper: Paper) -> None:
        self.moved(paper, "annex-1", self.form("027-87650000"), allowed=self.plain.file(paper))

    @rule(paper=papers)
    def approve(self, paper: Paper) -> None:
        manager = {"manager_id": str(TEAMS[paper.unit].staff_id)}
        self.moved(paper, "approve", manager, allowed=self.plain.approve(paper))

    @rule(paper=papers)
    def give_back(self, paper: Paper) -> None:
        self.moved(paper, "return", REASON, allowed=self.plain.give_back(paper))
        self.to_day(self.plain.day)

    @rule(paper=papers)
    def withdraw(self, paper: Paper) -> None:
        self.moved(paper, "withdraw", {}, allowed=self.plain.withdraw(paper))

    @rule(paper=papers)
    def file_and_approve(self, paper: Paper) -> None:
        self.file_annex_1(paper)
        self.approve(paper)

    @rule(paper=papers, which=st.integers(0, 1))
    def release(self, paper: Paper, which: int) -> None:
        rows = self.asked.claims([paper.declaration_id])
        if len(rows) <= which:
            return
        right = next(one for one in paper.rights if one.line == rows[which]["line"])
        path = f"/claims/{rows[which]['claim_id']}/release"
        self.asked.tried(TEAMS[paper.unit], path, {}, allowed=self.plain.release(paper, right))

    @precondition(lambda self: any(firm.rights for firm in self.plain.firms))
    @rule(number=st.integers(0, 9))
    def visit(self, number: int) -> None:
        """Who holds a line calls on the firm."""
        rights = [(firm, right) for firm in self.plain.firms for right in firm.rights]
        firm, right = rights[number % len(rights)]
        body = {"customer": firm.customer_id, "visited_on": str(self.plain.day), "kind": "routine"}
        self.asked.tried(TEAMS[right.unit], "/visits", body, allowed=self.plain.visit(right.unit, firm))

    @rule(paper=papers, step=st.sampled_from(STEPS), who=UNITS)
    def nobody_meddles(self, paper: Paper, step: str, who: str) -> None:
        """A unit head decides nothing, and another unit finds nothing to take back."""
        path = f"/declarations/{paper.declaration_id}/{step}"
        body = {} if step == "approve" else REASON
        assert self.asked.tried(HEAD, path, body, allowed=False)["code"] in ("forbidden", "not-found")
        if who != paper.unit:
            path = f"/declarations/{paper.declaration_id}/withdraw"
            assert self.asked.tried(TEAMS[who], path, {}, allowed=False)["code"] == "not-found"

    # Time.

    @rule(days=st.sampled_from((1, 20, 29)))
    def days_pass(self, days: int) -> None:
        self.plain.pass_to(self.plain.day + timedelta(days=days))
        self.to_day(self.plain.day)

    @precondition(lambda self: any(firm.rights for firm in self.plain.firms))
    @rule(too_late=st.booleans())
    def the_last_day_of_a_claim_comes(self, too_late: bool) -> None:
        ends = [
            min(right.window_ends, right.used_on + timedelta(days=30))
            for firm in self.plain.firms
            for right in firm.rights
            if right.window_ends is not None
        ]
        days = [end + timedelta(days=too_late) for end in ends if end >= self.plain.day]
        if days:
            self.plain.pass_to(min(days))
            self.to_day(self.plain.day)

    # What holds after each step.

    @invariant()
    def declarations_and_claims_are_as_the_lists_say(self) -> None:
        papers = {one.declaration_id: one for firm in self.plain.firms for one in firm.papers}
        assert self.asked.declarations(papers) == {key: one.state for key, one in papers.items()}
        claims = self.asked.claims(papers)
        seen = {(row["id"], row["line"]): (row["org_id"], row["state"]) for row in claims}
        meant = {
            (key, right.line): (right.unit, right.state)
            for key, one in papers.items()
            for right in one.rights
        }
        assert seen == meant, self.plain
        live = [(row["firm"], row["line"]) for row in claims if row["state"] == "live"]
        assert len(live) == len(set(live))
        standing = {
            (row["id"], row["line"]) for row in claims if row["state"] == "live" and row["until"] is None
        }
        assert standing == {
            (key, right.line)
            for key, one in papers.items()
            for right in one.live
            if right.window_ends is None
        }

    @invariant()
    def customers_are_as_the_lists_say(self) -> None:
        firms = {one.customer_id: one for one in self.plain.firms}
        assert len(firms) == len(self.plain.firms)
        meant = {
            key: "registered" if one.registered_by else "dropped" if one.dropped else "prospect"
            for key, one in firms.items()
        }
        coded = {key: (state, state == "registered") for key, state in meant.items()}
        assert self.asked.customers(firms) == coded, self.plain

    @invariant()
    def what_was_told_has_no_gap_and_ends_in_the_present_state(self) -> None:
        told: dict[str, list[tuple[int, str]]] = {}
        for row in self.asked.told():
            told.setdefault(row["aggregate"], []).append((row["version"], row["state"]))
        for aggregate, steps in told.items():
            assert [version for version, _ in steps] == list(range(1, len(steps) + 1)), aggregate
        for firm in self.plain.firms:
            for paper in firm.papers:
                assert told[f"declaration:{paper.declaration_id}"][-1][1] == paper.state

    def teardown(self) -> None:
        """No record has a gap in what was told of it, no code was given twice."""
        assert self.asked.rows(GAPS) == []
        codes = [row["customer_code"] for row in self.asked.rows("SELECT customer_code FROM customer")]
        given = [code for code in codes if code]
        assert len(given) == len(set(given))
        assert all(check_digit_is_right(code) for code in given)


def test_whatever_is_tried_declarations_go_as_the_plain_lists_say(registry_databases: Databases) -> None:
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(running_registry(registry_databases("registry"))) as running,
        pytest.MonkeyPatch.context() as patched,
    ):
        patched.setattr(Declarations, "portal", portal, raising=False)
        patched.setattr(Declarations, "registry", running, raising=False)
        run_state_machine_as_test(
            Declarations,
            settings=settings(
                max_examples=8,
                stateful_step_count=25,
                deadline=None,
                phases=[Phase.explicit, Phase.generate],
                suppress_health_check=list(HealthCheck),
            ),
        )
