"""Pages of the log in either direction; each look covers a bounded stretch, so that a rare type costs no scan."""

from dataclasses import dataclass

from chassis.transaction import Transaction
from console import queries
from console.model import Entry, Interest
from console.settings import ConsoleSettings


@dataclass(frozen=True, slots=True)
class Stretch:
    """Entries, and the position from which the next look goes on; None where the log ends."""

    entries: list[Entry]
    following: int | None


class History:
    """Looks through the log for one interest."""

    def __init__(self, settings: ConsoleSettings, interest: Interest) -> None:
        self._settings = settings
        self._interest = interest

    async def onward(self, tx: Transaction, after: int, last: int, most: int) -> Stretch:
        """Give the first entries behind a position, oldest first."""
        found: list[Entry] = []
        position = after
        for _ in range(self._settings.page_windows):
            upto = min(position + self._settings.replay_window, last)
            found += await queries.forward(tx, self._interest, (position, upto), most - len(found))
            if len(found) == most:
                position = found[-1].position
                break
            position = upto
            if position >= last:
                break
        return Stretch(found, position if position < last else None)

    async def backward(self, tx: Transaction, before: int, most: int) -> Stretch:
        """Give the last entries ahead of a position, newest first."""
        found: list[Entry] = []
        position = before
        for _ in range(self._settings.page_windows):
            upto = position - 1
            floor = max(upto - self._settings.replay_window, 0)
            found += await queries.backward(tx, self._interest, (floor, upto), most - len(found))
            if len(found) == most:
                position = found[-1].position
                break
            position = floor + 1
            if not floor:
                break
        return Stretch(found, position if position > 1 else None)
