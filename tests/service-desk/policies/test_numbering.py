"""Case numbers: yymmdd, seat, serial, check digit (ISO 7064 MOD 11,10)."""

from datetime import date

import pytest
from stdnum.iso7064 import mod_11_10

from regulations.topics.complaints import CaseNumberFormat
from service_desk.policies.numbering import case_number
from support.law import in_wuhan

DAY = date(2026, 3, 1)


def number(ordinal: int) -> str:
    return case_number(in_wuhan(CaseNumberFormat).value, DAY, ordinal)


@pytest.mark.parametrize(
    ("ordinal", "body"),
    [
        (0, "26030100000000"),
        (1, "26030100000001"),
        (99_999, "26030100099999"),
        (100_000, "26030100100000"),
        (9_999_999, "26030109999999"),
        (10_000_000, "26030100000000"),
    ],
)
def test_serials_run_through_the_servers_seats_and_come_round_again(ordinal: int, body: str) -> None:
    assert number(ordinal)[:-1] == body


@pytest.mark.parametrize("ordinal", [0, 1, 12_345, 9_999_999])
def test_the_check_digit_is_that_of_an_independent_implementation(ordinal: int) -> None:
    text = number(ordinal)
    assert len(text) == 15
    assert mod_11_10.is_valid(text)


def test_every_single_wrong_digit_is_noticed() -> None:
    text = number(4711)
    for place, digit in enumerate(text):
        for other in set("0123456789") - {digit}:
            assert not mod_11_10.is_valid(text[:place] + other + text[place + 1 :])
