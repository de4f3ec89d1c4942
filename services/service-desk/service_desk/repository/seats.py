"""Seats, rows and events in one statement."""

from datetime import date
from uuid import UUID

from asyncpg import Record

from chassis.transaction import Transaction
from contracts.refusals import NotFound, StaleVersion
from contracts.seats import SeatChanged
from service_desk.model.seats import Seat, SeatState

ONE = """
SELECT s.*, path_of(s.org_id) AS orgpath FROM seat s
WHERE s.id::text = $1 OR (s.number::text = $1 AND s.revoked_at IS NULL)
"""

SAVE = """
WITH s AS (
  INSERT INTO seat AS s (id, number, staff_id, org_id, state, given_at, given_by, device, enrolled_at, revoked_at,
    revoked_by, version)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
  ON CONFLICT (id) DO UPDATE SET state = EXCLUDED.state, device = EXCLUDED.device, enrolled_at = EXCLUDED.enrolled_at,
    revoked_at = EXCLUDED.revoked_at, revoked_by = EXCLUDED.revoked_by, version = EXCLUDED.version
  WHERE s.version = EXCLUDED.version - 1
  RETURNING s.id)
SELECT announce($13::jsonb) FROM s
"""


class RowsOfSeats:
    """Seats of one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def taken(self, day: date) -> frozenset[int]:
        """Give the numbers that cannot be given on a day; whoever gives one at the same time waits."""
        rows = await self._tx.fetch("SELECT number FROM seats_taken($1) AS number", day)
        return frozenset(row["number"] for row in rows)

    async def get(self, reference: str, version: int | None) -> Seat:
        """Give the seat of an id, or the one held under a number; raises NotFound and StaleVersion."""
        row = await self._tx.fetchrow(ONE, reference)
        if row is None:
            raise NotFound(f"没有席位{reference}。", f"There is no seat {reference}.")
        if version is not None and row["version"] != version:
            raise _stale(row["number"])
        return _seat(row)

    async def save(self, seat: Seat) -> None:
        """Write a seat with its event in one statement; raises StaleVersion."""
        event = self._tx.event(
            SeatChanged(
                seat_id=seat.id,
                number=seat.number,
                staff_id=seat.staff_id,
                org_id=seat.org_id,
                state=seat.state,
                given_at=seat.given_at,
                revoked_at=seat.revoked_at,
            ),
            aggregate=f"seat:{seat.id}",
            version=seat.version,
            subject=seat.org_id,
            orgpath=seat.orgpath,
        )
        written = await self._tx.fetchrow(
            SAVE,
            seat.id,
            seat.number,
            seat.staff_id,
            seat.org_id,
            seat.state,
            seat.given_at,
            seat.given_by,
            seat.device,
            seat.enrolled_at,
            seat.revoked_at,
            seat.revoked_by,
            seat.version,
            self._tx.encoded([event]),
        )
        if written is None:
            raise _stale(seat.number)


def _seat(row: Record) -> Seat:
    staff_id: UUID = row["staff_id"]
    return Seat(
        id=row["id"],
        number=row["number"],
        staff_id=staff_id,
        org_id=row["org_id"],
        orgpath=row["orgpath"],
        state=SeatState(row["state"]),
        given_at=row["given_at"],
        given_by=row["given_by"],
        version=row["version"],
        device=row["device"],
        enrolled_at=row["enrolled_at"],
        revoked_at=row["revoked_at"],
        revoked_by=row["revoked_by"],
    )


def _stale(number: int) -> StaleVersion:
    return StaleVersion(
        f"席位{number}已被他人更新，请重新读取。", f"Seat {number} has changed meanwhile; read it again."
    )
