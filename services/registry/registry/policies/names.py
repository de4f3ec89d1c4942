"""What a customer's name says: place, trade name (字号), line of business, legal form and branch apart from each other."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

from opencc import OpenCC
from pypinyin import Style, lazy_pinyin
from pypinyin.seg.mmseg import seg as phrases

from registry.policies.regions import Region, head_region, inner_region, region_behind
from registry.policies.words import (
    BODIES_NOW,
    BRANCH,
    FAMILY_OF_LINE,
    GENERIC,
    GROUP,
    KIND,
    MEMBER,
    ONE_LINE,
    TRAILING_FORM,
    TRAILING_LINES,
)

_TO_SIMPLIFIED = OpenCC("t2s")
# Traditional family names whose simplified form is another family's.
_FAMILIES_APART = frozenset("範餘於瀋薑後穀麴雲鬱")
# Variants of one letter that the conversion leaves as they are.
_VARIANTS = str.maketrans("瑯峯羣塩鉄冨栢啟氷犂", "琅峰群盐铁富柏启冰犁")
_NOT_TEXT = re.compile(r"[^0-9A-Z一-鿿㐀-䶿]+")
# 有限责任公司 and 有限公司 are one legal form, 股份公司 and 股份有限公司 another (公司法 art. 7).
_SAME_FORMS = (
    (re.compile("(?:CO|COMPANY)?(?:LTD|LIMITED)$"), "有限公司"),
    (re.compile("(?<!股份)有限责任公司"), "有限公司"),
    (re.compile("股份公司"), "股份有限公司"),
)
_DIGITS = {sign: str(value) for value, sign in enumerate("零一二三四五六七八九")}
_UNITS = (("千", "000"), ("百", "00"), ("十", "0"))
_DIGITS |= {"〇": _DIGITS["零"], "两": _DIGITS["二"]}
# Written so behind 第 or several in a row; alone, 陆 and 伍 are family names.
_FORMAL_NUMERAL = re.compile("(?<=第)[壹贰叁肆伍陆柒捌玖拾]+|[壹贰叁肆伍陆柒捌玖拾]{2,}")
_FORMAL_ALONE = str.maketrans("壹贰叁肆柒捌玖", "一二三四七八九")
_FORMAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾", "一二三四五六七八九十")
# A written number: behind 第, before what is counted, several digits in a row, or with 十, 百, 千 between digits; 三峡, 九州,
# 十堰 and 百草 are names.
_NUMERAL = re.compile(
    "(?<=第)[零〇一二两三四五六七八九十百]+"
    "|[一二两三四五六七八九][十百千][零〇一二两三四五六七八九十百]*|十[一二三四五六七八九]"
    "|[零〇一二三四五六七八九]{2,}"
    "|[一二两三四五六七八九十](?=号|中|小|医院|分公司|分店|分厂|店|厂|队|处|院|局|门市部|营业部|支行|路|街|楼|栋|期|里|巷|幢|层|座|单元|室|组|村)"
)
_NUMBERS = re.compile("[0-9]+")
_ORDINAL = re.compile("第(?=[0-9])")
# Sounds that are typed for each other: flat and retroflex, front and back nasals.
_SOFT = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ang", "an"), ("eng", "en"), ("ing", "in"))


@dataclass(frozen=True)
class CompanyName:
    """A name taken apart.

    `full` is the whole normalised name; `same` is what two spellings of one name have in common, on which exactness rests.
    """

    full: str
    same: str
    region: Region
    trade: str
    line: str
    form: str
    branch: str
    group: bool

    @property
    def core(self) -> str:
        """Trade name and line of business, on which likeness rests."""
        return self.trade + self.line

    @property
    def generic(self) -> bool:
        """Whether the trade name is none: 税务局, 第三中学 and the like are told apart by their place alone."""
        return GENERIC.fullmatch(self.trade) is not None

    @property
    def families(self) -> frozenset[str]:
        """The lines of business of the name, each by the first of its words."""
        return frozenset(FAMILY_OF_LINE[word] for word in ONE_LINE.findall(self.line))

    @property
    def numbers(self) -> tuple[str, ...]:
        """The numbers in the trade name: 第三 and 第五 are two."""
        return tuple(_NUMBERS.findall(self.trade))


@lru_cache
def normalised(name: str) -> str:
    """Give a name without differences of width, script, case, brackets, blanks and equal legal forms."""
    plain = _simplified(unicodedata.normalize("NFKC", name)).translate(_VARIANTS).upper()
    bare = _NOT_TEXT.sub("", plain)
    for pattern, form in _SAME_FORMS:
        bare = pattern.sub(form, bare)
    return bare


@lru_cache
def person_name(name: str) -> str:
    """Give a person's name without differences of width, blanks and script, except where the script tells two families.

    麴 and 曲, 範 and 范 are one letter when simplified, and are different family names.
    """
    plain = _NOT_TEXT.sub("", unicodedata.normalize("NFKC", name).upper())
    family, given = plain[:1], plain[1:]
    return (family if family in _FAMILIES_APART else _simplified(family)) + _simplified(given).translate(
        _VARIANTS
    )


@cache
def _initials_of(word: str) -> str:
    """Give them of a word of the dictionary: how a letter is read may depend on its neighbours (重庆, 银行)."""
    return "".join(lazy_pinyin(word, style=Style.FIRST_LETTER))


def _simplified(text: str) -> str:
    try:
        text.encode("gb2312")  # which has simplified letters only: nothing to convert
    except UnicodeEncodeError:
        converted: str = _TO_SIMPLIFIED.convert(text)
        return converted
    return text


@lru_cache
def parse(name: str) -> CompanyName:
    """Take a name apart; what is not recognised stays in the trade name, which is never empty for a name of any text."""
    full = normalised(name)
    counted = with_digits(full)
    for pattern, current in BODIES_NOW:
        counted = pattern.sub(current, counted)
    head, behind_place = head_region(counted)
    body, branch = _split_branch(counted)
    body, form = _split_form(body)
    group = bool(GROUP.search(body + form)) and GROUP.sub("", body) != ""
    body = GROUP.sub("", body) if group else body
    region, rest = head_region(body)
    if not region:
        region, rest = inner_region(body)
    line = _last(TRAILING_LINES, rest)
    trade = rest.removesuffix(line)
    if not trade:
        trade, line = (line, "") if line else (rest or body or full, "")
    place = f"{head.city or head.province}{head.county}"
    return CompanyName(full, place + behind_place, region, _plain_digits(trade), line, form, branch, group)


def with_digits(text: str) -> str:
    """Give a text with its written numbers as digits: 第三 → 第3, 二十一世纪 → 21世纪."""
    plain = _FORMAL_NUMERAL.sub(lambda found: found.group().translate(_FORMAL), text)
    return _NUMERAL.sub(lambda found: _number(found.group()), plain)


@lru_cache
def pinyin(text: str) -> str:
    """Give the syllables without tones, run together."""
    return "".join(lazy_pinyin(text)).lower()


def soft_pinyin(text: str) -> tuple[str, ...]:
    """Give the syllables as they are often confused: without tones, retroflexes and back nasals."""
    return tuple(_soft_syllable(letter) for letter in text)


@lru_cache
def initials(text: str) -> str:
    """Give the first letter of each syllable, as people type them to find a name."""
    plain = normalised(text)
    if not plain.isascii():
        plain = "".join(_initials_of(word) if word > "~" else word for word in phrases.cut(plain))
    return plain.lower()


@cache
def _soft_syllable(letter: str) -> str:
    syllable = lazy_pinyin(letter)[0].lower()
    for hard, soft in _SOFT:
        syllable = syllable.replace(hard, soft)
    return syllable


def _plain_digits(trade: str) -> str:
    """Give a trade name with every written digit as one: 六又二 is 6又2; 第 says no more than the number."""
    plain = _ORDINAL.sub("", trade).translate(_FORMAL_ALONE)
    return "".join(_DIGITS.get(sign, sign) for sign in plain)


def _number(written: str) -> str:
    for unit, zeros in _UNITS:
        before, found, behind = written.partition(unit)
        if found:
            many = _number(before) if before else "1"
            return many + _number(behind).lstrip("0").rjust(len(zeros), "0") if behind else many + zeros
    return "".join(_DIGITS[sign] for sign in written)


def _split_branch(full: str) -> tuple[str, str]:
    member = MEMBER.fullmatch(full)
    if member:
        return member["head"], member["member"]
    found = BRANCH.fullmatch(full)
    if not found:
        return full, ""
    if found["head"]:
        return found["head"], found["branch"]
    if found["body"]:
        return found["body"], found["part"]
    if found["public"]:
        return found["public"], found["below"]
    # The place before 分公司 is the branch's own, where it stands behind the name: 鑫源商贸汉口分公司.
    if found["shop"]:
        bare, place = region_behind(found["shop"])
        return (bare, place + found["kind"]) if place and head_region(bare)[1] else (full, "")
    bare, place = region_behind(found["bare"].removesuffix("驻"))
    bare = bare.removesuffix("驻")
    return (bare, place + found["tail"]) if head_region(bare)[1] else (full, "")


def _split_form(body: str) -> tuple[str, str]:
    form = _last(TRAILING_FORM, body)
    line = _last(TRAILING_LINES, body)
    if line.endswith(form) and len(line) > len(form) and "公司" not in form:
        return body, ""
    bare = body.removesuffix(form)
    kind = _last(KIND, bare)
    return bare.removesuffix(kind), kind + form


def _last(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    # A trade name may be nothing but such words; then they are the name.
    return found.group() if found and found.group() != text else ""
