"""A sheet with annex 2 as a file's layers; what is wrong is told by its cell."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import Field, ValidationError, model_validator

from chassis.http.bodies import Body
from chassis.http.words import field_error
from chassis.spreadsheets.cells import Cell, CellProblem
from chassis.spreadsheets.labels import normal
from chassis.spreadsheets.workbooks import Sheet
from contracts.refusals import Refusal
from registry.api.annex_2.layout import BASIC, BLOCKS, CODE, NAME, TITLE, Block, Holds, Slot
from registry.api.files_bodies import BasicIn, CompetitorIn, ExtendedIn, KeyPersonIn, filled
from registry.api.sheet_reads import SheetRead, problem_at
from registry.api.texts import Text
from registry.commands.asking import Asker
from registry.commands.customers import TakeAnnex2
from registry.model.files import Layer
from registry.settings import COMPETITORS_MOST, KEY_PERSONS_MOST, WAN

REPEATED = frozenset({Layer.KEY_PERSONS, Layer.COMPETITORS})
# The labels 联系电话 and 移动电话 stand twice, and belong to the person named before them.
WITH_PHONES = ("business_head", "contact")
_GROUPED = re.compile(r"-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
_WHOLE = re.compile(r"[0-9]{1,15}")


class Annex2In(Body):
    """The form: which customer, and the layers as far as they are filled in."""

    name: Text | None = None
    customer_code: Text | None = None
    basic: BasicIn
    extended: ExtendedIn
    key_persons: Annotated[list[KeyPersonIn], Field(max_length=KEY_PERSONS_MOST)]
    competitors: Annotated[list[CompetitorIn], Field(max_length=COMPETITORS_MOST)]

    @model_validator(mode="after")
    def names_a_customer(self) -> "Annex2In":
        """Without code and name nobody knows whose file it is."""
        if self.name is None and self.customer_code is None:
            raise ValueError("客户代码和客户名称至少填一项 | the customer's code or name is needed")
        return self

    def command(self, asker: Asker) -> TakeAnnex2:
        """Give it as the registry's command."""
        return TakeAnnex2(
            asker,
            self.customer_code,
            self.name,
            {
                Layer.BASIC: filled(self.basic),
                Layer.EXTENDED: filled(self.extended),
                Layer.KEY_PERSONS: tuple(filled(person) for person in self.key_persons),
                Layer.COMPETITORS: tuple(filled(one) for one in self.competitors),
            },
        )


@dataclass
class FileRead(SheetRead[Annex2In]):
    """One sheet with annex 2."""

    def refused(self, refusal: Refusal) -> CellProblem:
        """Give a refusal by its cell; one that points nowhere is about the customer."""
        place = refusal.pointer or f"/{CODE}"
        return problem_at(self.cells.get(place) or self.cells.get(f"/{NAME}"), refusal)


def read_annex_2(sheet: Sheet) -> FileRead:
    """Read a form."""
    read = FileRead(sheet.name)
    body = _Reader(sheet, read).body()
    if body is None:
        zh, en = f"工作表不是《{TITLE}》", "the sheet is no annex 2: its title or headings are missing"
        read.problems.append(CellProblem("", "not-annex-2", zh, en))
        return read
    try:
        read.body = Annex2In.model_validate(body)
    except ValidationError as wrong:
        _tell(wrong, read)
    if read.problems:
        read.body = None
    return read


