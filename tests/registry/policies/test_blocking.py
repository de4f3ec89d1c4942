"""Which customers a declaration is compared with at all: whoever may be one shares a key with it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.model.customers import Nature
from registry.policies.blocking import match_keys, name_key
from registry.policies.likeness import Identity
from support.match_report import PARTS, read_pairs
from support.spellings import SPELLINGS, firm_names

LOWEST, HIGHEST = -(2**31), 2**31 - 1


def firm(name: str, address: str | None = None, *phones: str) -> Identity:
    return Identity(name, Nature.ORGANISATION, None, frozenset(phones), address, "420106")


def meet(one: Identity, other: Identity) -> bool:
    return not set(match_keys(one)).isdisjoint(match_keys(other))


@pytest.mark.parametrize(
    "written",
    [
        "武汉市鑫源商贸有限公司",
        "鑫源商贸",
        "鑫源",
        "武汉鑫元商贸有限公司",
        "武汉源鑫商贸有限公司",
        "武汉鑫源盛商贸有限公司",
        "武汉鑫泉商贸有限公司",
        "武汉鑫源餐饮有限公司",
        "湖北鑫源集团有限公司",
        "鑫源商贸汉口分公司",
    ],
)
def test_names_that_one_slip_parts_still_meet(written: str) -> None:
    assert meet(firm("武汉鑫源商贸有限公司"), firm(written))


def test_who_shares_a_house_and_a_letter_meets() -> None:
    one = firm("武汉鑫源商贸有限公司", "武昌区中北路1号国际大厦1001室")
    assert meet(one, firm("湖北源丰物流公司", "中北路1号"))
    assert not meet(one, firm("湖北长江物流公司", "中北路1号"))
    assert not meet(one, firm("湖北源丰物流公司", "中北路2号"))


@given(firm_names(), st.sampled_from(sorted(SPELLINGS)))
def test_spellings_of_one_name_have_the_same_keys(name: str, spelt: str) -> None:
    assert match_keys(firm(SPELLINGS[spelt](name))) == match_keys(firm(name))


@given(st.text(min_size=1, max_size=40), st.text(max_size=40))
def test_keys_are_small_numbers_each_once_and_the_name_among_them(name: str, address: str) -> None:
    keys = match_keys(firm(name, address))
    assert keys == sorted(set(keys))
    assert all(LOWEST <= key <= HIGHEST for key in keys)
    assert name_key(firm(name)) in keys


def test_whoever_was_labelled_alike_meets_where_they_share_a_phone() -> None:
    apart = []
    for pair in read_pairs(PARTS["tuning"]):
        sides = [firm(side["name"], side.get("address"), "shared") for side in (pair.left, pair.right)]
        if pair.label in ("probable", "related") and pair.kind != "persons" and not meet(*sides):
            apart.append(pair.pair_id)
    assert apart == []
