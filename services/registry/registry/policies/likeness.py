"""How two customers compare field by field, each with a score of its own (hubei, art. 13)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from uuid import UUID

from rapidfuzz import fuzz

from registry.model.customers import Nature
from registry.policies.names import CompanyName, normalised, parse, person_name, soft_pinyin
from registry.policies.numerals import with_digits
from registry.policies.regions import head_region
from registry.policies.words import FORM_KINDS

_NUMBERS = re.compile("[0-9]+")
# The place alone, 武昌区中北路, is no address that two firms could share.
_STREET_NUMBER = re.compile("[0-9]+(?=号|组|社|队|栋|幢|室)")
_CITY = re.compile("[0-9]{4}")


@dataclass(frozen=True)
class Bounds:
    """Scores out of `certain`: what a likeness earns, what weight a field has, and from where on two are probably one."""

    certain: int
    shortest_trade: int
    transposed: int
    same_sound: int
    same_family: int
    compatible: int
    same_address: int
    probable: int
    probable_with_contact: int
    related: int
    weights: Mapping[str, int]


@dataclass(frozen=True)
class Identity:
    """What a match looks at of either side; `division` is where the customer says it is."""

    name: str
    nature: Nature
    credit_code: str | None
    phone_keys: frozenset[str]
    address: str | None = None
    division: str = ""

    @cached_property
    def parts(self) -> CompanyName:
        """The name taken apart."""
        return parse(self.name)

    @cached_property
    def full(self) -> str:
        """The whole name, on which exactness rests."""
        return person_name(self.name) if self.nature is Nature.PERSON else self.parts.full

    @cached_property
    def place(self) -> str:
        """The city of the division, as its digits."""
        found = _CITY.match(self.division)
        return found.group() if found else ""

    @cached_property
    def street(self) -> str:
        """The address from the street on, or "" where it names no number."""
        return street_of(self.address) if self.address else ""


@dataclass(frozen=True)
class Known:
    """A customer that the declared one is compared with; `group_id` where it belongs to a target market."""

    customer_id: UUID
    org_id: str
    identity: Identity
    group_id: UUID | None = None


@dataclass(frozen=True)
class Fields:
    """The scores of two customers, field by field; a field that a side has not is absent."""

    scores: Mapping[str, int]

    def __getitem__(self, field: str) -> int:
        """Give a field's score, 0 where a side has it not."""
        return self.scores.get(field, 0)

    def differ(self, field: str) -> bool:
        """Tell whether both have it, and nothing of it is alike."""
        return self.scores.get(field) == 0

    def total(self, bounds: Bounds) -> int:
        """Give the mean of the scores by their weights."""
        weighed = {field: bounds.weights[field] for field in self.scores}
        return round(
            sum(self.scores[field] * weight for field, weight in weighed.items()) / sum(weighed.values())
        )


@lru_cache
def street_of(address: str) -> str:
    """Give an address without the places above its street, numbers as digits; "" where no number stands in it."""
    plain = with_digits(normalised(address.replace("#", "号").replace("＃", "号")))
    rest = head_region(plain)[1] or plain
    return rest if _STREET_NUMBER.search(rest) else ""


def compare_fields(mine: Identity, other: Identity, bounds: Bounds) -> Fields:
    """Score credit code, name, trade name, line, region, legal form, branch, phones and address, each apart."""
    scores: dict[str, int | None] = {
        "credit_code": _same(mine.credit_code, other.credit_code, bounds),
        "name": round(fuzz.ratio(mine.full, other.full)),
        "trade": trade_score(mine.parts, other.parts, bounds),
        "line": _line(mine.parts, other.parts, bounds),
        "region": _region(mine, other, bounds),
        "form": _form(mine.parts.form, other.parts.form, bounds),
        "branch": bounds.certain if mine.parts.branch == other.parts.branch else 0,
        "phones": _phones(mine, other, bounds),
        "address": address_score(mine.street, other.street),
    }
    return Fields({field: score for field, score in scores.items() if score is not None})


def trade_score(mine: CompanyName, other: CompanyName, bounds: Bounds) -> int:
    """Score two trade names: equal, typed for each other (sound, order), or alike letter by letter.

    What both end in is no part of a trade name, whether or not it is known as a line of business.
    """
    if mine.trade == other.trade or mine.valued == other.valued:
        return bounds.certain
    if mine.numbers != other.numbers and mine.numbers and other.numbers:
        return 0
    cores = _alike(mine.core, other.core, bounds)
    if cores >= bounds.same_sound:
        return cores
    one, two = _heads(mine.trade, other.trade, bounds.shortest_trade)
    return _alike(one, two, bounds)


def is_moved(mine: CompanyName, other: CompanyName) -> bool:
    """Tell whether one name is the other with a block at another place, as firms write their town: ranks aside."""
    one, two = mine.letters, other.letters
    if one == two or _NUMBERS.findall(one) != _NUMBERS.findall(two) or sorted(one) != sorted(two):
        return False
    start = next(place for place, (its, other_s) in enumerate(zip(one, two, strict=True)) if its != other_s)
    one, two = one[start:], two[start:]
    while one[-1] == two[-1]:
        one, two = one[:-1], two[:-1]
    return one in two + two


def _heads(one: str, two: str, shortest: int) -> tuple[str, str]:
    """Take off what both end in, as long as both keep a trade name."""
    while min(len(one), len(two)) > shortest and one[-1] == two[-1]:
        one, two = one[:-1], two[:-1]
    return one, two


def address_score(mine: str, other: str) -> int | None:
    """Score two streets; another number is another house, another room another tenant."""
    if not mine or not other:
        return None
    numbers, others = _NUMBERS.findall(mine), _NUMBERS.findall(other)
    if any(number != its for number, its in zip(numbers, others, strict=False)):
        return 0
    return round(max(fuzz.ratio(mine, other), fuzz.partial_ratio(mine, other)))


def _alike(one: str, two: str, bounds: Bounds) -> int:
    if one == two:
        return bounds.certain
    if sorted(one) == sorted(two):
        return bounds.transposed
    sounds = soft_pinyin(one), soft_pinyin(two)
    if sounds[0] == sounds[1]:
        return bounds.same_sound
    return round(fuzz.ratio(one, two))


def _same(mine: str | None, other: str | None, bounds: Bounds) -> int | None:
    if not mine or not other:
        return None
    return bounds.certain if mine == other else 0


def _form(mine: str, other: str, bounds: Bounds) -> int | None:
    if not mine or not other or mine == other:
        return _same(mine, other, bounds)
    kinds = (kind for kind in FORM_KINDS if mine.endswith(kind) and other.endswith(kind))
    return bounds.compatible if any(kinds) else 0


def _line(mine: CompanyName, other: CompanyName, bounds: Bounds) -> int | None:
    if not mine.line or not other.line:
        return None
    if mine.line == other.line:
        return bounds.certain
    return bounds.same_family if mine.families & other.families else 0


def _region(mine: Identity, other: Identity, bounds: Bounds) -> int | None:
    one, two = mine.parts.region, other.parts.region
    if one and two:
        if one.apart(two):
            return 0
        return bounds.certain if one == two else bounds.compatible
    if mine.place and other.place:
        return bounds.compatible if mine.place == other.place else 0
    return None


def _phones(mine: Identity, other: Identity, bounds: Bounds) -> int | None:
    if not mine.phone_keys or not other.phone_keys:
        return None
    return 0 if mine.phone_keys.isdisjoint(other.phone_keys) else bounds.certain
