"""What a customer's name says: place, trade name (字号), line of business, legal form and branch apart from each other."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

from opencc import OpenCC
from pypinyin import Style, lazy_pinyin
from pypinyin.seg.mmseg import seg as phrases

from registry.policies.numerals import by_value, plain_digits, with_digits
from registry.policies.regions import Region, head_region, inner_region, region_behind
from registry.policies.words import (
    BODIES_NOW,
    BRANCH,
    CHAIN,
    FAMILY_OF_LINE,
    GENERIC,
    GROUP,
    KIND,
    MEMBER,
    ONE_LINE,
    ORGAN,
    TRAILING_FORM,
    TRAILING_LINES,
)

_TO_SIMPLIFIED = OpenCC("t2s")
# Traditional family names whose simplified form is another family's.
_FAMILIES_APART = frozenset("範餘於瀋薑後穀麴雲鬱")
# Variants of one letter that the conversion leaves as they are.
_VARIANTS = str.maketrans("瑯峯羣塩鉄冨栢啟氷犂○", "琅峰群盐铁富柏启冰犁〇")
_NOT_TEXT = re.compile(r"[^0-9A-Z〇一-鿿㐀-䶿]+")
_PLUS = re.compile("(?<=[0-9一二三四五六七八九十])[+](?=[0-9一二三四五六七八九十])")
# 国家税务总局云山县税务局 is the tax office of 云山县.
_NATIONAL = re.compile("^国家[一-鿿]{2,4}?总?局(?=.{4,}$)")
# 有限责任公司 and 有限公司 are one legal form, 股份公司 and 股份有限公司 another (公司法 art. 7).
_SAME_FORMS = (
    (re.compile("(?:CO|COMPANY)?(?:LTD|LIMITED)$"), "有限公司"),
    (re.compile("(?<!股份)有限责任公司"), "有限公司"),
    (re.compile("股份公司"), "股份有限公司"),
)
_ANY = "某"
_RANKS = re.compile("(?<=[一-鿿]{2})[省市区县州]")
_NUMBERS = re.compile("[0-9]+")
# Sounds that are typed for each other: flat and retroflex, front and back nasals.
_SOFT = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ang", "an"), ("eng", "en"), ("ing", "in"))


@dataclass(frozen=True)
class CompanyName:
    """A name taken apart.

    `full` is the whole normalised name; `same` is what two spellings of one name have in common, on which exactness rests.
    `plain` is the name with numbers as digits and bodies by their present names.
    """

    full: str
    same: str
    plain: str
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
        return GENERIC.fullmatch(self.trade) is not None or ORGAN.search(self.form) is not None

    @property
    def chain(self) -> bool:
        """Whether the name says that there are several of it, in one town and the next."""
        return self.group or CHAIN.search(self.trade + self.line) is not None

    @property
    def families(self) -> frozenset[str]:
        """The lines of business of the name, each by the first of its words."""
        return frozenset(FAMILY_OF_LINE[word] for word in ONE_LINE.findall(self.line))

    @property
    def numbers(self) -> tuple[str, ...]:
        """The numbers in the trade name: 第三 and 第五 are two."""
        return tuple(_NUMBERS.findall(self.trade))

    @property
    def valued(self) -> str:
        """The trade name with whatever may be a number by its value: 百分百 and 100分100, 陆号院 and 6号院."""
        return by_value(self.trade)

    @property
    def letters(self) -> str:
        """The name without the ranks of its places."""
        return _RANKS.sub("", self.plain)


@lru_cache
def normalised(name: str) -> str:
    """Give a name without differences of width, script, case, brackets, blanks and equal legal forms."""
    plain = _simplified(unicodedata.normalize("NFKC", name)).translate(_VARIANTS).upper()
    bare = _NOT_TEXT.sub("", _PLUS.sub("加", plain))
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
    counted = _NATIONAL.sub("", counted)
    head, behind_place = head_region(counted)
    body, branch = _split_branch(counted)
    body, form = _split_form(body)
    group = bool(GROUP.search(body + form)) and GROUP.sub("", body) != ""
    body = GROUP.sub("", body) if group else body
    region, rest = head_region(body)
    if head and behind_place == form + branch:
        # 云山县医院 has no other name than its kind.
        region, rest, form = head, form, ""
    elif not region:
        region, rest = inner_region(body)
    if branch and not region and head_region(branch + _ANY)[1] == _ANY:
        # 鑫源商贸有限公司（武汉） names its town last, and no branch.
        region, branch = head_region(branch + _ANY)[0], ""
    line = _last(TRAILING_LINES, rest)
    trade = rest.removesuffix(line)
    if not trade:
        trade, line = (line, "") if line else (rest or body or full, "")
    place = f"{head.city or head.province}{head.county}"
    return CompanyName(
        full, place + behind_place, counted, region, plain_digits(trade), line, form, branch, group
    )


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
