"""Looks into the package of an .xlsx before anything parses it, and lays the harmless parts out anew.

The directory of a zip may lie, and parsers differ in what they make of it: each part is unpacked here, bounded, and what is
parsed later is a package of our own with exactly these bytes.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

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

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"
# The local header of a part, before its name: an entry cannot be shorter.
PACKED_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
# Small parts of blanks pack extremely well and hurt nobody.
UNSUSPECTED_BYTES = 1024 * 1024
WORKBOOK_PART = "xl/workbook.xml"
MACROS = ("vbaproject", "xl/macrosheets/", "xl/activex/")
LINKS = ("xl/externallinks/", "xl/embeddings/", "xl/connections.xml", "xl/querytables/")


@dataclass(frozen=True)
class Package:
    """The XML parts by name, and a package that holds nothing else."""

    parts: Mapping[str, bytes]

    def repacked(self) -> io.BytesIO:
        """Give the parts as a zip without compression."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
            for name, content in self.parts.items():
                archive.writestr(name, content)
        packed.seek(0)
        return packed


def open_package(content: bytes, limits: Limits) -> Package:
    """Unpack the XML parts of an .xlsx file; raises WorkbookRefused for what is none, too large or dangerous."""
    if len(content) > limits.most_bytes:
        raise too_large("文件", "bytes", limits.most_bytes)
    if content.startswith(OLE):
        raise WorkbookEncrypted(
            "文件已加密或为旧版 .xls 格式，请另存为未加密的 .xlsx 文件",
            "the file is encrypted or an old .xls; save it as an .xlsx without a password",
        )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            _check_directory(entries, limits)
            parts = dict(_unpacked(archive, entries))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError) as broken:
        raise not_a_workbook() from broken
    if WORKBOOK_PART not in map(str.lower, parts):
        raise not_a_workbook()
    return Package(parts)


def not_a_workbook() -> NotAWorkbook:
    """Give the refusal of what is no workbook."""
    return NotAWorkbook("文件不是完好的 .xlsx 工作簿", "the file is no sound .xlsx workbook")


def too_large(zh: str, en: str, most: int) -> WorkbookTooLarge:
    """Give the refusal of too much of something."""
    return WorkbookTooLarge(
        f"工作簿过大：{zh}超过上限 {most}", f"the workbook is too large: more than {most} {en}"
    )


def _check_directory(entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(entries) > limits.most_parts:
        raise too_large("组成部分", "parts", limits.most_parts)
    names = [entry.filename.lower().replace("\\", "/") for entry in entries]
    if len(set(names)) != len(names):
        raise not_a_workbook()
    for name, entry in zip(names, entries, strict=True):
        _check_entry(name, entry, limits)
    if sum(entry.file_size for entry in entries) > limits.most_unpacked:
        raise _bomb()


def _check_entry(name: str, entry: zipfile.ZipInfo, limits: Limits) -> None:
    if entry.flag_bits & 1:
        raise WorkbookEncrypted(
            "文件已加密，请去除密码后再上传", "the file is encrypted; remove its password"
        )
    if entry.compress_type not in PACKED_METHODS:
        raise not_a_workbook()
    if any(sign in name for sign in MACROS):
        raise WorkbookWithMacros("工作簿含有宏，不予接收", "the workbook holds macros")
    if any(name.startswith(sign) for sign in LINKS):
        raise linked()
    if entry.file_size > max(UNSUSPECTED_BYTES, entry.compress_size * limits.most_ratio):
        raise _bomb()


def linked() -> WorkbookRefused:
    """Give the refusal of a workbook that draws on something outside it."""
    return WorkbookWithLinks(
        "工作簿含有外部链接、嵌入对象或数据连接，不予接收",
        "the workbook holds external links, embedded objects or data connections",
    )


def _bomb() -> WorkbookRefused:
    return WorkbookBomb("文件解压后过大，不予接收", "the file unpacks into far more than it should")


def _unpacked(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> Iterator[tuple[str, bytes]]:
    for entry in entries:
        with archive.open(entry) as part:
            if entry.filename.lower().endswith((".xml", ".rels")):
                # Never more than the directory said, and that was bounded; a false sum of it is a broken zip.
                yield entry.filename, part.read(entry.file_size)
            elif part.read(len(ZIP)) in (ZIP, OLE[: len(ZIP)]):
                raise WorkbookBomb("工作簿内含有压缩包，不予接收", "the workbook holds another archive")
