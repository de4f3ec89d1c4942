"""Whether two customers are one."""

from uuid import UUID, uuid4

import pytest

from registry.model.customers import IdentityKey, Nature
from registry.model.declarations import Outcome
from registry.policies.match import Bounds, Identity, Known, compare, identity_keys, judge

BOUNDS = Bounds(
    certain=100,
    same_name=99,
    same_trade=92,
    same_sound=90,
    same_phone=50,
    probable=85,
    probable_with_phone=60,
    same_address=90,
)
CODE, OTHER_CODE = "91420100MA4KLM1234", "91420100MA4KXY9876"


def firm(name: str, code: str | None = None, *phones: str) -> Identity:
    return Identity(name, Nature.ORGANISATION, code, frozenset(phones))


def person(name: str, *phones: str) -> Identity:
    return Identity(name, Nature.PERSON, None, frozenset(phones))


def outcome(one: Identity, other: Identity) -> Outcome:
    forth, back = compare(one, other, BOUNDS), compare(other, one, BOUNDS)
    assert forth.outcome is back.outcome
    return forth.outcome


def test_the_same_credit_code_is_the_same_customer_whatever_the_name() -> None:
    assert outcome(firm("武汉鑫源商贸有限公司", CODE), firm("宜昌大江物流有限公司", CODE)) is Outcome.EXACT


@pytest.mark.parametrize(("mine", "other"), [(None, None), (CODE, None)])
def test_without_a_code_on_one_side_name_and_phone_together_are_exact(
    mine: str | None, other: str | None
) -> None:
    one, two = firm("武汉鑫源商贸有限公司", mine, "p1"), firm("武漢鑫源商貿有限責任公司", other, "p1", "p2")
    assert outcome(one, two) is Outcome.EXACT


def test_the_same_name_alone_is_only_probable() -> None:
    one, two = firm("武汉鑫源商贸有限公司", None, "p1"), firm("武汉鑫源商贸有限公司", None, "p2")
    assert compare(one, two, BOUNDS).reasons == ("same-name",)
    assert outcome(one, two) is Outcome.PROBABLE


def test_codes_that_differ_rule_out_exactness_even_with_name_and_phone() -> None:
    one, two = firm("武汉鑫源商贸有限公司", CODE, "p1"), firm("武汉鑫源商贸有限公司", OTHER_CODE, "p1")
    assert outcome(one, two) is Outcome.PROBABLE


@pytest.mark.parametrize(
    ("mine", "other"),
    [
        ("武汉鑫源商贸有限公司", "鑫源(武汉)商贸有限公司"),
        ("武汉鑫源商贸有限公司", "武汉市鑫源商贸有限公司"),
        ("武汉鑫源商贸有限公司", "武汉鑫元商贸有限公司"),
        ("武汉鑫源商贸有限公司", "武汉市武昌区鑫源商贸有限公司"),
        ("武汉鑫源商贸有限公司", "鑫源商贸"),
    ],
)
def test_likely_spellings_are_probable(mine: str, other: str) -> None:
    assert outcome(firm(mine), firm(other)) is Outcome.PROBABLE


@pytest.mark.parametrize(
    ("mine", "other"),
    [
        ("武汉鑫源商贸有限公司", "武汉长江商贸有限公司"),
        ("武汉金马物流有限公司", "武汉天龙物流有限公司"),
        ("武汉鑫源商贸有限公司", "武汉鑫源餐饮有限公司"),
    ],
)
def test_other_firms_of_the_place_and_line_are_none(mine: str, other: str) -> None:
    assert outcome(firm(mine), firm(other)) is Outcome.NONE


@pytest.mark.parametrize(
    ("mine", "other", "tie"),
    [
        ("武汉鑫源商贸有限公司", "武汉鑫源商贸有限公司汉口分公司", "branch"),
        ("湖北楚天有限公司", "湖北楚天集团有限公司", "group"),
        ("武汉鑫源商贸有限公司", "宜昌鑫源商贸有限公司", "other-region"),
    ],
)
def test_branches_groups_and_namesakes_elsewhere_are_related(mine: str, other: str, tie: str) -> None:
    assert outcome(firm(mine), firm(other)) is Outcome.RELATED
    assert tie in compare(firm(mine), firm(other), BOUNDS).reasons


def test_like_names_with_two_codes_are_related() -> None:
    one, two = firm("武汉鑫源商贸有限公司", CODE), firm("武汉鑫元商贸有限公司", OTHER_CODE)
    assert "other-credit-code" in compare(one, two, BOUNDS).reasons
    assert outcome(one, two) is Outcome.RELATED


def test_a_shared_phone_makes_a_weaker_likeness_probable() -> None:
    one, two = firm("武汉鑫源商贸有限公司", None, "p1"), firm("武汉鑫泉商贸有限公司", None, "p1")
    assert outcome(one, two) is Outcome.PROBABLE
    assert outcome(firm(one.name), firm(two.name)) is Outcome.NONE


def test_a_shared_phone_alone_is_noted_and_no_more() -> None:
    one, two = firm("武汉鑫源商贸有限公司", None, "p1"), firm("宜昌大江印刷厂", None, "p1")
    assert outcome(one, two) is Outcome.RELATED


def test_namesakes_among_persons_are_nothing_without_the_phone() -> None:
    assert outcome(person("张伟", "p1"), person("张伟", "p2")) is Outcome.NONE
    assert outcome(person("张伟", "p1"), person("张伟", "p1")) is Outcome.EXACT
    assert outcome(person("张伟", "p1"), person("李强", "p1")) is Outcome.RELATED


def test_the_code_is_taken_before_the_name_and_persons_by_name_with_phone() -> None:
    assert identity_keys(firm("武汉鑫源商贸有限公司", CODE)) == (
        IdentityKey("credit-code", CODE),
        IdentityKey("name", "武汉鑫源商贸有限公司"),
    )
    assert identity_keys(person("张伟", "p2", "p1")) == (
        IdentityKey("person", "张伟|p1"),
        IdentityKey("person", "张伟|p2"),
    )


def test_the_strongest_outcome_wins_and_candidates_are_ranked() -> None:
    declared = firm("武汉鑫源商贸有限公司", CODE)
    near = Known(UUID(int=1), "420106", firm("武汉市鑫源商贸有限公司"))
    same_name = Known(UUID(int=2), "420106", firm("武汉鑫源商贸有限公司"))
    other = Known(uuid4(), "420106", firm("武汉长江商贸有限公司"))
    found = judge(declared, [near, other, same_name], BOUNDS)
    assert found.outcome is Outcome.PROBABLE
    assert [candidate.customer_id for candidate in found.like] == [same_name.customer_id, near.customer_id]
    exact = judge(declared, [same_name, Known(UUID(int=3), "420107", firm("甲", CODE))], BOUNDS)
    assert exact.outcome is Outcome.EXACT
    assert exact.same is not None
    assert exact.same.customer_id == UUID(int=3)


def test_nothing_known_is_no_match() -> None:
    assert judge(firm("武汉鑫源商贸有限公司"), [], BOUNDS).outcome is Outcome.NONE
