"""Cuts the bytes of a CSV file into rows, a piece at a time; a broken row spoils no other."""

import codecs
import csv
from collections.abc import Iterator
from contextlib import suppress

UTF_8, GB18030 = "utf-8-sig", "gb18030"
ENCODINGS = (UTF_8, GB18030)
"""UTF-8 where a file can be that, else the other."""

Line = tuple[int, str]
"""The number of a line as people count them, and its text; an overlong one is cut."""


class EncodingTest:
    """Finds out whether a file is sound in an encoding while its bytes pass by."""

    def __init__(self, encoding: str) -> None:
        self._decoder = codecs.getincrementaldecoder(encoding)()

    def passes(self, piece: bytes, *, last: bool = False) -> bool:
        """Look at the next piece."""
        try:
            self._decoder.decode(piece, last)
        except UnicodeDecodeError:
            return False
        return True


class LineCutter:
    """Cuts decoded pieces at line ends; keeps at most `longest` characters of a line."""

    def __init__(self, encoding: str, longest: int) -> None:
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._longest = longest
        self._rest = ""
        self._number = 0

    def feed(self, piece: bytes, *, last: bool = False) -> Iterator[Line]:
        """Give the lines that end in this piece, blank ones left out."""
        lines = (self._rest + self._decoder.decode(piece, last)).split("\n")
        # Cut just above the limit, so that it is still seen to be too long.
        self._rest = "" if last else lines.pop()[: self._longest + 1]
        for line in lines:
            self._number += 1
            text = line.rstrip("\r")
            if text.strip():
                yield self._number, text[: self._longest + 1]


def cells_of(line: str) -> list[str]:
    """Give the cells of one line; a quote that is not closed ends with it."""
    if '"' in line:
        with suppress(csv.Error):
            return next(csv.reader([line]))
    return line.split(",")
