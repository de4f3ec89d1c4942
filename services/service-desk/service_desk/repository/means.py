"""One intake request, and what every reception of a process works with."""

from dataclasses import dataclass

from chassis.database import Connection, Pool
from chassis.deadlines import committed
from chassis.transaction import Moment
from chassis.vault import Vault
from service_desk.ports.desk import Promise
from service_desk.repository.guesses import Guesses
from service_desk.repository.together import Together
from service_desk.settings import GROUNDS_REMEMBERED


class KeyReused(Exception):
    """The idempotency key came with another request before."""


@dataclass(frozen=True, slots=True)
class Request:
    """One intake request: its moment, its idempotency key and print, the status of its answer, the phone's keys."""

    moment: Moment
    scope: str
    desk_org_id: str
    key: str
    fingerprint: bytes
    status: int
    phone_keys: list[str] | None


@dataclass(frozen=True, slots=True)
class Means:
    """What every reception of a process works with."""

    pool: Pool | Connection
    vault: Vault
    guesses: Guesses
    grounds: set[bytes]
    """The digests of reasons that the database is known to hold; they are never taken out of it."""
    together: Together | None = None
    """None where a transaction runs already."""

    def keep(self, promise: Promise) -> None:
        """Remember that the database holds the reasons of a promise: its transaction has been committed."""
        committed(promise.deadlines)
        if len(self.grounds) >= GROUNDS_REMEMBERED:
            self.grounds.clear()
        self.grounds.add(promise.explained.digest)
