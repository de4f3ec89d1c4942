"""What the stream consists of: entries of the log, and what a subscriber wants of them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

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
    """One event of the log at its position; `document` is its JSON as every reader gets it."""

    position: int
    type: str
    orgpath: str
    document: bytes

    @property
    def frame(self) -> bytes:
        """The event as the stream carries it."""
        return b"id: %d\ndata: %b\n\n" % (self.position, self.document)


@dataclass(frozen=True, slots=True)
class Interest:
    """Which entries a subscriber may and wants to see. `within` is an orgpath, the root of a subtree."""

    within: str
    types: frozenset[str] = frozenset()
    prefixes: tuple[str, ...] = ()

    def covers(self, entry: Entry) -> bool:
        """Say whether the entry lies in the subtree and is of a wanted type."""
        return inside(entry.orgpath, self.within) and self.names(entry.type)

    def names(self, event_type: str) -> bool:
        """Say whether the type is wanted; no types at all means every type."""
        if not self.types and not self.prefixes:
            return True
        return event_type in self.types or event_type.startswith(self.prefixes)


def inside(orgpath: str, root: str) -> bool:
    """Say whether a path lies in the subtree of another, compared by whole labels."""
    return orgpath == root or orgpath.startswith(f"{root}.")


def interest(within: str, patterns: Iterable[str]) -> Interest:
    """Read type patterns (`registry.declaration.*`, exact types, `*`); raises InvalidValue."""
    wanted = [pattern.strip() for pattern in patterns if pattern.strip()]
    for pattern in wanted:
        if not PATTERN.fullmatch(pattern):
            raise InvalidValue(
                f"事件类型“{pattern}”写法不对，例如 registry.declaration.*",
                f"The event type “{pattern}” is malformed; write for example registry.declaration.*",
                pointer="/types",
            )
    if "*" in wanted:
        return Interest(within)
    prefixes = tuple(sorted(pattern[:-1] for pattern in wanted if pattern.endswith("*")))
    return Interest(within, frozenset(p for p in wanted if not p.endswith("*")), prefixes)
