"""Which characters a text may hold: every one that people write, none that would act on who reads it."""

import re
import unicodedata

# A long text keeps its lines and tabs; the other controls mean nothing to a reader and something to a terminal.
LAYOUT = frozenset("\n\r\t")
# Embeddings, overrides and isolates turn the text around them; a name or a place stands in the middle of ours.
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
CONTROL = "Cc"
# What both belong to: looked for in one go, for hardly any text holds one.
SUSPECT = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    """Give a text as it came; raises ValueError for control characters other than line ends and tabs."""
    _refuse(text, LAYOUT)
    return text


def one_line(text: str) -> str:
    """Give a short text as it came; raises ValueError for control characters, line ends and what turns text around."""
    _refuse(text, frozenset("\t"))
    if SUSPECT.search(text) is None:
        return text
    turning = next((place for place, char in enumerate(text, 1) if char in TURNING), None)
    if turning is not None:
        raise ValueError(
            f"第{turning}个字符是改变文字方向的控制符 | character {turning} changes the direction of the text around it"
        )
    return text


def _refuse(text: str, allowed: frozenset[str]) -> None:
    if SUSPECT.search(text) is None:
        return
    for place, char in enumerate(text, 1):
        if unicodedata.category(char) == CONTROL and char not in allowed:
            raise ValueError(f"第{place}个字符是控制字符 | character {place} is a control character")
