"""Refusals: a domain word in both languages, whose class says what it is."""

import re

import pytest

from contracts.refusals import (
    Forbidden,
    InvalidValue,
    MakerIsChecker,
    NotFound,
    Refusal,
    StaleVersion,
    UnknownCustomer,
    UnknownLine,
)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (Refusal, "refused"),
        (NotFound, "not-found"),
        (Forbidden, "forbidden"),
        (StaleVersion, "stale-version"),
        (InvalidValue, "invalid-value"),
        (UnknownCustomer, "unknown-customer"),
        (UnknownLine, "unknown-line"),
        (MakerIsChecker, "maker-is-checker"),
    ],
)
def test_each_refusal_has_a_code_of_its_own_in_kebab_case(kind: type[Refusal], code: str) -> None:
    assert kind.code == code
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", code)


def test_it_keeps_both_sentences_and_what_it_points_at() -> None:
    refusal = NotFound("没有", "None", pointer="/a", because={"rule": "x"}, extra={"holder": "420106"})
    assert (refusal.zh, refusal.en, str(refusal)) == ("没有", "None", "None")
    assert (refusal.pointer, refusal.because, refusal.extra) == ("/a", {"rule": "x"}, {"holder": "420106"})


def test_what_is_given_beside_is_the_refusals_own() -> None:
    beside = {"a": 1}
    refusal = Refusal("一", "one", extra=beside)
    beside["a"] = 2
    assert refusal.extra == {"a": 1}
    assert Refusal("一", "one").extra == {}
    assert (Refusal("一", "one").pointer, Refusal("一", "one").because) == (None, None)
