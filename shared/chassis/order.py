"""Whether a log tells of each aggregate in order: what stands in it behind a later version was told out of order."""

from collections.abc import Sequence
from itertools import islice

from chassis.parking import Heard
from contracts.envelope import Event

REMEMBERED = 20_000
"""Aggregates remembered of each partition, the latest told; each costs about 150 bytes."""


class OutOfOrder(ValueError):
    """An event that stands in its log behind a later version of its aggregate."""


class Order:
    """The latest version of each aggregate in what was read of each partition without going back.

    It knows the log and not what was applied, so a replay, another life of a log or a database that was lost makes
    nothing late. What was read before this member's turn it does not know: there handlers go by version.
    """

    def __init__(self, topics: Sequence[str]) -> None:
        self._topics = frozenset(topics)
        self._versions: dict[tuple[str, int], dict[str, int]] = {}
        self._ends: dict[tuple[str, int], int] = {}

    def late(self, told: Sequence[tuple[Heard, Event]]) -> list[Event]:
        """Give the events that stand behind a later version of their aggregate, in these records or before them."""
        late = []
        latest: dict[str, int] = {}
        for heard, event in told:
            place = (heard.topic, heard.partition)
            if heard.topic not in self._topics:
                continue
            if heard.offset <= self._ends.get(place, -1):
                self._forget(place)
            before = latest.get(event.aggregate) or self._versions.get(place, {}).get(event.aggregate, 0)
            if event.version < before:
                late.append(event)
            else:
                latest[event.aggregate] = event.version
        return late

    def note(self, told: Sequence[tuple[Heard, Event]]) -> None:
        """Remember what was applied, or had been before."""
        for heard, event in told:
            if heard.topic not in self._topics:
                continue
            place = (heard.topic, heard.partition)
            versions = self._versions.setdefault(place, {})
            versions[event.aggregate] = max(versions.pop(event.aggregate, 0), event.version)
            self._ends[place] = heard.offset
        for versions in self._versions.values():
            if len(versions) > REMEMBERED:
                for aggregate in list(islice(versions, len(versions) - REMEMBERED // 2)):
                    del versions[aggregate]

    def _forget(self, place: tuple[str, int]) -> None:
        self._versions.pop(place, None)
        self._ends.pop(place, None)
