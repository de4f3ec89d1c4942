"""Keeps the list of regulation topics that no code reads yet; only a new pack may lengthen it."""

import ast
import sys
from collections.abc import Mapping
from pathlib import Path

from regulations.topics.catalogue import all_topics

ROOT = Path(__file__).resolve().parents[2]
LIST = Path("tests/architecture/unread-topics.txt")
READERS = ("services", "shared/chassis")
READ, UNREAD = "read", "unread"
HEAD = """\
# Every topic of the regulation packs, and whether any module of services/ or the chassis reads it.
# Renewed by `make unread-topics`, which refuses to turn a read topic into an unread one.
"""


def imported_names(folder: Path) -> set[str]:
    """Give every name that the modules below a folder import or fetch from a module."""
    names: set[str] = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("regulations"):
                names.update(alias.name for alias in node.names)
    return names


def state_of(root: Path, topics: Mapping[str, str]) -> dict[str, str]:
    """Give for each topic whether its class is imported anywhere below the readers' folders."""
    names = set().union(*(imported_names(root / folder) for folder in READERS))
    return {topic: READ if cls in names else UNREAD for topic, cls in sorted(topics.items())}


def recorded(root: Path) -> dict[str, str]:
    """Give what the checked-in list says."""
    path = root / LIST
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    pairs = (line.split() for line in lines if line and not line.startswith("#"))
    return {topic: state for state, topic in pairs}


def complaints(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Say where the list is not exactly right."""
    found = [f"{topic}: was read, is read no longer" for topic in lost(before, now)]
    for topic in sorted(before.keys() | now.keys()):
        listed, true = before.get(topic), now.get(topic)
        if listed != true and topic not in lost(before, now):
            found.append(f"{topic}: listed as {listed}, is {true}; run make unread-topics")
    return found


def lost(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Give the topics that were read and still exist, but are read no longer."""
    return [topic for topic, state in before.items() if state == READ and now.get(topic) == UNREAD]


def main() -> int:
    """Check the list, or write it anew with --write."""
    now = state_of(ROOT, {topic: cls.__name__ for topic, cls in all_topics().items()})
    before = recorded(ROOT)
    if "--write" in sys.argv and not lost(before, now):
        lines = [f"{state:<7} {topic}\n" for topic, state in sorted(now.items(), key=lambda pair: pair[::-1])]
        (ROOT / LIST).write_text(HEAD + "".join(lines), encoding="utf-8")
        before = now
    found = complaints(before, now)
    print(
        "\n".join(found) if found else f"{list(now.values()).count(UNREAD)} of {len(now)} topics are unread"
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
