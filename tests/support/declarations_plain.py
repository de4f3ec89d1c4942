"""Declarations as the words of the regulation have them: plain lists, days counted by hand, nothing of the registry."""

from dataclasses import dataclass, field
from datetime import date, timedelta

# 90 days after the day of the grant; 30 without progress. The last of them still belongs to the claim.
WINDOW, IDLE = timedelta(days=90), timedelta(days=30)


@dataclass
class Right:
    """A claim on one line; `window_ends` None: it stands."""

    unit: str
    line: str
    window_ends: date | None
    used_on: date
    state: str = "live"

    def over(self, day: date) -> bool:
        """Say whether its window or its idleness has run out before this day."""
        return self.window_ends is not None and min(self.window_ends, self.used_on + IDLE) < day


@dataclass
class Paper:
    """A declaration; `firm` None: refused when it came."""

    unit: str
    lines: tuple[str, ...]
    firm: "Firm | None"
    state: str
    formed: bool
    rights: list[Right] = field(default_factory=list)
    declaration_id: str = ""

    @property
    def live(self) -> list[Right]:
        return [one for one in self.rights if one.state == "live"]


@dataclass
class Firm:
    """One customer of the registry; `name` normalised, `responsible` the unit that answers for it."""

    name: str
    code: str | None
    phone: str
    responsible: str = ""
    dropped: bool = False
    registered_by: str | None = None
    papers: list[Paper] = field(default_factory=list)
    customer_id: str = ""

    @property
    def rights(self) -> list[Right]:
        return [right for paper in self.papers for right in paper.live]

    @property
    def holders(self) -> set[str]:
        """Give who holds a claim or the assignment."""
        assigned = {self.registered_by} if self.registered_by else set()
        return {right.unit for right in self.rights} | assigned

    @property
    def waiting(self) -> list[Paper]:
        return [paper for paper in self.papers if paper.state == "held"]

    def taken(self, lines: tuple[str, ...]) -> list[str]:
        """Give which of the lines somebody holds."""
        held = {right.line for right in self.rights}
        return [line for line in lines if line in held]

    def is_exactly(self, name: str, code: str | None, phone: str) -> bool:
        if self.code and code:
            return self.code == code
        return (self.name, self.phone) == (name, phone)


@dataclass
class Plain:
    """All customers and the day; each move says whether it is allowed and, if so, makes it."""

    day: date
    firms: list[Firm] = field(default_factory=list)

    def submit(
        self, unit: str, lines: tuple[str, ...], who: tuple[str, str | None, str], *, formed: bool
    ) -> Paper:
        alive = [firm for firm in self.firms if not firm.dropped]
        firm = next((one for one in alive if one.is_exactly(*who)), None)
        if firm is not None and firm.taken(lines):
            return Paper(unit, lines, None, "refused", formed)
        if firm is None:
            waits = any(one.name == who[0] for one in alive)
            firm = Firm(*who)
            self.firms.append(firm)
        else:
            waits = bool(firm.holders - {unit}) or (not firm.holders and bool(firm.waiting))
        paper = Paper(unit, lines, firm, "held", formed)
        firm.papers.append(paper)
        if not waits:
            self._grant(paper)
        return paper

    def accept(self, paper: Paper) -> bool:
        if paper.state != "held" or paper.firm is None or paper.firm.taken(paper.lines):
            return False
        self._grant(paper)
        return True

    def file(self, paper: Paper) -> bool:
        return self._step(paper, "protected", "filed")

    def approve(self, paper: Paper) -> bool:
        firm = paper.firm
        # The responsible unit registers the customer; of one that is registered, whoever supports it may follow.
        if firm is None or not (firm.registered_by or firm.responsible == paper.unit):
            return False
        if not self._step(paper, "filed", "approved"):
            return False
        firm.registered_by = firm.registered_by or paper.unit
        for right in paper.live:
            right.window_ends = None
        return True

    def give_back(self, paper: Paper) -> bool:
        if not self._step(paper, "filed", "protected"):
            return False
        for right in paper.live:
            right.used_on = self.day
        self._end_what_is_over(paper)
        return True

    def refuse(self, paper: Paper) -> bool:
        return self._close(paper, ("held", "filed"), "refused")

    def withdraw(self, paper: Paper) -> bool:
        return self._close(paper, ("held", "protected", "filed"), "withdrawn")

    def release(self, paper: Paper, right: Right) -> bool:
        if right.state != "live" or paper.state != "protected":
            return False
        right.state = "released"
        if not paper.live:
            paper.state = "lapsed"
        return True

    def visit(self, unit: str, firm: Firm) -> bool:
        for right in firm.rights:
            if right.unit == unit:
                right.used_on = self.day
        return unit in firm.holders

    def pass_to(self, day: date) -> None:
        self.day = day
        for paper in [paper for firm in self.firms for paper in firm.papers]:
            if paper.state == "protected":
                self._end_what_is_over(paper)

    def _grant(self, paper: Paper) -> None:
        """Grant the lines from today; who declared while no other unit holds the firm answers for it."""
        firm = paper.firm
        if firm is not None and not firm.holders - {paper.unit}:
            firm.responsible = paper.unit
        paper.state = "filed" if paper.formed else "protected"
        paper.rights = [Right(paper.unit, line, self.day + WINDOW, self.day) for line in paper.lines]

    def _end_what_is_over(self, paper: Paper) -> None:
        for right in paper.live:
            if right.over(self.day):
                right.state = "expired"
        if not paper.live:
            paper.state = "lapsed"

    def _step(self, paper: Paper, before: str, after: str) -> bool:
        if paper.state != before:
            return False
        paper.state = after
        return True

    def _close(self, paper: Paper, before: tuple[str, ...], after: str) -> bool:
        if paper.state not in before or paper.firm is None:
            return False
        paper.state = after
        for right in paper.live:
            right.state = "released"
        # Whom nobody was ever granted and nobody waits for any more is no customer.
        firm = paper.firm
        firm.dropped = not any(one.rights for one in firm.papers) and not firm.waiting
        return True
