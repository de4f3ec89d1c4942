"""Cuts the bytes of a CSV file into rows, a piece at a time; a broken row spoils no other."""

import codecs
import csv
from contextlib import suppress

UTF_8, GB18030 = "utf-8-sig", "gb18030"
ENCODINGS = (UTF_8, GB18030)
"""UTF-8 where a file can be that, else the other."""

Lines = tuple[int, list[str]]
"""The number of the first line as people count them, and the texts of it and those behind it."""


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
    """Cuts decoded pieces at line ends, behind the last one that begins otherwise than the one before it.

    So the rows of one customer come together where a file is in the order of customers, and begins with them; where so `many`
    begin alike, it is something else that they have in common. Keeps at most `longest` characters of a line.
    """

    def __init__(self, encoding: str, longest: int, many: int) -> None:
        self._many = many
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._longest = longest
        self._kept: list[str] = []
        self._rest = ""
        self._number = 0

    def feed(self, piece: bytes, *, last: bool = False) -> Lines:
        """Give the lines that end in this piece, with what ends them on some systems, and the number of the first."""
        lines = (self._rest + self._decoder.decode(piece, last)).split("\n")
        lines[:0] = self._kept
        if last:
            self._kept, self._rest = [], ""
        else:
            # Cut just above the limit, so that it is still seen to be too long.
            self._rest = lines.pop()[: self._longest + 1]
            self._kept = lines[len(lines) - _alike_at_the_end(lines, self._many) :]
            del lines[len(lines) - len(self._kept) :]
        first = self._number + 1
        self._number += len(lines)
        return first, lines


def _alike_at_the_end(lines: list[str], many: int) -> int:
    """Count the lines at the end that begin with the same cell; none where there are too many."""
    if not lines:
        return 0
    begins = lines[-1].partition(",")[0] + ","
    for alike, line in enumerate(reversed(lines[-many:])):
        if not line.startswith(begins):
            return alike
    return 0


def cells_of(line: str) -> list[str]:
    """Give the cells of one line; a quote that is not closed ends with it."""
    if '"' in line:
        with suppress(csv.Error):
            return next(csv.reader([line]))
    return line.split(",")
