"""Public bodies and their establishments: what is part of what, and which short name stands for which body.

What a body is called says what it does and where, so its name is read by its build: place, content, number and kind
(市场监督 · 管理局, 第3 · 中学), not by a list of bodies.
"""

import re
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache

from registry.policies.names import CompanyName
from registry.policies.regions import Region, head_region
from registry.policies.words import GENERIC

# What kinds of bodies are cut short to.
_SHORT_KINDS = {
    "中学": ("中",),
    "小学": ("小",),
    "大学": ("大",),
    "学院": ("院",),
    "学校": ("校",),
    "医院": ("院", "医"),
    "幼儿园": ("幼", "园"),
    "委员会": ("委", "会"),
    "办公室": ("办",),
    "办事处": ("办",),
    "管理委员会": ("管委会", "委员会", "管委"),
    "常务委员会": ("常委会",),
    "协会": ("协",),
    "联合会": ("联", "会"),
    "联合社": ("社",),
    "合作社": ("社",),
    "合作社联合社": ("合作社", "联社", "社"),
    "村村民委员会": ("村民委员会", "村委会"),
    "社区居民委员会": ("居民委员会", "社区居委会", "居委会"),
    "研究所": ("所",),
    "研究院": ("院",),
    "救援大队": ("大队",),
    "救援支队": ("支队",),
}
_PLAIN_KINDS = ("中心", "政府", "大队", "支队", "中队", *"局厅署院校馆所处队站社会部台场园库庭段委办")
_ALIASES = sorted({short for shorts in _SHORT_KINDS.values() for short in shorts} - set(_PLAIN_KINDS))
_KIND = re.compile(f"(?:{'|'.join((*_SHORT_KINDS, *_PLAIN_KINDS, *_ALIASES))})$")
# Of these there are several in a place: what they are called by may lose letters, but no word.
_MANY = frozenset("中小大院校园幼医学所站队部庭")
# Words that tell no body from another.
_NEUTRAL = re.compile("人民|高级|技术$|管理|监督|服务|事务|[和与及]")
_ORDINAL = re.compile("第(?=[0-9])")
_TOWN_STREET = re.compile("街道")
_NUMBER = re.compile("[0-9]+")
# A whole name ends so; what follows then names a part of it, unless the two run on as one word (学院路, 中学生, 社区).
_COMPLETE = re.compile(
    "(?:局(?![部域长面])|厅|署|院(?![士落子线内路派城管])|校(?![友服园外])|馆(?!藏)|所(?!有)|处(?!理)|队(?![友员])|站(?![前东西南北])|"
    "社(?![区会])|会(?![计所展议])|部(?![队落件])|台(?![阶州])|场(?![镇地馆])|园(?![区林艺丁])|库|庭|段|委(?!员)|办(?![公事])|"
    "政府|狱|书店|联(?![合盟系络通])|(?<=[0-9])中(?![学心医])|中心(?!街|路|城|商|广场|花园|小学|医|学校|幼)|大学(?![生路城里])|中学(?![生路])|小学(?![生路])|公司|厂)"
)
_NO_PART = re.compile("[路街巷桥](?!道)|(?:附近|对面|旁|家属)|.*(?:公司|店|厂|超市|餐馆|商行|经营部|合伙)$")
_FIRM = re.compile("(?:公司|厂|店|商行|合伙|企业|集团)$")
_RANKS = re.compile("(?<=[一-鿿]{2})[省市区县州](?=.)")
# As long as a word is, and as long as a name that says enough by itself.
_WORD, _FULL_ENOUGH = len("税务"), len("税务分局")
_ANY = "某"


class Kinship(Enum):
    """How two bodies stand: one under two names, or a part and its whole."""

    SAME = "same"
    PART = "part"


@dataclass(frozen=True)
class Body:
    """A name behind its place: what it says of the body, without words that say nothing, its kind and its numbers."""

    region: Region
    rest: str
    letters: str
    content: str
    kind: str
    numbers: tuple[str, ...]

    @property
    def wholes(self) -> tuple[str, ...]:
        """The beginnings of the name that are whole names themselves, the shortest first."""
        ends = (found.end() for found in _COMPLETE.finditer(self.rest))
        return tuple(self.rest[:end] for end in ends if _WORD <= end < len(self.rest) - 1)


@lru_cache
def body_of(plain: str) -> Body:
    """Read a name as a body's."""
    return _read(*head_region(plain))


@lru_cache
def _read(region: Region, rest: str) -> Body:
    found = _KIND.search(rest)
    kind = found.group() if found else ""
    letters = _TOWN_STREET.sub("街", _NUMBER.sub("", _ORDINAL.sub("", rest.removesuffix(kind))))
    return Body(region, rest, letters, _NEUTRAL.sub("", letters), kind, tuple(_NUMBER.findall(rest)))


