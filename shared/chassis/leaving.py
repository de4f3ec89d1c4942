"""Taking leave of a Kafka client: what hangs in it, or is cancelled there, must neither hold nor end us."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

Way = Callable[[], Awaitable[None]]


async def leave(seconds: float, *ways: Way) -> None:
    """Try one way after the other, each so many seconds, until one ends as it should."""
    for way in ways:
        leaving = asyncio.ensure_future(way())
        done, _ = await asyncio.wait((leaving,), timeout=seconds)
        if done and not leaving.cancelled() and leaving.exception() is None:
            return
        await cancelled(leaving)


async def cancelled(*tasks: "asyncio.Future[Any]") -> None:
    """Cancel tasks and wait for their end, whatever it is."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
