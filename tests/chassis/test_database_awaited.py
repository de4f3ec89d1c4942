"""A service that starts while its database is away or recovers waits for it; what will not pass ends it at once."""

import asyncio
import signal
import time
from collections.abc import Iterator

import asyncpg
import pytest

from chassis.database import open_database
from support.backbone import settings_of
from support.instance import Databases, FreshDatabase, throwaway_instance

SECONDS = 60.0
LONGER_THAN_A_QUESTION_SECONDS = 1.0


@pytest.fixture
def fresh() -> Iterator[FreshDatabase]:
    """A database on a server of this test's own."""
    with throwaway_instance() as instance, instance.running("postgres"):
        instance.make_databases()
        yield Databases(instance)("registry")


async def test_a_service_started_before_its_database_serves_as_soon_as_that_takes_connections(
    fresh: FreshDatabase,
) -> None:
    fresh.instance.stop("postgres")
    opening = asyncio.create_task(open_database(settings_of(fresh), SECONDS))
    await asyncio.sleep(LONGER_THAN_A_QUESTION_SECONDS)
    assert not opening.done()
    await asyncio.to_thread(fresh.instance.start, "postgres")
    database = await asyncio.wait_for(opening, SECONDS)
    assert await database.app.fetchval("SELECT 1") == 1
    await database.close()


async def test_a_server_that_hangs_while_it_recovers_is_waited_for(fresh: FreshDatabase) -> None:
    """A postmaster that was stopped takes the connection and says nothing, as one that is starved does."""
    fresh.instance.kill("postgres", signal.SIGSTOP)
    opening = asyncio.create_task(open_database(settings_of(fresh), SECONDS))
    await asyncio.sleep(LONGER_THAN_A_QUESTION_SECONDS)
    assert not opening.done()
    fresh.instance.kill("postgres", signal.SIGCONT)
    await (await asyncio.wait_for(opening, SECONDS)).close()


async def test_a_database_that_stays_away_is_given_up_in_the_end(fresh: FreshDatabase) -> None:
    fresh.instance.stop("postgres")
    with pytest.raises(OSError):
        await asyncio.wait_for(open_database(settings_of(fresh), 0.5), SECONDS)


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        (("keypost_registry_worker:", "keypost_nobody_worker:"), asyncpg.InvalidPasswordError),
        (("/keypost_registry_t", "/keypost_no_such_t"), asyncpg.InvalidCatalogNameError),
    ],
    ids=["a role that is not there", "a database that is not there"],
)
async def test_what_waiting_does_not_mend_ends_the_service_at_once(
    fresh: FreshDatabase, changed: tuple[str, str], error: type[Exception]
) -> None:
    url = fresh.url("worker")
    assert changed[0] in url
    began = time.monotonic()
    with pytest.raises(error):
        await open_database(settings_of(fresh, worker_url=url.replace(*changed)), SECONDS)
    assert time.monotonic() - began < SECONDS
