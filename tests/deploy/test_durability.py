"""What the database has answered is on disk: it is there after the server was stopped without a word."""

import signal

import asyncpg

from support.instance import throwaway_instance

ROWS = 300
IN_USE: dict[str, str] = {}
"""The settings of `make run`: nothing is made faster for tests."""


async def test_every_commit_that_was_answered_is_there_after_an_immediate_stop() -> None:
    with throwaway_instance(settings=IN_USE) as instance, instance.running("postgres"):
        url = instance.postgres.superuser_url(instance.keys)
        connection = await asyncpg.connect(url)
        await connection.execute("CREATE TABLE answered (number integer)")
        await connection.execute("CHECKPOINT")  # the table itself is not in question
        for number in range(ROWS):
            await connection.execute("INSERT INTO answered VALUES ($1)", number)
        instance.kill("postgres", signal.SIGQUIT)
        connection.terminate()
        instance.stop("postgres")
        instance.start("postgres")
        instance.wait_for("postgres")
        connection = await asyncpg.connect(url)
        kept = [
            row["number"] for row in await connection.fetch("SELECT number FROM answered ORDER BY number")
        ]
        await connection.close()
    assert kept == list(range(ROWS))
