"""What the stream consists of: entries of the log, and what a subscriber wants of them."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

import orjson

from console.sight import VEILS, Veils, veils_before, veils_over
from contracts.refusals import InvalidValue, Refusal

PATTERN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*(\.\*)?|\*")


class UnknownPosition(Refusal):
    """A subscriber asks to resume behind a position that this log has not reached."""

    code = "unknown-position"


class UnknownService(Refusal):
    """The gateway knows no service of this name."""

    code = "unknown-service"


class ServiceUnavailable(Refusal):
    """The service behind the gateway does not answer now."""

    code = "service-unavailable"


class ClockNotFollowed(Refusal):
    """The clock is set, but not every service has reported the revision in time."""

    code = "clock-not-followed"


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of the log at its position; `document` is its whole JSON, what is seen of it is worked out once."""

    position: int
    type: str
    orgpath: str
    document: bytes
    _seen: dict[Veils, bytes] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def frame(self) -> bytes:
        """The whole event as the stream carries it."""
        return self.framed(self.document)

    def framed(self, document: bytes) -> bytes:
        """Give a document of this event as the stream carries it."""
        return b"id: %d\ndata: %b\n\n" % (self.position, document)

    def seen_through(self, veils: Veils) -> bytes:
        """Give the JSON of the event as it is seen through veils that lie over its type."""
        if veils not in self._seen:
            self._seen[veils] = self._veiled(veils)
        return self._seen[veils]

    def _veiled(self, veils: Veils) -> bytes:
        document = orjson.loads(self.document)
        data = whole = document.get("data", {})
        for veil in veils:
            data = veil.drawn_over(data)
        return self.document if data == whole else orjson.dumps({**document, "data": data})


@dataclass(frozen=True, slots=True)
class Interest:
    """Which entries a subscriber may and wants to see, and through which veils. `within` is the root of a subtree."""

    within: str
    types: frozenset[str] = frozenset()
    prefixes: tuple[str, ...] = ()
    veils: Veils = VEILS

    def covers(self, entry: Entry) -> bool:
        """Say whether the entry lies in the subtree and is of a wanted type."""
        return inside(entry.orgpath, self.within) and self.names(entry.type)

    def shown(self, entry: Entry) -> bytes:
        """Give the JSON of an entry as its readers may see it."""
        over = veils_over(entry.type, self.veils)
        return entry.seen_through(over) if over else entry.document

    def frame(self, entry: Entry) -> bytes:
        """Give an entry as the stream carries it to its readers."""
        return entry.framed(self.shown(entry))

    def names(self, event_type: str) -> bool:
        """Say whether the type is wanted; no types at all means every type."""
        if not self.types and not self.prefixes:
            return True
        return event_type in self.types or event_type.startswith(self.prefixes)


def inside(orgpath: str, root: str) -> bool:
    """Say whether a path lies in the subtree of another, compared by whole labels."""
    return orgpath == root or orgpath.startswith(f"{root}.")


def interest(within: str, patterns: Iterable[str], roles: Collection[str] = ()) -> Interest:
    """Read type patterns (`registry.declaration.*`, exact types, `*`) for a reader; raises InvalidValue."""
    wanted = [pattern.strip() for pattern in patterns if pattern.strip()]
    for pattern in wanted:
        if not PATTERN.fullmatch(pattern):
            raise InvalidValue(
                f"事件类型“{pattern}”写法不对，例如 registry.declaration.*",
                f"The event type “{pattern}” is malformed; write for example registry.declaration.*",
                pointer="/types",
            )
    veils = veils_before(roles)
    if "*" in wanted:
        return Interest(within, veils=veils)
    prefixes = tuple(sorted(pattern[:-1] for pattern in wanted if pattern.endswith("*")))
    return Interest(within, frozenset(p for p in wanted if not p.endswith("*")), prefixes, veils)
