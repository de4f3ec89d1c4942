"""Workbooks that are not read at all: each cap at its boundary, each danger by its name."""

import io
import struct
import zipfile
import zlib

import pytest

from chassis.spreadsheets.limits import Limits
from chassis.spreadsheets.refusals import (
    NotAWorkbook,
    WorkbookBomb,
    WorkbookEncrypted,
    WorkbookRefused,
    WorkbookTooLarge,
    WorkbookWithLinks,
    WorkbookWithMacros,
)
from chassis.spreadsheets.workbooks import Workbook, read_workbook
from support.workbooks import LIMITS, book, limits, package, parts_of, replaced, with_parts

SHEET = "xl/worksheets/sheet1.xml"
SMALL = book([["一"]])


def read(content: bytes, within: Limits = LIMITS) -> Workbook:
    return read_workbook(content, within)


def refused(content: bytes, kind: type[WorkbookRefused], within: Limits = LIMITS) -> WorkbookRefused:
    with pytest.raises(WorkbookRefused) as told:
        read(content, within)
    assert type(told.value) is kind
    assert told.value.zh
    assert told.value.en
    assert told.value.pointer == "/file"
    return told.value


def test_a_small_workbook_is_read() -> None:
    assert read(SMALL).sheets[0].cell(0, 0).text == "一"


def test_bytes_at_the_limit_are_read_and_one_more_is_not() -> None:
    read(SMALL, limits(most_bytes=len(SMALL)))
    refused(SMALL, WorkbookTooLarge, limits(most_bytes=len(SMALL) - 1))


def test_sheets_at_the_limit_are_read_and_one_more_is_not() -> None:
    three = book([["1"]], [["2"]], [["3"]])
    assert len(read(three, limits(most_sheets=3)).sheets) == 3
    refused(three, WorkbookTooLarge, limits(most_sheets=2))


def test_rows_at_the_limit_are_read_and_one_more_is_not() -> None:
    assert read(book([["x"]] * 50)).sheets[0].height == 50
    refused(book([["x"]] * 51), WorkbookTooLarge)


def test_columns_at_the_limit_are_read_and_one_more_is_not() -> None:
    assert read(book([["x"] * 10])).sheets[0].width == 10
    refused(book([["x"] * 11]), WorkbookTooLarge)


def test_cells_are_counted_as_they_are_laid_out_over_all_sheets() -> None:
    far: list[list[str | None]] = [[None] * 9 + ["x"]]
    assert read(book([*[[]] * 19, *far], [*[[]] * 19, *far])).sheets[1].cell(19, 9).text == "x"
    refused(book([*[[]] * 19, *far], [*[[]] * 20, *far]), WorkbookTooLarge)


def test_one_cell_at_the_end_of_the_world_is_refused_before_it_is_laid_out() -> None:
    far = replaced(SMALL, SHEET, b'<c r="A1"', b'<c r="XFD1048576"')
    refused(far, WorkbookTooLarge)


@pytest.mark.parametrize("unplaced", [b"<row><c/></row>" * 51, b"<row>" + b"<c/>" * 11 + b"</row>"])
def test_cells_that_do_not_say_where_they_stand_are_counted_too(unplaced: bytes) -> None:
    refused(replaced(SMALL, SHEET, b"</sheetData>", unplaced + b"</sheetData>"), WorkbookTooLarge)


def test_parts_at_the_limit_are_read_and_one_more_is_not() -> None:
    count = len(parts_of(SMALL))
    read(SMALL, limits(most_parts=count))
    refused(SMALL, WorkbookTooLarge, limits(most_parts=count - 1))


def test_merged_ranges_are_bounded() -> None:
    merged = b"<mergeCells>" + b'<mergeCell ref="A1:B2"/>' * 51 + b"</mergeCells>"
    refused(replaced(SMALL, SHEET, b"</sheetData>", b"</sheetData>" + merged), WorkbookTooLarge)


def test_all_that_is_unpacked_counts_to_the_byte() -> None:
    size = sum(map(len, parts_of(SMALL).values()))
    read(SMALL, limits(most_unpacked=size))
    refused(SMALL, WorkbookBomb, limits(most_unpacked=size - 1))


def test_a_zip_bomb_is_refused_by_what_its_directory_says() -> None:
    bomb = with_parts(SMALL, xl__worksheets__sheet2_dot_xml=b"0" * 7_000_000)
    assert len(bomb) < 20_000
    refused(bomb, WorkbookBomb)


def test_small_parts_may_pack_as_well_as_they_like() -> None:
    blank = with_parts(SMALL, xl__theme__theme9_dot_xml=b"<a>" + b" " * 900_000 + b"</a>")
    assert len(blank) < 20_000
    read(blank)


def test_a_zip_bomb_whose_directory_lies_is_refused_while_it_is_unpacked() -> None:
    honest = with_parts(SMALL, xl__worksheets__sheet2_dot_xml=b"0" * 7_000_000)
    refused(lying_about_size(honest, 7_000_000, 100), NotAWorkbook)


def test_a_zip_bomb_that_lies_and_signs_its_lie_gives_only_what_it_declared() -> None:
    said = b"<a/>"
    bomb = with_parts(SMALL, xl__theme__theme9_dot_xml=said + b" " * 7_000_000)
    lying = lying_about_size(bomb, 7_000_004, len(said), zlib.crc32(said))
    assert read(lying).sheets[0].cell(0, 0).text == "一"


