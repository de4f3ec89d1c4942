"""The process of a seat that is killed (SIGKILL, by itself) at a named moment; otherwise it is the seat."""

import os
import signal
import sqlite3
import sys
from collections.abc import Callable
from typing import Any

from seat import __main__, sending
from seat.backlog import Backlog

POINT = "KEYPOST_TEST_SEAT_DIES_AT"
# Statements of the file before which the process dies.
STATEMENTS = {
    "before the call is written": "INSERT INTO call",
    "before the call is committed": "COMMIT",
    "before the answer is written": "UPDATE call",
}
AFTER_COMMIT = "after the commit, before the number is told"
BEFORE_SENDING = "before the batch is sent"
AFTER_ANSWER = "after the desk answered, before the file knows"
TAKING = (*list(STATEMENTS)[:2], AFTER_COMMIT)
SENDING = (BEFORE_SENDING, AFTER_ANSWER, list(STATEMENTS)[2])


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def dying_database(statement: str) -> Callable[..., sqlite3.Connection]:
    """Give what connects to a file, and dies before a statement: of the COMMITs before that behind the insert."""
    inserted: list[bool] = []
    connect = sqlite3.connect

    def traced(text: str) -> None:
        if text.startswith("INSERT INTO call"):
            inserted.append(True)
        if text.startswith(statement) and (statement != "COMMIT" or inserted):
            die()

    def connecting(*arguments: Any, **options: Any) -> sqlite3.Connection:
        database: sqlite3.Connection = connect(*arguments, **options)
        database.set_trace_callback(traced)
        return database

    return connecting


def arm(point: str) -> None:
    """Let this process die at a moment; raises KeyError for one that there is not."""
    if point == AFTER_COMMIT:
        take = Backlog.take

        def taken_and_dead(*arguments: Any) -> str:
            take(*arguments)
            die()
            raise AssertionError("alive")

        Backlog.take = taken_and_dead  # type: ignore[assignment, method-assign]
    elif point in (BEFORE_SENDING, AFTER_ANSWER):
        post = sending.Desk._post

        def posted_and_dead(*arguments: Any) -> dict[str, Any]:
            if point == AFTER_ANSWER:
                post(*arguments)
            die()
            raise AssertionError("alive")

        sending.Desk._post = posted_and_dead  # type: ignore[assignment, method-assign]
    else:
        sqlite3.connect = dying_database(STATEMENTS[point])  # type: ignore[assignment]


if __name__ == "__main__":
    arm(os.environ[POINT])
    sys.exit(__main__.main(sys.argv[1:]))
