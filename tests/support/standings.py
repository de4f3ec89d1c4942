"""Places in a bureau as they are told, and waiting until they are kept ready."""

import asyncio
import json
from collections.abc import Sequence
from datetime import date, datetime

from support.reviewed import posted
from support.service import OFFICER, ServiceUnderTest, expect
from support.tiering import Planted, planted, signed
from tiering.consumers.standings import StandingKeeper
from tiering.ports.standings import Bureau
from tiering.settings import TieringSettings

PATIENCE_SECONDS = 60.0
LOOK_EVERY_SECONDS = 0.02
MONTH = "2026-02"
HERE, BESIDE = "420106", "420107"
# What was noted by then is seen by what is kept.
KEPT = """
SELECT FROM standing s WHERE s.bureau = $1
  AND NOT EXISTS (SELECT FROM standing_touched t WHERE NOT pg_visible_in_snapshot(t.xid, s.made_at))
"""
# A kept standing that says too much tells whether it is read.
TOO_MUCH = 100
EXAGGERATE = f"UPDATE standing SET customers = customers + {TOO_MUCH} WHERE bureau = $1 RETURNING 1"


async def ranked(tiering: ServiceUnderTest, *fees: str, org_id: str = "420106-T01") -> list[Planted]:
    """Plant customers of a unit whose places decide: with an agreement, and fees of a month below every other mark."""
    customers = [await planted(tiering, org_id=org_id) for _ in fees]
    await tiering.hear(*(signed(customer) for customer in customers))
    await posted(tiering, {one.code: {MONTH: fee} for one, fee in zip(customers, fees, strict=True)})
    return customers


async def place(tiering: ServiceUnderTest, customer: Planted) -> int | None:
    """Ask for a customer's place in its bureau, as its reasons name it."""
    body = expect(await tiering.get(OFFICER, f"/tiers/{customer.code}"), 200)
    reasons = body["provisional"]["because"]["reasons"]
    named = {one["inputs"]["rank_in_bureau"] for one in reasons if "rank_in_bureau" in one["inputs"]}
    found: int | None
    [found] = named or {None}
    return found


async def places(tiering: ServiceUnderTest, customers: Sequence[Planted]) -> list[int | None]:
    """Ask for the places of customers, in their order."""
    return [await place(tiering, one) for one in customers]


async def until_kept(tiering: ServiceUnderTest, customer: Planted, bureau: str = HERE) -> None:
    """Ask for a customer's place until the standing of its bureau is kept: what cannot be made now is not made unasked."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await tiering.rows(KEPT, bureau):
            await place(tiering, customer)
            await asyncio.sleep(LOOK_EVERY_SECONDS)


async def kept_by_all_means(tiering: ServiceUnderTest, of: Bureau) -> None:
    """Have a standing kept, by the service's own keeper or by one beside it: only one of them works at a time."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await tiering.rows(KEPT, of.org_id):
            await keeper(tiering).keep(of)


async def kept_too_much(tiering: ServiceUnderTest, customer: Planted, bureau: str = HERE) -> None:
    """Have the standing kept and then say too much, and see that a place is read from it."""
    before = await place(tiering, customer)
    assert before is not None
    await until_kept(tiering, customer, bureau)
    assert await tiering.rows(EXAGGERATE, bureau)
    assert await place(tiering, customer) == before + TOO_MUCH


async def tidied(tiering: ServiceUnderTest) -> None:
    """Have taken away what was noted and everybody knows, when the service's own keeper lets us."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await tiering.rows("SELECT 1 FROM standing_touched"):
            await keeper(tiering).tidy(await keeper(tiering).tidy(None))


def keeper(tiering: ServiceUnderTest) -> StandingKeeper:
    """Give a keeper beside the service's own."""
    settings = tiering.runtime.settings
    assert isinstance(settings, TieringSettings)
    return StandingKeeper(tiering.runtime, settings, tiering.app.state.standings)


def bureau(*units: str) -> Bureau:
    """Give a bureau and its units with the twelve months up to the one of `ranked`."""
    return Bureau(units[0], units, date(2024, 3, 1), date(2025, 3, 1), date(2026, 2, 1))


async def ties_do_not_all_count(tiering: ServiceUnderTest) -> None:
    """Publish a wording by which customers that share the last place are all beyond it."""
    value = {"all_count": False}
    wording = {"act": "hubei", "article": "3", "assumption": True, "until": None, "value": value}
    await tiering.rows(
        """INSERT INTO rule_wording (rule, in_force, recorded, wording, version)
           VALUES ('hubei.key-account-ties', '2026-01-01', $1, $2::jsonb, 1) RETURNING 1""",
        datetime.fromisoformat("2026-01-05T10:00:00+08:00"),
        json.dumps(wording),
    )
    await tiering.runtime.directory.refresh()
