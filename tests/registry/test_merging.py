"""Merges and un-merges in any order, chains of them too, against a plain book of who holds what and leads where."""

from dataclasses import dataclass, field
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from support.declarations import credit_code, declaration, declared
from support.merging import WHY, holders, prospect, registered, shown
from support.registry import RIVAL, SECOND
from support.service import MANAGER, OFFICER, Person, ServiceUnderTest

LINES = ("domestic-express", "ceremonial", "integrated-logistics")
UNITS: dict[str, Person] = {"420106-T01": MANAGER, "420107": RIVAL}
customers = st.lists(
    st.tuples(
        st.booleans(), st.sampled_from(sorted(UNITS)), st.sets(st.sampled_from(LINES), min_size=1, max_size=2)
    ),
    min_size=3,
    max_size=4,
)
moves = st.lists(
    st.tuples(st.sampled_from(["merge", "merge", "unmerge"]), st.integers(0, 3), st.integers(0, 3)),
    min_size=3,
    max_size=8,
)

Origin = tuple[int, str]


@dataclass
class Known:
    """One customer in the book: its claims by line, each with the unit and the customer that it came from."""

    key: str
    registered: bool
    credit_code: str
    claims: dict[str, tuple[str, Origin]] = field(default_factory=dict)
    leads_to: int | None = None
    gave: dict[str, tuple[str, Origin, bool]] = field(default_factory=dict)


class Book:
    """The plain oracle: lists and dictionaries, and the rules in words."""

    def __init__(self) -> None:
        self.customers: list[Known] = []

    def root(self, one: int) -> int:
        while (into := self.customers[one].leads_to) is not None:
            one = into
        return one

    def merge(self, survivor: int, merged: int) -> str | None:
        """Merge, or give the code of the refusal."""
        into, away = self.customers[survivor], self.customers[merged]
        if survivor == merged:
            return "same-customer"
        if into.leads_to is not None or away.leads_to is not None:
            return "customer-is-merged"
        if away.registered and not into.registered:
            return "wrong-survivor"
        if any(
            line in into.claims and into.claims[line][0] != unit for line, (unit, _) in away.claims.items()
        ):
            return "lines-clash"
        away.gave = {
            line: (unit, origin, line in into.claims) for line, (unit, origin) in away.claims.items()
        }
        into.claims = {**away.claims, **into.claims}
        away.claims, away.leads_to = {}, survivor
        return None

    def unmerge(self, merged: int) -> str | None:
        """Take a merge back, or give the code of the refusal."""
        away = self.customers[merged]
        if away.leads_to is None:
            return "not-merged"
        holder = self.customers[self.root(merged)]
        for line, (unit, origin, joined) in away.gave.items():
            if joined:
                away.claims[line] = (unit, origin)
            elif holder.claims.get(line, ("", None))[1] == origin:
                away.claims[line] = holder.claims.pop(line)
        away.leads_to, away.gave = None, {}
        return None


async def entered(
    registry: ServiceUnderTest, book: Book, one: tuple[bool, str, set[str]], place: int
) -> None:
    is_registered, unit, lines = one
    code = credit_code()
    make = registered if is_registered else prospect
    made = await make(registry, UNITS[unit], *sorted(lines), credit_code=code)
    claims = {line: (unit, (place, line)) for line in lines}
    book.customers.append(Known(made["customer_id"], is_registered, code, claims))


async def asked(registry: ServiceUnderTest, move: str, survivor: str, merged: str) -> str | None:
    """Ask for a move; give the code of the refusal, or None."""
    if move == "merge":
        answer = await registry.post(OFFICER, f"/customers/{survivor}/merge", {"merged": merged, **WHY})
    else:
        answer = await registry.post(OFFICER, f"/customers/{merged}/unmerge", {"reason": "核实为两家"})
    body: dict[str, Any] = answer.json()
    assert answer.status_code in (200, 201, 409), body
    return body.get("code") if answer.status_code == 409 else None


@settings(max_examples=12, deadline=None)
@given(some=customers, steps=moves)
async def test_whatever_is_merged_and_taken_apart_the_book_says_the_same(
    registry: ServiceUnderTest,
    some: list[tuple[bool, str, set[str]]],
    steps: list[tuple[str, int, int]],
) -> None:
    book = Book()
    for place, one in enumerate(some):
        await entered(registry, book, one, place)
    for move, first, second in steps:
        survivor, merged = first % len(some), second % len(some)
        keys = book.customers[survivor].key, book.customers[merged].key
        refused = book.merge(survivor, merged) if move == "merge" else book.unmerge(merged)
        assert await asked(registry, move, *keys) == refused
        for place, known in enumerate(book.customers):
            assert await holders(registry, known.key) == {
                line: unit for line, (unit, _) in known.claims.items()
            }
            leads_to = book.customers[book.root(place)].key
            assert (await shown(registry, known.key))["customer_id"] == leads_to
    for place, known in enumerate(book.customers):
        again = await declared(
            registry, SECOND, declaration("express-freight", credit_code=known.credit_code)
        )
        holder = book.customers[book.root(place)]
        if holder.claims or holder.registered:
            assert (again["state"], again["customer_id"]) == ("held", holder.key)
        await registry.post(SECOND, f"/declarations/{again['id']}/withdraw", {"reason": "查重"})
