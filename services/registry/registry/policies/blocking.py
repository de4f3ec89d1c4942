"""The keys under which like customers find each other among a million, as small whole numbers."""

import re
import struct
import zlib
from collections.abc import Iterator

from registry.model.customers import Nature
from registry.policies.bodies import body_keys
from registry.policies.likeness import Identity
from registry.policies.names import soft_pinyin


def match_keys(identity: Identity) -> list[int]:
    """Give the keys of a customer; two that share none are never compared, unless by credit code or phone.

    A collision of the hash costs a comparison and no more.
    """
    texts = _person(identity) if identity.nature is Nature.PERSON else _firm(identity)
    return sorted({_hashed(text) for text in texts})


def name_key(identity: Identity) -> int:
    """Give the key of the whole name."""
    return _hashed(f"n{identity.full}")


def _person(identity: Identity) -> Iterator[str]:
    yield f"n{identity.full}"
    if identity.street:
        yield f"a{identity.full}|{identity.street}"


def _firm(identity: Identity) -> Iterator[str]:
    name = identity.parts
    sound = "".join(soft_pinyin(name.trade))
    places = {identity.place, name.region.city or name.region.province} - {""}
    yield f"n{identity.full}"
    yield f"n{name.same}"
    yield f"o{''.join(sorted(name.core))}"
    yield f"c{''.join(soft_pinyin(name.core))}"
    yield f"t{name.trade}"
    yield f"t{name.valued}"
    yield f"z{''.join(sorted(name.letters))}"
    yield from (f"t{name.trade}|{family}" for family in name.families)
    yield from (f"b{text}" for text in body_keys(name.plain))
    for place in places:
        yield f"t{name.trade}|{place}"
        yield f"s{sound}|{place}"
        yield from (f"d{left}|{place}" for left in _left_out(name.trade, name.line))
    # Who is reached alike and has but one letter in common may be an abbreviation, or mistyped twice.
    for contact in (*identity.phone_keys, *_houses(identity)):
        yield from (f"r{contact}|{letter}" for letter in set(name.trade))


def _left_out(trade: str, line: str) -> Iterator[str]:
    """Give trade and line with each letter of the trade left out: what one typing error leaves in common."""
    yield trade + line
    yield from (trade[:place] + trade[place + 1 :] + line for place in range(len(trade)))


def _houses(identity: Identity) -> Iterator[str]:
    found = _HOUSE.match(identity.street)
    if found:
        yield f"{identity.place}{found.group()}"


def _hashed(text: str) -> int:
    [key] = _SIGNED.unpack(_UNSIGNED.pack(zlib.crc32(text.encode())))
    return int(key)


_HOUSE = re.compile("[^0-9]*[0-9]+")
_SIGNED, _UNSIGNED = struct.Struct(">i"), struct.Struct(">I")
