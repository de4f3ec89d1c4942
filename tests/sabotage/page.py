"""The page of guarantees, read for what it names: tests, sabotages, files."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from sabotage.table import ROOT, Case, names_a_test

PAGES = (Path("docs/guarantees.md"), Path("docs/guarantees.zh.md"))
TEST = re.compile(r"`(tests/[\w/-]+\.py::[^`]+)`")
SABOTAGES = re.compile(r"^- \*\*(?:Sabotage:|破坏试验：)\*\*(.*(?:\n  .*)*)", re.MULTILINE)
NAME = re.compile(r"`([a-z0-9-]+)`")
LINK = re.compile(r"\]\(([^)#]+)\)")


def complaints_of_page(page: Path, cases: Sequence[Case], root: Path = ROOT) -> Iterator[str]:
    """Tell what a page names that is not there, and which sabotage it does not name."""
    text = (root / page).read_text(encoding="utf-8")
    yield from (f"{page}: no such test: {one}" for one in TEST.findall(text) if not names_a_test(one, root))
    home = (root / page).parent
    yield from (f"{page}: no such file: {one}" for one in LINK.findall(text) if not (home / one).exists())
    named = {name for words in SABOTAGES.findall(text) for name in NAME.findall(words)}
    known = {case.name for case in cases}
    yield from (f"{page}: no such sabotage: {one}" for one in sorted(named - known))
    yield from (f"{page}: does not name the sabotage {one}" for one in sorted(known - named))


def named_on(page: Path, root: Path = ROOT) -> list[str]:
    """Give the tests that a page names, in their order."""
    return TEST.findall((root / page).read_text(encoding="utf-8"))
