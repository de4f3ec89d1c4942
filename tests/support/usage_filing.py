"""Usage as units file it in tests: customers with true codes, CSV text, and waiting for a file."""

import asyncio
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from chassis.ids import uuid7
from contracts.values import check_digit_mod_11_10
from support.facts import customer_fact
from support.service import OFFICER, Person, ServiceUnderTest, expect

HEADER = "客户编码,客户名称,业务种类,收入(元),件数,重量(公斤)"
LINE = "国内异地速递"
PATIENCE_SECONDS = 60.0
LOOK_EVERY_SECONDS = 0.02
_serial = iter(range(5_000_000, 10_000_000))
"""Apart from the serials that other planters give."""


def code(city: str = "420100") -> str:
    """Give a customer code that was not given before."""
    digits = f"{city}{next(_serial):07d}"
    return digits + check_digit_mod_11_10(digits)


async def customer(tiering: ServiceUnderTest, org_id: str = "420106-T01", name: str = "江城汽配") -> str:
    """Let a customer be heard of; gives its code."""
    made = code()
    await tiering.hear(customer_fact(uuid7(), org_id=org_id, customer_code=made, name=name))
    return made


async def id_of(tiering: ServiceUnderTest, customer_code: str) -> UUID:
    """Give a customer's id."""
    rows = await tiering.rows("SELECT customer_id FROM customer WHERE code = $1", customer_code)
    found: UUID = rows[0]["customer_id"]
    return found


def csv(rows: Iterable[str], header: str = HEADER) -> bytes:
    """Give a CSV file."""
    return "\r\n".join((header, *rows, "")).encode()


def row(
    customer_code: str,
    revenue: object = "100.00",
    *,
    line: str = LINE,
    pieces: object = 10,
    kg: object = "1.5",
) -> str:
    """Give a line of a CSV file."""
    return f"{customer_code},江城汽配,{line},{revenue},{pieces},{kg}"


async def upload(
    tiering: ServiceUnderTest,
    person: Person,
    content: bytes,
    *,
    month: str = "2026-02",
    name: str = "usage.csv",
    status: int = 202,
    **fields: str,
) -> Any:
    """Upload a file; gives the answer's body."""
    answer = await tiering.post(
        person, "/usage-files", files={"file": (name, content)}, data={"month": month, **fields}
    )
    return expect(answer, status)


async def done(tiering: ServiceUnderTest, person: Person, file_id: str) -> Any:
    """Wait until a file is loaded or rejected; gives it."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            body = expect(await tiering.get(person, f"/usage-files/{file_id}"), 200)
            if body["state"] in ("loaded", "rejected"):
                return body
            await asyncio.sleep(LOOK_EVERY_SECONDS)


async def filed(tiering: ServiceUnderTest, person: Person, rows: Iterable[str], **options: Any) -> Any:
    """Upload rows as CSV and wait; gives the file."""
    body = await upload(tiering, person, csv(rows), **options)
    return await done(tiering, person, body["id"])


async def corrected(tiering: ServiceUnderTest, customer_code: str, revenue: str, month: str) -> None:
    """Correct by hand what a customer's month has of `LINE`."""
    figures = {"customer": customer_code, "line": "domestic-express", "revenue": revenue}
    sent = {"month": month, "reason": "inaccuracy", "rows": [figures]}
    expect(await tiering.post(OFFICER, "/usage/corrections", sent), 201)


async def refusals(tiering: ServiceUnderTest, person: Person, file_id: str) -> dict[int, str]:
    """Give the codes of refused rows by their number."""
    body = expect(await tiering.get(person, f"/usage-files/{file_id}/errors", limit=200), 200)
    return {item["row_no"]: item["code"] for item in body["items"]}


async def on_record(
    tiering: ServiceUnderTest, customer_code: str, month: str = "2026-02"
) -> list[dict[str, Any]]:
    """Give the versions of a customer's month."""
    return await tiering.rows(
        """SELECT u.version, u.current, u.revenue, u.pieces, u.weight_kg, u.line, u.reason, u.org_id FROM usage u
           JOIN customer c USING (customer_id) WHERE c.code = $1 AND to_char(u.month, 'YYYY-MM') = $2
           ORDER BY u.line, u.version""",
        customer_code,
        month,
    )


def warned(file: Any) -> list[str]:
    """Give the codes of a file's warnings about its own figures."""
    return [one["code"] for one in file["warnings"] if one["code"] != "too-few-customers"]