def kinship(one: CompanyName, two: CompanyName) -> Kinship | None:
    """Tell how two names stand as bodies, None where nothing in their build ties them."""
    if one.plain == two.plain:
        return None
    first, second = _placed(body_of(one.plain), two.plain), _placed(body_of(two.plain), one.plain)
    if not _one_place(first, second):
        return None
    small, large = sorted((first, second), key=lambda body: (len(body.rest), body.rest))
    if _short(small, large) or _parts_alike(small, large):
        return Kinship.SAME
    return Kinship.PART if _is_part(small, large) or _is_part(large, small) else None


def body_keys(plain: str) -> list[str]:
    """Give the texts under which bodies meet their parts and their short names."""
    body = body_of(plain)
    at = body.region.deepest
    if _FIRM.search(body.rest):
        return [f"{at}|{body.rest}"]
    wholes = body.wholes[:_WORD]
    texts = [f"{at}|{text}" for text in (body.rest, *wholes, *_behind_parent(body))]
    if not at:
        texts += [f"{plain[:size]}|{plain[size:]}" for size in (_WORD, _WORD + 1)]
    for one in (body, *(_read(body.region, whole) for whole in wholes)):
        texts += [f"{at or plain[:_WORD]}~{cut}" for cut in _cuts(one)]
    return texts


def _cuts(body: Body) -> list[str]:
    """Give what the short names of a body have in common: a first letter, the kind and the numbers."""
    if not body.kind:
        return []
    starts = sorted({body.letters[:1], body.letters[_WORD : _WORD + 1], body.content[:1]})
    kinds = (body.kind, *_SHORT_KINDS.get(body.kind, ()))
    return [f"{start}|{kind}|{'.'.join(body.numbers)}" for start in starts for kind in kinds]


def _placed(body: Body, other: str) -> Body:
    """Read the place of the other name at the head of one that gives it without its rank."""
    region = body_of(other).region
    place = region.deepest
    if body.region or not place or not body.rest.startswith(place):
        return body
    again = body_of(body.rest.removeprefix(place))
    return replace(again, region=region)


def _one_place(one: Body, two: Body) -> bool:
    if one.region and two.region:
        return one.region.deepest == two.region.deepest and not one.region.apart(two.region)
    # Names that every place has are nobody's without it.
    return not (one.region or two.region) or not any(GENERIC.fullmatch(body.rest) for body in (one, two))


def _is_part(whole: Body, name: Body) -> bool:
    """Tell whether a name begins with the name of a whole, or with a short form of it, and goes on with that of a part."""
    for beginning in name.wholes:
        behind = name.rest.removeprefix(beginning)
        if _NO_PART.match(behind) or head_region(behind + _ANY)[1] == _ANY:
            continue
        begun = _read(name.region, beginning)
        less, more = sorted((whole, begun), key=lambda body: (len(body.rest), body.rest))
        if whole.rest == beginning or _short(less, more):
            return True
    return False


def _short(small: Body, large: Body) -> bool:
    """Tell whether one name is the other cut short: kind, number and letters agree, and no word that matters is left out."""
    if small.numbers != large.numbers or _FIRM.search(small.rest) or _FIRM.search(large.rest):
        return False
    if not small.kind or small.kind not in (large.kind, *_SHORT_KINDS.get(large.kind, ())):
        return _behind(small, large)
    if small.content == large.content:
        return bool(small.content or small.numbers)
    words = small.kind[-1] in _MANY or bool(small.numbers)
    spelt = ((small.letters, large.letters), (small.content, large.content))
    ways = {True, words}
    found = (_letters_of(less, more, words=way) for less, more in spelt for way in ways)
    return any(found) or _behind(small, large)


def _letters_of(less: str, more: str, *, words: bool) -> bool:
    """Tell whether the letters of one stand in the other in order; with `words`, no two letters in a row are left out."""
    if not less or len(less) > len(more):
        return False
    if less[0] != more[0]:
        return not words and more.endswith(less) and len(less) >= _WORD and len(more) - len(less) == _WORD
    pattern = ".?" if words else ".*?"
    if not re.fullmatch(pattern.join(map(re.escape, less)) + pattern, more):
        return False
    return words or len(less) < _WORD or not more.startswith(less)


def _behind_parent(body: Body) -> "list[str]":
    """Give what stands behind each whole name, where that is long enough to be a name itself."""
    behind = (body.rest.removeprefix(whole) for whole in body.wholes[:_WORD])
    return [text for text in behind if len(text) >= _FULL_ENOUGH]


def _behind(small: Body, large: Body) -> bool:
    """Tell whether the name of a part stands there without its whole: 公安局交通警察大队, 交通警察大队."""
    return bool(small.region) and small.rest in _behind_parent(large)


def _parts_alike(one: Body, two: Body) -> bool:
    """Tell whether two parts of one whole are one part: 武昌区分局 and 武昌分局, 附属小学 and 附小."""
    if one.numbers != two.numbers:
        return False
    for whole in one.wholes:
        if two.rest.startswith(whole):
            parts = [_RANKS.sub("", body.rest.removeprefix(whole)) for body in (one, two)]
            if len(set(parts)) == 1 or sorted(parts[0]) == sorted(parts[1]):
                return True
    return False
