"""Which life of a log a record is of: a topic that was laid anew is read from its beginning, wherever a reader stood."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

HEADER = "life"


class Place(Protocol):
    """A partition of a topic."""

    @property
    def topic(self) -> str:
        """The topic's name."""
        ...


class Received(Protocol):
    """A record as the client gives it."""

    @property
    def headers(self) -> Iterable[tuple[str, bytes]]:
        """The record's headers."""
        ...


class Lives:
    """Remembers the lives of each topic. A position is worth nothing in another life than that it was reached in.

    A broker that keeps its data holds several lives of a topic one behind the other, where its publisher began anew
    twice: each is a reason to begin again once, not each time that reading comes from one to the next.
    """

    def __init__(self) -> None:
        self._known: dict[str, set[bytes]] = {}

    def begun_anew(self, fetched: Mapping[Place, Sequence[Received]]) -> set[str]:
        """Give the topics of which records of another life than any before have come."""
        anew = set()
        for place, records in fetched.items():
            for record in (records[0], records[-1]):
                life = dict(record.headers or ()).get(HEADER)
                if life is None:
                    continue
                known = self._known.setdefault(place.topic, set())
                if known and life not in known:
                    anew.add(place.topic)
                known.add(life)
        return anew
