"""The live end of the log: the latest entries in memory and a bounded queue for each subscriber."""

import asyncio
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from itertools import islice

from console.model import Entry, Interest


class Subscriber:
    """One connection's queue of frames. Whoever does not keep up is closed, and resumes from the log."""

    def __init__(self, interest: Interest, limit: int) -> None:
        self.interest = interest
        self.closed = False
        self._limit = limit
        self._frames: deque[bytes] = deque()
        self._awake = asyncio.Event()

    def offer(self, frames: Sequence[bytes]) -> None:
        """Queue frames, or close the subscriber when they do not fit."""
        if len(self._frames) + len(frames) > self._limit:
            self.close()
            return
        self._frames.extend(frames)
        self._awake.set()

    @property
    def is_filling(self) -> bool:
        """Whether the next portions could be too many."""
        return len(self._frames) + len(self._frames) > self._limit

    def close(self) -> None:
        """End the subscription; what was queued is not sent, the log has it."""
        self.closed = True
        self._frames.clear()
        self._awake.set()

    async def take(self, patience: float) -> bytes:
        """Give all queued frames as one piece; empty after `patience` seconds without any, or when closed."""
        if not self._frames and not self.closed:
            with suppress(TimeoutError):
                async with asyncio.timeout(patience):
                    await self._awake.wait()
        piece = b"".join(self._frames)
        self._frames.clear()
        if not self.closed:
            self._awake.clear()
        return piece


class Hub:
    """Hands each new entry to the subscribers that may and want to see it. Positions have no gaps."""

    def __init__(self, *, ring: int, queue: int, portion: int, pace: float = 0.0) -> None:
        self.last = 0
        self._ring: deque[Entry] = deque(maxlen=ring)
        self._queue = queue
        self._portion = portion
        self._pace = pace
        self._subscribers: dict[Interest, set[Subscriber]] = {}
        self._turn = asyncio.Lock()
        self._closing = False

    @property
    def subscribers(self) -> int:
        """How many connections are being served."""
        return sum(len(group) for group in self._subscribers.values())

    def start(self, last: int) -> None:
        """Begin behind this position: nothing before it is in memory."""
        self._ring.clear()
        self.last = last

    async def publish(self, entries: Sequence[Entry]) -> None:
        """Take entries in the order of their positions; those already known are skipped, a gap raises."""
        async with self._turn:
            news = [entry for entry in entries if entry.position > self.last]
            for start in range(0, len(news), self._portion):
                if start:
                    await self._let_readers_read()
                self._hand_out(news[start : start + self._portion])

    def kept_since(self, position: int) -> list[Entry] | None:
        """Give what memory has behind a position, or None when it does not reach back so far."""
        if position < self.last - len(self._ring):
            return None
        return list(islice(self._ring, len(self._ring) - (self.last - position), None))

    def join(self, interest: Interest) -> Subscriber:
        """Serve a new subscriber everything behind the present position."""
        subscriber = Subscriber(interest, self._queue)
        self._subscribers.setdefault(interest, set()).add(subscriber)
        if self._closing:
            subscriber.close()
        return subscriber

    def leave(self, subscriber: Subscriber) -> None:
        """Forget a subscriber."""
        group = self._subscribers.get(subscriber.interest, set())
        group.discard(subscriber)
        if not group:
            self._subscribers.pop(subscriber.interest, None)

    def close(self) -> None:
        """End every subscription, so that the process can stop."""
        self._closing = True
        for group in self._subscribers.values():
            for subscriber in group:
                subscriber.close()

    async def _let_readers_read(self) -> None:
        """Between the portions of a burst: a queue that fills up gets one pause, whoever it belongs to."""
        await asyncio.sleep(0)
        if any(one.is_filling for group in self._subscribers.values() for one in group):
            await asyncio.sleep(self._pace)

    def _hand_out(self, portion: Sequence[Entry]) -> None:
        if portion[0].position != self.last + 1:
            raise ValueError(f"position {portion[0].position} does not follow {self.last}")
        self._ring.extend(portion)
        self.last = portion[-1].position
        for interest, group in self._subscribers.items():
            frames = [interest.frame(entry) for entry in portion if interest.covers(entry)]
            if frames:
                for subscriber in group:
                    subscriber.offer(frames)
