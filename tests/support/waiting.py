"""Waiting for what a background loop does."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")
PATIENCE_SECONDS = 60.0
LOOK_EVERY_SECONDS = 0.05


async def eventually(look: Callable[[], Awaitable[T]], wanted: T) -> None:
    """Look until it is as wanted; fails with what is there instead."""
    seen = await look()
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while seen != wanted:
                await asyncio.sleep(LOOK_EVERY_SECONDS)
                seen = await look()
    except TimeoutError:
        assert seen == wanted
