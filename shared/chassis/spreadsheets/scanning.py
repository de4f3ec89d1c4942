"""Reads the XML of a package for what must be known before it is parsed: extents, formulas, danger."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from chassis.spreadsheets.addresses import Place, place_of
from chassis.spreadsheets.limits import Limits
from chassis.spreadsheets.packages import linked, not_a_workbook, too_large
from chassis.spreadsheets.refusals import WorkbookBomb, WorkbookWithMacros

Attributes = Mapping[str, str]
UTF_8 = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
STRINGS = "xl/sharedstrings.xml"
WORKBOOK = "xl/workbook.xml"
WORKBOOK_LINKS = "xl/_rels/workbook.xml.rels"


@dataclass
class Findings:
    """Formula cells by part, and which part is which sheet."""

    formulas: dict[str, frozenset[Place]] = field(default_factory=dict)
    sheets: dict[str, str] = field(default_factory=dict)

    def formulas_of(self, sheet: str) -> frozenset[Place]:
        """Give the cells of a sheet whose value is a formula's."""
        return self.formulas.get(self.sheets.get(sheet, ""), frozenset())


def scan(parts: Mapping[str, bytes], limits: Limits) -> Findings:
    """Look through every part; raises WorkbookRefused at the first that is too large or dangerous."""
    found = Findings()
    by_name = {name.lower(): content for name, content in parts.items()}
    strings = _lengths(by_name.pop(STRINGS, None))
    text = area = 0
    for name, content in by_name.items():
        cells = _Cells(limits, strings, limits.most_unpacked - text)
        _parse(content, cells.start, cells.text if strings else None)
        text += cells.shared
        area += cells.area
        if area > limits.most_cells:
            raise too_large("单元格", "cells", limits.most_cells)
        if cells.formulas:
            found.formulas[name] = frozenset(cells.formulas)
    for name, content in by_name.items():
        if name.endswith(".rels"):
            _parse(content, _refuse_links)
    found.sheets = _sheets(by_name, limits)
    return found


class _Cells:
    """Follows the cells of a part: how far they reach, what they repeat, which are formulas."""

    def __init__(self, limits: Limits, strings: list[int], most_text: int) -> None:
        self.formulas: set[Place] = set()
        self.shared = 0
        self._limits = limits
        self._strings = strings
        self._most_text = most_text
        self._row, self._column = -1, -1
        self._last_row, self._last_column = -1, -1
        self._merged = 0
        self._reads_shared = self._in_shared = False

    @property
    def area(self) -> int:
        """The cells from A1 to the last row and column."""
        return (self._last_row + 1) * (self._last_column + 1)

    def start(self, name: str, attributes: Attributes) -> None:
        """Take the beginning of an element."""
        local = name.rpartition(":")[2]
        self._in_shared = local == "v" and self._reads_shared
        if local == "c":
            self._enter(attributes)
        elif local == "row":
            self._row = int(attributes["r"]) - 1 if "r" in attributes else self._row + 1
            self._column = -1
            self._check()
        elif local == "mergeCell":
            self._merged += 1
            if self._merged > self._limits.most_rows:
                raise too_large("合并单元格", "merged ranges", self._limits.most_rows)
        elif local == "f":
            self.formulas.add((self._row, self._column))

    def text(self, text: str) -> None:
        """A text of the table may be named by any number of cells, each of which will hold a copy."""
        if not self._in_shared or not text.strip().isdecimal():
            return
        index = int(text)
        self.shared += self._strings[index] if index < len(self._strings) else 0
        if self.shared > self._most_text:
            raise WorkbookBomb("工作簿的文字重复过多", "the workbook repeats its texts too often")

    def _enter(self, attributes: Attributes) -> None:
        self._reads_shared = attributes.get("t") == "s"
        if "r" in attributes:
            self._row, self._column = place_of(attributes["r"])
        else:
            self._column += 1
        self._check()

    def _check(self) -> None:
        if self._row >= self._limits.most_rows:
            raise too_large("行数", "rows", self._limits.most_rows)
        if self._column >= self._limits.most_columns:
            raise too_large("列数", "columns", self._limits.most_columns)
        self._last_row = max(self._last_row, self._row)
        self._last_column = max(self._last_column, self._column)


def _lengths(content: bytes | None) -> list[int]:
    lengths: list[int] = []

    def start(name: str, _attributes: Attributes) -> None:
        if name.rpartition(":")[2] == "si":
            lengths.append(0)

    def text(text: str) -> None:
        if lengths:
            lengths[-1] += len(text)

    if content is not None:
        _parse(content, start, text)
    return lengths


def _refuse_links(name: str, attributes: Attributes) -> None:
    if name.rpartition(":")[2] != "Relationship":
        return
    kind = attributes.get("Type", "").rpartition("/")[2]
    if kind == "vbaProject":
        raise WorkbookWithMacros("工作簿含有宏，不予接收", "the workbook holds macros")
    # A hyperlink is a text that people may click; nothing is read through it.
    if kind == "externalLink" or (attributes.get("TargetMode") == "External" and kind != "hyperlink"):
        raise linked()


def _sheets(parts: Mapping[str, bytes], limits: Limits) -> dict[str, str]:
    names: list[tuple[str, str]] = []
    targets: dict[str, str] = {}

    def sheet(name: str, attributes: Attributes) -> None:
        if name.rpartition(":")[2] == "sheet":
            key = next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), "")
            names.append((attributes.get("name", ""), key))

    def target(_name: str, attributes: Attributes) -> None:
        path = attributes.get("Target", "")
        path = path.removeprefix("/") if path.startswith("/") else f"xl/{path}"
        targets[attributes.get("Id", "")] = path.lower()

    _parse(parts[WORKBOOK], sheet)
    if WORKBOOK_LINKS in parts:
        _parse(parts[WORKBOOK_LINKS], target)
    sheets = {name: targets.get(key, "") for name, key in names}
    # A sheet whose part is not found here might be found by the parser, unseen by us.
    if len(sheets) != len(names) or not parts.keys() >= set(sheets.values()):
        raise not_a_workbook()
    if len(names) > limits.most_sheets:
        raise too_large("工作表", "sheets", limits.most_sheets)
    return sheets


def _parse(
    content: bytes, start: Callable[[str, Attributes], None], text: Callable[[str], None] | None = None
) -> None:
    if content.startswith(UTF_16_MARKS):
        raise not_a_workbook()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.XmlDeclHandler = _refuse_encoding
    if text is not None:
        parser.CharacterDataHandler = text
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError) as broken:
        raise not_a_workbook() from broken


def _refuse_doctype(*_declared: object) -> None:
    raise WorkbookBomb("工作簿含有 XML 实体声明，不予接收", "the workbook declares XML entities")


def _refuse_encoding(_version: str, encoding: str | None, _standalone: int) -> None:
    if encoding is not None and encoding.lower() not in UTF_8:
        raise not_a_workbook()
