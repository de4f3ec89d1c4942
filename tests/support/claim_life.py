"""What happens to claims as time goes by: visits, the sweeper's work, clocks."""

from datetime import datetime
from typing import Any

from chassis.clock import SHANGHAI
from support.registry import expect
from support.service import Person, ServiceUnderTest
from support.waiting import eventually


async def called_on(registry: ServiceUnderTest, person: Person, customer: str, day: str, **more: Any) -> str:
    """Put a visit on record, and give its id."""
    body = {"customer": customer, "visited_on": day, "kind": "routine", **more}
    visit = await expect(registry.post(person, "/visits", body), 201)
    return str(visit["id"])


async def swept(registry: ServiceUnderTest) -> None:
    """Wait until the sweeper has nothing left to do."""

    async def due() -> int:
        sql = "SELECT count(*) AS n FROM deadline WHERE next_at <= $1"
        [found] = await registry.rows(sql, registry.runtime.clock.now())
        count: int = found["n"]
        return count

    await eventually(due, 0)


async def at(registry: ServiceUnderTest, moment: str) -> None:
    """Set the clock, without zone in Shanghai, and let the sweeper do what is due by then."""
    registry.set_clock(f"{moment}+08:00")
    await swept(registry)


async def state_of(registry: ServiceUnderTest, claim_id: str) -> str:
    """Give the state of a claim as it stands in its row."""
    [row] = await registry.rows("SELECT state FROM claim WHERE claim_id = $1::uuid", claim_id)
    return str(row["state"])


async def clock_of(registry: ServiceUnderTest, claim_id: str, kind: str) -> dict[str, Any]:
    """Give the latest deadline of a kind of a claim, its instants in Shanghai."""
    rows = await registry.rows(
        "SELECT state, started_at, due_at, warned_at, id FROM deadline WHERE subject_id = $1 AND kind = $2"
        " ORDER BY id DESC LIMIT 1",
        claim_id,
        kind,
    )
    if not rows:
        return {}
    [row] = rows
    return {
        name: value.astimezone(SHANGHAI) if isinstance(value, datetime) else value
        for name, value in row.items()
    }
