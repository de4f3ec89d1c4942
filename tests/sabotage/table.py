"""The sabotage table: what is guaranteed, the protection that is taken out, and the tests that must then fail."""

import ast
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
TABLE = Path(__file__).with_name("table.toml")
EMBEDDED = "embedded"
KAFKA = "kafka"


@dataclass(frozen=True)
class Cut:
    """What is taken out of a file, and what is put in its place."""

    file: str
    find: str
    put: str

    def made(self, text: str) -> str:
        """Give the file's text without the protection; raises Stale where it does not stand there exactly once."""
        count = text.count(self.find)
        if count != 1:
            raise Stale(f"what is to be taken out stands {count} times in {self.file}")
        return text.replace(self.find, self.put)


@dataclass(frozen=True)
class Case:
    """One line of the table: the tests fail when all cuts are made. `seconds` is how long they may take in all."""

    name: str
    zh: str
    en: str
    protection: str
    cuts: tuple[Cut, ...]
    tests: tuple[str, ...]
    broker: str = EMBEDDED
    seconds: float = 150.0

    @property
    def files(self) -> str:
        """The files that are cut, as they are told."""
        return ", ".join(dict.fromkeys(cut.file for cut in self.cuts))


class Stale(ValueError):
    """The code has moved on: the table must be brought up to it."""


def read_table(path: Path = TABLE) -> list[Case]:
    """Give the cases in the order in which they are written."""
    rows: list[dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8"))["case"]
    return [_case(dict(row)) for row in rows]


def _case(row: dict[str, Any]) -> Case:
    """Where two protections do one work, the second is under `also`."""
    first = {name: row.pop(name) for name in ("file", "find", "put")}
    cuts = tuple(Cut(**cut) for cut in (first, *row.pop("also", ())))
    return Case(**{**row, "cuts": cuts, "tests": tuple(row["tests"])})


def complaints(cases: Sequence[Case], root: Path = ROOT) -> Iterator[str]:
    """Tell what is wrong with the table as it stands beside the code."""
    names = [case.name for case in cases]
    yield from (f"{name}: stands twice" for name in sorted({one for one in names if names.count(one) > 1}))
    for case in cases:
        yield from _complaints_of(case, root)


def _complaints_of(case: Case, root: Path) -> Iterator[str]:
    if case.broker not in (EMBEDDED, KAFKA):
        yield f"{case.name}: no broker is called {case.broker}"
    if not case.tests:
        yield f"{case.name}: names no test"
    for cut in case.cuts:
        yield from (f"{case.name}: {told}" for told in _complaints_of_cut(cut, root))
    yield from (f"{case.name}: no such test: {test}" for test in case.tests if not names_a_test(test, root))


def _complaints_of_cut(cut: Cut, root: Path) -> Iterator[str]:
    """A sabotage that only makes the module unreadable would prove nothing."""
    try:
        after = cut.made((root / cut.file).read_text(encoding="utf-8"))
        if cut.file.endswith(".py"):
            ast.parse(after)
    except SyntaxError as error:
        yield f"leaves {cut.file} unreadable: {error}"
    except (Stale, OSError) as error:
        yield str(error)
    if cut.find == cut.put:
        yield "takes nothing out"


def names_a_test(test_id: str, root: Path = ROOT) -> bool:
    """Tell whether a test id names a function of a test module; a parameter's id is taken as it is."""
    path, _, rest = test_id.partition("::")
    name = rest.partition("[")[0]
    try:
        source = (root / path).read_text(encoding="utf-8")
    except OSError:
        return False
    return name in _tests_in(source)


@cache
def _tests_in(source: str) -> frozenset[str]:
    functions = (
        node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    return frozenset(one.name for one in functions if one.name.startswith("test_"))