def lying_about_size(content: bytes, true: int, said: int, crc: int | None = None) -> bytes:
    """Change a part's unpacked size, and its sum, in its local header and in the directory."""
    bent = bytearray(content)
    for magic, at in ((b"PK\x03\x04", 14), (b"PK\x01\x02", 16)):
        start = bent.find(magic)
        while start >= 0:
            if struct.unpack_from("<I", bent, start + at + 8)[0] == true:
                struct.pack_into("<I", bent, start + at + 8, said)
                if crc is not None:
                    struct.pack_into("<I", bent, start + at, crc)
            start = bent.find(magic, start + 4)
    return bytes(bent)


def test_a_text_that_a_million_cells_name_is_refused() -> None:
    cells = b"".join(b'<row r="%d">' % row + b'<c t="s"><v>0</v></c>' * 8 + b"</row>" for row in range(2, 50))
    many = replaced(book([["长" * 3_000]]), SHEET, b"</sheetData>", cells + b"</sheetData>")
    read(many, limits(most_unpacked=1_300_000))
    refused(many, WorkbookBomb, limits(most_unpacked=1_000_000))


def test_an_archive_within_is_refused() -> None:
    refused(with_parts(SMALL, xl__media__image1_dot_png=SMALL), WorkbookBomb)


@pytest.mark.parametrize(
    "part", ["xl/worksheets/sheet1.xml", "xl/styles.xml", "docProps/core.xml", "xl/workbook.xml"]
)
def test_entities_are_refused_in_any_part(part: str) -> None:
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    content = parts_of(SMALL)[part]
    end = content.index(b"?>") + 2
    bent = package({**parts_of(SMALL), part: content[:end] + laughs + content[end:]})
    refused(bent, WorkbookBomb)


def test_entities_cannot_hide_in_another_encoding() -> None:
    content = parts_of(SMALL)["docProps/core.xml"].decode().replace("UTF-8", "UTF-16")
    laughing = content.replace("?>", '?><!DOCTYPE x [<!ENTITY a "ha">]>', 1)
    refused(with_parts(SMALL, docProps__core_dot_xml=laughing.encode("utf-16")), NotAWorkbook)
    bare = laughing.encode("utf-16-le")
    refused(with_parts(SMALL, docProps__core_dot_xml=bare), NotAWorkbook)


@pytest.mark.parametrize(
    "name", ["xl/vbaProject.bin", "XL/VBAPROJECT.BIN", "xl/macrosheets/sheet1.xml", "xl/activeX/activeX1.xml"]
)
def test_macros_are_refused(name: str) -> None:
    refused(package({**parts_of(SMALL), name: b"<x/>"}), WorkbookWithMacros)


def test_macros_under_another_name_are_refused() -> None:
    relation = b'<Relationship Id="rId9" Type="urn:microsoft:2006/relationships/vbaProject" Target="x.bin"/>'
    bent = replaced(SMALL, "xl/_rels/workbook.xml.rels", b"</Relationships>", relation + b"</Relationships>")
    refused(bent, WorkbookWithMacros)


@pytest.mark.parametrize(
    "name",
    [
        "xl/externalLinks/externalLink1.xml",
        "xl/embeddings/oleObject1.bin",
        "xl/connections.xml",
        "xl/queryTables/queryTable1.xml",
    ],
)
def test_what_draws_on_the_outside_is_refused(name: str) -> None:
    refused(package({**parts_of(SMALL), name: b"<x/>"}), WorkbookWithLinks)


def test_a_picture_from_elsewhere_is_refused() -> None:
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
    relations = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    relations += (
        b'<Relationship Id="rId1" Type="%s" Target="http://x.example/a.png" TargetMode="External"/>' % kind
    )
    refused(
        with_parts(SMALL, xl__drawings___rels__drawing1_dot_rels=relations + b"</Relationships>"),
        WorkbookWithLinks,
    )


def test_a_hyperlink_is_only_text() -> None:
    linked = book(draw=lambda _book, sheet: sheet.write_url(0, 0, "mailto:a@example.com", string="信箱"))
    assert read(linked).sheets[0].cell(0, 0).text == "信箱"


def test_encrypted_and_old_files_are_refused_by_name() -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 500
    assert ".xls" in refused(ole, WorkbookEncrypted).zh
    locked = bytearray(SMALL)
    for magic, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = locked.find(magic)
        locked[start + at] |= 1
    refused(bytes(locked), WorkbookEncrypted)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"name,phone\n",
        b"PK\x03\x04",
        SMALL[:-30],
        SMALL[: len(SMALL) // 2],
        package({"content.xml": b"<x/>"}),
    ],
    ids=["empty", "csv", "head", "no-end", "half", "other-zip"],
)
def test_what_is_no_workbook_is_refused(content: bytes) -> None:
    refused(content, NotAWorkbook)


def test_broken_xml_is_no_workbook() -> None:
    refused(with_parts(SMALL, xl__worksheets__sheet1_dot_xml=b"<worksheet><sheetData>"), NotAWorkbook)


def test_a_sheet_whose_part_is_not_there_is_no_workbook() -> None:
    parts = parts_of(SMALL)
    del parts[SHEET]
    refused(package(parts), NotAWorkbook)


def test_a_part_that_stands_twice_is_no_workbook() -> None:
    out = io.BytesIO(SMALL)
    with zipfile.ZipFile(out, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr(SHEET, b"<worksheet/>")
    refused(out.getvalue(), NotAWorkbook)


def test_a_packing_nobody_needs_is_refused() -> None:
    refused(package(parts_of(SMALL), method=zipfile.ZIP_LZMA), NotAWorkbook)


def test_hidden_sheets_are_named_and_not_read() -> None:
    hidden = book([["看得见"]], [["看不见"]], draw=lambda made, _sheet: made.worksheets()[1].hide())
    workbook = read(hidden)
    assert [sheet.name for sheet in workbook.sheets] == ["Sheet1"]
    assert workbook.hidden == ("Sheet2",)
