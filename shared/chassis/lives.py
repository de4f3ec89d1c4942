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
    """Remembers the life of each topic. A position is worth nothing in another life than that it was reached in."""

    def __init__(self) -> None:
        self._known: dict[str, bytes] = {}

    def begun_anew(self, fetched: Mapping[Place, Sequence[Received]]) -> set[str]:
        """Give the topics of which records of another life than before have come."""
        anew = set()
        for place, records in fetched.items():
            life = dict(records[0].headers or ()).get(HEADER)
            if life is None:
                continue
            if self._known.get(place.topic, life) != life:
                anew.add(place.topic)
            self._known[place.topic] = life
        return anew
