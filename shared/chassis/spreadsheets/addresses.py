"""Places of cells: (row, column) from zero, and as people write them, `C7`."""

import re

Place = tuple[int, int]
_ADDRESS = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_LETTERS = 26
_FIRST = ord("A") - 1


def address(place: Place) -> str:
    """Give a place as people write it: (6, 2) is C7."""
    row, column = place
    letters = ""
    number = column + 1
    while number:
        number, letter = divmod(number - 1, _LETTERS)
        letters = chr(_FIRST + 1 + letter) + letters
    return f"{letters}{row + 1}"


def place_of(written: str) -> Place:
    """Give the place of an address; raises ValueError for what is none."""
    found = _ADDRESS.fullmatch(written.replace("$", "").upper())
    if found is None or int(found[2]) == 0:
        raise ValueError(f"{written} is no address of a cell")
    column = 0
    for letter in found[1]:
        column = column * _LETTERS + ord(letter) - _FIRST
    return int(found[2]) - 1, column - 1
