"""Connections that delay, break in the middle of a frame, or take bytes and deliver none: nothing is lost or doubled.

Between the services and their database and broker lies a proxy. They come back by themselves: nobody restarts them.
"""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest

from deploy.layout import SERVICES, SOCKET_NAME
from support.acknowledged import assert_all_there, writing
from support.crashing import Mortal
from support.instance import chosen_bus
from support.proxy import Proxy, proxied

pytestmark = pytest.mark.timeout(1_200)

DELAY_SECONDS = 0.05
BREAKS = 8
LINES_A_BREAK = 3
SECONDS_APART = 0.7
SILENT_SECONDS = 10.0
IMPATIENT: Mapping[str, str] = {
    "KEYPOST_STATEMENT_TIMEOUT_MS": "3000",
    "KEYPOST_LOCK_TIMEOUT_MS": "2000",
}
"""The shorter a statement may run, the sooner an answer that does not come is given up."""


@dataclass
class Lines:
    """What lies before the database and before the broker."""

    database: Proxy
    broker: Proxy

    def heal(self) -> None:
        """Be a good line again, for new connections."""
        self.database.heal()
        self.broker.heal()


@pytest.fixture(scope="module")
def lines(mortal: Mortal) -> Iterator[Lines]:
    """The instance with a proxy on every line to its database and broker."""
    straight, patient = mortal.bus, dict(mortal.extra)
    with (
        proxied(mortal.layout.postgres_socket / SOCKET_NAME) as database,
        proxied(mortal.layout.broker_port) as broker,
    ):
        mortal.bus, mortal.database_port = chosen_bus(broker.address), database.port
        mortal.extra.update(IMPATIENT)
        mortal.revive("broker", *SERVICES)
        try:
            yield Lines(database, broker)
        finally:
            mortal.bus, mortal.database_port, mortal.extra = straight, None, patient
            mortal.revive("broker", *SERVICES)


@pytest.fixture(autouse=True)
def good_again(lines: Lines) -> Iterator[None]:
    """However a test ends, the next begins on good lines."""
    yield
    lines.heal()


async def test_delayed_lines_change_no_result(mortal: Mortal, lines: Lines) -> None:
    async with writing(mortal) as acknowledged:
        await acknowledged.until(10)
        lines.database.delay(DELAY_SECONDS)
        lines.broker.delay(DELAY_SECONDS)
        await acknowledged.until(30)
        lines.heal()
    await assert_all_there(mortal, acknowledged)
    assert lines.database.passed_on > 0
    assert lines.broker.passed_on > 0


async def test_lines_cut_in_the_middle_of_a_frame_lose_and_double_nothing(
    mortal: Mortal, lines: Lines
) -> None:
    before = lines.database.cuts, lines.broker.cuts
    async with writing(mortal) as acknowledged:
        await acknowledged.until(10)
        for _ in range(BREAKS):
            lines.database.cut(LINES_A_BREAK)
            lines.broker.cut(LINES_A_BREAK)
            await asyncio.sleep(SECONDS_APART)
            await acknowledged.until(2)
        lines.heal()
        await acknowledged.until(10)
    assert lines.database.cuts >= before[0] + BREAKS
    assert lines.broker.cuts >= before[1] + BREAKS
    await assert_all_there(mortal, acknowledged)


async def test_a_database_that_takes_and_does_not_answer_is_given_up_and_found_again(
    mortal: Mortal, lines: Lines
) -> None:
    before = lines.database.swallowed
    async with writing(mortal) as acknowledged:
        await acknowledged.until(10)
        lines.database.swallow()
        await asyncio.sleep(SILENT_SECONDS)
        lines.heal()
        await acknowledged.until(20)
    assert lines.database.swallowed > before
    await assert_all_there(mortal, acknowledged)


async def test_a_broker_that_takes_and_does_not_answer_stops_no_write_and_gets_all_in_order_afterwards(
    mortal: Mortal, lines: Lines
) -> None:
    before = lines.broker.swallowed
    async with writing(mortal) as acknowledged:
        await acknowledged.until(10)
        lines.broker.swallow()
        await acknowledged.until(10)
        await asyncio.sleep(SILENT_SECONDS)
        await acknowledged.until(10)
        lines.heal()
        await acknowledged.until(10)
    assert lines.broker.swallowed > before
    await assert_all_there(mortal, acknowledged)
