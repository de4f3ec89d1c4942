"""The registry as a state machine asks it: requests, rows, and what was told since the machine began."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

import httpx
from anyio.from_thread import BlockingPortal

from support.claim_life import swept
from support.service import Person, ServiceUnderTest

# Records of earlier runs still come to their end in this one.
TOLD = """SELECT aggregate, version, payload::jsonb->>'state' AS state FROM outbox
    WHERE type NOT LIKE 'registry.deadline.%'
      AND aggregate IN (SELECT aggregate FROM outbox WHERE seq > $1 AND version = 1) ORDER BY 1, 2"""
GAPS = "SELECT aggregate FROM outbox GROUP BY 1 HAVING max(version) <> count(*) OR min(version) <> 1"

DECLARATIONS = (
    "SELECT declaration_id::text AS id, state FROM declaration WHERE declaration_id = ANY($1::uuid[])"
)
CLAIMS = """SELECT claim_id::text, declaration_id::text AS id, customer_id::text AS firm, line, org_id, state, until
    FROM claim WHERE declaration_id = ANY($1::uuid[]) ORDER BY line"""
CUSTOMERS = """SELECT customer_id::text AS id, state, customer_code FROM customer
    WHERE customer_id = ANY($1::uuid[])"""


def check_digit_is_right(code: str) -> bool:
    """ISO 7064 MOD 11,10, as the standard words it."""
    product = 10
    for digit in code[:-1]:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return (product + int(code[-1])) % 10 == 1


@dataclass
class Counter:
    """One machine's own view of a registry that others used before."""

    portal: BlockingPortal
    registry: ServiceUnderTest
    before: int = field(init=False)

    def __post_init__(self) -> None:
        [row] = self.rows("SELECT coalesce(max(seq), 0) AS seq FROM outbox")
        self.before = row["seq"]

    def call(self, asked: Callable[[], Awaitable[Any]]) -> Any:
        return self.portal.call(asked)

    def rows(self, sql: str, *args: object) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.call(partial(self.registry.rows, sql, *args))
        return rows

    def told(self) -> list[dict[str, Any]]:
        return self.rows(TOLD, self.before)

    def post(self, person: Person, path: str, body: object) -> httpx.Response:
        answer: httpx.Response = self.call(partial(self.registry.post, person, path, body))
        assert answer.status_code < 500, answer.text
        return answer

    def tried(self, person: Person, path: str, body: object, *, allowed: bool) -> Any:
        """Try what is allowed or not; what is refused changes nothing."""
        before = self.told()
        answer = self.post(person, path, body)
        assert (answer.status_code < 400) == allowed, (path, answer.status_code, answer.text)
        assert (self.told() == before) != allowed, (path, answer.text)
        return answer.json()

    def to_day(self, day: date) -> None:
        """Go on to ten in the morning of a day; what is due by then is done."""
        self.registry.set_clock(f"{day}T10:00:00+08:00")
        self.call(partial(swept, self.registry))

    def declarations(self, ids: Iterable[str]) -> dict[str, str]:
        """Give the states of declarations."""
        rows = self.rows(DECLARATIONS, list(ids))
        return {row["id"]: row["state"] for row in rows}

    def claims(self, ids: Iterable[str]) -> list[dict[str, Any]]:
        """Give the claims of declarations."""
        return self.rows(CLAIMS, list(ids))

    def customers(self, ids: Iterable[str]) -> dict[str, tuple[str, bool]]:
        """Give the states of customers, and whether they have a code."""
        rows = self.rows(CUSTOMERS, list(ids))
        return {row["id"]: (row["state"], row["customer_code"] is not None) for row in rows}
