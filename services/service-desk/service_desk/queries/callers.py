"""Who is calling: one round trip, the answer made in the database."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asyncpg import Record

from chassis.auth import Caller
from chassis.database import Pool
from chassis.encoding import dumps
from service_desk.settings import INITIALS_ANYWHERE, MOST_CARDS, MOST_CONTACTS

FIND_PHONES = "SELECT place, matches, cards, open_cases FROM find_phones($1::phone_call[])"
"""Takes a list of tuples with the fields of the SQL type `phone_call` in their order."""
Ask = Callable[[tuple[object, ...]], Awaitable[Record | None]]
FIND = "SELECT matches, cards, open_cases FROM find_callers($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Exactly one way to look: keys of a phone, a customer's id or code, a credit code, or a part of the name.

    A part that may be initials is looked for as both.
    """

    keys: list[str] | None = None
    customer_id: UUID | None = None
    code: str | None = None
    credit_code: str | None = None
    name_part: str | None = None
    initials: str | None = None

    @property
    def pattern(self) -> str | None:
        """The name part as a LIKE pattern that means every character of it literally."""
        if self.name_part is None:
            return None
        literal = self.name_part.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return f"%{literal}%"

    @property
    def initials_pattern(self) -> str | None:
        """The initials as a LIKE pattern; they are letters and digits alone. Few letters are those a name begins with."""
        if self.initials is None:
            return None
        return f"%{self.initials}%" if len(self.initials) >= INITIALS_ANYWHERE else f"{self.initials}%"


async def find_phone(ask: Ask, caller: Caller, keys: list[str], now: datetime) -> bytes:
    """Give the body of the answer for a phone alone: several that are asked at once go to the database together."""
    row = await ask((caller.orgpath, caller.actor, keys, MOST_CARDS, MOST_CONTACTS))
    return _answer(row, now)


async def find_callers(pool: Pool, caller: Caller, wanted: Wanted, now: datetime) -> bytes:
    """Give the body of the answer: one, several or no cards of customers in the caller's scope."""
    row = await pool.fetchrow(
        FIND,
        caller.orgpath,
        caller.actor,
        wanted.keys,
        wanted.customer_id,
        wanted.code,
        wanted.credit_code,
        wanted.pattern,
        wanted.initials_pattern,
        MOST_CARDS,
        MOST_CONTACTS,
    )
    return _answer(row, now)


def _answer(row: Record | None, now: datetime) -> bytes:
    if row is None:
        raise LookupError("a look-up gives one row, always")
    return b'{"match":"%b","more":%b,"server_time":%b,"cards":%b,"open_cases":%b}' % (
        match_of(row["matches"]),
        b"true" if row["matches"] > MOST_CARDS else b"false",
        dumps(now),
        row["cards"].encode(),
        row["open_cases"].encode(),
    )


def match_of(found: int) -> bytes:
    """Give the word for none, one or several."""
    if found > 1:
        return b"several"
    return b"one" if found else b"none"