class _Reader:
    """Follows a sheet from heading to heading; a value is the first filled cell between its label and the next."""

    def __init__(self, sheet: Sheet, read: FileRead) -> None:
        self._sheet = sheet
        self._read = read
        self._entries: dict[Layer, list[dict[str, Any]]] = {block.layer: [] for block in BLOCKS}
        self._block: Block | None = None
        self._sought: dict[str, str] = {}
        self._heading = Cell((0, 0), "")
        self._person = ""
        self._titled = False

    def body(self) -> dict[str, Any] | None:
        """Give the form's body, or None for another sheet."""
        for row in range(self._sheet.height):
            self._take_row(self._sheet.row(row))
        self._end()
        if not (self._titled and self._entries[Layer.BASIC]):
            return None
        basic = self._merged(Layer.BASIC)
        whose = {name: basic.pop(name) for name in (NAME, CODE) if name in basic}
        return {
            **whose,
            "basic": basic,
            "extended": self._merged(Layer.EXTENDED),
            **{layer.member: self._entries[layer] for layer in REPEATED},
        }

    def _merged(self, layer: Layer) -> dict[str, Any]:
        return {name: value for entry in self._entries[layer] for name, value in entry.items()}

    def _take_row(self, cells: list[Cell]) -> None:
        slot: Slot | None = None
        for place, cell in enumerate(cells):
            words = normal(cell.text)
            if words.endswith(TITLE):
                self._titled = True
            elif (block := _HEADINGS.get(words)) is not None:
                self._begin(block, cell)
            elif (found := self._slot(words)) is not None:
                slot = found
                self._expect(found, cells[place + 1] if place + 1 < len(cells) else cell)
            elif slot is not None and (cell.text or cell.problem):
                self._take(slot, cell)
                slot = None

    def _begin(self, block: Block, heading: Cell) -> None:
        self._end()
        self._block, self._heading = block, heading
        self._sought = {slot.field: slot.words for slot in block.slots}
        self._entries[block.layer].append({})

    def _end(self) -> None:
        """A block that nobody filled in is none; a label that is missing or misspelt would lose its value unseen."""
        for words in self._sought.values():
            zh, en = f"缺少栏目“{words}”", f"the label {words} is missing"
            self._read.problems.append(self._heading.wrong("label-missing", zh, en))
        self._sought = {}
        if self._block is not None and self._block.layer in REPEATED:
            entries = self._entries[self._block.layer]
            if entries and not entries[-1]:
                entries.pop()

    def _slot(self, words: str) -> Slot | None:
        if self._block is None or not words:
            return None
        asked = _bare(words)
        slots = [slot for slot in self._block.slots if _BARE[slot.words] == asked]
        if not slots:
            return None
        if self._block is BASIC and slots[0].field in WITH_PHONES:
            self._person = slots[0].field
        return next((slot for slot in slots if slot.field.startswith(self._person)), slots[0])

    def _expect(self, slot: Slot, cell: Cell) -> None:
        self._sought.pop(slot.field, None)
        self._read.cells[self._pointer(slot)] = cell
        self._read.labels[cell.address] = slot.words

    def _take(self, slot: Slot, cell: Cell) -> None:
        self._read.cells[self._pointer(slot)] = cell
        self._read.labels[cell.address] = slot.words
        if cell.problem is not None:
            self._read.problems.append(cell.problem)
        elif self._block is not None:
            self._entries[self._block.layer][-1][slot.field] = _value(slot, cell)

    def _pointer(self, slot: Slot) -> str:
        if self._block is None or (slot.field in (NAME, CODE) and self._block is BASIC):
            return f"/{slot.field}"
        layer = self._block.layer
        entry = f"/{len(self._entries[layer]) - 1}" if layer in REPEATED else ""
        return f"/{layer.member}{entry}/{slot.field}"


def _bare(words: str) -> str:
    """Give a label without its unit, which the paper form does not print."""
    return normal(words).partition("(")[0]


_BARE: Mapping[str, str] = {slot.words: _bare(slot.words) for block in BLOCKS for slot in block.slots}
_HEADINGS: Mapping[str, Block] = {
    words: block
    for block in BLOCKS
    for words in (normal(block.heading), normal(block.heading).partition(")")[-1])
}


def _value(slot: Slot, cell: Cell) -> Any:
    if slot.holds is Holds.WORDS:
        return cell.text
    plain = cell.plain.replace(",", "") if _GROUPED.fullmatch(cell.plain) else cell.plain
    if slot.holds is Holds.MONEY:
        return _yuan(plain.removesuffix("万元").strip())
    if slot.holds is Holds.COUNT and _WHOLE.fullmatch(plain):
        return int(plain)
    return plain


def _yuan(text: str) -> str:
    """Give yuan for 万元; what is no number stays as it is, to be refused."""
    try:
        yuan = Decimal(text) * WAN
    except InvalidOperation:
        return text
    return f"{yuan.normalize():f}" if yuan.is_finite() else text


def _tell(wrong: ValidationError, read: FileRead) -> None:
    known = {problem.cell for problem in read.problems}
    for found in wrong.errors(include_url=False, include_input=False):
        error = field_error({**found, "loc": ("body", *found["loc"])})
        cell = read.cells.get(error["pointer"]) or read.cells.get(f"/{CODE}")
        address = cell.address if cell else ""
        if address not in known:
            known.add(address)
            label = read.labels.get(address, "")
            zh = f"{label}：{error['zh']}" if label else error["zh"]
            read.problems.append(CellProblem(address, error["code"], zh, error["en"]))
