"""Numbers in names, however they are written: Arabic, Chinese, financial or Roman, compared by value."""

import re

_DIGITS = {sign: str(value) for value, sign in enumerate("零一二三四五六七八九")}
_UNITS = (("万", "0000"), ("千", "000"), ("百", "00"), ("十", "0"))
_DIGITS |= {"〇": _DIGITS["零"], "两": _DIGITS["二"]}
# Written so behind 第 or several in a row; alone, 陆 and 伍 are family names.
_FORMAL_NUMERAL = re.compile("(?<=第)[壹贰叁肆伍陆柒捌玖拾佰仟]+|[壹贰叁肆伍陆柒捌玖拾佰仟]{2,}")
_TENS = (("廿", "二十"), ("卅", "三十"), ("卌", "四十"))
# Letters are a number where they stand alone: several of them, or one that is counted.
_ROMAN = re.compile(
    "(?<![A-Z])(?:X{0,3}(?:I[VX]|VI{0,3}|I{2,3})|X{2,3}|XI|(?<=第)[IVX]|[IVX](?=号|期|区))(?![A-Z])"
)
_ROMAN_SIGNS = tuple(
    zip(("IX", "IV", "VIII", "VII", "VI", "V", "III", "II", "I"), "九四八七六五三二一", strict=True)
)
_ROMAN_TENS = (("XXX", "三十"), ("XX", "二十"), ("X", "十"))
_LATIN_ORDINAL = re.compile("(?<![A-Z])NO(?=[0-9])")
_ANY_NUMERAL = re.compile("[0-9零〇一二两三四五六七八九十百千万]+")
_HALF = "零五"
_FORMAL_ALONE = str.maketrans("壹贰叁肆柒捌玖", "一二三四七八九")
_FORMAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟", "一二三四五六七八九十百千")
# A written number: behind 第, before what is counted, several digits in a row, or with 十, 百, 千 between digits; 三峡, 九州,
# 十堰 and 百草 are names.
_NUMERAL = re.compile(
    "(?<=第)[零〇一二两三四五六七八九十百千]+"
    "|[一二两三四五六七八九][十百千万][零〇一二两三四五六七八九十百千万]*|十[一二三四五六七八九]"
    "|[零〇一二三四五六七八九]{2,}"
    "|[一二两三四五六七八九十](?=号|中|小|幼|医院|分公司|分店|分厂|店|厂|队|处|院|局|门市部|营业部|支行|路|街|楼|栋|期|里|巷|幢|层|座|单元|室|组|村)"
)
_ORDINAL = re.compile("第(?=[0-9])|(?<=[0-9])号")


def with_digits(text: str) -> str:
    """Give a text with its written numbers as digits: 第三 → 第3, 二十一世纪 → 21世纪."""
    plain = _FORMAL_NUMERAL.sub(lambda found: found.group().translate(_FORMAL), text)
    for short, tens in _TENS:
        plain = plain.replace(short, tens)
    plain = _LATIN_ORDINAL.sub("第", _ROMAN.sub(lambda found: _number(_roman(found.group())), plain))
    return _NUMERAL.sub(lambda found: _number(found.group()), plain)


def by_value(trade: str) -> str:
    """Give a trade name with whatever may be a number by its value: 百分百 and 100分100, 陆号院 and 6号院."""
    plain = trade.translate(_FORMAL).replace("半", _HALF)
    return _ORDINAL.sub("", _ANY_NUMERAL.sub(lambda found: _number(found.group()), plain))


def plain_digits(trade: str) -> str:
    """Give a trade name with every written digit as one: 六又二 is 6又2; 第 says no more than the number."""
    plain = _ORDINAL.sub("", trade).translate(_FORMAL_ALONE)
    return "".join(_DIGITS.get(sign, sign) for sign in plain)


def _number(written: str) -> str:
    for unit, zeros in _UNITS:
        before, found, behind = written.partition(unit)
        if found:
            many = _number(before) if before else "1"
            return many + _number(behind).lstrip("0").rjust(len(zeros), "0") if behind else many + zeros
    return "".join(_DIGITS.get(sign, sign) for sign in written)


def _roman(letters: str) -> str:
    """Give a Roman number in Chinese signs."""
    for signs in (_ROMAN_SIGNS, _ROMAN_TENS):
        found = next((one for one in signs if letters.endswith(one[0])), None)
        if found:
            letters = letters.removesuffix(found[0]) + found[1]
            return _roman_tens(letters) if signs is _ROMAN_SIGNS else letters
    return letters


def _roman_tens(letters: str) -> str:
    for tens, sign in _ROMAN_TENS:
        if letters.startswith(tens):
            return sign + letters.removeprefix(tens)
    return letters
