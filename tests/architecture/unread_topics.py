"""Keeps the list of regulation topics: which services read each, and which will read what nobody reads yet."""

import ast
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from regulations.topics.catalogue import all_topics

ROOT = Path(__file__).resolve().parents[2]
LIST = Path("tests/architecture/unread-topics.txt")
SERVICES = ("registry", "tiering", "pricing", "service-desk", "scoring", "console")
READERS = {**{service: f"services/{service}" for service in SERVICES}, "chassis": "shared/chassis"}
READ, UNREAD = "read", "unread"
NOBODY = "?"
HEAD = """\
# Every topic of the regulation packs: read by which services (or the chassis, for all of them), or unread and
# by which service it will be read. Renewed by `make unread-topics`, which finds the readers, refuses to turn a
# read topic into an unread one, and leaves a ? where a new topic still needs its service named by hand.
"""


@dataclass(frozen=True)
class Entry:
    """A line of the list; `services` is who reads the topic, or the one that will."""

    state: str
    services: str = NOBODY


def imported_names(folder: Path) -> set[str]:
    """Give every name that the modules below a folder import or fetch from a module."""
    names: set[str] = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("regulations"):
                names.update(alias.name for alias in node.names)
    return names


def entries_of(root: Path, topics: Mapping[str, str], before: Mapping[str, Entry]) -> dict[str, Entry]:
    """Give for each topic who imports its class, or the service that the list before names for it."""
    names = {reader: imported_names(root / folder) for reader, folder in READERS.items()}
    entries = {}
    for topic, cls in sorted(topics.items()):
        readers = [reader for reader, imported in names.items() if cls in imported]
        planned = before.get(topic, Entry(UNREAD)).services
        entries[topic] = Entry(READ, ",".join(readers)) if readers else Entry(UNREAD, planned)
    return entries


def recorded(root: Path) -> dict[str, Entry]:
    """Give what the checked-in list says; raises ValueError with the line that is no entry."""
    path = root / LIST
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return dict(_entry(line) for line in lines if line and not line.startswith("#"))


def _entry(line: str) -> tuple[str, Entry]:
    state, topic, services = (*line.split(), NOBODY)[:3]
    if state not in (READ, UNREAD):
        raise ValueError(f"no entry of the list: {line!r}")
    return topic, Entry(state, services)


def complaints(before: Mapping[str, Entry], now: Mapping[str, Entry]) -> list[str]:
    """Say where the list is not exactly right."""
    found = [f"{topic}: was read, is read no longer" for topic in lost(before, now)]
    for topic in sorted(before.keys() | now.keys()):
        listed, true = before.get(topic), now.get(topic)
        if listed != true and topic not in lost(before, now):
            found.append(f"{topic}: listed as {_told(listed)}, is {_told(true)}; run make unread-topics")
    return [*found, *_unnamed(now)]


def _unnamed(now: Mapping[str, Entry]) -> list[str]:
    unread = ((topic, entry.services) for topic, entry in now.items() if entry.state == UNREAD)
    return [
        f"{topic}: {services} is no service that will read it; name one in {LIST.name}"
        for topic, services in unread
        if services not in SERVICES
    ]


def _told(entry: Entry | None) -> str:
    return "absent" if entry is None else f"{entry.state} ({entry.services})"


def lost(before: Mapping[str, Entry], now: Mapping[str, Entry]) -> list[str]:
    """Give the topics that were read and still exist, but are read no longer."""
    return [
        topic
        for topic, entry in before.items()
        if entry.state == READ and topic in now and now[topic].state == UNREAD
    ]


def lines(entries: Mapping[str, Entry]) -> str:
    """Give the list as it is checked in: first what is read, each part by topic."""
    ordered = sorted(entries.items(), key=lambda pair: (pair[1].state, pair[0]))
    return HEAD + "".join(f"{entry.state:<7} {topic:<28} {entry.services}\n" for topic, entry in ordered)


def main() -> int:
    """Check the list, or write it anew with --write."""
    before = recorded(ROOT)
    now = entries_of(ROOT, {topic: cls.__name__ for topic, cls in all_topics().items()}, before)
    if "--write" in sys.argv and not lost(before, now):
        (ROOT / LIST).write_text(lines(now), encoding="utf-8")
        before = now
    found = complaints(before, now)
    unread = sum(entry.state == UNREAD for entry in now.values())
    print("\n".join(found) if found else f"{unread} of {len(now)} topics are unread")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
