"""Labels and words of forms as people write them: full width, blanks inside, colons, marks, numbers before options."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

_BLANKS = re.compile(r"[\s:*]+")
_PARTS = re.compile(r"[,;/、,;\s]+")
_NUMBERED = re.compile(r"([0-9]{1,2})[.、)]?(.*)")
_TICKED = "☑✓✔√■●▣◉"
_EMPTY = "□○☐◯"


def normal(text: str) -> str:
    """Give a label without blanks and colons, in half width: `客 户 名 称：` is 客户名称."""
    return _BLANKS.sub("", unicodedata.normalize("NFKC", text))


def chosen(text: str, options: Mapping[str, str]) -> list[str]:
    """Give what is chosen of numbered options, word → value in the form's order.

    Taken: the word, its number, both (`2.交通运输`), several parted by 、 or commas, and a printed list with ticks
    (`☑1.党政军 □2.交通运输`). Raises KeyError with the first part that is no option.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    ticked = any(mark in plain for mark in _TICKED)
    if ticked or any(mark in plain for mark in _EMPTY):
        parts = _ticked(plain)
    else:
        parts = [part for part in _PARTS.split(plain) if part]
    words = {normal(word): value for word, value in options.items()}
    return [_option(normal(part), words, list(options.values())) for part in parts]


def _ticked(text: str) -> list[str]:
    parts = re.findall(rf"[{_TICKED}]\s*([^{_TICKED}{_EMPTY}]+)", text)
    return [part.strip(" ,;、\n") for part in parts]


def _option(part: str, words: Mapping[str, str], values: Sequence[str]) -> str:
    if part in words:
        return words[part]
    if part in values:
        return part
    numbered = _NUMBERED.fullmatch(part)
    if numbered is None or not 1 <= int(numbered[1]) <= len(values):
        raise KeyError(part)
    value = values[int(numbered[1]) - 1]
    if numbered[2] and words.get(numbered[2]) != value:
        raise KeyError(part)
    return value
