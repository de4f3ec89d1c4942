"""Who the customers are: names, codes, phones, addresses, trades and expected fees."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from deploy.seed import phones
from deploy.seed.credit_codes import credit_code
from deploy.seed.divisions import Division, Divisions
from deploy.seed.words import Trade, Words
from regulations.topics.words import Place

PERSON_SHARE = 0.03
LARGEST_FEES = 4_800_000
# Smallest fees and exponent of the Pareto draw: few large customers, many small ones.
SPREAD: dict[Place, tuple[int, float]] = {
    "wuhan": (12_000, 0.95),
    "prefecture": (11_000, 1.15),
    "county": (10_200, 1.3),
}
# How many of a kind are important to the environment or the business, and to which level.
IMPORTANCE: dict[str, tuple[tuple[str, float], ...]] = {
    "government-military": (("province", 0.06), ("city", 0.16), ("county", 0.78)),
    "": (("network-hq", 0.004),),
}
INSTITUTION = "government-military"
WEIGHTS: dict[Place, int] = {"wuhan": 5, "prefecture": 2, "county": 1}


@dataclass(frozen=True)
class Firm:
    index: int
    name: str
    nature: str
    credit_code: str | None
    phones: tuple[str, ...]
    mobile: str
    landline: str | None
    fax: str | None
    division: str
    address: str
    postcode: str
    trade: Trade
    lines: tuple[str, ...]
    head: str
    contact: str
    yearly_fees: Decimal
    importance_level: str | None


def firm(index: int, seed: str, divisions: Divisions, words: Words) -> Firm:
    """The customer with this index, the same whatever the number of customers."""
    rng = Random(f"{seed}:customer:{index}")
    division = _division(index, rng, seed, divisions)
    city = divisions.city_of(division)
    person = rng.random() < PERSON_SHARE
    trade = rng.choices(words.trades, [trade.weight for trade in words.trades])[0]
    head, contact = words.person(rng), words.person(rng)
    mobile = phones.mobile(index)
    wired = index < phones.fixed_capacity(city.area_code)
    landline = phones.fixed(city.area_code, index) if wired else None
    faxes = rng.random() < 0.4 and not person and wired
    return Firm(
        index=index,
        name=words.citizen(index) if person else _name(trade, index, rng, (words, division, city)),
        nature="person" if person else "organisation",
        credit_code=None if person else credit_code(words.forms[trade.form].prefix, division.code, index),
        phones=(phones.written_mobile(mobile, rng),) if person else _written(mobile, landline, rng),
        mobile=mobile,
        landline=landline,
        fax=phones.fixed(city.area_code, index, phones.FAX) if faxes else None,
        division=division.code,
        address=_address(division, city, rng, words),
        postcode=city.postcode,
        trade=trade,
        lines=_lines(trade.lines, rng),
        head=head,
        contact=contact,
        yearly_fees=_fees(division, rng),
        importance_level=None if person else _importance(trade, rng),
    )


def _division(index: int, rng: Random, seed: str, divisions: Divisions) -> Division:
    """First one customer for every county-level division, then more where there is more business."""
    places = list(divisions.county_level)
    if index < len(places):
        Random(f"{seed}:places").shuffle(places)
        return places[index]
    return rng.choices(places, [WEIGHTS[place.place_class] for place in places])[0]


def _name(trade: Trade, index: int, rng: Random, where: tuple[Words, Division, Division]) -> str:
    words, division, city = where
    place = rng.choice((division, division, city))
    pattern = rng.choice(words.forms[trade.form].names)
    return pattern.format(
        r=place.stem, R=place.bureau.removesuffix("邮政局"), t=words.trade(index), w=trade.word
    )


def _written(mobile: str, landline: str | None, rng: Random) -> tuple[str, ...]:
    if landline is None:
        return (phones.written_mobile(mobile, rng),)
    numbers = [phones.written_mobile(mobile, rng), phones.written_fixed(landline, rng)]
    if rng.random() < 0.25:
        numbers.append(phones.written_extension(landline, f"8{rng.randrange(1000):03d}", rng))
    return tuple(numbers if rng.random() < 0.8 else numbers[1:])


def _address(division: Division, city: Division, rng: Random, words: Words) -> str:
    place = division.name if division is city else city.name + division.name
    street = f"{rng.choice(words.roads)}{rng.randrange(1, 400)}号"
    return f"湖北省{place}{street}{rng.choice(words.buildings)}"


def _lines(usual: Sequence[str], rng: Random) -> tuple[str, ...]:
    return tuple(usual[: rng.choice((1, 1, 1, 2, 3))])


def _fees(division: Division, rng: Random) -> Decimal:
    smallest, exponent = SPREAD[division.place_class]
    drawn = min(smallest * rng.paretovariate(exponent), LARGEST_FEES)
    return Decimal(round(drawn, -2)).quantize(Decimal("0.01"))


def _importance(trade: Trade, rng: Random) -> str | None:
    drawn = rng.random()
    for level, share in IMPORTANCE[INSTITUTION if trade.kind == INSTITUTION else ""]:
        if drawn < share:
            return level
        drawn -= share
    return None
