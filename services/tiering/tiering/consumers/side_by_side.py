"""Pieces of one piece of work, several under way at once, begun and ended in their order."""

import asyncio
from collections.abc import Callable, Coroutine, Set
from dataclasses import dataclass, field
from typing import Any, Self

from chassis.leaving import cancelled


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a piece behind those under way; `of_the_same` are those of them that have something in common with it."""

    of_the_same: tuple["asyncio.Task[None]", ...]
    taken: asyncio.Event = field(default_factory=asyncio.Event)
    """Set by the piece once whoever comes behind it will find it there; the next one begins then."""

    async def wait_for_the_same(self) -> None:
        """Wait until no other piece under way has anything in common with this one; where one fails, so does this."""
        for task in self.of_the_same:
            await asyncio.shield(task)


class SideBySide:
    """At most so many pieces at once; where one fails, those behind it are cancelled and the first failure is raised."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._going: list[tuple[asyncio.Task[None], Set[str]]] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await cancelled(*(task for task, _ in self._going))

    async def follow(self, concerns: Set[str], work: Callable[[Place], Coroutine[Any, Any, None]]) -> None:
        """Begin a piece behind the others; waits while there are as many as there may be."""
        while len(self._going) >= self._most:
            await self._first_ends()
        place = Place(tuple(task for task, others in self._going if not others.isdisjoint(concerns)))
        task = asyncio.create_task(work(place))
        task.add_done_callback(lambda _: place.taken.set())
        self._going.append((task, concerns))
        await place.taken.wait()

    async def end(self) -> None:
        """Wait for all of it."""
        while self._going:
            await self._first_ends()

    async def _first_ends(self) -> None:
        task, _ = self._going[0]
        await task
        del self._going[0]
