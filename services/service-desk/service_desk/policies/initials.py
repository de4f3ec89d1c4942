"""The initials of a customer's name in pinyin, by which the hotline finds it."""

import re
import unicodedata

from pypinyin import Style, lazy_pinyin

# The legal form says nothing of whom one looks for, and every second customer has it.
FORM = re.compile("(有限责任公司|股份有限公司|集团有限公司|有限公司|公司)$")
OTHER = re.compile("[^A-Z0-9]")


def initials(name: str) -> str:
    """Give the first letter of each character's sound as the phrase reads it, letters and digits as they are, no legal form.

    >>> initials("重庆楚天汽配（武汉）有限公司")
    'CQCTQPWH'
    """
    plain = FORM.sub("", unicodedata.normalize("NFKC", name).strip())
    return OTHER.sub("", "".join(lazy_pinyin(plain, style=Style.FIRST_LETTER)).upper())
