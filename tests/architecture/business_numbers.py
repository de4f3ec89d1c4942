"""Finds numbers under services/ that ought to come from a regulation pack or from settings.py."""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from http import HTTPStatus
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FREE = {Decimal(0), Decimal(1), Decimal(-1)}
HTTP_CODES = frozenset(status.value for status in HTTPStatus)
STATUS_WORDS = re.compile(r"status|responses|problems|answer", re.IGNORECASE)
COLUMN_TYPES = frozenset(
    {"String", "VARCHAR", "CHAR", "Unicode", "Numeric", "NUMERIC", "DECIMAL", "LargeBinary", "BIT"}
)
REVISION_NAMES = frozenset({"revision", "down_revision", "depends_on", "branch_labels"})

WHOLE_NUMBER = re.compile(r"[-+]?(\d[\d_,]*)?\.?\d+\s*%?")
ISO_DURATION = re.compile(r"[-+]?P(?=[\dT])(\d+[YMWD])*(T(\d+[HMS])*)?")
SQL_WORDS = re.compile(
    r"\b(SELECT|INSERT|UPDATE|DELETE|WITH|WHERE|HAVING|VALUES|LIMIT|OFFSET|RETURNING|DEFAULT|CHECK|CREATE|ALTER|"
    r"INTERVAL|BETWEEN|CASE|WHEN|ORDER BY|GROUP BY|CONFLICT|FROM|JOIN)\b|\b(?i:interval)\s*'"
)
SQL_STRUCTURE = re.compile(
    r"--[^\n]*"
    r"|\$\d+"
    r"|%\d+\$[sIL]"
    r"|\b(?:varchar|char|character|character varying|numeric|decimal|bit|varbit|timestamptz?|time)"
    r"\s*\(\s*\d+\s*(?:,\s*\d+\s*)?\)"
    r"|\b(?:fillfactor|autovacuum_\w+|toast_tuple_target)\s*=\s*[\d.]+",
    re.IGNORECASE,
)
SQL_NUMBER = re.compile(r"(?<![\w.$])\d+(?:\.\d+)?(?!\w)")


@dataclass(frozen=True)
class Finding:
    """One number in the wrong place."""

    path: Path
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


def is_free(text: str) -> bool:
    """Tell whether a written number is 0, 1 or -1."""
    try:
        return Decimal(text.replace("_", "").replace(",", "").rstrip("% ")) in FREE and "%" not in text
    except InvalidOperation:
        return False


def numbers_in_sql(text: str) -> Iterator[tuple[int, str]]:
    """Give the numbers of an SQL text with line offsets; placeholders and type lengths are structure."""
    plain = SQL_STRUCTURE.sub(lambda match: " " * len(match.group()), text)
    for match in SQL_NUMBER.finditer(plain):
        if not is_free(match.group()):
            yield plain.count("\n", 0, match.start()), match.group()


def numbers_in_text(text: str) -> Iterator[tuple[int, str]]:
    """Give the numbers of a string literal: all of it, an ISO duration, or those of an SQL text."""
    bare = text.strip()
    if WHOLE_NUMBER.fullmatch(bare):
        if not is_free(bare):
            yield 0, repr(text)
    elif ISO_DURATION.fullmatch(bare):
        yield 0, repr(text)
    elif SQL_WORDS.search(text):
        yield from numbers_in_sql(text)


def _name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(value=value):
            return _name(value)
        case _:
            return ""


def _is_named_status(names: list[str], value: ast.expr) -> bool:
    """Tell whether a constant carries the standard's own name for its HTTP code: CREATED = 201."""
    return isinstance(value, ast.Constant) and all(
        name in HTTPStatus.__members__ and HTTPStatus[name] == value.value for name in names
    )


class Reader(ast.NodeVisitor):
    """Walks one module; knows whether it stands in an HTTP status, a column type or a docstring."""

    def __init__(self, path: Path, *, is_api: bool) -> None:
        self.path = path
        self.is_api = is_api
        self.found: list[Finding] = []
        self._status = False
        self._length = False

    def report(self, line: int, text: str) -> None:
        self.found.append(Finding(self.path, line, text))

    def visit_Constant(self, node: ast.Constant) -> None:
        value = node.value
        if isinstance(value, str):
            for offset, text in numbers_in_text(value):
                self.report(node.lineno + offset, text)
        elif isinstance(value, int | float | complex) and not isinstance(value, bool):
            code = self.is_api and self._status and isinstance(value, int) and value in HTTP_CODES
            if value not in (0, 1) and not code and not self._length:
                self.report(node.lineno, repr(value))

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        parts = [part.value if isinstance(part, ast.Constant) else "{}" for part in node.values]
        whole = "".join(str(part) for part in parts)
        for offset, text in numbers_in_text(whole):
            self.report(node.lineno + offset, text)
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                self.visit(part.value)

    def visit_Expr(self, node: ast.Expr) -> None:
        if not (isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)):
            self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        name = _name(node.func)
        self.visit(node.func)
        status, length = bool(STATUS_WORDS.search(name)), name in COLUMN_TYPES
        for argument in node.args:
            self._within(argument, status=status, length=length)
        for keyword in node.keywords:
            self.visit_keyword(keyword)

    def visit_keyword(self, node: ast.keyword) -> None:
        self._within(
            node.value, status=bool(STATUS_WORDS.search(node.arg or "")), length=node.arg == "length"
        )

    def visit_Assign(self, node: ast.Assign) -> None:
        names = [_name(target) for target in node.targets]
        if not REVISION_NAMES.issuperset(names) and not (self.is_api and _is_named_status(names, node.value)):
            self._within(node.value, status=any(STATUS_WORDS.search(name) for name in names))

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        name = _name(node.target)
        self.visit(node.annotation)
        if node.value is not None and name not in REVISION_NAMES:
            self._within(node.value, status=bool(STATUS_WORDS.search(name)))

    def visit_Compare(self, node: ast.Compare) -> None:
        sides = (node.left, *node.comparators)
        status = any(STATUS_WORDS.search(_name(side)) for side in sides)
        for side in sides:
            self._within(side, status=status)

    def _within(self, node: ast.expr, *, status: bool, length: bool = False) -> None:
        """Visit with a context; a nested container keeps it, a nested call sets its own."""
        before = (self._status, self._length)
        self._status, self._length = status, length
        self.visit(node)
        self._status, self._length = before


def module_findings(path: Path, source: str) -> list[Finding]:
    """Give the findings of one Python module."""
    reader = Reader(path, is_api="api" in (path.stem, *path.parts))
    reader.visit(ast.parse(source))
    return reader.found


def findings(root: Path) -> list[Finding]:
    """Give the findings of everything under services/, migrations and SQL files included."""
    found: list[Finding] = []
    for path in sorted((root / "services").rglob("*")):
        shown = path.relative_to(root)
        if path.suffix == ".py" and path.name != "settings.py":
            found += module_findings(shown, path.read_text(encoding="utf-8"))
        elif path.suffix == ".sql":
            numbers = numbers_in_sql(path.read_text(encoding="utf-8"))
            found += [Finding(shown, line + 1, text) for line, text in numbers]
    return found


def main() -> int:
    found = findings(ROOT)
    for finding in found:
        print(finding)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
