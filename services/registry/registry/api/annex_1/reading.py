"""A sheet with annex 1 as a declaration's body; what is wrong is told by its cell."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from chassis.http.words import field_error
from chassis.spreadsheets.cells import Cell, CellProblem
from chassis.spreadsheets.forms import Form, read_form
from chassis.spreadsheets.labels import chosen
from chassis.spreadsheets.workbooks import Sheet
from contracts.refusals import Refusal
from registry.api.annex_1.layout import SLOTS, TITLE, Slot
from registry.api.forms import DeclarationIn
from registry.api.sheet_reads import SheetRead, problem_at

FindUnit = Callable[[str], str | None]
OF_PHONES = ("contact_phone", "mobile")
AS_WRITTEN = frozenset({"name", "head", "contact", "address", "other", "handler", "served_by", "server"})
_DAY = re.compile(r"(?P<year>[0-9]{4})[-/.年](?P<month>[0-9]{1,2})[-/.月](?P<day>[0-9]{1,2})日?")
_GROUPED = re.compile(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")


@dataclass
class FormRead(SheetRead[DeclarationIn]):
    """One sheet with annex 1."""

    def cell_of(self, pointer: str | None) -> Cell | None:
        """Give the cell that a place of the body, or the nearest place above it, came from."""
        place = pointer or ""
        while place and place not in self.cells:
            place = place.rpartition("/")[0]
        return self.cells.get(place)

    def refused(self, refusal: Refusal) -> CellProblem:
        """Give a refusal by its cell."""
        return problem_at(self.cell_of(refusal.pointer), refusal)


def read_annex_1(sheet: Sheet, find_unit: FindUnit) -> FormRead:
    """Read a form; `find_unit` gives the org_id of a unit as written, or None."""
    form = read_form(sheet, [slot.label for slot in SLOTS])
    read = FormRead(sheet.name)
    if "name" not in form.cells:
        zh, en = f"工作表不是《{TITLE}》", "the sheet is no annex 1: its labels are missing"
        read.problems.append(CellProblem("", "not-annex-1", zh, en))
        return read
    values = _values(form, read, find_unit)
    body = _body(values, form, read)
    try:
        read.body = DeclarationIn.model_validate(body)
    except ValidationError as wrong:
        _tell(wrong, form, read)
    if read.problems:
        read.body = None
    return read


def _values(form: Form, read: FormRead, find_unit: FindUnit) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for slot in SLOTS:
        cell = form.cells.get(slot.field)
        if cell is None:
            continue
        read.labels[cell.address] = slot.words
        read.cells.update(dict.fromkeys((place for place in slot.fills if place not in read.cells), cell))
        if cell.problem is not None:
            read.problems.append(cell.problem)
        elif cell.text:
            value = _value(slot, cell, read, find_unit)
            if value is not None:
                values[slot.field] = value
    return values


def _value(slot: Slot, cell: Cell, read: FormRead, find_unit: FindUnit) -> Any:
    if slot.options is not None:
        return _chosen(slot, slot.options, cell, read)
    if slot.field == "unit":
        return _unit(cell, read, find_unit)
    if slot.field == "filed_on":
        return _day(cell.plain)
    if slot.field == "estimated_yearly_fees":
        return _amount(cell.plain)
    return cell.text if slot.field in AS_WRITTEN else cell.plain


def _chosen(slot: Slot, options: Mapping[str, str], cell: Cell, read: FormRead) -> Any:
    try:
        values = chosen(cell.text, options)
    except KeyError as unknown:
        zh = f"“{unknown.args[0]}”不是可选项，应为：{slot.hint}"
        read.problems.append(cell.wrong("unknown-option", zh, f"{unknown.args[0]} is none of: {slot.hint}"))
        return None
    if slot.several:
        return values
    if len(values) != 1:
        read.problems.append(
            cell.wrong("one-option", f"只能选一项：{slot.hint}", f"choose one of: {slot.hint}")
        )
        return None
    return values[0]


def _unit(cell: Cell, read: FormRead, find_unit: FindUnit) -> str | None:
    org_id = find_unit(cell.plain)
    if org_id is None:
        zh, en = f"没有申报单位“{cell.text}”，请写单位代码", f"no unit {cell.text}: write its org_id"
        read.problems.append(cell.wrong("unknown-unit", zh, en))
    return org_id


def _day(text: str) -> str:
    found = _DAY.fullmatch(text.replace(" ", ""))
    return f"{found['year']}-{found['month']:0>2}-{found['day']:0>2}" if found else text


def _amount(text: str) -> str:
    plain = text.removesuffix("元").strip()
    if _GROUPED.fullmatch(plain):
        plain = plain.replace(",", "")
    # A spreadsheet's number knows no cents: 120000 is 120000.00.
    yuan, _, cents = plain.partition(".")
    return f"{yuan}.{cents:0<2}" if yuan.isdecimal() else plain


def _body(values: dict[str, Any], form: Form, read: FormRead) -> dict[str, Any]:
    body: dict[str, Any] = {"customer": {}, "annex_1": {}}
    if "server" in values:
        values["served_by"] = f"{values.get('served_by', '')}（联系人：{values.pop('server')}）"
    for slot in SLOTS:
        if slot.field in values:
            for place in slot.fills:
                _set(body, place, values[slot.field])
    phones: dict[str, Cell] = {}
    for name in OF_PHONES:
        if name in values:
            phones.setdefault(values[name], form.cells[name])
    body["customer"]["phones"] = list(phones)
    read.cells.update({f"/customer/phones/{place}": cell for place, cell in enumerate(phones.values())})
    return body


def _set(body: dict[str, Any], place: str, value: Any) -> None:
    *path, last = place.strip("/").split("/")
    for step in path:
        body = body[step]
    body[last] = value


def _tell(wrong: ValidationError, form: Form, read: FormRead) -> None:
    known = {problem.cell for problem in read.problems}
    told: Sequence[Any] = wrong.errors(include_url=False, include_input=False)
    for found in told:
        error = field_error({**found, "loc": ("body", *found["loc"])})
        cell = read.cell_of(error["pointer"])
        if cell is None:
            field_name = error["pointer"].rpartition("/")[-1]
            words = next((slot.words for slot in SLOTS if error["pointer"] in slot.fills), field_name)
            zh, en = f"缺少栏目“{words}”", f"the label {words} is missing"
            read.problems.append(CellProblem("", "label-missing", zh, en))
        elif cell.address not in known:
            known.add(cell.address)
            words = read.labels.get(cell.address, "")
            read.problems.append(cell.wrong(error["code"], f"{words}：{error['zh']}", error["en"]))
