"""Taking leave of a Kafka client: what hangs in it, or is cancelled there, must neither hold nor end us."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from chassis.telemetry import describe, log

CANCELLED_AGAIN_SECONDS = 10.0
STOP_SECONDS = 6.0
"""Twice that for the two ways to leave is less than whoever ends a service waits."""
Way = Callable[[], Awaitable[None]]


class TakenAlong(ConnectionError):
    """A task of a client was cancelled, and whoever waited for it with it."""


async def apart(work: Coroutine[Any, Any, None]) -> None:
    """Do work with a client in a task of its own: a client's cancelled task must not end us; raises TakenAlong."""
    working = asyncio.create_task(work)
    try:
        await asyncio.wait((working,))
        if working.cancelled():
            raise TakenAlong("the client cancelled its reader")
        working.result()
    finally:
        await cancelled(working)


async def leave(seconds: float, *ways: Way) -> None:
    """Try one way after the other, each so many seconds, until one ends as it should."""
    for way in ways:
        leaving = asyncio.ensure_future(way())
        await asyncio.wait((leaving,), timeout=seconds)
        if not leaving.done():
            why = f"no end within {seconds:g} s"
        elif leaving.cancelled():
            why = "cancelled"
        elif error := leaving.exception():
            why = describe(error)
        else:
            return
        log().warning("client.left_behind", why=why)
        await cancelled(leaving)


async def cancelled(*tasks: "asyncio.Future[Any]") -> None:
    """Cancel tasks and wait for their end, whatever it is.

    A client that closes suppresses a cancellation that comes just then: its task goes on, and is cancelled again.
    """
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=CANCELLED_AGAIN_SECONDS)
    await asyncio.gather(*tasks, return_exceptions=True)
