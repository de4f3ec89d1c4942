"""Wakes a background loop of this process after a commit; never a NOTIFY inside a transaction."""

import asyncio


class Doorbell:
    """A bell that may be rung any number of times before it is answered."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Wake whoever waits."""
        self._rung.set()

    async def wait(self, timeout: float) -> bool:
        """Wait for a ring, at most `timeout` seconds; tells whether it rang."""
        try:
            async with asyncio.timeout(timeout):
                await self._rung.wait()
        except TimeoutError:
            return False
        self._rung.clear()
        return True
